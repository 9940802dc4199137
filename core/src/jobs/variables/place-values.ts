// Where the places of a unit's texts get their values: from the session, the units before it, and the parameters of the net that it stands in.
// Pure. What is said here is a function of what is stored, so that the same text comes of it after a restart.
//
// Scopes: a unit sees the parameters of the net whose definition it stands in. Of units it sees those beside it and those beside the nets
// around it, the nearest first, up to the border of a reference: a referenced net sees nothing of what is around it but the values it was given.
import { businessDate } from '../../calendars/business-days.ts';
import { latestAttempts } from '../attempt-outcome.ts';
import type { PlannedScope, PlannedUnit } from '../net-plan.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { namedSecretOf, sealedValue } from './parameter-values.ts';
import type { PlaceValues } from './places.ts';
import { secretMark } from './secret-marks.ts';
import { outputText, referenceParameter } from './unit-variables.ts';

export function placeValues(session: Session, record: UnitRecord): PlaceValues {
  const scope = scopeOf(session, record.unit);
  /** What only a session that runs can know. */
  const known = (place: string, ask: () => string): string =>
    session.isPreview === true ? `{{${place}}}` : ask();
  const of = (name: string, ask: (found: UnitRecord) => string): string => {
    const found = findUnit(session, record.unit, name);
    return found === null ? '' : ask(found);
  };
  return {
    parameter: (name) => parameterText(session, scope, name) ?? known(`parameter.${name}`, () => ''),
    secret: (name) => secretMark(`secret/${name}`),
    event: (field) => known(`event.${field}`, () => eventField(session, field)),
    unitExitCode: (name) =>
      known(`unit.${name}.exit_code`, () => of(name, (found) => codeText(exitCodeOf(found)))),
    unitStatus: (name) => known(`unit.${name}.status`, () => of(name, ({ endStatus }) => endStatus ?? '')),
    unitOutput: (name, output) =>
      known(`unit.${name}.output.${output}`, () => of(name, (found) => outputText(found, output) ?? '')),
    previousExitCode: () =>
      known('previous.exit_code', () =>
        codeText(highest(unitsBefore(session, record.unit).map((before) => exitCodeOf(before)))),
      ),
    previousStatus: () => known('previous.status', () => worstBefore(session, record.unit)),
    net: scope.net,
    session: known('session', () => String(session.id)),
    unit: record.unit.path,
    startedAt: momentOf(session),
    zone: scope.zone,
    businessDate: (offset) =>
      session.trigger.business === undefined
        ? known('business_date', () => '')
        : (businessDate(session.trigger.business, offset) ?? ''),
  };
}

export function scopeOf(session: Session, unit: PlannedUnit): PlannedScope {
  const scope = session.plan.scopes.get(unit.scope);
  if (scope === undefined) throw new Error(`unit "${unit.path}" stands in no scope`);
  return scope;
}

/** The moment that `{{date}}` and days of parameters go by: when the session was due, so that a start that was late is of the right day. */
export function momentOf({ trigger, createdAt }: Pick<Session, 'trigger' | 'createdAt'>): number {
  return trigger.type === 'schedule' ? Date.parse(trigger.dueAt) : createdAt;
}

/** The value of a parameter as units of the scope see it; secrets as marks. Undefined: it has none. */
export function parameterText(session: Session, scope: PlannedScope, name: string): string | undefined {
  const declared = scope.parameters.find((parameter) => parameter.name === name);
  if (scope.unit !== 0) {
    const record = session.units[scope.unit];
    return record === undefined ? undefined : referenceParameter(record, name);
  }
  const kept = Object.hasOwn(session.parameters, name) ? session.parameters[name] : undefined;
  if (kept === undefined || declared?.type !== 'secret') return kept;
  const named = namedSecretOf(kept);
  return secretMark(named === null || kept === sealedValue ? `parameter/${name}` : `secret/${named}`);
}

/** What every command of the scope finds in its environment. Secrets only reach those that ask for them. */
export function parameterVariables(session: Session, scope: PlannedScope): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { name, type } of scope.parameters) {
    const value = type === 'secret' ? undefined : parameterText(session, scope, name);
    if (value !== undefined) variables[name] = value;
  }
  return variables;
}

/** Outputs of the units that it waits for, as `NEZUBAN_OUTPUT_<UNIT>_<NAME>`; secrets only reach those that ask for them. */
export function outputVariables(session: Session, unit: PlannedUnit): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const before of unitsBefore(session, unit)) {
    for (const name of Object.keys(before.variables?.outputs ?? {})) {
      const text = outputText(before, name);
      if (text !== null && !text.includes('\0')) variables[outputVariable(before.unit.name, name)] = text;
    }
  }
  return variables;
}

export function outputVariable(unit: string, output: string): string {
  return `NEZUBAN_OUTPUT_${unit.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_${output}`;
}

/** By its name beside the unit or beside a net around it, or by a path from there. */
export function findUnit(session: Session, unit: PlannedUnit, name: string): UnitRecord | null {
  const { units, indexByPath } = session.plan;
  for (let net = units[unit.parent]; net !== undefined; net = units[net.parent]) {
    const index = indexByPath.get(net.index === 0 ? name : `${net.path}/${name}`);
    const found = index === undefined ? undefined : session.units[index];
    if (found !== undefined && found.unit.scope === unit.scope) return found;
    if (net.index === unit.scope) return null;
  }
  return null;
}

/** The units that it waits for; where it waits for none, those that the net around it waits for. */
function unitsBefore(session: Session, unit: PlannedUnit): UnitRecord[] {
  let at: PlannedUnit | undefined = unit;
  while (at !== undefined && at.edges.length === 0 && at.parent !== unit.scope)
    at = session.plan.units[at.parent];
  return (at?.edges ?? []).flatMap((edge) => session.units[edge.unit] ?? []);
}

/** Of several nodes the highest, as a judgment reads it; null: it has none, or not on every node. */
export function exitCodeOf(record: UnitRecord): number | null {
  return highest(latestAttempts(record).map(({ exitCode }) => exitCode));
}

function highest(codes: readonly (number | null)[]): number | null {
  const known = codes.filter((code) => code !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function codeText(code: number | null): string {
  return code === null ? '' : String(code);
}

function worstBefore(session: Session, unit: PlannedUnit): string {
  const order = ['normal', 'warning', 'unknown', 'abnormal'] as const;
  const worst = Math.max(
    -1,
    ...unitsBefore(session, unit).map(({ endStatus }) =>
      endStatus === null ? -1 : order.indexOf(endStatus),
    ),
  );
  return order[worst] ?? '';
}

/** Of a session that an event has started. */
function eventField({ trigger }: Session, field: string): string {
  const event: unknown = 'event' in trigger ? trigger.event : null;
  if (typeof event !== 'object' || event === null || !Object.hasOwn(event, field)) return '';
  const value = (event as Record<string, unknown>)[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
