// Routes of approvals: which are open, and decisions about them.
// Responsible for who may decide: the right on the net, and being among those whom the unit names. What a decision brings about is the unit
// type's (core/jobs/unit-types/approval.ts). Called by the server.
import type { Decision } from '@nezuban/core/jobs/unit-work';
import type { Clock } from '@nezuban/platform/clock';
import type { OpenApproval } from '@nezuban/protocol/api/approval-operations';
import { CodedError, saidOfError } from '@nezuban/protocol/errors';
import { type Said, saidOf, say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import { forbidden } from '../access/actor-permissions.ts';
import { findUnstorable } from '../database/storable-text.ts';
import type { AuditLog, Handlers, RequestActor } from '../ports.ts';
import type { Engine } from './engine.ts';
import type { OpenWork, UnitWorks, WorkOf } from './unit-works/unit-works.ts';

type Asked = OpenWork<WorkOf<'approval'>>;
export type ApprovalHandlers = Pick<Handlers, 'listApprovals' | 'decideApproval'>;

export const createApprovalRoutes = ({
  works,
  engine,
  audit,
  clock,
}: {
  readonly works: Pick<UnitWorks, 'ofKind'>;
  readonly engine: Pick<Engine, 'answer'>;
  readonly audit: AuditLog;
  readonly clock: Clock;
}): ApprovalHandlers => ({
  listApprovals({ actor }) {
    const items = works
      .ofKind('approval')
      .filter(({ net }) => actor.permissions.onNet('nets.read', net))
      .map((asked) => viewAsked(asked, actor));
    return Promise.resolve({ body: { items } });
  },
  async decideApproval({ params, body, actor }) {
    const { unit, approve, comment = null, run } = body;
    const asked = works
      .ofKind('approval')
      .find(({ sessionId, path }) => sessionId === params.id && path === unit);
    const missing = say('refused_no_approval', { unit, session: params.id });
    if (asked === undefined || !actor.permissions.onNet('nets.read', asked.net))
      throw new CodedError('not_found', missing);
    actor.permissions.requireOnNet('nets.approve', asked.net, missing);
    if (run !== undefined && run !== asked.run)
      throw new CodedError('operation_refused', say('problem_unit_has_been_run_again_since_look', { unit }));
    const refusal = refusalOf(asked, actor);
    if (refusal !== null) throw new CodedError('operation_refused', saidOf(sentenceFrom(refusal)));
    const [unstorable] = findUnstorable(comment ?? '', 'comment');
    if (unstorable !== undefined)
      throw new CodedError('invalid_request', say('problem_comment', { message: sentenceFrom(unstorable) }));
    const decision: Decision = { by: actor.name, at: clock.epochMs(), approve, comment };
    const detail = await engine.answer({
      sessionId: asked.sessionId,
      unit: asked.unit,
      run: asked.run,
      answer: { kind: 'decision', decision },
      alsoWrite: async (transaction) =>
        audit.record(transaction, {
          actor,
          action: 'decideApproval',
          target: String(params.id),
          details: {
            net: asked.net,
            unit,
            run: asked.run,
            approve,
            ...(comment === null ? {} : { comment }),
          },
        }),
    });
    return { body: detail };
  },
});

type Refusal = Pick<Said, 'message'> & Partial<Said>;

/** Null: the actor may decide. Else why not. */
const refusalOf = ({ net, path, work }: Asked, actor: RequestActor): Refusal | null => {
  if (!actor.permissions.onNet('nets.approve', net))
    return saidOfError(forbidden('nets.approve', { code: 'on_net', values: { net } }));
  const { users, roles, notBy, decisions } = work;
  if (notBy.includes(actor.name)) return say('approval_by_starter', { unit: path });
  if (decisions.some(({ by }) => by === actor.name)) return say('approval_decided', { unit: path });
  if (users === null && roles === null) return null;
  if (users?.includes(actor.name) === true) return null;
  if (roles?.some((role) => actor.roles?.includes(role)) === true) return null;
  return say('approval_not_named', { unit: path });
};

const viewAsked = (asked: Asked, actor: RequestActor): OpenApproval => {
  const { sessionId, net, path, title, run, work } = asked;
  const refusal = refusalOf(asked, actor);
  const instant = (ms: number): string => new Date(ms).toISOString();
  return {
    sessionId,
    net,
    unit: path as OpenApproval['unit'],
    title,
    run,
    question: work.question,
    needed: work.needed,
    users: work.users === null ? null : [...work.users],
    roles: work.roles === null ? null : [...work.roles],
    decisions: work.decisions.map((each) => ({ ...each, at: instant(each.at) })),
    askedAt: instant(work.askedAt),
    until: work.until === null ? null : instant(work.until),
    refusal: refusal === null ? null : refusal.message,
    ...(refusal?.code === undefined ? {} : { refusalSaid: { code: refusal.code, values: refusal.values } }),
  };
};
