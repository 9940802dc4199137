// A session as rows and back. What is stored is what cannot be computed; counters and the plan are made anew when it is loaded.
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { SessionState, UnitState } from '@nezuban/protocol/jobs/session';
import { say } from '@nezuban/protocol/sentences/sentence';
import { recountEdges } from './conditions.ts';
import { pauseOf, pauseReason } from './marks.ts';
import { isPlannedAttempt, planNet, type NetPlan } from './net-plan.ts';
import { byWord, reasonOf } from './reasons.ts';
import { newSession, noUnits } from './session-records.ts';
import type {
  AttemptRecord,
  AttemptRow,
  Session,
  SessionRow,
  SessionRows,
  UnitRecord,
  UnitRow,
} from './session-state.ts';
import { indexOfNumber } from './unit-numbers.ts';
import { rememberWatches } from './watch/watch.ts';
import { isSettled, recordAt } from './step.ts';
import { choosesOne } from './targets.ts';
import { mayBeGivenUp } from './unit-types/fall-over.ts';

/**
 * Rows that changed since the last call, as they are now; null if none did. Raises the revision. The session's row is always among
 * them. Call it once per transaction, after all inputs of that transaction.
 */
export function takeChanges(session: Session): SessionRows | null {
  if (session.dirtyUnits.length === 0 && session.dirtyAttempts.size === 0) return null;
  session.revision += 1;
  const units: UnitRow[] = [];
  for (const record of session.dirtyUnits) {
    record.dirty = false;
    if (record.unit.index !== 0) units.push(unitRow(record));
  }
  const attempts: AttemptRow[] = [];
  for (const attempt of session.dirtyAttempts) attempts.push(attemptRow(session, attempt));
  session.dirtyUnits.length = 0;
  session.dirtyAttempts.clear();
  return { session: sessionRow(session), units, attempts };
}

/** All rows of a session, as a store that has followed every `takeChanges` holds them. Rows of units that nothing happened to may be left out there. */
export function dehydrateSession(session: Session): SessionRows {
  return {
    session: sessionRow(session),
    units: session.units.slice(1).map(unitRow),
    attempts: [...session.attempts.values()].map((attempt) => attemptRow(session, attempt)),
  };
}

/** The session as it was when these rows were written. Attempts may come in any order. `plan` is that of the definition, to be shared. */
export function rehydrateSession(
  definition: JobNetDefinition,
  rows: SessionRows,
  plan: NetPlan = planNet(definition),
): Session {
  const { id, nonce, parameters, trigger, createdAt, endStatus, revision } = rows.session;
  const fresh = newSession({ definition, plan, sessionId: id, nonce, parameters, trigger }, createdAt);
  const session: Session = { ...fresh, endStatus, revision };
  Object.assign(recordAt(session, 0), rootState(rows.session));
  for (const row of rows.units) restoreUnit(recordOf(session, row.unit), row);
  for (const row of rows.attempts.toSorted((one, other) => byAge(session, one, other))) {
    const record = recordOf(session, row.unit);
    const attempt = { ...row, unit: record.unit.index };
    record.attempts.push(attempt);
    session.attempts.set(attempt.id, attempt);
    if (attempt.run === record.run && attempt.endStatus === null) record.openAttempts += 1;
  }
  recount(session);
  rememberWatches(session);
  return session;
}

/** The order in which the engine makes attempts. Those of one try are made together, or, where one node is chosen, one after the other. */
function byAge(session: Session, a: AttemptRow, b: AttemptRow): number {
  const tries = a.run - b.run || a.try - b.try;
  if (tries !== 0 || a.unit !== b.unit) return tries || a.unit - b.unit;
  const { unit } = recordOf(session, a.unit);
  const inTurn = isPlannedAttempt(unit) && choosesOne(unit.target) ? byTurn(a, b) : 0;
  return inTurn || a.nodeIndex - b.nodeIndex;
}

/** The clock may have been set back in between; whoever was given up was never the last of them, unless all were. */
function byTurn(a: AttemptRow, b: AttemptRow): number {
  return Number(mayBeGivenUp(b)) - Number(mayBeGivenUp(a)) || a.createdAt - b.createdAt;
}

function recount(session: Session): void {
  Object.assign(session.unitCounts, noUnits());
  for (const record of session.units) {
    if (record.unit.type !== 'net') session.unitCounts[record.state] += 1;
    if (record.retryAt !== null) session.timed.add(record.unit.index);
    record.openChildren = 0;
    for (const child of record.unit.children)
      if (!isSettled(recordAt(session, child))) record.openChildren += 1;
    recountEdges(session, record);
  }
}

function unitRow(record: UnitRecord): UnitRow {
  const {
    unit,
    state,
    endStatus,
    run,
    startedAt,
    endedAt,
    retryAt,
    reason,
    reasonSaid,
    answer,
    stoppedBy,
    variables,
    marks,
    control,
    memo,
  } = record;
  return {
    unit: unit.number,
    path: unit.path,
    state,
    endStatus,
    run,
    startedAt,
    endedAt,
    retryAt,
    reason,
    reasonSaid,
    answer,
    stoppedBy,
    variables,
    marks,
    control,
    memo,
  };
}

function attemptRow({ units }: Session, attempt: AttemptRecord): AttemptRow {
  return { ...attempt, unit: units[attempt.unit]?.unit.number ?? attempt.unit };
}

/** The record of the unit with this number. */
function recordOf(session: Session, number: number): UnitRecord {
  const index = indexOfNumber(session.plan, number);
  if (index === undefined) throw new Error(`session ${session.id} has no unit of number ${number}`);
  return recordAt(session, index);
}

function restoreUnit(record: UnitRecord, row: UnitRow): void {
  const { unit: _unit, path: _path, ...stored } = row;
  Object.assign(record, stored);
}

export function sessionRow(session: Session): SessionRow {
  const root = recordAt(session, 0);
  return {
    id: session.id,
    nonce: session.nonce,
    net: session.plan.definition.name,
    state: sessionState(root),
    endStatus: session.endStatus,
    run: root.run,
    trigger: session.trigger,
    parameters: session.parameters,
    createdAt: session.createdAt,
    endedAt: root.endedAt,
    stoppedBy: root.stoppedBy,
    marks: root.marks,
    control: root.control,
    revision: session.revision,
    unitCounts: countsOf(session),
  };
}

function sessionState(root: UnitRecord): SessionState {
  if (root.state === 'stopping' || root.state === 'queued') return root.state;
  // It ends as soon as what runs has ended: a stop that lets commands finish.
  if (root.state !== 'ended') return pauseOf(root)?.kind === 'interrupted' ? 'stopping' : 'running';
  return root.stoppedBy === null ? 'ended' : 'stopped';
}

function countsOf(session: Session): Partial<Record<UnitState, number>> {
  const counts: Partial<Record<UnitState, number>> = {};
  for (const [state, count] of Object.entries(session.unitCounts) as [UnitState, number][])
    if (count > 0) counts[state] = count;
  return counts;
}

/** The root record of a stored session: it has no row of its own. */
function rootState(row: SessionRow): Partial<UnitRecord> {
  const ended = row.state === 'ended' || row.state === 'stopped';
  const { marks, control } = row;
  const base = {
    run: row.run,
    startedAt: control?.startedAt ?? row.createdAt,
    endedAt: row.endedAt,
    stoppedBy: row.stoppedBy,
    marks,
    control,
  };
  if (ended)
    return {
      ...base,
      state: 'ended',
      endStatus: row.endStatus,
      ...reasonOf(row.stoppedBy === null ? null : say('reason_stopped', { by: byWord(row.stoppedBy) })),
    };
  if (row.state === 'queued')
    return { ...base, state: 'queued', startedAt: control?.queued?.again === true ? base.startedAt : null };
  const paused = marks?.paused;
  if (paused !== undefined) return { ...base, state: 'running', ...reasonOf(pauseReason(paused)) };
  if (row.state === 'stopping')
    return {
      ...base,
      state: 'stopping',
      ...reasonOf(say('reason_stop_requested', { by: byWord(row.stoppedBy) })),
    };
  return { ...base, state: 'running' };
}
