// Queues, locks and limits of nodes from the command line, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LimitDetail } from '@nezuban/protocol/jobs/control/limit';
import { startFakeManager, type FakeHandlers } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';

process.env['TZ'] = 'Asia/Tokyo';

const at = '2026-12-01T09:00:00.000Z';
const limit: LimitDetail = {
  kind: 'queue',
  name: 'batch',
  title: 'Night batch',
  definition: { kind: 'queue', name: 'batch', title: 'Night batch', places: 2, timezone: 'UTC' },
  places: 2,
  used: 2,
  waiting: 1,
  paused: null,
  revision: 4,
  changesAt: null,
  holders: [
    { session: 12, net: 'night/a', unit: 'load', count: 1, priority: 3, since: at },
    { session: null, net: null, unit: null, count: null, priority: 5, since: at },
  ],
  waiters: [{ session: 13, net: 'night/a', unit: null, count: 1, priority: 3, since: at }],
};
const run = async (handlers: FakeHandlers, words: readonly string[]) => {
  await using manager = await startFakeManager(handlers);
  return { ...(await runCli(words, { url: manager.url, now: Date.parse(at) })), calls: manager.calls };
};

test('queues: a table with what is taken and who waits', async () => {
  const result = await run({ listLimits: () => ({ items: [limit] }) }, ['queues']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(
    result.stdout,
    /^KIND +NAME +STATE +USED +PLACES +WAIT +TITLE\nqueue +batch +full +2 +2 +1 +Night batch\n$/u,
  );
  const freeze = {
    code: 'frozen' as const,
    place: { kind: 'node' as const, name: 'web-1' },
    by: 'ann',
    since: '2026-11-22T09:00:00.000Z',
    until: null,
    reason: 'disk swap',
  };
  const frozen = await run(
    {
      listLimits: () => ({ items: [{ ...limit, frozen: { waiting: 1, freezes: [freeze] } }] }),
      getLimit: () => ({ ...limit, waiters: limit.waiters.map((each) => ({ ...each, waits: freeze })) }),
    },
    ['queues'],
  );
  assert.match(frozen.stdout, /^queue +batch +frozen +2/mu);
  assert.match(
    frozen.stdout,
    /\nqueue batch: 1 wait for what is frozen:\n {2}node "web-1" is frozen by ann since [-: \d]+: disk swap\n$/u,
  );
  const none = await run({ listLimits: () => ({ items: [] }) }, ['queues']);
  assert.equal(none.stdout, 'No queue, lock or limit of a node.\n');
});

test('queue show: who holds places and who waits; of nets that may not be seen only that they are there', async () => {
  let asked: unknown;
  const result = await run({ getLimit: ({ params }) => ((asked = params), limit) }, [
    'queue',
    'show',
    'queue',
    'batch',
  ]);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.deepEqual(asked, { kind: 'queue', name: 'batch' });
  assert.match(result.stdout, /^queue batch: 2 of 2 places taken, 1 wait \(full\)\n/u);
  assert.match(result.stdout, /session 12 night\/a load/u);
  assert.match(result.stdout, /of a net that you may not see +all +5/u);
  assert.match(result.stdout, /Wait, in order:\n.*\n *1 +session 13 night\/a +1 +3/u);
});

test('queue pause and open: a node, with the reason; a word that is no kind is said', async () => {
  let asked: unknown;
  const handlers: FakeHandlers = {
    pauseLimit: ({ params, body }) => (
      (asked = { ...params, ...body }),
      { ...limit, kind: 'node_limit', name: 'web-1' }
    ),
    openLimit: () => limit,
  };
  const paused = await run(handlers, ['queue', 'pause', 'node', 'web-1', '--reason', 'disk swap']);
  assert.equal(paused.stdout, 'The node web-1 is paused: 2 of 2 places taken, 1 wait.\n');
  assert.deepEqual(asked, { kind: 'node_limit', name: 'web-1', reason: 'disk swap' });
  const opened = await run(handlers, ['queue', 'open', 'queue', 'batch']);
  assert.equal(opened.stdout, 'The queue batch is open: 2 of 2 places taken, 1 wait.\n');
  const wrong = await run(handlers, ['queue', 'open', 'box', 'batch']);
  assert.equal(wrong.exitCode, 2);
  assert.match(wrong.stderr, /"box" is no kind: write queue, lock or node\./u);
});

test('queue delete: the version that is there', async () => {
  let deleted: unknown;
  const handlers: FakeHandlers = {
    getLimit: () => limit,
    deleteLimit: ({ params }) => {
      deleted = params;
    },
  };
  const result = await run(handlers, ['queue', 'delete', 'queue', 'batch']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(result.stdout, 'The queue batch is deleted.\n');
  assert.deepEqual(deleted, { kind: 'queue', name: 'batch' });
});
