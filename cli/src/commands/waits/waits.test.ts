// Approvals and start conditions from the command line, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetMonitoring } from '@nezuban/protocol/jobs/start-conditions';
import { startFakeManager, type FakeHandlers } from '../../testing/fake-manager.ts';
import { sampleSession } from '../../testing/samples.ts';
import { runCli } from '../../testing/run-cli.ts';

process.env['TZ'] = 'Asia/Tokyo';

const run = async (handlers: FakeHandlers, words: readonly string[]) => {
  await using manager = await startFakeManager(handlers);
  return { ...(await runCli(words, { url: manager.url })), calls: manager.calls };
};
const asked = {
  sessionId: 12 as never,
  net: 'night',
  unit: 'ask' as never,
  title: null,
  run: 1,
  question: 'Release?',
  needed: 2,
  users: null,
  roles: null,
  decisions: [{ by: 'bob', at: '2026-11-26T03:00:00.000Z', approve: true, comment: null }],
  askedAt: '2026-11-26T02:00:00.000Z',
  until: null,
  refusal: null,
};

test('approvals: what waits, and with --mine only what one may decide', async () => {
  const handlers: FakeHandlers = {
    listApprovals: () => ({ items: [asked, { ...asked, unit: 'other' as never, refusal: 'You may not.' }] }),
  };
  const all = await run(handlers, ['approvals']);
  assert.match(all.stdout, /12 +night +ask +1 of 2 .*Release\?/);
  assert.match(all.stdout, /other/);
  assert.doesNotMatch((await run(handlers, ['approvals', '--mine'])).stdout, /other/);
});

test('approve and refuse: say which, with a comment', async () => {
  const bodies: unknown[] = [];
  const handlers: FakeHandlers = {
    decideApproval: ({ body }) => {
      bodies.push(body);
      return sampleSession();
    },
  };
  const approved = await run(handlers, ['approve', '12', 'ask', '--comment', 'checked']);
  assert.equal(approved.exitCode, 0, approved.stderr);
  assert.match(approved.stdout, /ask of session 12 was approved/);
  await run(handlers, ['refuse', '12', 'ask']);
  assert.deepEqual(bodies, [
    { unit: 'ask', approve: true, comment: 'checked' },
    { unit: 'ask', approve: false },
  ]);
});

test('net monitoring: as it stands, and operated', async () => {
  const view: NetMonitoring = {
    net: 'loads',
    enabled: true,
    since: '2026-11-26T02:00:00.000Z',
    overlap: 'wait',
    mode: 'all',
    conditions: [
      {
        name: 'left',
        kind: 'event',
        met: { event: 5, at: '2026-11-26T03:00:00.000Z' },
        files: null,
        nextAt: null,
      },
      { name: 'right', kind: 'net', met: null, files: null, nextAt: null },
      {
        name: 'files',
        kind: 'file',
        met: null,
        files: {
          node: 'alpha',
          path: ['/in/*'],
          state: 'troubled',
          lastSignAt: null,
          found: 7,
          waiting: 2,
          says: 'The agent of "alpha" is not connected.',
        },
        nextAt: null,
      },
      { name: 'times', kind: 'time', met: null, files: null, nextAt: '2026-11-26T04:00:00.000Z' },
    ],
    generation: 3,
    startsMax: 10,
    waiting: 1,
    validUntil: null,
    reason: 'Waits: session 9 that they have started still runs.',
    lastSession: 9,
    lastStartAt: '2026-11-26T03:00:00.000Z',
  };
  const shown = await run({ getNetMonitoring: () => view }, ['net', 'monitoring', 'loads']);
  assert.match(shown.stdout, /left \(event\): since .*event 5\n +right \(end of a net\): not yet/);
  assert.match(
    shown.stdout,
    /alpha: \/in\/\*\n +does not watch; 7 found, 2 not taken up yet; last sign none\n +The agent/,
  );
  assert.match(shown.stdout, /times \(times\): not yet\n +next: /);
  assert.match(shown.stdout, /Started 3 of 10; 1 wait for their turn/);
  const ended = await run({ operateNetMonitoring: () => ({ ...view, enabled: false }) }, [
    'net',
    'monitoring',
    'loads',
    'end',
  ]);
  assert.match(ended.stdout, /Not watched/);
});
