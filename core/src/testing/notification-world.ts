// Events, definitions and a clock for tests of notifications.
import { newEvent, type EventView } from '@nezuban/protocol/events/event';
import { escalationSchema } from '@nezuban/protocol/notifications/escalation';
import { inhibitionSchema } from '@nezuban/protocol/notifications/inhibition';
import { notificationRuleSchema, type NotificationRule } from '@nezuban/protocol/notifications/rule';
import {
  compileConfiguration,
  type ActiveSilence,
  type Configuration,
  type NotificationDefinitions,
} from '../notifications/configuration.ts';
import { decide, type DecisionBase } from '../notifications/decide.ts';
import type { MessageBody, NotificationEffect } from '../notifications/effects.ts';
import { notifiedEvent, type EndedState, type NotifiedEvent } from '../notifications/notified-event.ts';
import { applyChanges, emptyState } from '../notifications/state.ts';

/** A Monday, 00:00 UTC. */
export const startMs = Date.UTC(2026, 0, 5);
export const minutes = (count: number): number => startMs + count * 60_000;

const scopesOfNode = (node: string): ReadonlySet<string> =>
  new Set(node.startsWith('b-') ? ['all', 'behind-router'] : ['all']);

export const ruleOf = (change: object = {}): NotificationRule =>
  notificationRuleSchema.parse({
    kind: 'notification',
    name: 'r',
    channel: { type: 'webhook', url: 'http://127.0.0.1:1/' },
    ...change,
  });

export type TestDefinitions = {
  readonly rules?: readonly object[];
  readonly inhibitions?: readonly object[];
  readonly escalations?: readonly object[];
  readonly silences?: readonly ActiveSilence[];
  readonly calendars?: NotificationDefinitions['calendars'];
};

export const configurationOf = (given: TestDefinitions): Configuration =>
  compileConfiguration({
    calendars: given.calendars ?? { find: () => null },
    rules: (given.rules ?? [{}]).map(ruleOf),
    inhibitions: (given.inhibitions ?? []).map((each) =>
      inhibitionSchema.parse({ kind: 'inhibition', name: 'i', ...each }),
    ),
    escalations: (given.escalations ?? []).map((each) =>
      escalationSchema.parse({ kind: 'escalation', name: 'chain', ...each }),
    ),
    silences: given.silences ?? [],
  });

let lastId = 0;
export const eventOf = (
  change: Partial<EventView> & { readonly clears?: boolean; readonly repeats?: number } = {},
): NotifiedEvent => {
  const { clears, repeats, ...view } = change;
  lastId += 1;
  return notifiedEvent(
    {
      ...newEvent,
      id: lastId,
      at: new Date(startMs).toISOString(),
      priority: 'critical',
      code: 'trap_received',
      node: 'a-1',
      message: `event ${lastId}`,
      details: {},
      ...view,
    },
    { clears, repeats },
    scopesOfNode,
  );
};

export type Told = { readonly at: number; readonly channels: readonly string[] | null } & MessageBody;

/** A state that time passes over. `again` decodes what is stored: as after a restart. */
export const createWorld = (given: TestDefinitions) => {
  let configuration = configurationOf(given);
  let base: DecisionBase = { state: emptyState(), configuration };
  const effects: { readonly atMs: number; readonly effect: NotificationEffect }[] = [];
  return {
    at(
      nowMs: number,
      events: readonly NotifiedEvent[] = [],
      more: {
        readonly acknowledged?: ReadonlyMap<number, string>;
        readonly again?: boolean;
        readonly ended?: readonly EndedState[];
      } = {},
    ): void {
      const decided = decide(
        base,
        {
          events,
          ended: more.ended ?? [],
          acknowledged: more.acknowledged ?? new Map(),
          scopesOf: scopesOfNode,
          again: more.again ?? false,
        },
        nowMs,
      );
      applyChanges(base.state, decided.changes);
      for (const effect of decided.effects) effects.push({ atMs: nowMs, effect });
    },
    define(changed: TestDefinitions): void {
      configuration = configurationOf(changed);
      base = { state: base.state, configuration };
    },
    restart(): void {
      const { reminders: _reminders, ...kinds } = base.state;
      const state = emptyState();
      for (const [kind, entries] of Object.entries(kinds))
        for (const [key, value] of entries)
          applyChanges(state, [
            { kind: kind as 'track', key, value: JSON.parse(JSON.stringify(value)) as never },
          ]);
      base = { state, configuration };
    },
    base: () => base,
    effects,
    /** Messages since the last call. */
    told(): Told[] {
      const messages = effects
        .splice(0)
        .flatMap(({ atMs, effect }) =>
          effect.type === 'message' ? [{ at: atMs, channels: effect.channels, ...effect.body }] : [],
        );
      return messages;
    },
  };
};
