// Nodes and scopes of the fake manager.
import type { ReportAsideView } from '@nezuban/protocol/api/report-aside-operations';
import { attemptIdSchema } from '@nezuban/protocol/ids';
import type { NodeView, ScopeView } from '@nezuban/protocol/inventory/node';
import { ago, nodeOf } from './fake-data.ts';
import { assertFresh, paged, refuse, type FakeHandlers } from './fake-kit.ts';
import type { FakeWorld } from './fake-world.ts';

const scopeOf = (name: string, more: Partial<Omit<ScopeView, 'name'>> = {}): ScopeView => ({
  name: name,
  title: null,
  parent: null,
  nodes: [],
  revision: 1,
  updatedAt: ago(86_400),
  updatedBy: 'admin',
  ...more,
});

export const sampleScopes = (): ScopeView[] => [
  scopeOf('batch', { title: 'バッチ処理', nodes: ['batch-02', '基幹-01'] }),
  scopeOf('japan', { title: '日本' }),
  scopeOf('osaka', { title: '大阪', parent: 'japan' }),
  scopeOf('tokyo', { title: '東京', parent: 'japan', nodes: ['batch-02'] }),
];

export const sampleReportsAside = (): ReportAsideView[] => [
  {
    key: 'a'.repeat(32),
    node: 'batch-02',
    attemptId: attemptIdSchema.parse('12-abcdef-3.1.0.1'),
    session: 12,
    net: 'night/load',
    state: 'ended',
    reason: 'value "1180591620717411303424" is out of range for type bigint',
    putAsideAt: ago(600),
    attemptClosed: true,
    report:
      '{"seq":7,"attemptId":"12-abcdef-3.1.0.1","state":"ended","exitCode":0,"stdoutBytes":1180591620717411303424}',
  },
];

export const createFakeInventoryHandlers = (world: FakeWorld): FakeHandlers => {
  const nodeOr404 = (name: string): NodeView =>
    world.nodes.find((node) => node.name === name) ?? refuse('not_found', `There is no node "${name}".`);
  const scopeOr404 = (name: string): ScopeView =>
    world.scopes.find((scope) => scope.name === name) ?? refuse('not_found', `There is no scope "${name}".`);
  const below = (name: string): string[] => [
    name,
    ...world.scopes.filter(({ parent }) => parent === name).flatMap((child) => below(child.name)),
  ];
  const isWithin = (node: string, scope: string) =>
    below(scope).some((name) => scopeOr404(name).nodes.includes(node));
  return {
    listNodes: ({ query }) => ({
      body: paged(
        world.nodes.filter(
          (node) =>
            `${node.name} ${node.hostname} ${node.address}`.includes(query.q ?? '') &&
            (query.connection === undefined || query.connection.includes(node.connection)) &&
            (query.scope === undefined || isWithin(node.name, query.scope)),
        ),
        query,
      ),
    }),
    getNode: ({ params }) => ({ body: nodeOr404(params.name) }),
    listNodeAttempts: ({ params }) => ({
      body: {
        items: [...world.sessions.values()]
          .filter(({ state }) => state === 'running')
          .flatMap((session) =>
            session.units.flatMap((unit) =>
              unit.attempts
                .filter((attempt) => attempt.node === params.name && attempt.state === 'running')
                .map((attempt) => ({ sessionId: session.id, net: session.net, unit: unit.path, attempt })),
            ),
          ),
        more: false,
      },
    }),
    listReportsAside: ({ query }) => ({
      body: {
        items: world.reportsAside.filter(({ node }) => query.node === undefined || node === query.node),
        more: false,
      },
    }),
    removeReportAside: ({ params }) => {
      world.reportsAside = world.reportsAside.filter(({ key }) => key !== params.key);
      return { body: undefined };
    },
    removeNode: ({ params }) => {
      const node = nodeOr404(params.name);
      if (node.runningAttempts > 0 && node.connection === 'connected')
        refuse('operation_refused', `${node.runningAttempts} attempt runs on ${node.name}`);
      world.nodes = world.nodes.filter(({ name }) => name !== params.name);
      world.publish({ type: 'nodeRemoved', name: params.name });
      return { body: undefined };
    },
    createJoinToken: ({ body }) => ({
      body: {
        token: 'nzj_7d2k9',
        expiresAt: ago(-body.expires_in_s),
        command:
          'nezuban agent join --manager nezuban.example.jp:7443 --token nzj_7d2k9fXq4Lm8 --fingerprint sha256:4f1c9a0b77e2d5',
      },
    }),
    listScopes: ({ query }) => ({ body: paged(world.scopes, query) }),
    getScope: ({ params }) => ({ body: scopeOr404(params.name), revision: scopeOr404(params.name).revision }),
    putScope: ({ params, body, ifMatch }) => {
      const before = world.scopes.find(({ name }) => name === params.name);
      assertFresh(ifMatch, before?.revision ?? null);
      const scope = scopeOf(params.name, {
        ...body,
        revision: (before?.revision ?? 0) + 1,
        updatedAt: ago(0),
      });
      world.scopes = [...world.scopes.filter(({ name }) => name !== params.name), scope].sort((a, b) =>
        a.name.localeCompare(b.name),
      );
      return { body: scope, revision: scope.revision };
    },
    deleteScope: ({ params, ifMatch }) => {
      assertFresh(ifMatch, scopeOr404(params.name).revision);
      if (below(params.name).length > 1)
        refuse(
          'operation_refused',
          `Scope "${params.name}" holds others; move or delete what it holds first.`,
        );
      world.scopes = world.scopes.filter(({ name }) => name !== params.name);
      return { body: undefined };
    },
  };
};

/** A node that joins: added to the world and told live. */
export const joinNode = (world: FakeWorld, name: string): void => {
  const node = nodeOf(name);
  world.nodes = [...world.nodes, node];
  world.publish({ type: 'node', node });
};
