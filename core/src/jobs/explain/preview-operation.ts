// "What will happen if I ...": an operation tried on a copy of the session with the engine's own reducer, then played on as if every command
// ended normally. Pure; the session that is given stays as it is. Costs the net a few times, whatever the operation.
// Called by the manager for the API's preview; the console and the CLI show what it answers.
import type {
  OperationPreview,
  OperationRequest,
  PreviewEffect,
  PreviewOutcome,
  PreviewUnit,
} from '@nezuban/protocol/jobs/operate';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { applySession } from '../apply-session.ts';
import { pauseOf } from '../marks.ts';
import type { EngineContext } from '../session-inputs.ts';
import { dehydrateSession, rehydrateSession, sessionRow } from '../session-rows.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { isActive, isSettled, recordAt } from '../step.ts';
import type { NetPlan } from '../net-plan.ts';
import type { DefinitionChange } from '../operate/definition-change.ts';
import { judgeDefinition, takeDefinition } from '../operate/take-definition.ts';
import { playOn } from './play-on.ts';

/** Units that an answer names: above that no list and no picture is read. */
const unitsMax = 5_000;
const waitsForMax = 20;

export function previewOperation(
  session: Session,
  request: OperationRequest,
  context: PreviewContext,
): OperationPreview {
  const { operation, unit } = request;
  const asked = { operation, unit: unit ?? null };
  const tried = tryOn(session, request, context);
  if (!tried.ok) {
    const { detail, said = [detail] } = tried;
    return { ...asked, ...nothing(session), refusal: detail.message, refusalsSaid: [...said] };
  }
  const { copy, change } = tried;
  const { state } = sessionRow(copy);
  const redefined = new Set(change?.redefined);
  const effects = copy.units.map((record): PreviewEffect[] => {
    const before = sameIn(session, record);
    if (before === undefined) return ['added'];
    const seen = effectsOn(before, record);
    return redefined.has(record.unit.path) ? ['redefined', ...seen] : seen;
  });
  const after = copy.units.map(({ state: now, run }) => ({ state: now, run, settled: false }));
  const otherwise = copyOf(session);
  if (change !== null) {
    release(otherwise, context);
    for (const index of startedByRelease(copy, context)) effects[index]?.push('starts_on_release');
  }
  for (const [index, record] of copy.units.entries()) {
    const place = after[index];
    if (place !== undefined) place.settled = isSettled(record);
  }
  playOn(copy, context);
  playOn(otherwise, context);
  const units = copy.units.slice(1).flatMap((record): PreviewUnit[] => {
    const { index, path, type } = record.unit;
    const now = after[index];
    const seen = effects[index] ?? [];
    const without = sameIn(otherwise, record);
    const differs =
      without === undefined ||
      record.state !== without.state ||
      record.endStatus !== without.endStatus ||
      record.run !== without.run;
    // What would start in any case is no consequence.
    if (now === undefined || (!seen.some((effect) => effect !== 'starts_on_release') && !differs)) return [];
    return [
      {
        unit: path,
        type,
        effects: seen,
        state: now.state,
        run: now.run,
        later: now.state === 'stopping' ? 'stopped' : outcomeOf(record, now.settled),
      },
    ];
  });
  units.push(...removedUnits(session, change));
  const root = recordAt(copy, 0);
  return {
    ...asked,
    refusal: null,
    units: units.slice(0, unitsMax),
    unitsLeftOut: Math.max(0, units.length - unitsMax),
    state,
    endsAs: root.state === 'ended' ? root.endStatus : null,
    waitsFor: root.state === 'ended' ? [] : keepers(copy),
  };
}

/** `plan`: of `take_definition`, the plan of the definition. */
export type PreviewContext = EngineContext & { readonly plan?: NetPlan | undefined };

type Tried =
  | { readonly ok: false; readonly detail: Said; readonly said?: readonly Said[] }
  /** `change`: of another definition. */
  | { readonly ok: true; readonly copy: Session; readonly change: DefinitionChange | null };

function tryOn(session: Session, request: OperationRequest, context: PreviewContext): Tried {
  const { operation, unit, overrideFreeze: _override, ...options } = request;
  if (operation === 'take_definition') return tryDefinition(session, context);
  const copy = copyOf(session);
  const input = { type: 'operation', operation, unit, actor: 'preview', ...options } as const;
  const applied = applySession(copy, input, context);
  return applied.ok ? { ok: true, copy, change: null } : { ok: false, detail: applied.detail };
}

function tryDefinition(session: Session, { plan, ...context }: PreviewContext): Tried {
  if (plan === undefined) return { ok: false, detail: say('op_no_revision') };
  const change = judgeDefinition(session, plan);
  if ('refused' in change) {
    const { refused: detail, said } = change;
    return said.length === 0 ? { ok: false, detail } : { ok: false, detail, said };
  }
  const by = { by: 'preview', at: context.now, reason: null };
  const taken = takeDefinition(session, plan, { change, by, from: 0, to: 0, context });
  return { ok: true, copy: taken.session, change };
}

/** The unit with its path; undefined: the session has none. */
function sameIn(session: Session, { unit }: UnitRecord): UnitRecord | undefined {
  return unit.index === 0 ? session.units[0] : session.units[session.plan.indexByPath.get(unit.path) ?? -1];
}

function release(copy: Session, context: EngineContext): void {
  applySession(copy, { type: 'operation', operation: 'release', actor: 'preview' }, context);
}

/** Nothing starts in a suspended session: what counts is what its release lets start. */
function startedByRelease(copy: Session, context: EngineContext): number[] {
  const before = copy.units.map(({ state }) => state);
  release(copy, context);
  return copy.units.flatMap((record, index) => {
    const waited = before[index] === 'waiting' || before[index] === 'queued';
    const starts = isActive(record) || record.state === 'queued' || record.state === 'ended';
    return waited && starts && record.state !== before[index] ? [index] : [];
  });
}

function removedUnits(session: Session, change: DefinitionChange | null): PreviewUnit[] {
  return (change?.removed ?? []).flatMap((path) => {
    const record = session.units[session.plan.indexByPath.get(path) ?? -1];
    if (record === undefined) return [];
    const { unit, state, run } = record;
    return [{ unit: path, type: unit.type, effects: ['removed'], state, run, later: 'removed' }];
  });
}

function nothing(session: Session): Omit<OperationPreview, 'operation' | 'unit' | 'refusal'> {
  return { units: [], unitsLeftOut: 0, state: sessionRow(session).state, endsAs: null, waitsFor: [] };
}

export function copyOf(session: Session): Session {
  return rehydrateSession(session.plan.definition, dehydrateSession(session), session.plan);
}

function effectsOn(before: UnitRecord, after: UnitRecord): PreviewEffect[] {
  const effects: PreviewEffect[] = [];
  if (after.marks?.set !== undefined && after.marks.set !== before.marks?.set && isSettled(after))
    if (before.run === after.run && !sameMark(before.marks?.set, after.marks.set)) effects.push('result_set');
  if (after.marks?.asWarning !== undefined && before.marks?.asWarning === undefined)
    effects.push('as_warning');
  const paused = pauseOf(after);
  if (paused !== null && pauseOf(before)?.kind !== paused.kind) effects.push('paused');
  if (paused === null && pauseOf(before) !== null && after.state === 'running') effects.push('released');
  const moved = moveOf(before, after);
  if (moved !== null && !(moved === 'passed_over' && effects.includes('result_set'))) effects.push(moved);
  return effects;
}

function moveOf(before: UnitRecord, after: UnitRecord): PreviewEffect | null {
  const isNew = after.run !== before.run;
  const kills = after.attempts.some(
    (attempt, index) => attempt.killRequested && before.attempts[index]?.killRequested !== true,
  );
  if (kills) return 'killed';
  if (!isNew && after.state === before.state && isSettled(after) === isSettled(before)) return null;
  switch (after.state) {
    case 'starting':
    case 'running':
    case 'queued':
    case 'retry_wait':
      return isNew || !isActive(before) ? 'starts' : null;
    case 'waiting':
      return isNew ? 'begins_again' : 'released';
    case 'held':
      return 'held';
    case 'stopping':
      return 'cancelled';
    case 'skipped':
      return 'passed_over';
    case 'not_run':
      return 'not_run';
    case 'stopped':
      return 'stopped';
    case 'ended':
      // A judgment or an event begins and ends at once; what waited for its time is cut off by a stop.
      if (after.marks?.set !== undefined) return null;
      return isNew || !isActive(before) ? 'starts' : 'cancelled';
  }
}

function sameMark(a: { readonly at: number } | undefined, b: { readonly at: number }): boolean {
  return a?.at === b.at;
}

function outcomeOf(record: UnitRecord, wasSettled: boolean): PreviewOutcome {
  if (wasSettled) return 'stays';
  switch (record.state) {
    case 'ended':
      return 'runs';
    case 'skipped':
      return isSettled(record) ? 'passed_over' : 'waits';
    case 'not_run':
      return 'not_run';
    case 'stopped':
      return 'stopped';
    default:
      return 'waits';
  }
}

/** What the session waits for when everything that can has ended. */
function keepers(session: Session): string[] {
  const found: string[] = [];
  for (const record of session.units) {
    if (found.length === waitsForMax) break;
    if (record.state === 'held' || pauseOf(record)?.kind === 'suspended') found.push(record.unit.path);
  }
  return found;
}
