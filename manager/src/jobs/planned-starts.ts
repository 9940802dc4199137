// Temporary changes of scheduled starts, by operators: the next one is skipped, moved to another time, or begun at once. The schedule itself
// stays as it is. A start is skipped by saying that it has been decided; a moved one is a row that is carried out once, at its new time.
// Called by the routes, and by the loop of schedules before each of its looks.
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import type { Priority } from '@nezuban/protocol/priority';
import type { SessionId } from '@nezuban/protocol/ids';
import type { Database } from '../database/database.ts';
import type { AuditLog, EventDraft, EventSink, Freezes, RequestActor, Transaction } from '../ports.ts';
import type { DefinitionCache } from './definition-cache.ts';
import type { Engine } from './engine.ts';
import type { PlannedStart, ScheduleLoop } from './schedule-loop.ts';
import { saveDecided } from './schedule-store.ts';

export type StartChange = {
  readonly net: string;
  readonly schedule: string;
  /** Which one, milliseconds since 1970; null: the next. */
  readonly at: number | null;
  readonly change: { readonly kind: 'skip' | 'start' } | { readonly kind: 'move'; readonly to: number };
  readonly reason: string | null;
  readonly actor: RequestActor;
};
export type MovedStart = {
  readonly id: number;
  readonly net: string;
  readonly schedule: string;
  /** When the schedule had it, and when it is to begin; milliseconds since 1970. */
  readonly plannedAt: number;
  readonly at: number;
  readonly movedBy: string;
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
  readonly freezes: Pick<Freezes, 'startRefusal'>;
  readonly audit: AuditLog;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Moved starts at one time: more than operators move in a night. */
const MOVED_MAX = 10_000;

/** What is taken away where a start is skipped, moved or begun: the instant of the schedule, or the row of one that was moved before. */
type Chosen = PlannedStart & { readonly moved: MovedStart | null };

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
  freezes,
  audit,
  events,
  clock,
  logger,
}: PlannedStartPorts): PlannedStarts => {
  /** What is stored; null: not read yet. Nobody else writes it while this manager is on duty. */
  let known: readonly MovedStart[] | null = null;

  const load = async (): Promise<readonly MovedStart[]> =>
    await database.query<MovedStart>({
      name: 'load_moved_starts',
      text: `SELECT id, net, schedule, round(extract(epoch FROM planned_at) * 1000)::float8 AS "plannedAt", round(extract(epoch FROM at) * 1000)::float8 AS at, moved_by AS "movedBy"
             FROM moved_start ORDER BY at, id LIMIT $1`,
      values: [MOVED_MAX],
    });

  const choose = async ({ net, schedule, at }: StartChange): Promise<Chosen> => {
    const planned = schedules().planned(net, schedule);
    if (planned === null)
      throw new CodedError('not_found', `Job net "${net}" has no schedule "${schedule}" that is enabled.`);
    const moved = (await load()).filter((each) => each.net === net && each.schedule === schedule);
    const next = [...moved.map((each) => each.at), ...(planned.at === null ? [] : [planned.at])].toSorted(
      (a, b) => a - b,
    );
    const wanted = at ?? next[0];
    if (wanted === undefined)
      throw new CodedError('not_found', `Schedule "${schedule}" of ${net} starts nothing any more.`);
    const ofRow = moved.find((each) => each.at === wanted) ?? null;
    if (ofRow === null && planned.at !== wanted)
      throw new CodedError(
        'precondition_failed',
        `Schedule "${schedule}" of ${net} starts nothing at ${instant(wanted)} next; its next start is ${next[0] === undefined ? 'never' : instant(next[0])}.`,
      );
    return { ...planned, at: ofRow === null ? planned.at : ofRow.plannedAt, moved: ofRow };
  };
  /** Takes the start away, in the transaction of what becomes of it. */
  const takeAway = async (transaction: Transaction, net: string, chosen: Chosen): Promise<void> => {
    const { moved, schedule, calendarRevision } = chosen;
    if (moved === null) {
      await saveDecided(transaction, {
        net,
        schedule: schedule.name,
        until: chosen.at ?? 0,
        calendarRevision,
      });
      return;
    }
    const { rowCount } = await transaction.query('DELETE FROM moved_start WHERE id = $1', [moved.id]);
    if (rowCount !== 1)
      throw new CodedError('precondition_failed', 'That start has been begun or changed meanwhile.');
  };
  const start = async (
    { net, by }: { readonly net: string; readonly by: string },
    chosen: Chosen,
    alsoWrite: (transaction: Transaction, session: SessionId) => Promise<unknown>,
  ): Promise<SessionId> => {
    const plan = await definitions.loadPlan({ net, revision: chosen.revision });
    const { id } = await engine.run({
      plan,
      netRevision: chosen.revision,
      parameters: chosen.schedule.parameters ?? {},
      trigger: {
        type: 'schedule',
        schedule: chosen.schedule.name,
        dueAt: instant(chosen.at ?? 0),
        by,
        onBehalfOf: chosen.author,
      },
      async alsoWrite(transaction, session) {
        await takeAway(transaction, net, chosen);
        await alsoWrite(transaction, session.id);
      },
    });
    return id;
  };

  const carryOut = async (moved: MovedStart): Promise<void> => {
    const planned = schedules().planned(moved.net, moved.schedule);
    if (planned === null) {
      await giveUp(moved, failed('the schedule is gone or disabled'));
      return;
    }
    try {
      await start({ net: moved.net, by: moved.movedBy }, { ...planned, at: moved.plannedAt, moved }, () =>
        Promise.resolve(),
      );
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
  const giveUp = async (
    { id, net, schedule, at }: MovedStart,
    { code, priority, outcome, reason }: GivenUp,
  ): Promise<void> => {
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
  };

  return {
    async change(request) {
      const { net, schedule, change, reason, actor } = request;
      const chosen = await choose(request);
      const details = {
        schedule,
        change: change.kind,
        at: instant(chosen.moved?.at ?? chosen.at ?? 0),
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
          { net, by: actor.name },
          chosen,
          async (transaction, id) => await record(transaction, { session: id }),
        );
      } else {
        const move = change.kind === 'move' ? change.to : null;
        await database.inTransaction(async (transaction) => {
          await takeAway(transaction, net, chosen);
          if (move !== null)
            await transaction.query(
              'INSERT INTO moved_start (net, schedule, planned_at, at, moved_by, reason) VALUES ($1, $2, $3, $4, $5, $6)',
              [net, schedule, new Date(chosen.at ?? 0), new Date(move), actor.name, reason],
            );
          await record(transaction);
        });
      }
      known = await load();
      schedules().refresh([net]);
      return { session };
    },
    async carryOutDue() {
      const now = clock.epochMs();
      known ??= await load();
      const due = known.filter(({ at, net }) => at <= now && freezes.startRefusal(net) === null);
      if (due.length > 0) {
        known = null;
        for (const moved of due) await carryOut(moved);
        known = await load();
      }
      return known.find(({ at }) => at > now)?.at ?? null;
    },
    moved: () => known ?? [],
  };
};

const instant = (ms: number): string => new Date(ms).toISOString();
