// Freeze, drain, resume and maintenance windows from the command line, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FreezeView, WindowView } from '@nezuban/protocol/api/operate-operations';
import { placeKinds as protocolKinds } from '@nezuban/protocol/operations/place';
import { startFakeManager, type FakeHandlers } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';
import { placeKinds } from './place.ts';

process.env['TZ'] = 'Asia/Tokyo';

const at = '2026-12-01T09:00:00.000Z';
const now = Date.parse(at);
const freezeView: FreezeView = {
  place: { kind: 'node', name: 'web-1' },
  reason: 'disk swap',
  by: 'alice',
  since: at,
  until: null,
  window: null,
  open: { sessions: 0, attempts: 1, waiting: 2 },
  drained: false,
};
const windowView: WindowView = {
  window: {
    kind: 'maintenance_window',
    name: 'patch',
    enabled: true,
    places: [{ scope: 'web' }, { manager: true }],
    timezone: 'UTC',
    cron: '0 1 * * SUN',
    duration_min: 120,
    effects: ['freeze', 'mute'],
  },
  revision: 4,
  updatedAt: at,
  updatedBy: 'alice',
  active: null,
  next: [{ start: '2026-12-06T01:00:00.000Z', end: '2026-12-06T03:00:00.000Z' }],
  suppressed: 7,
};
const run = async (handlers: FakeHandlers, words: readonly string[]) => {
  await using manager = await startFakeManager(handlers);
  return { ...(await runCli(words, { url: manager.url, now })), calls: manager.calls };
};
const counts = (attempts: number) => ({ sessions: 0, attempts, waiting: 2 });
const attempt = {
  attempt: '12-abc123-1.1.0.1' as never,
  session: 12 as never,
  net: 'night/a',
  unit: 'load',
  node: 'web-1',
  startedAt: at,
};

test('freeze: a node with a reason and an end from now: one sentence back, and what still runs', async () => {
  let asked: unknown;
  const words = ['freeze', 'node', 'web-1', '--reason', 'disk swap', '--until', '2h'];
  const result = await run({ freeze: ({ body }) => ((asked = body), freezeView) }, words);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.deepEqual(asked, {
    place: { kind: 'node', name: 'web-1' },
    reason: 'disk swap',
    until: '2026-12-01T11:00:00.000Z',
  });
  assert.equal(
    result.stdout,
    'Now node web-1 is frozen by alice since 2026-12-01 18:00:00: disk swap\nStill running there: 1 command (2 waiting).\n',
  );
});

test('freeze: words that make no place, or no reason: said before anything is sent', async () => {
  const wrong = async (...words: readonly string[]) => {
    const { exitCode, stderr, calls } = await run({}, words);
    assert.deepEqual([exitCode, calls], [2, []]);
    return stderr;
  };
  assert.match(
    await wrong('freeze', 'agent', 'x', '--reason', 'y'),
    /"agent" is no place that can be frozen; it is one of manager, folder, net, scope, node/,
  );
  assert.match(await wrong('freeze', 'node', '--reason', 'y'), /Name the node/);
  assert.match(await wrong('freeze', 'manager', 'x', '--reason', 'y'), /There is one manager/);
  assert.match(await wrong('freeze', 'manager'), /--reason TEXT/);
  assert.match(
    await wrong('freeze', 'manager', '--reason', 'y', '--until', 'soon'),
    /--until "soon" must be a time/,
  );
  assert.match(await wrong('drain', 'manager', '--timeout', '5'), /give both/);
  assert.deepEqual(placeKinds, protocolKinds);
});

test('drain --wait: shows what is left until nothing is, then ends well', async () => {
  let looks = 0;
  const handlers: FakeHandlers = {
    freeze: () => freezeView,
    getOpenWork: () => ({ counts: counts(looks++ < 1 ? 1 : 0), sessions: [], attempts: [attempt] }),
  };
  const words = ['drain', 'node', 'web-1', '--reason', 'disk swap', '--wait'];
  const { exitCode, stdout, stderr } = await run(handlers, words);
  assert.equal(exitCode, 0, stderr);
  assert.equal(
    stdout,
    '18:00:00  node web-1 is draining: 1 command (2 waiting) still running\nnode web-1 is drained: nothing runs there. 2 waiting for the resume.\n',
  );
});

test('drain --wait --timeout: given up with its own exit code, and what runs is named', async () => {
  await using manager = await startFakeManager({
    getFrozen: () => ({ frozen: [freezeView], windows: [], heldStarts: [] }),
    getOpenWork: () => ({ counts: counts(1), sessions: [], attempts: [attempt] }),
  });
  let clock = now;
  const result = await runCli(['drain', 'node', 'web-1', '--wait', '--timeout', '1'], {
    url: manager.url,
    get now() {
      return (clock += 600);
    },
  });
  assert.equal(result.exitCode, 6);
  assert.match(
    result.stderr,
    /node web-1 is not drained after 1\.00 s: 1 command \(2 waiting\) still running\. It stays frozen\./,
  );
  assert.match(result.stderr, /load of session 12 \(night\/a\) on web-1/);
});

test('drain: not frozen and without a reason: asked for one; with --json one document', async () => {
  const nothing = { getFrozen: () => ({ frozen: [], windows: [], heldStarts: [] }) };
  const refused = await run(nothing, ['drain', 'net', 'night/a']);
  assert.equal(refused.exitCode, 2);
  assert.match(refused.stderr, /net night\/a is not frozen yet; say why/);
  const json = await run(
    { freeze: () => freezeView, getOpenWork: () => ({ counts: counts(0), sessions: [], attempts: [] }) },
    ['drain', 'node', 'web-1', '--reason', 'x', '--json'],
  );
  assert.partialDeepStrictEqual(JSON.parse(json.stdout), { drained: true, counts: { waiting: 2 } });
});

test('resume: says whether it was frozen, and what keeps the place frozen still', async () => {
  const { stdout } = await run(
    {
      resume: () => ({
        resumed: false,
        stillFrozenBy: [{ ...freezeView, place: { kind: 'scope', name: 'web' } }],
      }),
    },
    ['resume', 'node', 'web-1'],
  );
  assert.equal(
    stdout,
    'node web-1 was not frozen by hand.\nStill: scope web is frozen by alice since 2026-12-01 18:00:00: disk swap\n',
  );
});

test('frozen: a table, open windows, and held starts with what will become of them', async () => {
  const answer = {
    frozen: [freezeView],
    windows: [
      {
        name: 'patch',
        title: null,
        reason: null,
        places: [{ kind: 'scope' as const, name: 'web' }],
        effects: ['mute' as const],
        start: at,
        end: '2026-12-01T11:00:00.000Z',
        suppressed: 1,
      },
    ],
    heldStarts: [{ net: 'night/a', schedule: 'nightly', dueAt: at, missed: 'run_once' as const }],
  };
  const { stdout } = await run({ getFrozen: () => answer }, ['frozen']);
  assert.match(
    stdout,
    /^FROZEN +SINCE[^]*node web-1 +2026-12-01 18:00:00 +- +alice +1 command \(2 waiting\) +disk swap\n/,
  );
  assert.match(stdout, /window patch is open until 2026-12-01 20:00:00 \(mute\); 1 notification kept back\./);
  assert.match(stdout, /night\/a by "nightly", due 2026-12-01 18:00:00: will run once\n$/);
  const none = await run({ getFrozen: () => ({ frozen: [], windows: [], heldStarts: [] }) }, ['frozen']);
  assert.equal(none.stdout, 'Nothing is frozen, and no maintenance window is open.\n');
  const json = await run({ getFrozen: () => answer }, ['frozen', '--json']);
  assert.partialDeepStrictEqual(JSON.parse(json.stdout), { frozen: [{ by: 'alice' }] });
});

test('maintenance: listed, added and removed by the version that was seen', async () => {
  const listed = await run({ listMaintenanceWindows: () => ({ items: [windowView] }) }, [
    'maintenance',
    'list',
  ]);
  assert.match(
    listed.stdout,
    /patch +planned +2026-12-06 10:00:00 +2026-12-06 12:00:00 +freeze, mute +7 +scope web, manager\n$/,
  );
  let asked: unknown;
  const added = await run({ putMaintenanceWindow: ({ body }) => ((asked = body), windowView) }, [
    'maintenance',
    'add',
    'patch',
    '--at',
    'scope:web',
    '--at',
    'manager',
    '--cron',
    '0 1 * * SUN',
    '--duration-min',
    '120',
    '--effect',
    'mute',
    '--reason',
    'monthly',
  ]);
  assert.equal(added.exitCode, 0, added.stderr);
  assert.partialDeepStrictEqual(asked, { places: [{ scope: 'web' }, { manager: true }], effects: ['mute'] });
  assert.match(
    added.stdout,
    /Maintenance window patch: next from 2026-12-06 10:00:00 to 2026-12-06 12:00:00\./,
  );
  let version: unknown;
  const removed = await run(
    {
      getMaintenanceWindow: () => windowView,
      deleteMaintenanceWindow: ({ headers }) => void (version = headers['if-match']),
    },
    ['maintenance', 'remove', 'patch'],
  );
  assert.deepEqual([removed.exitCode, version], [0, '"7"'], removed.stderr);
});
