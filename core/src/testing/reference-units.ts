// Units of the reference engine, and what is asked of them everywhere.
import type { UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { PauseKind, UnitState } from '@nezuban/protocol/jobs/session';

export type ReferenceAttempt = {
  try: number;
  end: EndStatus | null;
  code: number | null;
  /** What was taken out of what it wrote. */
  output: string | null;
  started: boolean;
};

export type ReferenceUnit = {
  /** Its number: it keeps it when the session is given another definition. */
  index: number;
  path: string;
  parent: ReferenceUnit | null;
  kids: ReferenceUnit[];
  definition: UnitDefinition | null;
  state: UnitState;
  end: EndStatus | null;
  run: number;
  /** Newest attempt of each node of this run. */
  attempts: Map<number, ReferenceAttempt>;
  /** Tries of each node of this run by whether anybody knows how they ended. */
  tries: Map<number, { known: number; unknown: number }>;
  /** When it is said that it takes long. */
  slowAt: number | null;
  /** How often that has been said. */
  slow: number;
  stopped: boolean;
  retryAt: number;
  answer: boolean | null;
  /** How often it has written its event. */
  events: number;
  paused: PauseKind | null;
  /** It starts whatever its condition says. */
  forced: boolean;
  /** What the units behind it see instead of its end. */
  countsAs: EndStatus | null;
  skippedByHand: boolean;
  heldByHand: boolean;
  /** In this run. */
  begun: boolean;
  /** By the definition before this one. */
  wasRecovery: boolean;
  /** Of one that waits inside the manager: targets that are fulfilled, who has approved, whether its net has begun. */
  inside: { met: number[]; approved: string[]; child: boolean; killed: boolean };
};

export const nothingInside = (): ReferenceUnit['inside'] => ({
  met: [],
  approved: [],
  child: false,
  killed: false,
});

/** Whether somebody inside the manager works for it. */
export function isAsked({ definition, state }: ReferenceUnit): boolean {
  return (
    (state === 'running' || state === 'stopping') &&
    definition !== null &&
    ['event_wait', 'approval', 'net_start', 'net_wait'].includes(definition.type)
  );
}

const order: EndStatus[] = ['normal', 'warning', 'unknown', 'abnormal'];
export const activeStates: UnitState[] = ['starting', 'running', 'retry_wait', 'stopping'];

export function isSettled(unit: ReferenceUnit): boolean {
  return (
    unit.state === 'ended' ||
    unit.state === 'not_run' ||
    unit.state === 'stopped' ||
    (unit.state === 'skipped' && unit.end !== null)
  );
}

export function worst(statuses: readonly EndStatus[]): EndStatus | null {
  return order[Math.max(-1, ...statuses.map((status) => order.indexOf(status)))] ?? null;
}

export function subtree(unit: ReferenceUnit): ReferenceUnit[] {
  return [unit, ...unit.kids.flatMap(subtree)];
}

/** A unit to which nothing has happened. Where it stands is for the session to say. */
export function newUnit(definition: UnitDefinition | null): Omit<ReferenceUnit, 'index' | 'path' | 'parent'> {
  return {
    kids: [],
    definition,
    state: definition?.hold === true ? 'held' : 'waiting',
    end: null,
    run: 1,
    attempts: new Map(),
    tries: new Map(),
    slowAt: null,
    slow: 0,
    stopped: false,
    retryAt: 0,
    answer: null,
    events: 0,
    paused: null,
    forced: false,
    countsAs: null,
    skippedByHand: false,
    heldByHand: false,
    begun: false,
    wasRecovery: false,
    inside: nothingInside(),
  };
}
