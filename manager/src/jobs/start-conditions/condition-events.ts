// What is told of start conditions. Pure: the moment is given.
// Called by their loop.
import type { EventDraft } from '../../ports.ts';

type About = { readonly net: string; readonly at: number; readonly reason: string };

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
  message: `The start of ${net} by condition "${condition}" was dropped: ${reason}.`,
  details: { net, condition, reason },
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
  message: `The start of ${net} by condition "${condition}" failed: ${reason}`,
  details: { net, condition, reason },
});

export const endedEvent = ({ net, at, reason }: About): EventDraft => ({
  at: new Date(at),
  code: 'monitoring_ended',
  priority: 'warning',
  node: null,
  message: `The start conditions of ${net} are watched no more: ${reason}`,
  details: { net, reason },
});
