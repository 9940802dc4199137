// Tests of what the comparison of attempts tells to whom: nodes by the right on the node, what an attempt belonged to by the right on its net.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptIdSchema } from '@nezuban/protocol/ids';
import { createReconciliationRoutes } from './reconciliation-routes.ts';

const stray = (node: string, net: string) => ({
  attemptId: attemptIdSchema.parse('1-abcdef-1.1.0.1'),
  node,
  pid: 7,
  command: null,
  startedAt: null,
  session: 1,
  net,
  unit: 'load',
  endStatus: null,
  seenAt: '2026-01-01T00:00:00Z',
});

test('strays: of nodes that one may see; net and unit of those alone whose net one may see', async () => {
  const routes = createReconciliationRoutes({
    reconciliation: {
      view: () => ({
        comparedAt: null,
        silent: [],
        strays: [stray('mine', 'night/a'), stray('mine', 'day/b'), stray('other', 'night/a')],
        straysLeftOut: [
          { node: 'mine', attempts: 4 },
          { node: 'other', attempts: 5 },
        ],
      }),
    },
  } as never);
  const permissions = {
    onNode: (_right: string, node: string) => node === 'mine',
    onNet: (_right: string, net: string) => net === 'night/a',
  };
  const { body } = await routes.getReconciliation({ actor: { permissions } } as never);
  assert.deepEqual(body.straysLeftOut, [{ node: 'mine', attempts: 4 }]);
  assert.deepEqual(
    body.strays.map(({ node, net, unit, pid }) => [node, net, unit, pid]),
    [
      ['mine', 'night/a', 'load', 7],
      ['mine', null, null, 7],
    ],
  );
});
