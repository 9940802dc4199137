// What was said of coming starts, in the database. Responsible for the statements alone; which of them belong together their callers say:
// the loop of schedules, `planned-starts.ts` and `preparations.ts`.
//
// Who changes a start takes its locks in this order: the row of a moved one, the state of its schedule, what was said of it.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { PreparedStart } from '@nezuban/core/schedules/prepared-starts';
import { CodedError } from '@nezuban/protocol/errors';
import {
  preparationLimits,
  type LeftOutKind,
  type PreparedUnitChange,
} from '@nezuban/protocol/jobs/start-preparation';
import type { Database } from '../../database/database.ts';
import type { Transaction } from '../../ports.ts';

export type StoredWish = {
  readonly hold: boolean;
  readonly units: Readonly<Record<string, PreparedUnitChange>>;
  /** Without those of secrets. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of secret parameters whose values lie in the box. */
  readonly secrets: readonly string[];
  readonly priority: number | null;
};
export type StoredPreparation = PreparedStart & {
  readonly id: number;
  readonly net: string;
  readonly schedule: string;
  /** The time that its start was moved to; null: it was not. */
  readonly movedTo: number | null;
  readonly leftOutAs: LeftOutKind | null;
  readonly wish: StoredWish | null;
  readonly secretBox: Buffer | null;
  readonly by: string;
  /** Whoever owns the host has said it: his rights are not asked again. */
  readonly holdsAlways: boolean;
  readonly writtenAt: number;
  readonly reason: string | null;
};
/** One start of one schedule; `at`: when the schedule has it. */
export type StartKey = { readonly net: string; readonly schedule: string; readonly at: number };
export type Said = { readonly by: string; readonly at: number; readonly reason: string | null };

type Row = Omit<StoredPreparation, 'leftOut' | 'moved' | 'hasWish'>;

/** Of all nets, or of these; by their time. */
export const loadPreparations = async (
  database: Database,
  nets: readonly string[] | null,
): Promise<StoredPreparation[]> => {
  const rows = await database.query<Row>({
    name: 'load_start_preparations',
    text: `SELECT p.id, p.net, p.schedule, round(extract(epoch FROM p.planned_at) * 1000)::float8 AS at, round(extract(epoch FROM m.at) * 1000)::float8 AS "movedTo",
             p.left_out AS "leftOutAs", p.wish, p.secret_box AS "secretBox", p.written_by AS by, p.holds_always AS "holdsAlways", round(extract(epoch FROM p.written_at) * 1000)::float8 AS "writtenAt", p.reason
           FROM start_preparation p LEFT JOIN moved_start m ON m.net = p.net AND m.schedule = p.schedule AND m.planned_at = p.planned_at
           WHERE $1::text[] IS NULL OR p.net = ANY ($1) ORDER BY p.planned_at, p.id`,
    values: [nets],
  });
  return rows.map((row) => ({
    ...row,
    leftOut: row.leftOutAs !== null,
    moved: row.movedTo !== null,
    hasWish: row.wish !== null,
  }));
};

/** The number that a decided start must still find; null: there is no such schedule. */
export const preparationRevisionOf = async (
  database: Database,
  { net, schedule }: Pick<StartKey, 'net' | 'schedule'>,
): Promise<number | null> => {
  const [row] = await database.query<{ revision: number }>({
    name: 'preparation_revision',
    text: 'SELECT preparation_revision AS revision FROM schedule_state WHERE net = $1 AND schedule = $2',
    values: [net, schedule],
  });
  return row?.revision ?? null;
};

/** Makes starts that are being decided come to nothing. `pending`: only if the schedule has not decided it yet. `revision`: only if nothing was said since. */
export const raisePreparationRevision = async (
  transaction: Transaction,
  { net, schedule, at }: StartKey,
  { pending, revision = null }: { readonly pending: boolean; readonly revision?: number | null },
): Promise<void> => {
  const { rowCount } = await transaction.query(
    `UPDATE schedule_state SET preparation_revision = preparation_revision + 1
     WHERE net = $1 AND schedule = $2 AND ($3::timestamptz IS NULL OR last_checked < $3) AND ($4::integer IS NULL OR preparation_revision = $4)`,
    [net, schedule, pending ? new Date(at) : null, revision],
  );
  if (rowCount !== 1) throw decidedMeanwhile();
};

export const assertPreparationRevision = async (
  transaction: Transaction,
  { net, schedule }: StartKey,
  revision: number,
): Promise<void> => {
  const { rowCount } = await transaction.query(
    'SELECT FROM schedule_state WHERE net = $1 AND schedule = $2 AND preparation_revision = $3 FOR SHARE',
    [net, schedule, revision],
  );
  if (rowCount !== 1) throw decidedMeanwhile();
};

/** A moved start is to be changed: nobody begins it meanwhile. */
export const lockMoved = async (transaction: Transaction, id: number): Promise<void> => {
  const { rowCount } = await transaction.query('SELECT FROM moved_start WHERE id = $1 FOR UPDATE', [id]);
  if (rowCount !== 1) throw decidedMeanwhile();
};

/** The schedule is not to make it. `keepWish`: it comes at another time. */
export const leaveOut = async (
  transaction: Transaction,
  { net, schedule, at }: StartKey,
  { as, said, keepWish }: { readonly as: LeftOutKind; readonly said: Said; readonly keepWish: boolean },
): Promise<void> => {
  await transaction.query(
    `INSERT INTO start_preparation AS known (net, schedule, planned_at, left_out, written_by, written_at, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (net, schedule, planned_at) DO UPDATE SET left_out = excluded.left_out,
       wish = CASE WHEN $8 THEN known.wish END, secret_box = CASE WHEN $8 THEN known.secret_box END,
       written_by = CASE WHEN $8 AND known.wish IS NOT NULL THEN known.written_by ELSE excluded.written_by END,
       written_at = CASE WHEN $8 AND known.wish IS NOT NULL THEN known.written_at ELSE excluded.written_at END,
       reason = CASE WHEN $8 AND known.wish IS NOT NULL THEN known.reason ELSE excluded.reason END`,
    [net, schedule, new Date(at), as, said.by, new Date(said.at), said.reason, keepWish],
  );
};

/** What was said of the start has been done, or is wanted no more. That the schedule leaves it out stays. */
export const spendPreparation = async (
  transaction: Transaction,
  { net, schedule, at }: StartKey,
): Promise<void> => {
  await transaction.query(
    `WITH spent AS (DELETE FROM start_preparation WHERE net = $1 AND schedule = $2 AND planned_at = $3 AND left_out IS NULL)
     UPDATE start_preparation SET wish = NULL, secret_box = NULL
     WHERE net = $1 AND schedule = $2 AND planned_at = $3 AND left_out IS NOT NULL`,
    [net, schedule, new Date(at)],
  );
};

/** Throws `precondition_failed` where something is said of too many starts of the schedule; after it was. */
export const assertRoom = async (
  transaction: Transaction,
  { net, schedule }: Pick<StartKey, 'net' | 'schedule'>,
): Promise<void> => {
  const { rows } = await transaction.query<{ count: number }>(
    'SELECT count(*)::integer AS count FROM start_preparation WHERE net = $1 AND schedule = $2',
    [net, schedule],
  );
  if ((rows[0]?.count ?? 0) > preparationLimits.perScheduleMax)
    throw new CodedError(
      'precondition_failed',
      say('later_too_many', { max: preparationLimits.perScheduleMax, schedule, net }),
    );
};

/** In the place of what was said before, which it gives back; null: nothing was. `seal` gives the box for the new id. */
export const replacePreparation = async (
  transaction: Transaction,
  { net, schedule, at }: StartKey,
  {
    wish,
    said,
    seal,
  }: {
    readonly wish: StoredWish;
    readonly said: Said & Pick<StoredPreparation, 'holdsAlways'>;
    readonly seal: (id: number) => Buffer | null;
  },
): Promise<{ readonly id: number; readonly before: number | null }> => {
  const { rows: gone } = await transaction.query<{ id: number; leftOut: string | null; hasWish: boolean }>(
    `DELETE FROM start_preparation WHERE net = $1 AND schedule = $2 AND planned_at = $3
     RETURNING id, left_out AS "leftOut", wish IS NOT NULL AS "hasWish"`,
    [net, schedule, new Date(at)],
  );
  const { rows } = await transaction.query<{ id: number }>(
    `INSERT INTO start_preparation (net, schedule, planned_at, left_out, wish, written_by, written_at, reason, holds_always)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
    [
      net,
      schedule,
      new Date(at),
      gone[0]?.leftOut ?? null,
      JSON.stringify(wish),
      said.by,
      new Date(said.at),
      said.reason,
      said.holdsAlways,
    ],
  );
  const [made] = rows;
  if (made === undefined) throw new Error('a preparation was inserted and has no id');
  const box = seal(made.id);
  if (box !== null)
    await transaction.query('UPDATE start_preparation SET secret_box = $2 WHERE id = $1', [made.id, box]);
  return { id: made.id, before: gone[0]?.hasWish === true ? gone[0].id : null };
};

/** The ids of those that were still there. */
export const deletePreparations = async (
  transaction: Transaction,
  ids: readonly number[],
): Promise<ReadonlySet<number>> => {
  const { rows } = await transaction.query<{ id: number }>(
    'DELETE FROM start_preparation WHERE id = ANY ($1) RETURNING id',
    [ids],
  );
  return new Set(rows.map(({ id }) => id));
};

export const decidedMeanwhile = (): CodedError =>
  new CodedError('precondition_failed', say('later_decided_meanwhile'));
