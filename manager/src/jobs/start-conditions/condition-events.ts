// What is told of start conditions. Pure: the moment is given.
// Called by their loop.
import type { StartDecision, WatchState } from '@nezuban/core/jobs/start-conditions/decide-starts';
import { reasonFacts } from '@nezuban/protocol/events/event-facts';
import type { Said } from '@nezuban/protocol/sentences/sentence';
import type { EventDraft } from '../../ports.ts';

type About = { readonly net: string; readonly at: number; readonly reason: Said };

export const droppedEvent = ({
  net,
  at,
  condition,
  reason,
}: About & { readonly condition: string }): EventDraft => ({
  at: new Date(at),
  code: 'start_condition_dropped',
  priority: 'warning',
  node: null,
  message: `The start of ${net} by condition "${condition}" was dropped: ${reason.message}.`,
  details: { net, condition, ...reasonFacts(reason) },
});

export const failedEvent = ({
  net,
  at,
  condition,
  reason,
}: About & { readonly condition: string }): EventDraft => ({
  at: new Date(at),
  code: 'start_condition_failed',
  priority: 'critical',
  node: null,
  message: `The start of ${net} by condition "${condition}" failed: ${reason.message}`,
  details: { net, condition, ...reasonFacts(reason) },
});

/** That starts wait for somebody: once for each session after which they do. Null: nothing new. */
export const newsOfHold = (
  { net, at }: Omit<About, 'reason'>,
  state: WatchState,
  decision: StartDecision,
): { readonly state: WatchState; readonly event: EventDraft } | null => {
  const session = decision.type === 'wait' ? decision.heldBy : undefined;
  if (session === undefined || state.heldTold === session) return null;
  return {
    state: { ...state, heldTold: session },
    event: {
      at: new Date(at),
      code: 'starts_held',
      priority: 'warning',
      node: null,
      message: `Starts of ${net} by its start conditions are held, since session ${session} that they had started did not end well; they go on when somebody releases them.`,
      details: { net, session },
    },
  };
};

export const endedEvent = ({ net, at, reason }: About): EventDraft => ({
  at: new Date(at),
  code: 'monitoring_ended',
  priority: 'warning',
  node: null,
  message: `The start conditions of ${net} are watched no more: ${reason.message}`,
  details: { net, ...reasonFacts(reason) },
});
