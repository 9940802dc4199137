// Backups from the command line, against a manager that judges by the protocol's schemas. The program that makes them is tested in `ha/src/backup`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BackupRun, BackupStatus } from '@nezuban/protocol/api/backup-operations';
import { CodedError } from '@nezuban/protocol/errors';
import { startFakeManager, type FakeHandlers } from '../../testing/fake-manager.ts';
import { runCli } from '../../testing/run-cli.ts';

process.env['TZ'] = 'Asia/Tokyo';

const made: BackupRun = {
  id: 7,
  cause: 'schedule',
  startedAt: '2026-11-25T17:00:00.000Z',
  endedAt: '2026-11-25T17:01:00.000Z',
  ok: true,
  name: '20261125T170000Z-3f9a',
  directory: '/backup/nezuban',
  host: 'ops-1',
  bytes: 41_943_040,
  holdsUntil: '2026-11-25T17:00:40.000Z',
  says: 'The backup 20261125T170000Z-3f9a was made and verified.',
};
const failed: BackupRun = {
  ...made,
  id: 8,
  ok: false,
  name: null,
  bytes: null,
  holdsUntil: null,
  startedAt: '2026-11-26T17:00:00.000Z',
  endedAt: '2026-11-26T17:00:03.000Z',
  says: 'The disk of /backup/nezuban is full: make room and try again.',
};
const status: BackupStatus = {
  directory: '/backup/nezuban',
  nextAt: '2026-11-26T17:00:00.000Z',
  running: null,
  last: made,
  lastMade: made,
  lastFailed: null,
  archive: {
    state: 'streaming',
    says: 'The log is archived as it is written.',
    until: '2026-11-26T01:00:00.000Z',
  },
};
const run = async (handlers: FakeHandlers, words: readonly string[]) => {
  await using manager = await startFakeManager(handlers);
  return { ...(await runCli(words, { url: manager.url })), calls: manager.calls };
};

test('backup status: made and archived: in lines, exit code 0', async () => {
  const result = await run({ getBackupStatus: () => status }, ['backup', 'status']);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(
    result.stdout,
    /last made +2026-11-26 02:01:00, 20261125T170000Z-3f9a, 40 MB, verified, by ops-1/,
  );
  assert.match(result.stdout, /log +archived up to 2026-11-26 10:00:00/);
  assert.doesNotMatch(result.stdout, /failed/);
});

test('backup status: the last one failed: the sentence why, exit code 1', async () => {
  const result = await run({ getBackupStatus: () => ({ ...status, last: failed, lastFailed: failed }) }, [
    'backup',
    'status',
  ]);
  assert.equal(result.exitCode, 1);
  assert.match(result.stdout, /failed +2026-11-27 02:00:03: The disk of \/backup\/nezuban is full/);
});

test('backup schedule: changes what is named and keeps the rest', async () => {
  let body: unknown;
  const values = { directory: null, daily_at: null, keep: 14, passphrase_file: null, archive_log: true };
  const view = { section: 'backup', values, revision: 0, updatedAt: null, updatedBy: null } as const;
  const words = ['backup', 'schedule', '--daily', '02:00', '--to', '/backup/nezuban'];
  const result = await run(
    {
      getBackupStatus: () => status,
      getSettings: () => view,
      putSettings: ({ body: given }) => ((body = given), { ...view, values: given, revision: 1 }),
    },
    words,
  );
  assert.equal(result.exitCode, 0, result.stderr);
  assert.deepEqual(body, { ...values, directory: '/backup/nezuban', daily_at: '02:00' });
});

test('backup schedule: nonsense: refused before anything is asked', async () => {
  for (const [words, says] of [
    [['--to', 'backup'], /must be an absolute path/],
    [['--daily', '25:00'], /is no time of day/],
    [['--daily', '02:00', '--off'], /contradict/],
  ] as const) {
    const result = await run({}, ['backup', 'schedule', ...words]);
    assert.equal(result.exitCode, 2);
    assert.match(result.stderr, says);
    assert.deepEqual(result.calls, []);
  }
});

test('backup now: waits until it is made; a refusal and a failure are one sentence', async () => {
  const answers = [
    {
      ...status,
      running: {
        startedAt: made.startedAt,
        cause: 'person' as const,
        phase: 'copying' as const,
        bytes: 1,
        totalBytes: 2,
      },
    },
    { ...status, last: { ...made, id: 9 } },
  ];
  const well = await run({ createBackup: () => status, getBackupStatus: () => answers.shift() ?? status }, [
    'backup',
    'now',
  ]);
  assert.equal(well.exitCode, 0, well.stderr);
  assert.match(well.stdout, /was made and verified: 40 MB in \/backup\/nezuban on ops-1/);
  const bad = await run(
    { createBackup: () => status, getBackupStatus: () => ({ ...status, last: failed, lastFailed: failed }) },
    ['backup', 'now'],
  );
  assert.equal(bad.exitCode, 1);
  assert.match(bad.stderr, /The disk of \/backup\/nezuban is full/);
  const refused = await run(
    {
      createBackup: () => {
        throw new CodedError('backup_refused', 'A backup is being made already.');
      },
    },
    ['backup', 'now'],
  );
  assert.match(refused.stderr, /A backup is being made already/);
});
