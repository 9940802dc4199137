// Routes that say something of a session without changing it: why it or a unit waits, and what an operation would bring about.
// The answers are core's; this part brings together what they look at: the session, the nodes, and who holds the places that it waits for.
import { say } from '@nezuban/protocol/sentences/sentence';
import { explainWaiting } from '@nezuban/core/jobs/explain/explain-waiting';
import { previewOperation } from '@nezuban/core/jobs/explain/preview-operation';
import type { WaitContext } from '@nezuban/core/jobs/explain/wait-facts';
import { placeFacts, type PlaceContext } from '@nezuban/core/jobs/admission/place-views';
import {
  circleFacts,
  findCircles,
  type Circle,
  type CircleWorld,
} from '@nezuban/core/jobs/admission/circles';
import type { Session } from '@nezuban/core/jobs/session-state';
import type { Clock } from '@nezuban/platform/clock';
import { CodedError } from '@nezuban/protocol/errors';
import type { SessionId } from '@nezuban/protocol/ids';
import type { WaitExplanation } from '@nezuban/protocol/jobs/waiting';
import type { Freezes, Handlers, Inventory } from '../ports.ts';
import type { Database } from '../database/database.ts';
import type { AuthorRights } from './author-rights.ts';
import type { DefinitionCache } from './definition-cache.ts';
import { outsideWaits } from './place-watch.ts';
import type { Engine } from './engine.ts';
import { loadNewDefinition } from './new-definition.ts';
import { requireToOperate, type SessionAccess } from './session-access.ts';
import type { SessionReader } from './session-reader.ts';
import type { UnitWorks } from './unit-works/unit-works.ts';

export type SessionInsightServices = {
  readonly database: Database;
  readonly definitions: DefinitionCache;
  readonly access: SessionAccess;
  readonly engine: Pick<Engine, 'lookAtPlaces'>;
  readonly works: Pick<UnitWorks, 'ofKind'>;
  readonly reader: SessionReader;
  readonly authors: AuthorRights;
  readonly inventory: Pick<Inventory, 'snapshot' | 'nodeView'>;
  readonly freezes: Pick<Freezes, 'nodes'>;
  readonly clock: Clock;
};

export const createSessionInsightRoutes = ({
  database,
  definitions,
  access,
  engine,
  works,
  reader,
  authors,
  inventory,
  freezes,
  clock,
}: SessionInsightServices): Pick<Handlers, 'explainWaiting' | 'previewOperation'> => {
  type Nodes = WaitContext['nodes'];
  type Asked = {
    readonly id: SessionId;
    readonly unit: string | undefined;
    readonly sees: (net: string) => boolean;
  };
  const explain = async ({ id, unit, sees }: Asked, nodes: Nodes): Promise<WaitExplanation> => {
    const found = (session: Session, context: WaitContext): WaitExplanation => {
      const explanation = explainWaiting(session, unit, context);
      if (explanation === null)
        throw new CodedError('not_found', say('problem_session_has_no_unit', { id, value: unit ?? '' }));
      return explanation;
    };
    const live = await engine.lookAtPlaces((book, sessionOf) => {
      const session = sessionOf(id);
      const more =
        session === null
          ? null
          : moreFacts(session, {
              places: { book, session: sessionOf, now: clock.epochMs(), sees, frozen: freezes.nodes() },
              outside: outsideWaits(works),
            });
      return session === null || more === null
        ? null
        : { explanation: attempt(() => found(session, { nodes, moreFacts: more })) };
    });
    if (live !== null) return live.explanation();
    return await reader.read(id, (session) => found(session, { nodes }));
  };
  /** Since when agents are away, of those that the explanation names. */
  const withAbsences = async (nodes: Nodes, { facts, roots }: WaitExplanation): Promise<Nodes | null> => {
    const named = [...facts, ...roots.map(({ fact }) => fact)].flatMap(({ code, facts: { node } }) =>
      code === 'agent_away' && typeof node === 'string' ? [node] : [],
    );
    if (named.length === 0) return null;
    const known = new Map(nodes);
    for (const name of new Set(named)) {
      const view = await inventory.nodeView(name);
      const seen = view?.lastSeenAt ?? null;
      known.set(name, { connected: false, since: seen === null ? null : Date.parse(seen) });
    }
    return known;
  };
  return {
    async explainWaiting({ params, query, actor }) {
      await access.require('nets.read', params.id, actor);
      const { nodes } = inventory.snapshot();
      const sees = (net: string): boolean => actor.permissions.onNet('nets.read', net);
      const asked = { id: params.id, unit: query.unit, sees };
      const first = await explain(asked, nodes);
      const known = await withAbsences(nodes, first);
      return { body: known === null ? first : await explain(asked, known) };
    },
    async previewOperation({ params, body, actor }) {
      const { operation, unit } = body;
      await requireToOperate({ access, reader }, { id: params.id, operation, unit }, actor);
      const context = {
        now: clock.epochMs(),
        inventory: { ...inventory.snapshot(), frozen: freezes.nodes() },
      };
      const plan =
        body.operation === 'take_definition'
          ? (
              await loadNewDefinition({ database, definitions, authors, reader }, params.id, {
                revision: body.revision,
                actor,
              })
            ).plan
          : undefined;
      return {
        body: await reader.read(params.id, (session) =>
          previewOperation(session, body, { ...context, plan }),
        ),
      };
    },
  };
};

const moreFacts = (
  session: Session,
  { places, outside }: { readonly places: PlaceContext; readonly outside: CircleWorld['outside'] },
): NonNullable<WaitContext['moreFacts']> => {
  let circles: readonly Circle[] | null = null;
  return ({ unit, state, memo }) => {
    const facts = placeFacts(places, session, unit.index);
    // Only who waits in a queue, or inside the manager, can be in one.
    if (state !== 'queued' && memo === null) return facts;
    circles ??= findCircles({ ...places, outside }) ?? [];
    const place = { sessionId: session.id, unit: unit.index };
    return [...circleFacts(circles, place, places.sees ?? (() => true)), ...facts];
  };
};

/** What is thrown inside the engine's loop would end it: it is thrown to the caller instead. */
const attempt = <Result>(make: () => Result): (() => Result) => {
  try {
    const result = make();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
};
