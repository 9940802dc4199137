// Schedules and how far they have been decided, in the database.
// Called by `schedule-loop.ts` alone.
import { CodedError } from '@nezuban/protocol/errors';
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

export type NetSchedules = {
  readonly net: string;
  readonly revision: number;
  /** Who has brought this revision into force. */
  readonly author: string;
  readonly timezone: string;
  readonly schedules: readonly ScheduleDefinition[];
  /** By schedule, milliseconds since 1970. */
  readonly lastChecked: Readonly<Record<string, number>>;
  /** By schedule: the change of a calendar that moved it last (calendar-moves.ts). */
  readonly calendarRevisions: Readonly<Record<string, number>>;
  /** By schedule: raised with each preparation of a start of it. */
  readonly preparationRevisions: Readonly<Record<string, number>>;
};
export type Decided = {
  readonly net: string;
  readonly schedule: string;
  /** Milliseconds since 1970. */ readonly until: number;
  /** As they were when it was decided. */ readonly calendarRevision: number;
  readonly preparationRevision: number;
};

/** Another decision has gone further already, or a calendar or a preparation has changed since: this one must not take effect. */
export class AlreadyDecidedError extends CodedError {
  constructor({ net, schedule, until }: Decided) {
    super(
      'precondition_failed',
      `The starts of ${net} by schedule "${schedule}" up to ${new Date(until).toISOString()} have been decided already, or the schedule is gone, or its calendar or what operators have prepared has changed.`,
    );
    this.name = 'AlreadyDecidedError';
  }
}

/** Nets with schedules; all, or those of the given names that there are. */
export const loadSchedules = async (
  database: Database,
  names: readonly string[] | null,
): Promise<NetSchedules[]> =>
  await database.query<NetSchedules>({
    name: 'load_schedules',
    text: `SELECT n.name AS net, n.revision, n.timezone, n.schedules,
             (SELECT r.created_by FROM net_revision r WHERE r.net = n.name AND r.revision = n.revision) AS author,
             (SELECT coalesce(jsonb_object_agg(s.schedule, round(extract(epoch FROM s.last_checked) * 1000)), '{}') FROM schedule_state s WHERE s.net = n.name) AS "lastChecked",
             (SELECT coalesce(jsonb_object_agg(s.schedule, s.calendar_revision), '{}') FROM schedule_state s WHERE s.net = n.name) AS "calendarRevisions",
             (SELECT coalesce(jsonb_object_agg(s.schedule, s.preparation_revision), '{}') FROM schedule_state s WHERE s.net = n.name) AS "preparationRevisions"
           FROM net n WHERE jsonb_array_length(n.schedules) > 0 AND ($1::text[] IS NULL OR n.name = ANY ($1))`,
    values: [names],
  });

/** In the transaction of what was decided. Throws AlreadyDecidedError. */
export const saveDecided = async (transaction: Transaction, decided: Decided): Promise<void> => {
  const { rowCount } = await transaction.query(
    'UPDATE schedule_state SET last_checked = $3 WHERE net = $1 AND schedule = $2 AND last_checked < $3 AND calendar_revision = $4 AND preparation_revision = $5',
    [
      decided.net,
      decided.schedule,
      new Date(decided.until),
      decided.calendarRevision,
      decided.preparationRevision,
    ],
  );
  if (rowCount !== 1) throw new AlreadyDecidedError(decided);
};
