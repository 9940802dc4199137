// The variables that a unit gives to later ones: those of its definition, and those that its type gives by itself.
// Pure. Called by the judge of variables, by the orders of attempts, and where what an agent has captured is taken.
import type { UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { isAttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { EventWaitUnit } from '@nezuban/protocol/jobs/units/event-wait';
import type { UnitOutput } from '@nezuban/protocol/jobs/units/unit-output';
import { compilePattern } from '../traps/rules/bounded-pattern.ts';

/** Of a file watch: the first path that was found, and all of them as a list of JSON. The tool writes them so (Tool/FileWatch.pm). */
const watchOutputs: readonly UnitOutput[] = [
  { name: 'file', regex: '.+', required: false },
  { name: 'files', from: 'stderr', regex: String.raw`^found: (\[.*\])$`, take: 'last', required: false },
];

/** Of a file transfer, out of the result that the tool writes: the first file's path at the target and its SHA-256, all bytes, and all paths. */
const transferOutputs: readonly UnitOutput[] = [
  { name: 'file', json: '$.files[0].file', required: false },
  { name: 'sha256', json: '$.files[0].sha256', required: false },
  { name: 'bytes', json: '$.bytes', required: false },
  { name: 'files', json: '$.paths', required: false },
];

/** Of a wait for an event: what the event says. Its pattern's named groups come besides. */
export const eventOutputNames = ['event_id', 'code', 'node', 'key', 'message'] as const;

function eventOutputs({ event: { text } }: EventWaitUnit): readonly UnitOutput[] {
  const compiled = text?.matches === undefined ? null : compilePattern(text.matches, false);
  const groups = compiled?.ok === true ? Object.keys(compiled.pattern.names) : [];
  return [...new Set([...eventOutputNames, ...groups])].map((name) => ({ name, required: false }));
}

/** Null: units of this type have none. */
export function declaredOutputs(definition: UnitDefinition): readonly UnitOutput[] | null {
  if (definition.type === 'event_wait') return eventOutputs(definition);
  if (definition.type === 'net_start') return [{ name: 'session', required: false }];
  if (!isAttemptUnit(definition)) return null;
  const own = definition.outputs ?? [];
  const given = givenByType(definition.type);
  const taken = new Set(own.map(({ name }) => name));
  return [...own, ...given.filter(({ name }) => !taken.has(name))];
}

function givenByType(type: string): readonly UnitOutput[] {
  if (type === 'file_watch') return watchOutputs;
  return type === 'file_transfer' ? transferOutputs : [];
}
