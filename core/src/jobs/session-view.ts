// Sessions as the API shows them. Called by the manager for the session page and the list; nothing here decides anything.
import { readWaitSentence } from '../operations/frozen-places.ts';
import type {
  AttemptView,
  Delayed,
  OperationName,
  SessionDetail,
  SessionSummary,
  UnitView,
} from '@nezuban/protocol/jobs/session';
import { latestAttempts, supersededAttempts } from './attempt-outcome.ts';
import { outcomesOf } from './end-status.ts';
import { allOperations, allowedOperations } from './operation-check.ts';
import { pauseOf } from './marks.ts';
import type { Mark } from './marks.ts';
import type { Inventory } from './session-inputs.ts';
import type { AttemptRow, Session, SessionRow, UnitRecord, UnitControl } from './session-state.ts';
import { isPlannedAttempt } from './net-plan.ts';
import { sessionRow } from './session-rows.ts';
import { parentOf, recordAt } from './step.ts';
import { hasMark, joinMarks, secretMask } from './variables/secret-marks.ts';
import { outputText } from './variables/unit-variables.ts';
import { viewUnitWork } from './unit-work-view.ts';

/** Attempts shown with a unit; the unit's own page has all. */
const attemptsShownMax = 20;

/** From the stored row alone, so that a list needs no session in memory. */
export function summariseRow(row: SessionRow, title: string | null): SessionSummary {
  const { id, net, state, endStatus, trigger, revision, unitCounts } = row;
  const paused = row.marks?.paused;
  const isOver = state === 'ended' || state === 'stopped';
  return {
    id,
    net,
    title,
    state,
    endStatus,
    trigger,
    createdAt: instant(row.createdAt),
    endedAt: instantOrNull(row.endedAt),
    unitCounts,
    revision,
    ...(isOver || paused === undefined ? {} : { paused: { ...paused, at: instant(paused.at) } }),
    ...delayedOf(row.control),
  };
}

function delayedOf(control: UnitControl | null): { readonly delayed?: Delayed } {
  const { start, end, inside } = control?.delayed ?? {};
  if (start === undefined && end === undefined && inside === undefined) return {};
  return {
    delayed: {
      ...(start === undefined ? {} : { start: instant(start) }),
      ...(end === undefined ? {} : { end: instant(end) }),
      ...(inside === undefined ? {} : { inside: instant(inside) }),
    },
  };
}

export function summariseSession(session: Session): SessionSummary {
  return summariseRow(sessionRow(session), session.plan.definition.title ?? null);
}

/** `inventory`: to tell which units can be closed by hand because their agents are gone. */
export function viewSession(session: Session, inventory?: Pick<Inventory, 'nodes'>): SessionDetail {
  const operations = allOperations(session, inventory);
  return {
    ...summariseSession(session),
    parameters: shownParameters(session),
    operations: operations[0] ?? [],
    ...definitionsOf(session),
    units: session.units
      .slice(1)
      .map((record) => viewRecord(session, record, operations[record.unit.index] ?? [])),
  };
}

/** One unit; null if the session has no such path. */
export function viewUnit(
  session: Session,
  path: string,
  inventory?: Pick<Inventory, 'nodes'>,
): UnitView | null {
  const index = session.plan.indexByPath.get(path);
  return index === undefined
    ? null
    : viewRecord(session, recordAt(session, index), allowedOperations(session, path, inventory));
}

function viewRecord(session: Session, record: UnitRecord, operations: OperationName[]): UnitView {
  const work = viewUnitWork(record);
  const { unit, state, endStatus, run, reason, reasonSaid } = record;
  const net = parentOf(session, record);
  return {
    path: unit.path,
    parent: net === null || net.unit.parent === -1 ? null : net.unit.path,
    name: unit.name,
    title: unit.title,
    type: unit.type === 'net' && unit.reference !== null ? 'net_ref' : unit.type,
    state,
    endStatus,
    run,
    startedAt: instantOrNull(record.startedAt),
    endedAt: instantOrNull(record.endedAt),
    // Of what runs on a node it is the time of its soft limit, which is nobody's next try.
    retryAt: instantOrNull(isPlannedAttempt(unit) && state !== 'retry_wait' ? null : record.retryAt),
    reason,
    ...(reasonSaid === null ? {} : { reasonSaid }),
    ...delayedOf(record.control),
    ...waitsOf(reason),
    ...(work === null ? {} : { work }),
    ...(record.answer === null ? {} : { answer: record.answer }),
    ...variablesOf(record),
    ...marksOf(record),
    ...(unit.recovery ? { recovery: true as const } : {}),
    position: unit.position === null ? null : { ...unit.position },
    after: {
      mode: unit.mode,
      edges: unit.edges.map((edge) => ({
        unit: recordAt(session, edge.unit).unit.name,
        on: outcomesOf(edge.on),
      })),
    },
    operations,
    attempts: shownAttempts(record),
  };
}

function marksOf(record: UnitRecord): Pick<UnitView, 'paused' | 'held' | 'set' | 'asWarning'> {
  const { marks, state } = record;
  if (marks === null) return {};
  const paused = pauseOf(record);
  return {
    ...(paused === null ? {} : { paused: { ...paused, at: instant(paused.at) } }),
    ...(state === 'held' && marks.held !== undefined ? { held: shown(marks.held) } : {}),
    ...(marks.set === undefined ? {} : { set: { ...marks.set, at: instant(marks.set.at) } }),
    ...(marks.asWarning === undefined ? {} : { asWarning: shown(marks.asWarning) }),
  };
}

function shown(mark: Mark): Omit<Mark, 'at'> & { readonly at: string } {
  return { ...mark, at: instant(mark.at) };
}

function shownParameters({ parameters, plan }: Session): Record<string, string> {
  const values: Record<string, string> = { ...parameters };
  for (const { name, type } of plan.definition.parameters)
    if (type === 'secret' && name in values) values[name] = secretMask;
  return values;
}

function variablesOf(record: UnitRecord): Pick<UnitView, 'reference' | 'parameters' | 'outputs'> {
  const { unit, variables } = record;
  const view: Pick<UnitView, 'reference' | 'parameters' | 'outputs'> = {};
  if (unit.type === 'net' && unit.reference !== null)
    view.reference = { net: unit.reference.net, revision: unit.reference.revision };
  if (variables?.parameters !== undefined)
    view.parameters = Object.entries(variables.parameters).map(([name, value]) => ({
      name,
      value: shownText(joinMarks(value)),
    }));
  if (variables?.outputs !== undefined)
    view.outputs = Object.keys(variables.outputs).map((name) => ({
      name,
      value: shownText(outputText(record, name) ?? ''),
    }));
  return view;
}

function shownText(text: string): string | null {
  return hasMark(text) ? null : text;
}

function definitionsOf(session: Session): Pick<SessionDetail, 'definitions'> {
  const definitions = recordAt(session, 0).marks?.definitions;
  return definitions === undefined
    ? {}
    : { definitions: definitions.map((each) => ({ ...each, at: instant(each.at) })) };
}

function waitsOf(reason: string | null): Pick<UnitView, 'waits'> {
  const waits = reason === null ? null : readWaitSentence(reason);
  return waits === null ? {} : { waits };
}

/** The newest of each node, then the rest, newest first. */
function shownAttempts(record: UnitRecord): AttemptView[] {
  if (record.attempts.length <= 1) return record.attempts.map(viewAttempt);
  const latest = latestAttempts(record);
  const first = new Set(latest);
  const superseded = supersededAttempts(record);
  return [...latest, ...record.attempts.filter((attempt) => !first.has(attempt)).toReversed()]
    .slice(0, attemptsShownMax)
    .map((attempt) => ({
      ...viewAttempt(attempt),
      ...(superseded.has(attempt) ? { superseded: true } : {}),
    }));
}

export function viewAttempt(attempt: AttemptRow): AttemptView {
  const {
    id,
    node,
    run,
    state,
    pid,
    exitCode,
    signal,
    reason,
    reasonSaid,
    timedOut,
    stdoutBytes,
    stderrBytes,
    outputCut,
    byHand,
  } = attempt;
  const times = {
    createdAt: instant(attempt.createdAt),
    startedAt: instantOrNull(attempt.startedAt),
    endedAt: instantOrNull(attempt.endedAt),
  };
  return {
    id,
    node,
    run,
    try: attempt.try,
    state,
    pid,
    exitCode,
    signal,
    reason,
    ...(reasonSaid === null ? {} : { reasonSaid }),
    timedOut,
    ...times,
    stdoutBytes,
    stderrBytes,
    outputCut,
    ...(attempt.usage === null ? {} : { usage: attempt.usage }),
    ...(byHand === null ? {} : { byHand: { ...byHand, at: instant(byHand.at) } }),
  };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instant(ms);
}
