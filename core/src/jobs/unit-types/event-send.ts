// Unit type "event_send": writes an event and ends normally. The event is an effect of the step that ends the unit, so both are committed
// in one transaction: it is written once for each run of the unit, whatever restarts.
import type { PlannedEventSend } from '../net-plan.ts';
import { unitSays } from '../session-events.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { emit, settle } from '../step.ts';
import type { Step } from '../step.ts';
import type { UnitType } from './unit-type.ts';

const place = /\{\{\s*([^{}]*?)\s*\}\}/g;
const parameterPlace = 'parameter.';
const plainPlaces = ['net', 'session', 'unit'] as const;
/** Bounds of what comes of filling: parameters can be long. */
const filledMax = { message: 2_000, key: 500 } as const;

/** What is wrong with the places of a text; empty: nothing. `parameters`: those that the net declares. */
export function placeProblems(text: string, parameters: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  for (const [whole, name = ''] of text.matchAll(place)) {
    const parameter = name.startsWith(parameterPlace) ? name.slice(parameterPlace.length) : null;
    if (parameter !== null ? parameters.has(parameter) : plainPlaces.some((each) => each === name)) continue;
    problems.push(
      parameter === null
        ? `has the place ${whole}, which is not known; known are {{parameter.NAME}}, ${plainPlaces.map((each) => `{{${each}}}`).join(', ')}`
        : `has the place ${whole}, but the net declares no parameter "${parameter}"`,
    );
  }
  return problems;
}

function start(step: Step, record: UnitRecord): void {
  const { session } = step;
  const { priority, message, key, clears } = eventSendOf(record).definition;
  record.startedAt = step.now;
  const says = {
    priority,
    message: fillPlaces(session, { record, text: message, charsMax: filledMax.message }),
    ...(key === undefined
      ? {}
      : { key: fillPlaces(session, { record, text: key, charsMax: filledMax.key }) }),
    ...(clears ? { clears } : {}),
  };
  record.reason = null;
  emit(step, unitSays(session, record, says));
  settle(step, record, { state: 'ended', endStatus: 'normal', reason: null });
}

function eventSendOf(record: UnitRecord): PlannedEventSend {
  if (record.unit.type !== 'event_send') throw new Error(`unit "${record.unit.path}" sends no event`);
  return record.unit;
}

/** Text with its places filled, cut to a length. Called by all types that have such texts. */
export function fillPlaces(
  session: Session,
  {
    record,
    text,
    charsMax,
  }: { readonly record: UnitRecord; readonly text: string; readonly charsMax: number },
): string {
  const filled = text.replaceAll(place, (_whole, name: string) => {
    if (name.startsWith(parameterPlace)) return session.parameters[name.slice(parameterPlace.length)] ?? '';
    if (name === 'net') return session.plan.definition.name;
    if (name === 'session') return String(session.id);
    return name === 'unit' ? record.unit.path : '';
  });
  // Not through the middle of a pair, and without NUL: PostgreSQL stores neither.
  return filled.slice(0, charsMax).replaceAll('\0', '\ufffd').toWellFormed();
}

export const eventSendUnitType: UnitType = { start };
