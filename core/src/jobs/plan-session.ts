// Begins a session: checks the parameters, lays out its records and starts what may start at once.
// Called by the manager for "run now" and for due schedules, with a definition that `judgeJobNet` has accepted.
import type { SessionTrigger } from '@nezuban/protocol/jobs/session';
import { say } from '@nezuban/protocol/sentences/sentence';
import { enqueue, mustAsk } from './admission/ask.ts';
import { advance } from './advance.ts';
import { planNet } from './net-plan.ts';
import { applyPreparation } from './preparation/apply-preparation.ts';
import { fitPreparation, type Preparation } from './preparation/fit-preparation.ts';
import { sessionStarted } from './session-events.ts';
import type { EngineContext, PlanRequest, PlanResult } from './session-inputs.ts';
import { newSession } from './session-records.ts';
import { beginStep, emit, recordAt } from './step.ts';
import { takeHistory } from './watch/plan-control.ts';
import { rememberWatches } from './watch/watch.ts';
import { judgeBusinessValues, judgeValues, valuesToKeep } from './variables/parameter-values.ts';
import { momentOf } from './variables/place-values.ts';

export function planSession(request: PlanRequest, context: EngineContext): PlanResult {
  const { definition, plan = planNet(definition), preparation } = request;
  const start = {
    startedAt: momentOf({ trigger: request.trigger, createdAt: context.now }),
    zone: definition.timezone,
    business: request.trigger.business,
    byDefinition: request.trigger.type === 'schedule',
  };
  const prepared =
    preparation === undefined
      ? null
      : fitPreparation(plan, { given: request.parameters, start }, preparation);
  const given = prepared?.given ?? request.parameters;
  const wrong = judgeValues(definition.parameters, given);
  const issues = wrong.length > 0 ? wrong : judgeBusinessValues(definition.parameters, given, start);
  if (issues.length > 0) {
    const names = issues.map((issue) => issue.path.slice('parameters.'.length));
    return {
      ok: false,
      code: 'missing_parameter',
      detail: say('run_parameters_wrong_see', { net: definition.name, names }),
      issues,
    };
  }
  const session = newSession(
    {
      ...request,
      plan,
      trigger: prepared === null ? request.trigger : withPreparation(request.trigger, prepared.preparation),
      parameters: valuesToKeep(definition.parameters, given, start),
    },
    context.now,
  );
  const step = beginStep(session, context);
  if (request.history !== undefined) takeHistory(session, request.history);
  if (prepared !== null) applyPreparation(step, prepared);
  const root = recordAt(session, 0);
  if (mustAsk(step, root)) enqueue(step, root);
  else {
    emit(step, sessionStarted(session));
    step.ready.push(root);
  }
  advance(step);
  rememberWatches(session);
  for (const at of session.watched.values()) step.effects.push({ type: 'wakeAt', at });
  return { ok: true, session, effects: step.effects, given };
}

/** It is known with the session for as long as that is kept, and its author is one of the people behind it. Not if nothing of it was done. */
function withPreparation(trigger: SessionTrigger, preparation: Preparation): SessionTrigger {
  const { by, at, reason, priority, lacksRight } = preparation;
  if (trigger.type !== 'schedule' || lacksRight) return trigger;
  const prepared = { by, at: new Date(at).toISOString(), reason, ...(priority === null ? {} : { priority }) };
  return { ...trigger, prepared };
}
