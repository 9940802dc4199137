// What the manager's settings bound orders by in the moment in which they go to their agents: as whom they may run there, and whom an HTTP call
// may reach. Pure but for the settings. Called by engine.ts.
import { readerOf } from '@nezuban/core/access/run-as-places';
import { isPlannedAttempt } from '@nezuban/core/jobs/net-plan';
import type { Session } from '@nezuban/core/jobs/session-state';
import { recordAt } from '@nezuban/core/jobs/step';
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import { say } from '@nezuban/protocol/sentences/sentence';
import type { GoingOrder } from './dispatcher.ts';
import { channelFolder } from './channel-runs.ts';
import { createRunAsGuard } from './run-as-guard.ts';

export type OrderBounds = {
  /** The rest of a sentence; null: it may go. */
  readonly refusalOf: (going: GoingOrder, session: Session) => string | null;
  readonly withRules: (order: AttemptOrder) => AttemptOrder;
};

export const createOrderBounds = (ports: Parameters<typeof createRunAsGuard>[0]): OrderBounds => {
  const guard = createRunAsGuard(ports);
  return {
    refusalOf({ node, order, mayBeSent }, session) {
      // It was allowed when it went first, and perhaps runs.
      if (mayBeSent) return null;
      const attempt = session.attempts.get(order.attemptId);
      if (attempt === undefined) return null;
      const { unit } = recordAt(session, attempt.unit);
      if (!isPlannedAttempt(unit)) return null;
      const net = session.plan.scopes.get(unit.scope)?.net ?? session.plan.definition.name;
      const { definition } = unit;
      const isOfChannel = net.startsWith(`${channelFolder}/`);
      const reader = definition.type === 'file_transfer' ? readerOf(definition) : null;
      const refusal =
        guard.refusalOf({
          net,
          node,
          unit: definition,
          isJudged: !isOfChannel && !unit.targetGiven,
        }) ??
        (reader === null
          ? null
          : guard.refusalOf({ net, node: reader.target.node, unit: reader.runs, isJudged: !isOfChannel }));
      return refusal === null ? null : say('not_sent_by_rules', { why: refusal }).message;
    },
    withRules(order) {
      const { tool } = order;
      if (tool?.name !== 'http') return order;
      const { allow, deny } = ports.settings.of('http_calls');
      if (allow.length === 0 && deny.length === 0) return order;
      return { ...order, tool: { ...tool, input: { ...tool.input, callees: { allow, deny } } } };
    },
  };
};
