// Tests that sessions which are started in the same batch are spread over the nodes of a scope, though nothing of them is committed yet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createFakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobs, storeNet } from '../testing/jobs-harness.ts';
import { openLossyBench } from '../testing/lossy-bench.ts';

test('least_loaded: sessions that start together are spread over the nodes', async () => {
  const bench = await openLossyBench();
  const nodes = ['n1', 'n2', 'n3'];
  const hub = createFakeAgentHub({ nodes, scopes: { s: nodes }, endingOf: () => 'never' });
  const jobs = await startJobs({ address: bench.server.config, hub });
  try {
    const name = 'spread';
    const units = ['a', 'b'].map((unit) => ({ name: unit, command: unit }));
    await storeNet(jobs.database, {
      kind: 'jobnet',
      name,
      target: { scope: 's', mode: 'least_loaded' },
      units,
    });
    const started = await Promise.all(nodes.map(async () => await jobs.run(name)));
    const used = await waitFor(
      async () => {
        const views = await Promise.all(started.map(async ({ id }) => await jobs.view(id)));
        const all = views.flatMap((view) => view.units.flatMap(({ attempts }) => attempts));
        return all.length === 6 && all.map(({ node }) => node);
      },
      { message: 'six attempts' },
    );
    for (const node of nodes) assert.equal(used.filter((one) => one === node).length, 2, used.join());
  } finally {
    await jobs.stop();
    await bench.close();
  }
});
