// Freezing and resuming.
// Responsible for a change with its audit entry and its event in one transaction, then for memory, then for those who must know. Called by
// the routes and, for freezes whose end has come, by the loop.
import type { StoredFreeze } from '@nezuban/core/operations/decide-operations';
import { placeText, placeWords, type Place } from '@nezuban/protocol/operations/place';
import type { Clock } from '@nezuban/platform/clock';
import type { Database } from '../database/database.ts';
import type { Actor, AuditLog, EventSink, Transaction } from '../ports.ts';
import type { ChangeTurns } from './change-turns.ts';
import { endFreeze, saveFreeze } from './freeze-store.ts';
import { operationsLimits } from './operations-limits.ts';
import type { OperationsMemory } from './operations-state.ts';

export type FreezeChangePorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly events: Pick<EventSink, 'append'>;
  readonly clock: Clock;
  readonly memory: OperationsMemory;
  readonly inTurn: ChangeTurns;
  /** Called after each commit; resolves when everybody acts on it. */
  readonly onChanged: () => Promise<void>;
};

export type FreezeChanges = {
  readonly freeze: (wish: {
    readonly place: Place;
    readonly reason: string;
    readonly until: Date | null;
    readonly actor: Actor;
  }) => Promise<StoredFreeze>;
  /** False if it was not frozen by hand. */
  readonly resume: (wish: { readonly place: Place; readonly actor: Actor }) => Promise<boolean>;
  /** Ends a freeze whose `until` has passed. */
  readonly expire: (freeze: StoredFreeze) => Promise<void>;
};

const byItself: Actor = { name: 'manager', address: null, by: 'system' };

export const createFreezeChanges = (ports: FreezeChangePorts): FreezeChanges => {
  const { database, audit, events, clock, memory, inTurn } = ports;

  const tell = async (
    transaction: Transaction,
    freeze: StoredFreeze,
    what: {
      readonly code: 'work_frozen' | 'work_resumed';
      readonly at: Date;
      readonly message: string;
      readonly actor: string;
    },
  ): Promise<() => void> =>
    await events.append(transaction, [
      {
        at: what.at,
        priority: what.code === 'work_frozen' ? 'warning' : 'info',
        code: what.code,
        node: freeze.place.kind === 'node' ? freeze.place.name : null,
        message: what.message,
        details: detailsOf(freeze, what.actor),
      },
    ]);

  const end = async (
    place: Place,
    how: {
      readonly id: number | null;
      readonly at: Date;
      readonly actor: Actor;
      readonly action: string;
      readonly said: string;
    },
  ): Promise<StoredFreeze | null> => {
    const ended = await inTurn(async () => {
      const result = await database.inTransaction(async (transaction) => {
        const keptFrom = new Date(clock.epochMs() - operationsLimits.endedKeptMs);
        const freeze = await endFreeze(transaction, {
          place,
          id: how.id,
          at: how.at,
          by: how.actor.name,
          keptFrom,
        });
        if (freeze === null) return null;
        await audit.record(transaction, {
          actor: how.actor,
          action: how.action,
          target: placeWords(place),
          details: { since: new Date(freeze.since).toISOString(), reason: freeze.reason, by: freeze.by },
        });
        const publish = await tell(transaction, freeze, {
          code: 'work_resumed',
          at: how.at,
          message: `${capital(placeText(place))} ${how.said}; it was frozen by ${freeze.by} since ${new Date(freeze.since).toISOString()}: ${freeze.reason}`,
          actor: how.actor.name,
        });
        return { freeze, publish };
      });
      if (result === null) return null;
      memory.putFreeze(result.freeze);
      result.publish();
      return result.freeze;
    });
    if (ended !== null) await ports.onChanged();
    return ended;
  };

  return {
    async freeze({ place, reason, until, actor }) {
      const at = new Date(clock.epochMs());
      const freeze = await inTurn(async () => {
        const result = await database.inTransaction(async (transaction) => {
          const saved = await saveFreeze(transaction, { place, reason, by: actor.name, at, until });
          await audit.record(transaction, {
            actor,
            action: 'freeze',
            target: placeWords(place),
            details: {
              reason,
              until: until?.toISOString() ?? null,
              ...(saved.before === null
                ? {}
                : {
                    before: { reason: saved.before.reason, by: saved.before.by, until: saved.before.until },
                  }),
            },
          });
          const ends = until === null ? '' : ` until ${until.toISOString()}`;
          const publish = await tell(transaction, saved.freeze, {
            code: 'work_frozen',
            at,
            message: `${capital(placeText(place))} was frozen by ${actor.name}${ends}: ${reason}`,
            actor: actor.name,
          });
          return { freeze: saved.freeze, publish };
        });
        memory.putFreeze(result.freeze);
        result.publish();
        return result.freeze;
      });
      await ports.onChanged();
      return freeze;
    },
    resume: async ({ place, actor }) =>
      (await end(place, {
        id: null,
        at: new Date(clock.epochMs()),
        actor,
        action: 'resume',
        said: `was resumed by ${actor.name}`,
      })) !== null,
    async expire(freeze) {
      const at = new Date(freeze.until ?? clock.epochMs());
      const said = 'is no longer frozen: its time is over';
      const { id, place } = freeze;
      const ended = await end(place, { id, at, actor: byItself, action: 'resume', said });
      // It had been ended by a change that came first.
      if (ended === null) memory.putFreeze({ ...freeze, endedAt: at.getTime() });
    },
  };
};

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

const detailsOf = ({ place, reason, until }: StoredFreeze, actor: string): Record<string, string> => ({
  place: place.kind,
  ...(place.name === null ? {} : { name: place.name }),
  // By this word rules for nets, and the list of a net's events, find it.
  ...(place.kind === 'net' ? { net: place.name } : {}),
  // By this one who may see into the folder sees the event (`netOfEvent` in events/event-net.ts).
  ...(place.kind === 'folder' ? { folder: place.name } : {}),
  reason,
  actor,
  ...(until === null ? {} : { until: new Date(until).toISOString() }),
});
