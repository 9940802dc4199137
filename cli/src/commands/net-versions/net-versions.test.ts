// The commands on versions of job nets, as text and with --json, against a manager that judges by the protocol's schemas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodes } from '../../exit-codes.ts';
import { startFakeManager } from '../../testing/fake-manager.ts';
import { netVersionHandlers } from '../../testing/net-version-answers.ts';
import { runCli } from '../../testing/run-cli.ts';

process.env['TZ'] = 'Asia/Tokyo';

const ask = async (words: readonly string[], stdin = '') => {
  await using manager = await startFakeManager(netVersionHandlers);
  return await runCli([...words], { url: manager.url, stdin });
};

test('net diff: parts first, then the texts; exit code 5 as of every difference', async () => {
  const { exitCode, stdout } = await ask(['net', 'diff', 'night/settlement', '6']);
  assert.equal(exitCode, exitCodes.different);
  assert.equal(
    stdout,
    [
      '~ unit a (command)',
      '',
      '--- night/settlement revision 6, 2026-11-22T09:00:00.000Z by admin',
      '+++ night/settlement revision 7, 2026-11-22T09:00:00.000Z by admin: 切り戻し',
      '@@ -1,2 +1,2 @@',
      ' name: night/settlement',
      '-command: "false"',
      '+command: "true"',
      '',
    ].join('\n'),
  );
});

test('net diff --json: both numbers, the parts, and the difference as text', async () => {
  const { stdout } = await ask(['net', 'diff', 'night/settlement', '2', '5', '--json']);
  const document = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual([document['from'], document['to'], document['different']], [2, 5, true]);
  assert.match(String(document['diff']), /^@@[^]*\+command: "true"$/);
});

test('net release: of a file at a date; of nothing, of both, or at a strange time: refused before it is sent', async () => {
  const yaml = 'kind: jobnet\nname: night/settlement\n';
  const words = ['net', 'release', 'night/settlement'];
  const planned = await ask([...words, '--file', '-', '--at', '2026-12-01 00:00', '--reason', '月末'], yaml);
  assert.equal(
    planned.stdout,
    'Release 4: revision 8 of night/settlement comes into force at 2026-12-01 00:00:00. To cancel it: nezuban net cancel-release 4\n',
  );
  const nothing = await ask(words);
  assert.match(nothing.stderr, /Name either a revision or --file/);
  const both = await ask([...words, '3', '--file', '-'], yaml);
  assert.match(both.stderr, /Name either a revision or --file/);
  const strange = await ask([...words, '3', '--at', 'tomorrow']);
  assert.match(
    strange.stderr,
    /--at must be a time such as [^]* or in how long: 30m, 2h, 7d; not "tomorrow"/,
  );
});

test('export --revision: that revision; without a net: refused', async () => {
  const { stdout } = await ask(['export', 'night/settlement', '--revision', '3']);
  assert.equal(stdout, 'kind: jobnet\nname: night/settlement\ntitle: of 3\n');
  const { stderr } = await ask(['export', '--all', '--revision', '3']);
  assert.match(stderr, /--revision goes with the name of a job net/);
});
