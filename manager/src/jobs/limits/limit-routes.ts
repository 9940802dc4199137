// Routes of queues, locks and limits of nodes. Responsible for turning requests into calls and for showing of holders and waiters only those
// whose nets the caller may see.
import { say } from '@nezuban/protocol/sentences/sentence';
import { summariseLimits, viewLimit, type PlaceContext } from '@nezuban/core/jobs/admission/place-views';
import type { Clock } from '@nezuban/platform/clock';
import { CodedError } from '@nezuban/protocol/errors';
import type { LimitDetail, LimitKind, PlaceHolder } from '@nezuban/protocol/jobs/control/limit';
import type { Database } from '../../database/database.ts';
import type { Freezes, Handlers, RequestActor } from '../../ports.ts';
import type { Engine } from '../engine.ts';
import { noLimit, type LimitChanges } from './limit-changes.ts';

export type LimitRoutePorts = {
  readonly database: Database;
  readonly changes: LimitChanges;
  readonly engine: Pick<Engine, 'lookAtPlaces'>;
  readonly freezes: Pick<Freezes, 'nodes'>;
  readonly clock: Clock;
};
export type LimitHandlers = Pick<
  Handlers,
  'listLimits' | 'getLimit' | 'putLimit' | 'deleteLimit' | 'pauseLimit' | 'openLimit'
>;

export const createLimitRoutes = ({
  database,
  changes,
  engine,
  freezes,
  clock,
}: LimitRoutePorts): LimitHandlers => {
  const look = async <Result>(
    { permissions }: RequestActor,
    see: (context: PlaceContext) => Result,
  ): Promise<Result> =>
    await engine.lookAtPlaces((book, session) =>
      see({
        book,
        session,
        now: clock.epochMs(),
        frozen: freezes.nodes(),
        sees: (net) => permissions.onNet('nets.read', net),
      }),
    );
  const seesNet = ({ permissions }: RequestActor, { net }: PlaceHolder): boolean =>
    permissions.onNet('nets.read', net ?? '');
  /** A node that one may not see, and a lock that only job nets name which one may not see, are not there. */
  const sees = (actor: RequestActor, detail: LimitDetail): boolean =>
    detail.kind === 'node_limit'
      ? actor.permissions.onNode('nodes.read', detail.name)
      : detail.definition !== null ||
        [...detail.holders, ...detail.waiters].some((each) => seesNet(actor, each));
  const view = async (kind: LimitKind, name: string, actor: RequestActor): Promise<LimitDetail> => {
    const detail = await look(actor, (context) => viewLimit(context, kind, name));
    if (!sees(actor, detail)) throw noLimit({ kind, name });
    const visible = (holder: PlaceHolder): PlaceHolder =>
      seesNet(actor, holder) ? holder : withoutNames(holder);
    return { ...detail, holders: detail.holders.map(visible), waiters: detail.waiters.map(visible) };
  };
  const reply = async ({ kind, name }: { kind: LimitKind; name: string }, actor: RequestActor) => {
    // Behind the change of limits in the engine's queue, so after what follows from it.
    return { body: await view(kind, name, actor), revision: changes.find({ kind, name })?.revision ?? 0 };
  };

  return {
    async listLimits({ actor }) {
      const defined = changes.all().map(({ definition }) => definition);
      const items = await look(actor, (context) =>
        summariseLimits(context, defined).filter(
          (limit) =>
            // Of most it is known without looking at who holds them.
            (limit.kind !== 'node_limit' && limit.definition !== null) ||
            sees(actor, viewLimit(context, limit.kind, limit.name)),
        ),
      );
      return { body: { items } };
    },
    async getLimit({ params, actor }) {
      const { kind, name } = params;
      const body = await view(kind, name, actor);
      const stored = changes.find(params);
      const known = stored !== null || body.holders.length > 0 || body.waiters.length > 0;
      if (!known) throw noLimit(params);
      return { body, revision: stored?.revision ?? 0 };
    },
    async putLimit({ params, body, expected, actor }) {
      if (body.name !== params.name || body.kind !== params.kind)
        throw new CodedError(
          'invalid_definition',
          say('problem_cannot_be_stored_so', { name: params.name }),
          {
            issues: [
              {
                path: body.kind === params.kind ? 'name' : 'kind',
                message: `is ${body.kind} "${body.name}", but the address names ${params.kind} "${params.name}"`,
              },
            ],
          },
        );
      const applied = await database.inTransaction((transaction) =>
        changes.put(transaction, { definition: body, expected, actor }),
      );
      applied.afterCommit();
      return await reply(params, actor);
    },
    async deleteLimit({ params, expected, actor }) {
      const afterCommit = await database.inTransaction((transaction) =>
        changes.remove(transaction, { ...params, expected, actor }),
      );
      afterCommit();
      return { body: undefined };
    },
    async pauseLimit({ params, body, actor }) {
      const paused = { reason: body.reason ?? null };
      const afterCommit = await database.inTransaction((transaction) =>
        changes.pause(transaction, { ...params, paused, actor }),
      );
      afterCommit();
      return await reply(params, actor);
    },
    async openLimit({ params, actor }) {
      const afterCommit = await database.inTransaction((transaction) =>
        changes.pause(transaction, { ...params, paused: null, actor }),
      );
      afterCommit();
      return await reply(params, actor);
    },
  };
};

const withoutNames = ({ count, priority, since }: PlaceHolder): PlaceHolder => ({
  session: null,
  net: null,
  unit: null,
  count,
  priority,
  since,
});
