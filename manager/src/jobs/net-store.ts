// Job nets in the database.
// Responsible for what a change of a definition means: a new revision, no lost update, schedules that go on from where they were.
// Every function works in the caller's transaction. Not responsible for judging (core/definitions) nor for lists (`net-lists.ts`).
import { say } from '@nezuban/protocol/sentences/sentence';
import { isDeepStrictEqual } from 'node:util';
import { CodedError } from '@nezuban/protocol/errors';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import type { RevisionKind } from '@nezuban/protocol/jobs/net-version';
import type { Actor, EventDraft, Transaction } from '../ports.ts';
import { saveRelations } from './net-map.ts';
import { saveConditions } from './start-conditions/watch-store.ts';

/** What the caller has seen: a revision, nothing, or it does not matter. */
export type Expected = { readonly revision: number } | 'absent' | null;
/** What the history of the net says about a change. */
export type ChangeNote = {
  readonly kind: RevisionKind;
  readonly reason: string | null;
  /** Whose content it has, of a restore and a release. */
  readonly fromRevision: number | null;
};
export type NetChange = {
  readonly definition: JobNetDefinition;
  readonly expected: Expected;
  readonly actor: Pick<Actor, 'name' | 'holdsAlways'>;
  readonly at: Date;
  readonly note: ChangeNote;
  /** From when a new or changed schedule counts; absent: from `at`. */
  readonly schedulesFrom?: Date;
};
export type NetDeletion = {
  readonly name: string;
  readonly expected: Expected;
  readonly actor: Pick<Actor, 'name'>;
  readonly at: Date;
  readonly reason: string | null;
};
export type SavedNet = { readonly change: 'created' | 'updated' | 'unchanged'; readonly revision: number };
/** `said`: what else is to be told of it. */
type Saved = SavedNet & { readonly said: readonly EventDraft[] };

type CurrentNet = { readonly revision: number; readonly definition: JobNetDefinition };

/** Stores the net as a new revision unless nothing has changed. The definitions are locked, the definition is judged. */
export const saveNet = async (transaction: Transaction, change: NetChange): Promise<Saved> => {
  const { definition, expected, actor, at } = change;
  const before = await readCurrent(transaction, definition.name);
  assertExpected(definition.name, before, expected);
  // As it comes back from the database: keys without a value are no keys.
  const plain = JSON.parse(JSON.stringify(definition)) as JobNetDefinition;
  if (before !== null && isDeepStrictEqual(before.definition, plain))
    return { change: 'unchanged', revision: before.revision, said: [] };

  const title = definition.title ?? null;
  const revision = await addRevision(transaction, change);
  await transaction.query(
    `INSERT INTO net (name, revision, title, unit_count, timezone, schedules, updated_at, updated_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (name) DO UPDATE SET revision = $2, title = $3, unit_count = $4, timezone = $5, schedules = $6, updated_at = $7, updated_by = $8`,
    [
      definition.name,
      revision,
      title,
      countUnits(definition.units),
      definition.timezone,
      JSON.stringify(plain.schedules),
      at,
      actor.name,
    ],
  );
  await saveRelations(transaction, plain);
  const said = await saveConditions(transaction, { before: before?.definition ?? null, after: plain, at });
  await saveScheduleStates(transaction, {
    before: before?.definition ?? null,
    after: plain,
    at: change.schedulesFrom ?? at,
  });
  return { change: before === null ? 'created' : 'updated', revision, said };
};

/** A revision that is not in force by itself. The definitions are locked, the definition is judged. */
export const addRevision = async (
  transaction: Transaction,
  { definition, actor, at, note }: Omit<NetChange, 'expected'>,
): Promise<number> => {
  const inserted = await transaction.query<{ revision: number }>(
    `INSERT INTO net_revision (net, revision, title, definition, created_at, created_by, kind, reason, from_revision, starts_asked_of)
     SELECT $1, coalesce(max(revision), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 FROM net_revision WHERE net = $1 RETURNING revision`,
    [
      definition.name,
      definition.title ?? null,
      JSON.stringify(definition),
      at,
      actor.name,
      note.kind,
      note.reason,
      note.fromRevision,
      askedOf(actor),
    ],
  );
  const revision = inserted.rows[0]?.revision;
  if (revision === undefined) throw new Error('An insert gave no row');
  return revision;
};

/** Whose rights are asked when units of the revision start other nets. */
export const askedOf = ({ name, holdsAlways }: Pick<Actor, 'name' | 'holdsAlways'>): string | null =>
  holdsAlways === true ? null : name;

/** Takes the net out of force. Its revisions stay, and so do its sessions; its planned releases are cancelled. Throws `not_found`. */
export const deleteNet = async (
  transaction: Transaction,
  { name, expected, actor, at, reason }: NetDeletion,
): Promise<number> => {
  const before = await readCurrent(transaction, name);
  if (before === null) throw new CodedError('not_found', say('problem_there_is_no_job_net_2', { name }));
  assertExpected(name, before, expected);
  await transaction.query('DELETE FROM net WHERE name = $1', [name]);
  await transaction.query(
    'UPDATE net_revision SET deleted_at = $3, deleted_by = $4, delete_reason = $5 WHERE net = $1 AND revision = $2',
    [name, before.revision, at, actor.name, reason],
  );
  await transaction.query(
    "UPDATE net_release SET state = 'cancelled', outcome = 'net_deleted', closed_at = $2, closed_by = $3 WHERE net = $1 AND state = 'planned'",
    [name, at, actor.name],
  );
  return before.revision;
};

/** Nets below the folder, by name. */
export const namesInFolder = async (transaction: Transaction, folder: string): Promise<readonly string[]> => {
  const { rows } = await transaction.query<{ name: string }>(
    'SELECT name FROM net WHERE starts_with(name, $1) ORDER BY name',
    [`${folder}/`],
  );
  return rows.map(({ name }) => name);
};

const readCurrent = async (transaction: Transaction, name: string): Promise<CurrentNet | null> => {
  const { rows } = await transaction.query<CurrentNet>(
    'SELECT n.revision, r.definition FROM net n JOIN net_revision r ON r.net = n.name AND r.revision = n.revision WHERE n.name = $1 FOR UPDATE OF n',
    [name],
  );
  return rows[0] ?? null;
};

const assertExpected = (name: string, before: CurrentNet | null, expected: Expected): void => {
  if (expected === null) return;
  if (expected === 'absent') {
    if (before === null) return;
    throw new CodedError(
      'precondition_failed',
      say('problem_there_is_a_job_net_already_at', { name, revision: before.revision }),
    );
  }
  if (before?.revision === expected.revision) return;
  const now = before === null ? 'it has been deleted' : `it is at revision ${before.revision} now`;
  throw new CodedError(
    'precondition_failed',
    `The change of job net "${name}" is based on revision ${expected.revision}, but ${now}.`,
  );
};

/** A schedule that has not changed goes on from where it was; a new or changed one begins now, so it makes up for nothing. */
const saveScheduleStates = async (
  transaction: Transaction,
  {
    before,
    after,
    at,
  }: { readonly before: JobNetDefinition | null; readonly after: JobNetDefinition; readonly at: Date },
): Promise<void> => {
  const kept = new Map(
    (before?.schedules ?? []).map((schedule) => [schedule.name, timingOf(schedule, before?.timezone)]),
  );
  const begun = after.schedules.filter(
    (schedule) => !isDeepStrictEqual(kept.get(schedule.name), timingOf(schedule, after.timezone)),
  );
  await transaction.query('DELETE FROM schedule_state WHERE net = $1 AND NOT schedule = ANY ($2)', [
    after.name,
    after.schedules.map(({ name }) => name),
  ]);
  await transaction.query(
    `INSERT INTO schedule_state (net, schedule, last_checked) SELECT $1, name, $3 FROM unnest($2::text[]) AS name
     ON CONFLICT (net, schedule) DO UPDATE SET last_checked = $3`,
    [after.name, begun.map(({ name }) => name), at],
  );
};

/** What decides when it starts. */
const timingOf = (schedule: ScheduleDefinition, netZone: string | undefined) => {
  const { name: _name, missed: _missed, parameters: _parameters, ...timing } = schedule;
  // With a calendar its zone holds, whatever the net's is.
  return { ...timing, timezone: schedule.calendar === undefined ? (timing.timezone ?? netZone) : undefined };
};

const countUnits = (units: readonly UnitDefinition[]): number =>
  units.reduce((count, unit) => count + 1 + (unit.type === 'net' ? countUnits(unit.units) : 0), 0);
