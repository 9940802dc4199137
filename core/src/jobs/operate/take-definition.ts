// Gives a suspended session another revision of its definition. What has begun keeps what it is and has done, what has not is as the new
// definition has it: added, removed, connected otherwise. Units keep their numbers, so that nothing that is under way or stored is lost
// (unit-numbers.ts). What cannot be taken is refused with names (definition-change.ts); the former definition can be taken back in the same way.
// The session is made anew from its rows; the manager puts it in the place of the old one and commits both together with the removed rows. Pure.
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import type { Mark } from '../marks.ts';
import type { NetPlan, PlannedUnit } from '../net-plan.ts';
import { refusalOf } from '../operation-check.ts';
import { joined, reasonOf } from '../reasons.ts';
import type { EngineContext, SessionEffect } from '../session-inputs.ts';
import { advance } from '../advance.ts';
import { nothingDone } from '../session-records.ts';
import { dehydrateSession, rehydrateSession } from '../session-rows.ts';
import type { Session, UnitRecord, UnitRow } from '../session-state.ts';
import { beginStep, emit, recordAt, touch, touchAttempt, type Step } from '../step.ts';
import { indexOfNumber, numberedLike } from '../unit-numbers.ts';
import { armWatches } from '../watch/watch.ts';
import { endIfEmpty, recountStatus } from './begin-again.ts';
import {
  compareDefinitions,
  counterpartOf,
  hasBegun,
  valuesOfNewParameters,
  type DefinitionChange,
} from './definition-change.ts';
import { sessionRedefined } from './operation-events.ts';
import { reconsiderRuledOut } from './reconsider.ts';
import type { UnitDifference } from './unit-difference.ts';

/** Definitions that a session remembers to have been given. */
const definitionsKeptMax = 50;

/** Why a session cannot take a definition: as a whole; and one by one, where it is because of what stands in the definition. */
export type DefinitionRefusal = { readonly refused: Said; readonly said: readonly Said[] };

/** What the definition would change, or why the session cannot take it now. */
export function judgeDefinition(session: Session, plan: NetPlan): DefinitionChange | DefinitionRefusal {
  const record = recordAt(session, 0);
  const change = compareDefinitions(session, plan);
  const byState = refusalOf(session, { record, operation: 'take_definition' });
  const why = byState ?? joined(change.refusals);
  if (why === null) return change;
  return {
    refused: say('op_refused', {
      what: { code: 'op_session', values: { id: session.id } },
      verb: { code: 'verb_take_definition' },
      why,
    }),
    said: byState === null ? change.refusals : [],
  };
}

export type TakenDefinition = {
  readonly session: Session;
  readonly effects: readonly SessionEffect[];
  /** Numbers of units that are no more: their rows are to be deleted. */
  readonly removed: readonly number[];
};
type Taking = {
  readonly change: DefinitionChange;
  readonly by: Mark;
  /** Revisions. */
  readonly from: number;
  readonly to: number;
};

/** The session with its new definition; what differs from what is stored waits to be written. `change`: of `judgeDefinition`, which has refused nothing. */
export function takeDefinition(
  before: Session,
  plan: NetPlan,
  { change, by, from, to, context }: Taking & { readonly context: EngineContext },
): TakenDefinition {
  const numbered = numberedLike(before.plan, plan);
  const rows = dehydrateSession(before);
  const { units, changed } = rowsOf(before, { plan: numbered, change }, rows.units);
  const session = rehydrateSession(
    plan.definition,
    {
      session: {
        ...rows.session,
        parameters: { ...rows.session.parameters, ...valuesOfNewParameters(before, plan) },
      },
      units: [...units.values()],
      attempts: rows.attempts,
    },
    numbered,
  );
  const step = beginStep(session, context);
  const root = recordAt(session, 0);
  const definitions = [...(root.marks?.definitions ?? []), { ...by, from, to }];
  root.marks = { ...root.marks, definitions: definitions.slice(-definitionsKeptMax) };
  touch(session, root);
  touchWhatDiffers(before, session);
  const removed = before.units.flatMap(({ unit }) =>
    indexOfNumber(numbered, unit.number) === undefined ? [unit.number] : [],
  );
  follow(step, { before, changed, removed });
  emit(step, sessionRedefined(session, { by, to, change }));
  advance(step);
  armWatches(step);
  return { session, effects: step.effects, removed };
}

/** What follows from it at once, although nothing starts as long as the session is suspended. */
function follow(
  step: Step,
  {
    before,
    changed,
    removed,
  }: {
    readonly before: Session;
    readonly changed: ReadonlySet<number>;
    readonly removed: readonly number[];
  },
): void {
  const { session } = step;
  for (const record of session.units) {
    const { number } = record.unit;
    if (!changed.has(number)) continue;
    const was = before.units[indexOfNumber(before.plan, number) ?? 0];
    reconsiderRuledOut(step, record, was?.unit.recovery === true);
  }
  if (removed.length > 0) recountStatus(step);
  // What was left open in a net may be gone. From the innermost on; the session itself is suspended.
  for (const record of session.units.slice(1).toReversed())
    if (record.unit.type === 'net' && record.marks?.paused?.kind !== 'suspended') endIfEmpty(step, record);
}

/** Rows of the session with its new plan, by number; of units that are as the new definition begins them there is none. `changed`: whose condition is another one. */
function rowsOf(
  before: Session,
  { plan, change }: { readonly plan: NetPlan; readonly change: DefinitionChange },
  rows: readonly UnitRow[],
): { readonly units: ReadonlyMap<number, UnitRow>; readonly changed: ReadonlySet<number> } {
  const units = new Map<number, UnitRow>();
  const changed = new Set<number>();
  for (const [at, row] of rows.entries()) {
    const record = recordAt(before, at + 1);
    if (counterpartOf(plan, record.unit) === undefined) continue;
    const difference = change.differences.get(record.unit.index) ?? null;
    if (difference?.condition === true || difference?.type === true) changed.add(row.unit);
    if (!isPristine(record))
      units.set(row.unit, difference === null ? row : carriedOver(record, row, difference));
  }
  for (const unit of plan.units.slice(1)) {
    if (before.plan.indexByPath.has(unit.path)) continue;
    const row = rowOfAdded(plan, unit, units);
    if (row !== null) units.set(unit.number, row);
  }
  return { units, changed };
}

/** What was told of its times is told again if they are others; what waits for its turn is looked at again, from the end of the line if that is another one. */
function carriedOver(record: UnitRecord, row: UnitRow, difference: UnitDifference): UnitRow {
  const { queued, delayed, ...rest } = row.control ?? {};
  const leavesQueue = queued !== undefined && !hasBegun(record);
  const control = {
    ...rest,
    ...(queued === undefined || (leavesQueue && (difference.places || difference.work)) ? {} : { queued }),
    ...(delayed === undefined || difference.times ? {} : { delayed }),
  };
  return {
    ...row,
    state: leavesQueue ? 'waiting' : row.state,
    control: Object.keys(control).length === 0 ? null : control,
  };
}

/** What is added to a net that will not run does not run either; null: it begins as the definition has it. */
function rowOfAdded(plan: NetPlan, unit: PlannedUnit, rows: ReadonlyMap<number, UnitRow>): UnitRow | null {
  const net = plan.units[unit.parent];
  const row = net === undefined ? undefined : rows.get(net.number);
  const settled = row?.state === 'not_run' || row?.state === 'stopped' || row?.endStatus === 'normal';
  if (net === undefined || row === undefined || !settled || row.state === 'ended') return null;
  const { number, path } = unit;
  const { state, endStatus, endedAt } = row;
  return {
    ...nothingDone,
    unit: number,
    path,
    state,
    endStatus,
    endedAt,
    run: 1,
    ...reasonOf(
      say(state === 'skipped' ? 'reason_net_passed_over' : 'reason_net_not_run', { net: net.path }),
    ),
  };
}

/** Rows of units that nothing has changed stay as they are stored: a large net costs what it changes. */
function touchWhatDiffers(before: Session, session: Session): void {
  const stored = new Map(before.units.map((record) => [record.unit.number, record]));
  for (const record of session.units.slice(1)) {
    const was = stored.get(record.unit.number);
    const same =
      was === undefined
        ? isPristine(record)
        : was.state === record.state && sameControl(was, record) && !was.dirty;
    if (!same) touch(session, record);
  }
  for (const attempt of before.dirtyAttempts) {
    const same = session.attempts.get(attempt.id);
    if (same !== undefined) touchAttempt(session, same);
  }
}

function sameControl({ control: one }: UnitRecord, { control: other }: UnitRecord): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function isPristine(record: UnitRecord): boolean {
  const { unit, state, run, startedAt, reason, marks, control, attempts } = record;
  return (
    run === 1 &&
    startedAt === null &&
    reason === null &&
    marks === null &&
    control === null &&
    attempts.length === 0 &&
    state === (unit.hold ? 'held' : 'waiting')
  );
}
