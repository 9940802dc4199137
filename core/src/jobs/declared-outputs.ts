// The variables that a unit gives to later ones: those of its definition, and those that its type gives by itself.
// Pure. Called by the judge of variables, by the orders of attempts, and where what an agent has captured is taken.
import type { UnitDefinition } from '@nezuban/protocol/jobs/definition';
import { isAttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { UnitOutput } from '@nezuban/protocol/jobs/units/unit-output';

/** Of a file watch: the first path that was found, and all of them as a list of JSON. The tool writes them so (Tool/FileWatch.pm). */
const watchOutputs: readonly UnitOutput[] = [
  { name: 'file', regex: '.+', required: false },
  { name: 'files', from: 'stderr', regex: String.raw`^found: (\[.*\])$`, take: 'last', required: false },
];

/** Null: units of this type have none. */
export function declaredOutputs(definition: UnitDefinition): readonly UnitOutput[] | null {
  if (!isAttemptUnit(definition)) return null;
  const own = definition.outputs ?? [];
  if (definition.type !== 'file_watch') return own;
  const taken = new Set(own.map(({ name }) => name));
  return [...own, ...watchOutputs.filter(({ name }) => !taken.has(name))];
}
