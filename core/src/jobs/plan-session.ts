// Begins a session: checks the parameters, lays out its records and starts what may start at once.
// Called by the manager for "run now" and for due schedules, with a definition that `judgeJobNet` has accepted.
import type { Issue } from '@nezuban/protocol/errors';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import { advance } from './advance.ts';
import { didYouMean } from '../text/did-you-mean.ts';
import { sessionStarted } from './session-events.ts';
import type { EngineContext, PlanRequest, PlanResult } from './session-inputs.ts';
import { newSession } from './session-records.ts';
import { beginStep, emit, recordAt } from './step.ts';

export function planSession(request: PlanRequest, context: EngineContext): PlanResult {
  const issues = judgeParameters(request.definition, request.parameters);
  if (issues.length > 0) {
    const names = issues.map((issue) => issue.path.slice('parameters.'.length)).join(', ');
    return {
      ok: false,
      code: 'missing_parameter',
      detail: `${request.definition.name} cannot run with these parameters: see ${names}.`,
      issues,
    };
  }
  const session = newSession(
    { ...request, parameters: withDefaults(request.definition, request.parameters) },
    context.now,
  );
  const step = beginStep(session, context);
  emit(step, sessionStarted(session));
  step.ready.push(recordAt(session, 0));
  advance(step);
  return { ok: true, session, effects: step.effects };
}

/** Parameters without a value, and values without a declared parameter. Empty if the net can run with them. */
export function judgeParameters(
  definition: JobNetDefinition,
  given: Readonly<Record<string, string>>,
): Issue[] {
  const issues: Issue[] = [];
  const declared = new Set(definition.parameters.map((parameter) => parameter.name));
  for (const parameter of definition.parameters) {
    if (parameter.default === undefined && !Object.hasOwn(given, parameter.name)) {
      issues.push({
        path: `parameters.${parameter.name}`,
        message: `needs a value: the net declares "${parameter.name}" without a default`,
      });
    }
  }
  for (const [name, value] of Object.entries(given)) {
    const path = `parameters.${name}`;
    if (!declared.has(name))
      issues.push({ path, message: `the net declares no parameter "${name}"${didYouMean(name, declared)}` });
    else if (value.includes('\0')) issues.push({ path, message: 'must not hold a NUL character' });
  }
  return issues;
}

function withDefaults(
  definition: JobNetDefinition,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, default: byDefault } of definition.parameters) {
    const value = Object.hasOwn(given, name) ? given[name] : byDefault;
    if (value !== undefined) values[name] = value;
  }
  return values;
}
