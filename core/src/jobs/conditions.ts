// Start conditions of a unit: what its edges say as the units before it settle.
// Each edge is pending until that unit is settled, then satisfied or impossible, for good until a rerun. The counters on the record
// hold how many are which, so that judging a unit with a thousand edges costs nothing.
import { maskHolds } from './end-status.ts';
import type { PlannedEdge } from './net-plan.ts';
import { isSettled, recordAt } from './step.ts';
import type { Session, UnitRecord } from './session-state.ts';

/** `unneeded`: a recovery unit, and nothing failed. */
export type Condition = 'satisfied' | 'impossible' | 'pending' | 'unneeded';
export type EdgeCondition = Exclude<Condition, 'unneeded'>;

/** A unit without edges may start as soon as its net runs. */
export function conditionOf(record: UnitRecord): Condition {
  if (record.marks?.forced === true) return 'satisfied';
  const edges = record.unit.edges.length;
  if (edges === 0) return 'satisfied';
  if (record.unit.recovery) return recoveryCondition(record);
  if (record.unit.mode === 'all') {
    if (record.impossibleEdges > 0) return 'impossible';
    return record.satisfiedEdges === edges ? 'satisfied' : 'pending';
  }
  if (record.satisfiedEdges > 0) return 'satisfied';
  return record.impossibleEdges === edges ? 'impossible' : 'pending';
}

/**
 * A recovery unit's edges hold on failures. With `all` it waits until every unit before it is settled, with `any` for the first failure.
 * That nothing failed rules it out without a trace: it is not needed.
 */
function recoveryCondition({ unit, satisfiedEdges, impossibleEdges }: UnitRecord): Condition {
  const allSettled = satisfiedEdges + impossibleEdges === unit.edges.length;
  if (satisfiedEdges > 0 && (allSettled || unit.mode === 'any')) return 'satisfied';
  return allSettled ? 'unneeded' : 'pending';
}

/**
 * What an edge from a unit says now. A unit that did not run, or that a stop kept from running, has no end status to hold on, unless a
 * rerun went on behind it.
 */
export function edgeCondition(from: UnitRecord, on: number): EdgeCondition {
  if (!isSettled(from)) return 'pending';
  const status = from.marks?.countsAs ?? from.endStatus;
  return status !== null && maskHolds(on, status, from.answer) ? 'satisfied' : 'impossible';
}

/** Counts the edge from a unit that has just been settled; true if this decided the successor's condition. */
export function countEdge(from: UnitRecord, to: UnitRecord, on: number): boolean {
  const before = conditionOf(to);
  if (edgeCondition(from, on) === 'satisfied') to.satisfiedEdges += 1;
  else to.impossibleEdges += 1;
  return before === 'pending' && conditionOf(to) !== 'pending';
}

/** Counts all edges of a unit anew, after a rerun or when a session is loaded. */
export function recountEdges(session: Session, record: UnitRecord): void {
  record.satisfiedEdges = 0;
  record.impossibleEdges = 0;
  for (const edge of record.unit.edges) {
    const condition = edgeCondition(recordAt(session, edge.unit), edge.on);
    if (condition === 'satisfied') record.satisfiedEdges += 1;
    else if (condition === 'impossible') record.impossibleEdges += 1;
  }
}

/** First unit because of which the condition cannot hold. */
export function firstImpossible(session: Session, record: UnitRecord): UnitRecord | null {
  const edge = record.unit.edges.find(
    (candidate: PlannedEdge) =>
      edgeCondition(recordAt(session, candidate.unit), candidate.on) === 'impossible',
  );
  return edge === undefined ? null : recordAt(session, edge.unit);
}
