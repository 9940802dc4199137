// The keeper as an ordinary user, and under npm: who may run it, and what its end does when npm stands between.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { startProcess } from '@nezuban/tests/support/processes';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { keeperRun, keeperCommand, ON_FREE_PORTS, type KeeperRun } from '../testing/keeper-run.ts';

const AS_ROOT = process.getuid?.() === 0;
/** An ordinary user: `nobody` when the tests run as root, else who runs them. */
const ORDINARY = AS_ROOT ? { uid: 65_534, gid: 65_534 } : {};

test("keeper: as an ordinary user: starts, is killed, everything stops, starts again; all files are the user's", async () => {
  await using run = keeperRun();
  if (ORDINARY.uid !== undefined) fs.chownSync(run.home, ORDINARY.uid, ORDINARY.gid);
  const first = await run.startUntilReady(undefined, ORDINARY);
  first.kill('SIGKILL');
  await waitFor(() => run.processes().length === 0, { message: 'the end of all its processes' });
  const second = await run.startUntilReady(undefined, ORDINARY);
  assert.equal(run.managerStarts(), 2);
  const owner = fs.statSync(run.home).uid;
  for (const name of fs.readdirSync(run.home, { recursive: true, encoding: 'utf8' })) {
    assert.equal(fs.lstatSync(path.join(run.home, name)).uid, owner, name);
  }
  assert.equal(fs.statSync(run.home).mode & 0o777, 0o700);
  second.kill('SIGTERM');
  assert.equal((await second.waitForEnd()).code, 0);
  await run.allGone();
});

test('keeper: a home of another user, and a user without a name: one sentence and 5', async (t) => {
  if (!AS_ROOT) {
    t.diagnostic('only root can become another user');
    return;
  }
  await using run = keeperRun();
  const foreign = run.start(undefined, ORDINARY);
  assert.equal((await foreign.waitForEnd()).code, 5);
  assert.match(
    foreign.stderr(),
    /^nezuban: The home .* (cannot be used|belongs to user 0, but this process runs as user 65534)/,
  );
  const nameless = run.start(undefined, { uid: 54_321, gid: 54_321 });
  assert.equal((await nameless.waitForEnd()).code, 5);
  assert.match(nameless.stderr(), /^nezuban: The user number 54321 has no name on this host/);
});

/** A package whose start script is the keeper, as in our own package.json. */
async function readyUnderNpm(run: KeeperRun) {
  const folder = `${run.home}-package`;
  fs.mkdirSync(folder);
  const script = `exec ${[...keeperCommand(), ...ON_FREE_PORTS].map((word) => `'${word}'`).join(' ')}`;
  fs.writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'x', version: '1.0.0', scripts: { start: script } }),
  );
  const npm = startProcess(['npm', 'start', '--no-update-notifier'], {
    cwd: folder,
    detached: true,
    env: { NEZUBAN_HOME: run.home, npm_lifecycle_event: undefined },
  });
  await npm
    .waitForOutput(/is running\./, 60_000)
    .finally(() => fs.rmSync(folder, { recursive: true, force: true }));
  await waitFor(() => run.journal('agent').length > 0, { message: 'the agent to start' });
  return npm;
}

for (const [what, send] of [
  ['SIGTERM to npm', (pid: number) => process.kill(pid, 'SIGTERM')],
  ['Ctrl-C to its group', (pid: number) => process.kill(-pid, 'SIGINT')],
  ['kill -9 of npm', (pid: number) => process.kill(pid, 'SIGKILL')],
] as const) {
  test(`keeper: under npm, ${what}: stops everything in order, the job lives on`, async () => {
    await using run = keeperRun();
    const npm = await readyUnderNpm(run);
    send(npm.pid);
    await waitFor(() => run.processes().length === 0, { message: 'the end of all its processes' });
    assert.equal(run.stopReason('manager'), 'keeper');
    assert.equal(fs.existsSync(path.join(run.home, 'postgres/data/postmaster.pid')), false);
    assert.ok(process.kill(run.jobPid() ?? -1, 0));
    await npm.waitForEnd();
  });
}
