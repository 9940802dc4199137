// File transfers from the command line, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransferView } from '@nezuban/protocol/api/transfer-operations';
import { runCli } from '../../testing/run-cli.ts';
import { startFakeManager } from '../../testing/fake-manager.ts';

const runs: TransferView = {
  attemptId: '12-abcdef-1.1.0.1' as never,
  sessionId: 12 as never,
  net: 'night',
  unit: 'send',
  from: { node: 'core01', path: '/out/day.csv' },
  to: { node: 'branch1', path: '/in/' },
  state: 'runs',
  reason: null,
  file: 'day.csv',
  files: 3,
  filesDone: 1,
  bytes: 25_000_000,
  bytesTotal: 100_000_000,
  bytesPerSecond: 5_000_000,
  since: '2026-11-26T02:00:00.000Z',
};

test('transfers: how far each is, how quick, and what one waits for', async () => {
  const waits: TransferView = {
    ...runs,
    state: 'waits',
    reason: 'Waits for core01, whose agent is not connected.',
    bytesTotal: null,
    bytesPerSecond: null,
  };
  await using manager = await startFakeManager({ listTransfers: () => ({ items: [runs, waits] }) });
  const { stdout, stderr } = await runCli(['transfers', '--session', '12'], { url: manager.url });
  assert.equal(stderr, '');
  assert.match(
    stdout,
    /12 +send +core01:\/out\/day.csv +branch1:\/in\/ +\S+ \S+ of \S+ \S+ \(25 %\) .*\/s +file 2 of 3/,
  );
  assert.match(stdout, /Waits for core01, whose agent is not connected/);
});

test('transfers: none', async () => {
  await using manager = await startFakeManager({ listTransfers: () => ({ items: [] }) });
  const { stdout } = await runCli(['transfers'], { url: manager.url });
  assert.match(stdout, /No file transfer is under way/);
});
