// What a unit holds of variables: those taken out of its output on each node, and, of a reference to a net, the values of that net's
// parameters. Stored with the unit, null for nearly all of them.
// Pure. Called by the engine when an attempt ends and when a reference begins. Never holds the value of a secret: that lies with the manager.
import type { CapturedInput } from '../session-inputs.ts';
import type { UnitOutput } from '@nezuban/protocol/jobs/units/unit-output';
import { saidOf, say, type Said, type Sentence } from '@nezuban/protocol/sentences/sentence';
import { declaredOutputs } from '../declared-outputs.ts';
import { isPlannedAttempt, type PlannedUnit } from '../net-plan.ts';
import { joined } from '../reasons.ts';
import type { UnitRecord } from '../session-state.ts';
import { hasMark, joinMarks, secretMark, type SplitText } from './secret-marks.ts';

/** Of one node, by its position in the scope. Null: it is secret, and lies sealed with the session. */
export type NodeValue = readonly [nodeIndex: number, value: string | null];

export type UnitVariables = {
  /** By name. In the order of the nodes. */
  readonly outputs?: Readonly<Record<string, readonly NodeValue[]>>;
  readonly parameters?: Readonly<Record<string, SplitText>>;
};

/** Of a scope with more nodes the values of the others are not kept: joined they would be no value any more. */
const nodesMax = 100;
/** Characters of all values of a unit. */
const unitCharsMax = 256 * 1024;

export function outputsOf(unit: PlannedUnit): readonly UnitOutput[] {
  if (!isPlannedAttempt(unit) && unit.type !== 'event_wait' && unit.type !== 'net_start') return [];
  return declaredOutputs(unit.definition) ?? [];
}

/** The variables with what a node's newest attempt has given, instead of what earlier ones had. */
export function withCaptured(
  { unit, variables }: UnitRecord,
  nodeIndex: number,
  captured: readonly CapturedInput[],
): UnitVariables | null {
  const declared = new Map(outputsOf(unit).map(({ name, secret }) => [name, secret === true]));
  const outputs: Record<string, readonly NodeValue[]> = {};
  for (const [name, values] of Object.entries(variables?.outputs ?? {}))
    outputs[name] = values.filter(([index]) => index !== nodeIndex);
  let chars = Object.values(outputs)
    .flat()
    .reduce((sum, [, value]) => sum + (value?.length ?? 0), 0);
  for (const { name, value, secret } of captured) {
    const others = outputs[name] ?? [];
    if (value === undefined || !declared.has(name) || others.length >= nodesMax) continue;
    chars += value.length;
    if (chars > unitCharsMax) break;
    // The definition says what is secret, whatever the agent thinks of it.
    const kept = secret === true || declared.get(name) === true ? null : withoutMarks(value);
    outputs[name] = [...others, [nodeIndex, kept] as const].sort(([a], [b]) => a - b);
  }
  const kept = Object.entries(outputs).filter(([, values]) => values.length > 0);
  const parameters = variables?.parameters;
  if (kept.length === 0 && parameters === undefined) return null;
  return {
    ...(kept.length === 0 ? {} : { outputs: Object.fromEntries(kept) }),
    ...(parameters === undefined ? {} : { parameters }),
  };
}

/** An agent must not be able to name a secret: whatever it gives is a text. */
function withoutMarks(value: string): string {
  return hasMark(value) ? value.replaceAll('\0', '\u{FFFD}') : value;
}

/** The variables of a unit that has none of attempts: one value each. */
export function givenOutputs(values: Readonly<Record<string, string | null>>): UnitVariables {
  return {
    outputs: Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) =>
        value === null ? [] : [[name, [[0, withoutMarks(value)] as const]] as const],
      ),
    ),
  };
}

/** Why an attempt is abnormal although its command was not: variables that must be there and are not. Null: all are. */
export function missingOutputs(
  unit: PlannedUnit,
  captured: readonly CapturedInput[] | undefined,
): Said | null {
  const missing = outputsOf(unit).filter(
    ({ name, required }) =>
      required !== false && captured?.find((each) => each.name === name)?.value === undefined,
  );
  if (missing.length === 0) return null;
  const phrases = missing.slice(0, namedMax).map(({ name }): Sentence => {
    const found = captured?.find((each) => each.name === name);
    const says = found?.said ?? found?.says ?? { code: 'output_none_given' };
    return { code: 'output_missing', values: { name, says } };
  });
  const said = joined(phrases);
  if (said === null) return null;
  return missing.length > namedMax
    ? say('first_then_more', { said, count: missing.length - namedMax })
    : saidOf(said);
}

/** How many missing outputs a reason names. */
const namedMax = 3;

/** The key by which the manager keeps a secret value of a unit's output. */
export function outputSecretKey(unitNumber: number, nodeIndex: number, name: string): string {
  return `output/${unitNumber}/${nodeIndex}/${name}`;
}

/** One text of all nodes: of the first that has a value, or joined. Null: none has. Secrets as marks. */
export function outputText(record: UnitRecord, name: string): string | null {
  const values = record.variables?.outputs?.[name];
  if (values === undefined || values.length === 0) return null;
  const texts = values.map(
    ([nodeIndex, value]) => value ?? secretMark(outputSecretKey(record.unit.number, nodeIndex, name)),
  );
  const join = outputsOf(record.unit).find((output) => output.name === name)?.join;
  return join === undefined ? (texts[0] ?? null) : texts.join(join);
}

/** The value that a reference gives to a parameter of its net. */
export function referenceParameter({ variables }: UnitRecord, name: string): string | undefined {
  const split = variables?.parameters?.[name];
  return split === undefined ? undefined : joinMarks(split);
}
