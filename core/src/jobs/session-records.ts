// The records of a session as its definition begins it. Called when a session is planned and when one is loaded.
import type { UnitState } from '@nezuban/protocol/jobs/session';
import { planNet } from './net-plan.ts';
import type { PlannedUnit } from './net-plan.ts';
import type { PlanRequest } from './session-inputs.ts';
import type { Session, UnitRecord } from './session-state.ts';

/** What a unit has of which nothing was done in this run yet. */
export const nothingDone = {
  startedAt: null,
  retryAt: null,
  answer: null,
  stoppedBy: null,
  variables: null,
  marks: null,
  control: null,
  memo: null,
} as const;

export function newSession(request: PlanRequest, createdAt: number): Session {
  const plan = request.plan ?? planNet(request.definition);
  const units = plan.units.map(newUnit);
  const unitCounts = noUnits();
  for (const record of units) if (record.unit.type !== 'net') unitCounts[record.state] += 1;
  return {
    id: request.sessionId,
    nonce: request.nonce,
    plan,
    parameters: request.parameters,
    trigger: request.trigger,
    createdAt,
    endStatus: null,
    revision: 0,
    units,
    attempts: new Map(),
    unitCounts,
    timed: new Set(),
    dirtyUnits: [],
    dirtyAttempts: new Set(),
    stirred: { units: [], attempts: [] },
    moved: [],
    watched: new Map(),
  };
}

function newUnit(unit: PlannedUnit): UnitRecord {
  return {
    unit,
    state: unit.hold ? 'held' : 'waiting',
    endStatus: null,
    run: 1,
    ...nothingDone,
    endedAt: null,
    reason: null,
    reasonSaid: null,
    attempts: [],
    openAttempts: 0,
    satisfiedEdges: 0,
    impossibleEdges: 0,
    openChildren: unit.children.length,
    dirty: false,
  };
}

export function noUnits(): Record<UnitState, number> {
  return {
    waiting: 0,
    queued: 0,
    held: 0,
    starting: 0,
    running: 0,
    retry_wait: 0,
    stopping: 0,
    ended: 0,
    skipped: 0,
    not_run: 0,
    stopped: 0,
  };
}
