// What an agent would be given: the order of a unit as it would be at a start with these parameters, for people to read.
// Pure. Called by the manager's preview. Secrets are hidden; what only a session can know (results and outputs of other units) stays as the
// place that it will be filled from.
import { newAttempt } from '../new-attempt.ts';
import type { Issue } from '@nezuban/protocol/errors';
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import type { SessionTrigger } from '@nezuban/protocol/jobs/session';
import type { OrderPreview } from '@nezuban/protocol/jobs/order-preview';
import { attemptOrder } from '../attempt-order.ts';
import { isPlannedAttempt, type NetPlan, type PlannedAttempt, type PlannedUnit } from '../net-plan.ts';
import type { EngineContext } from '../session-inputs.ts';
import { newSession } from '../session-records.ts';
import type { AttemptRecord, Session, UnitRecord } from '../session-state.ts';
import { recordAt } from '../step.ts';
import { nodesOf } from '../targets.ts';
import {
  judgeBusinessValues,
  judgeValues,
  sealedValue,
  valuesToKeep,
  type Given,
} from './parameter-values.ts';
import { takeParameters } from './reference-parameters.ts';
import { hideMarks, mapSecretTexts } from './secret-marks.ts';

/** `trigger`: as a start now would have it, with its business date. */
export type PreviewRequest = {
  readonly plan: NetPlan;
  readonly unit: string;
  readonly given: Given;
  readonly trigger: SessionTrigger;
};

/** Null: the net has no such unit, or it runs nothing on a node. */
export function previewOrder(
  { plan, unit: path, given, trigger }: PreviewRequest,
  context: EngineContext,
): OrderPreview | null {
  const unit = plan.units[plan.indexByPath.get(path) ?? -1];
  if (unit === undefined || !isPlannedAttempt(unit)) return null;
  const { definition } = plan;
  // Nobody need type a secret to see where it goes.
  const secrets = definition.parameters.filter(({ type }) => type === 'secret').map(({ name }) => name);
  const issues = judgeValues(
    definition.parameters.filter(({ name }) => !secrets.includes(name)),
    Object.fromEntries(Object.entries(given).filter(([name]) => !secrets.includes(name))),
  );
  const start = {
    startedAt: context.now,
    zone: definition.timezone,
    business: trigger.business,
    byDefinition: false,
  };
  issues.push(...judgeBusinessValues(definition.parameters, given, start));
  const session: Session = {
    ...newSession(
      {
        definition,
        plan,
        sessionId: 0 as SessionId,
        nonce: 'preview',
        parameters: {
          ...Object.fromEntries(secrets.map((name) => [name, sealedValue])),
          ...valuesToKeep(definition.parameters, given, start),
        },
        trigger,
      },
      context.now,
    ),
    isPreview: true,
  };
  const problems = [...issues, ...takeAll(session, unit)];
  const order = mapSecretTexts(attemptOrder(session, unit, previewAttempt(unit, context.now)), hideMarks);
  const nodes = nodesOf(unit.target, context.inventory);
  return {
    unit: path,
    type: unit.type,
    command: order.command ?? null,
    script: order.script ?? null,
    tool: order.tool ?? null,
    environment: order.environment,
    workingDirectory: order.workingDirectory ?? null,
    user: order.user ?? null,
    group: order.group ?? null,
    stdin: order.stdin ?? null,
    stdinFile: order.stdinFile ?? null,
    files: (order.files ?? []).map(({ variable, text }) => ({ variable, text })),
    nodes: nodes.ok ? nodes.nodes.map(({ node }) => node) : [],
    noNodes: nodes.ok ? null : nodes.reason.message,
    ...(nodes.ok ? {} : { noNodesSaid: nodes.reason }),
    problems,
  };
}

/** Gives the references around the unit their parameters, from the outside in. */
function takeAll(session: Session, unit: PlannedUnit): Issue[] {
  const around: UnitRecord[] = [];
  for (let scope = unit.scope; scope !== 0; scope = recordAt(session, scope).unit.scope)
    around.unshift(recordAt(session, scope));
  return around.flatMap((record) => {
    const problem = takeParameters(session, record);
    return problem === null ? [] : [{ path: record.unit.path, ...problem }];
  });
}

function previewAttempt({ index }: PlannedAttempt, now: number): AttemptRecord {
  return newAttempt({
    id: '0-preview-0.1.0.1' as AttemptId,
    unit: index,
    run: 1,
    nodeIndex: 0,
    try: 1,
    node: '',
    createdAt: now,
  });
}
