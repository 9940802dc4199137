// Operations on nodes and enrolment tokens.
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import type { Clock } from '@nezuban/platform/clock';
import { CodedError } from '@nezuban/protocol/errors';
import * as z from 'zod';
import { forbidden } from '../access/actor-permissions.ts';
import { hashSecret, randomSecret } from '../access/secrets.ts';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { AuditLog, EventSink, Handlers, LiveBus, Transaction } from '../ports.ts';
import { insertJoinToken } from './join-token-store.ts';
import type { NodeRegistry } from './node-registry.ts';
import { deleteNode, lockNode } from './node-store.ts';

export type InventoryRoutesPorts = {
  readonly database: Database;
  readonly registry: NodeRegistry;
  readonly audit: AuditLog;
  readonly events: EventSink;
  readonly live: LiveBus;
  readonly clock: Clock;
  readonly openAttempts: (node: string) => number;
  /** The node is gone: its connection must go too. */
  readonly onRemoved: (node: string) => void;
  /** SHA-256 of the CA, as in join tokens. */
  readonly fingerprint: string;
  /** `HOST:PORT` that agents connect to. */
  readonly agentAddress: () => string;
};

type InventoryRoutes = Pick<Handlers, 'listNodes' | 'getNode' | 'removeNode' | 'createJoinToken'>;

export const createInventoryRoutes = (ports: InventoryRoutesPorts): InventoryRoutes => {
  const { database, registry, audit } = ports;

  const viewOf = (name: string) => registry.nodeView(name, ports.openAttempts(name));

  return {
    async listNodes({ query, actor: { permissions } }) {
      const after = decodeCursor(query.cursor, z.string());
      const wanted = query.q?.toLowerCase();
      const within =
        query.scope === undefined ? undefined : new Set(registry.snapshot().scopes.get(query.scope) ?? []);
      const names = [...registry.nodes().values()]
        .filter((node) => after === undefined || node.name > after)
        .filter(
          (node) =>
            wanted === undefined ||
            `${node.name}\n${node.hostname}\n${node.address ?? ''}`.toLowerCase().includes(wanted),
        )
        .filter((node) => within === undefined || within.has(node.name))
        .filter(
          (node) => query.connection === undefined || query.connection.includes(registry.connectionOf(node)),
        )
        .map((node) => node.name)
        .filter((name) => permissions.onNode('nodes.read', name))
        .sort()
        .slice(0, query.limit + 1);
      const page = toPage(names, { limit: query.limit, toItem: viewOf, positionOf: (name) => name });
      return { body: { ...page, items: page.items.filter((view) => view !== null) } };
    },

    async getNode({ params, actor }) {
      const view = viewOf(params.name);
      if (view === null || !actor.permissions.onNode('nodes.read', params.name))
        throw noSuchNode(params.name);
      return { body: view };
    },

    async removeNode({ params, actor }) {
      const { name } = params;
      actor.permissions.requireOnNode('nodes.write', name, sayNoNode(name));
      const publish = await database.inTransaction(async (transaction) => {
        const node = await lockNode(transaction, name);
        if (node === undefined) throw noSuchNode(name);
        const open = ports.openAttempts(name);
        // An agent that is away may never come back: its attempts must not keep the node, and their sessions, for ever.
        if (open > 0 && registry.isConnected(name))
          throw new CodedError(
            'operation_refused',
            open === 1
              ? say('refused_node_busy_one', { name })
              : say('refused_node_busy', { count: open, name }),
          );
        await deleteNode(transaction, node.id);
        await audit.record(transaction, {
          actor,
          action: 'removeNode',
          target: name,
          details: { agentId: node.agent_id },
        });
        const draft = {
          at: new Date(ports.clock.epochMs()),
          priority: 'info',
          code: 'agent_removed',
          node: name,
          message: `The node "${name}" was removed by ${actor.name}; its agent is refused from now on`,
          details: { agentId: node.agent_id, actor: actor.name },
        } as const;
        return await ports.events.append(transaction, [draft]);
      });
      // As long as it is known in which scopes the node lay, and who may hear of it.
      ports.live.publish({ type: 'nodeRemoved', name });
      registry.removeNode(name);
      ports.onRemoved(name);
      publish();
      return { body: undefined };
    },

    async createJoinToken({ body, actor }) {
      // A new node lies in no scope yet.
      if (!actor.permissions.everywhere('nodes.write'))
        throw forbidden('nodes.write', 'without limit, since a new node lies in no scope');
      const made = await database.inTransaction(async (transaction) => {
        const token = await makeJoinToken(transaction, {
          createdBy: actor.name,
          lifeMs: body.expires_in_s * 1000,
          fingerprint: ports.fingerprint,
        });
        await audit.record(transaction, {
          actor,
          action: 'createJoinToken',
          target: null,
          details: { expiresAt: token.expiresAt.toISOString() },
        });
        return token;
      });
      const command = `nezuban agent join --manager ${ports.agentAddress()} --token ${made.token}`;
      return { body: { token: made.token, expiresAt: made.expiresAt.toISOString(), command } };
    },
  };
};

export type JoinTokenWish = {
  readonly createdBy: string;
  readonly lifeMs: number;
  readonly fingerprint: string;
};

/** A new token, to be shown once. */
export const makeJoinToken = async (
  transaction: Transaction,
  wish: JoinTokenWish,
): Promise<{ readonly token: string; readonly expiresAt: Date }> => {
  const secret = randomSecret();
  const expiresAt = await insertJoinToken(transaction, {
    secretHash: hashSecret(secret),
    createdBy: wish.createdBy,
    lifeMs: wish.lifeMs,
  });
  return { token: `nzj_${secret}.${wish.fingerprint}`, expiresAt };
};

const sayNoNode = (name: string): Said => say('reason_no_node', { node: name });
const noSuchNode = (name: string): CodedError => new CodedError('not_found', sayNoNode(name));
