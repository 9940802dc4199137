// The keeper over real processes: start, stop, second start, what a stop leaves and what it does not.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { ON_FREE_PORTS, keeperRun } from '../testing/keeper-run.ts';

/** The promise of a stop: of all that is stopped one after the other. */
const STOP_PROMISE_MS = 10_000;

function alive(pid: number | null): boolean {
  try {
    return pid !== null && process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('keeper: first start, stop by SIGTERM, second start: password once, data kept, order kept, job lives on', async () => {
  await using run = keeperRun();
  const first = await run.startUntilReady();
  assert.match(first.stdout(), /Console {3}http:\/\/127\.0\.0\.1:\d+\//);
  assert.match(first.stdout(), /user {6}admin[^]*password {2}once-only-password/);
  assert.ok(first.stdout().includes(run.home));
  await waitFor(() => run.journal('agent').length > 0, { message: 'the agent to start' });
  const status = await run.status();
  assert.equal(status.state, 'running');
  assert.deepEqual(
    status.processes.map(({ name, state }) => `${name} ${state}`),
    ['postgres running', 'manager running', 'agent running', 'intake running'],
  );

  first.kill('SIGTERM');
  const { code } = await first.waitForEnd();
  assert.equal(code, 0, first.stderr());
  await run.allGone();
  assert.equal(alive(run.jobPid()), true, 'the running job lives on');
  assert.deepEqual(run.journal('manager').at(-1), {
    stop: { reason: 'keeper', withinMs: 2000, withJobs: false },
  });
  assert.equal(run.stopReason('intake'), 'keeper');

  const second = await run.startUntilReady();
  assert.doesNotMatch(second.stdout(), /password/);
  assert.equal(run.managerStarts(), 2);
  const stop = await run.command('stop', '--with-jobs');
  assert.equal(stop.code, 0, stop.stderr);
  assert.match(stop.stdout, /has stopped, running jobs too/);
  assert.equal((await second.waitForEnd()).code, 0);
  await waitFor(() => !isRunning(run.jobPid()), { message: 'the job to end' });
  await run.allGone();
});

/** A killed orphan may stay as a zombie where nobody reaps it. */
function isRunning(pid: number | null): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('keeper: started twice for one home: the second names the first and ends with 4', async () => {
  await using run = keeperRun();
  const first = await run.startUntilReady();
  const second = run.start();
  assert.equal((await second.waitForEnd()).code, 4);
  assert.match(
    second.stderr(),
    new RegExp(`^nezuban: Nezuban runs already .* process ${first.pid}, console http`),
  );
  assert.equal(second.stderr().trim().split('\n').length, 1);
  assert.equal(alive(first.pid), true);
});

test('keeper: the terminal sends Ctrl-C to the whole group: stops in order, nothing dies by itself', async () => {
  await using run = keeperRun();
  const first = await run.startUntilReady(undefined, { detached: true });
  await waitFor(() => run.journal('agent').length > 0);
  process.kill(-first.pid, 'SIGINT');
  assert.equal((await first.waitForEnd()).code, 0, first.stderr());
  assert.equal(run.stopReason('manager'), 'keeper');
  assert.equal(run.stopReason('agent'), 'keeper');
  await run.allGone();
});

test('keeper: a manager that does not stop: is killed, all is down within the promise', async () => {
  await using run = keeperRun();
  const first = await run.startUntilReady(undefined, { env: { NEZUBAN_STAND_IN: 'deaf' } });
  first.kill('SIGTERM');
  assert.equal((await first.waitForEnd()).code, 0);
  // What it granted, not what a busy machine took.
  const logs = fs.globSync(`${run.home}/log/*.log`).map((file) => fs.readFileSync(file, 'utf8'));
  const log = `${logs.join('')}${first.stderr()}`;
  // The stand-in's last thread ends it at the bound; if that hangs too, the keeper kills it.
  const bound =
    /"withinMs":(\d+),"msg":"not stopped within the bound|did not stop within (\d+) ms and is killed/;
  const [, own, killed] = bound.exec(log) ?? [];
  assert.ok(Number(own ?? killed) < STOP_PROMISE_MS / 2, log);
  await run.allGone();
});

test('keeper: status and stop without a manager: one sentence and 3', async () => {
  await using run = keeperRun();
  for (const name of ['status', 'stop']) {
    const { code, stderr } = await run.command(name);
    assert.equal(code, 3);
    assert.equal(stderr, `nezuban: No manager runs for the home ${run.home}.\n`);
  }
});

test('keeper: its port is taken: one sentence with the flag, 5, nothing left running', async () => {
  await using run = keeperRun();
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const second = run.start(['--listen', `127.0.0.1:${port}`, '--agent-listen', '127.0.0.1:0']);
  const { code } = await second.waitForEnd();
  server.close();
  assert.equal(code, 5);
  assert.match(second.stderr(), new RegExp(`nezuban: Cannot listen on 127\\.0\\.0\\.1:${port} .*--listen`));
  await run.allGone();
});

test('keeper: told to stop while it still starts: ends with 0, and the next start works', async () => {
  await using run = keeperRun();
  const first = run.start();
  await waitFor(() => fs.existsSync(`${run.home}/postgres`), { message: 'PostgreSQL to be prepared' });
  first.kill('SIGINT');
  assert.equal((await first.waitForEnd()).code, 0, first.stderr());
  // What was killed in the middle of its preparation is still being buried by the kernel.
  await waitFor(() => run.processes().length === 0, { message: 'the last process to be gone' });
  const second = await run.startUntilReady(ON_FREE_PORTS);
  assert.match(second.stdout(), /once-only-password/);
});
