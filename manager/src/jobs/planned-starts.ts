// Temporary changes of scheduled starts, by operators: one is skipped, moved to another time, or begun at once. The schedule itself stays as it
// is. A start is skipped by a row that leaves it out, which lasts whatever becomes of the schedule until then; a moved one is a row that is carried
// out once, at its new time, as it was prepared (preparations/).
// Called by the routes, and by the loop of schedules before each of its looks.
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import type { Priority } from '@nezuban/protocol/priority';
import type { SessionId } from '@nezuban/protocol/ids';
import type { LeftOutKind } from '@nezuban/protocol/jobs/start-preparation';
import type { Database } from '../database/database.ts';
import type { AuditLog, EventDraft, EventSink, Freezes, RequestActor, Transaction } from '../ports.ts';
import { loadMovedStarts, type ChosenStart, type ComingStarts, type MovedStart } from './coming-starts.ts';
import type { DefinitionCache } from './definition-cache.ts';
import type { Engine } from './engine.ts';
import type { Preparations } from './preparations/preparations.ts';
import {
  assertPreparationRevision,
  assertRoom,
  decidedMeanwhile,
  leaveOut,
  raisePreparationRevision,
  spendPreparation,
  type Said,
} from './preparations/preparation-store.ts';
import type { ScheduleLoop } from './schedule-loop.ts';

export type StartChange = {
  readonly net: string;
  readonly schedule: string;
  /** Which one, milliseconds since 1970; null: the next. */
  readonly at: number | null;
  readonly change: { readonly kind: 'skip' | 'start' } | { readonly kind: 'move'; readonly to: number };
  readonly reason: string | null;
  readonly actor: RequestActor;
};
export type PlannedStarts = {
  /** Throws `not_found`, `precondition_failed` (another start comes next), `frozen`. */
  readonly change: (request: StartChange) => Promise<{ readonly session: SessionId | null }>;
  /** Begins moved starts that are due; gives the time of the next one. Throws while it cannot. */
  readonly carryOutDue: () => Promise<number | null>;
  /** As of the last look. */
  readonly moved: () => readonly MovedStart[];
};

export type PlannedStartPorts = {
  readonly database: Database;
  readonly engine: Pick<Engine, 'run'>;
  readonly definitions: DefinitionCache;
  readonly schedules: () => Pick<ScheduleLoop, 'planned' | 'refresh'>;
  readonly coming: ComingStarts;
  readonly preparations: Pick<Preparations, 'opened' | 'load' | 'drop'>;
  readonly freezes: Pick<Freezes, 'startRefusal'>;
  readonly audit: AuditLog;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** What is told of a moved start that does not come about. By the overlap policy of its net it is skipped, as one at its own time is. */
type GivenUp = {
  readonly code: 'schedule_failed' | 'schedule_skipped';
  readonly priority: Priority;
  readonly outcome: string;
  readonly reason: string;
};
const failed = (reason: string): GivenUp => ({
  code: 'schedule_failed',
  priority: 'critical',
  outcome: 'failed',
  reason,
});

export const createPlannedStarts = ({
  database,
  engine,
  definitions,
  schedules,
  coming,
  preparations,
  freezes,
  audit,
  events,
  clock,
  logger,
}: PlannedStartPorts): PlannedStarts => {
  /** What is stored; null: not read yet. Nobody else writes it while this manager is on duty. */
  let known: readonly MovedStart[] | null = null;

  /** Takes the start away, in the transaction of what becomes of it. */
  const takeAway = async (
    transaction: Transaction,
    { net, schedule: { name: schedule }, at, moved, ...chosen }: ChosenStart,
    { as, said }: { readonly as: LeftOutKind; readonly said: Said },
  ): Promise<void> => {
    const key = { net, schedule, at };
    const keepWish = as === 'moved';
    // What is begun is begun as it was prepared a moment ago, or not yet.
    const revision = as === 'begun' ? chosen.preparationRevision : null;
    if (moved !== null) {
      const { rowCount } = await transaction.query('DELETE FROM moved_start WHERE id = $1', [moved.id]);
      if (rowCount !== 1) throw decidedMeanwhile();
      if (revision !== null) await assertPreparationRevision(transaction, key, revision);
      if (keepWish) return;
      if (chosen.preparation?.leftOut === true) await leaveOut(transaction, key, { as, said, keepWish });
      else await spendPreparation(transaction, key);
    } else {
      await raisePreparationRevision(transaction, key, { pending: true, revision });
      await leaveOut(transaction, key, { as, said, keepWish });
    }
  };
  const start = async (
    chosen: ChosenStart,
    said: Said,
    alsoWrite: (transaction: Transaction, session: SessionId) => Promise<unknown>,
  ): Promise<SessionId> => {
    const plan = await definitions.loadPlan(chosen);
    const { id } = await engine.run({
      plan,
      netRevision: chosen.revision,
      parameters: chosen.schedule.parameters ?? {},
      trigger: {
        type: 'schedule',
        schedule: chosen.schedule.name,
        dueAt: instant(chosen.at),
        by: said.by,
        onBehalfOf: chosen.author,
      },
      ...(await preparations.opened(chosen.preparation)),
      async alsoWrite(transaction, session) {
        await takeAway(transaction, chosen, { as: 'begun', said });
        await alsoWrite(transaction, session.id);
      },
    });
    return id;
  };

  const carryOut = async (moved: MovedStart): Promise<void> => {
    const { net, schedule, plannedAt, movedBy } = moved;
    if (schedules().planned(net, schedule) === null) {
      await giveUp(moved, failed('the schedule is gone or disabled'));
      return;
    }
    try {
      const chosen = await coming.choose({ net, schedule, at: plannedAt });
      await start(chosen, { by: movedBy, at: clock.epochMs(), reason: null }, () => Promise.resolve());
      if (chosen.preparation !== null) schedules().refresh([net]);
    } catch (error) {
      const code = error instanceof CodedError ? error.code : null;
      if (code === 'database_unavailable' || code === 'shutting_down') throw error;
      // Held by a freeze: begun at its end. Or somebody else was faster.
      if (code === 'frozen' || code === 'precondition_failed') return;
      const reason = error instanceof Error ? error.message : String(error);
      if (code === 'net_overlap') {
        await giveUp(moved, {
          code: 'schedule_skipped',
          priority: 'warning',
          outcome: 'was skipped',
          reason,
        });
        return;
      }
      logger.error({ err: error, net: moved.net }, 'A moved start failed');
      await giveUp(moved, failed(reason));
    }
  };
  const giveUp = async (moved: MovedStart, { code, priority, outcome, reason }: GivenUp): Promise<void> => {
    const { id, net, schedule, at } = moved;
    const said: EventDraft = {
      at: new Date(clock.epochMs()),
      code,
      priority,
      node: null,
      message: `The start of ${net} by schedule "${schedule}", moved to ${instant(at)}, ${outcome}: ${reason}`,
      details: { net, schedule, reason },
    };
    const publish = await database.inTransaction(async (transaction) => {
      await transaction.query('DELETE FROM moved_start WHERE id = $1', [id]);
      return await events.append(transaction, [said]);
    });
    publish();
    const prepared = (await preparations.load([net])).filter((each) => each.schedule === schedule);
    const lost = prepared.find((each) => each.at === moved.plannedAt && each.hasWish);
    if (lost !== undefined) await preparations.drop([{ preparation: lost, loss: 'failed' }]);
    schedules().refresh([net]);
  };

  return {
    async change(request) {
      const { net, schedule, change, reason, actor } = request;
      const chosen = await coming.choose(request);
      const said = { by: actor.name, at: clock.epochMs(), reason };
      const details = {
        schedule,
        change: change.kind,
        at: instant(chosen.moved?.at ?? chosen.at),
        ...(change.kind === 'move' ? { to: instant(change.to) } : {}),
        ...(reason === null ? {} : { reason }),
      };
      const record = async (transaction: Transaction, more: object = {}): Promise<void> =>
        await audit.record(transaction, {
          actor,
          action: 'changeComingStart',
          target: net,
          details: { ...details, ...more },
        });
      let session: SessionId | null = null;
      if (change.kind === 'start') {
        const frozen = freezes.startRefusal(net);
        if (frozen !== null) throw new CodedError('frozen', frozen);
        session = await start(
          chosen,
          said,
          async (transaction, id) => await record(transaction, { session: id }),
        );
      } else {
        const move = change.kind === 'move' ? change.to : null;
        await database.inTransaction(async (transaction) => {
          await takeAway(transaction, chosen, { as: move === null ? 'skipped' : 'moved', said });
          await assertRoom(transaction, { net, schedule });
          if (move !== null)
            await transaction.query(
              'INSERT INTO moved_start (net, schedule, planned_at, at, moved_by, reason) VALUES ($1, $2, $3, $4, $5, $6)',
              [net, schedule, new Date(chosen.at), new Date(move), actor.name, reason],
            );
          await record(transaction);
        });
      }
      known = await loadMovedStarts(database);
      schedules().refresh([net]);
      return { session };
    },
    async carryOutDue() {
      const now = clock.epochMs();
      known ??= await loadMovedStarts(database);
      const due = known.filter(({ at, net }) => at <= now && freezes.startRefusal(net) === null);
      if (due.length > 0) {
        known = null;
        for (const moved of due) await carryOut(moved);
        known = await loadMovedStarts(database);
      }
      return known.find(({ at }) => at > now)?.at ?? null;
    },
    moved: () => known ?? [],
  };
};

const instant = (ms: number): string => new Date(ms).toISOString();
