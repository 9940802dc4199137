// The keeper over real processes: what happens when a process of the tree dies, the keeper itself included.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { askIntakeStatus } from '@nezuban/platform/intake-status';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { keeperRun, ON_FREE_PORTS, type KeeperRun } from '../testing/keeper-run.ts';

function notices(run: KeeperRun) {
  return run.journal('manager').flatMap((line) => line.notice ?? []);
}

async function nextPid(run: KeeperRun, name: string, before: number): Promise<number> {
  return waitFor(async () => {
    const found = (await run.status()).processes.find((one) => one.name === name);
    return found?.state === 'running' && found.pid !== before ? found.pid : null;
  });
}

test('keeper: manager, agent and postgres are killed one after the other: each is back, and the manager is told', async () => {
  await using run = keeperRun();
  const keeper = await run.startUntilReady();
  await waitFor(() => run.journal('agent').length > 0);
  const consoleUrl = (await run.status()).consoleUrl;

  const manager = await run.pidOf('manager');
  process.kill(manager, 'SIGKILL');
  const secondManager = await nextPid(run, 'manager', manager);
  await waitFor(() => notices(run).some(({ process: name }) => name === 'manager'), {
    message: 'the notice',
  });
  assert.match(notices(run)[0]?.message ?? '', /^manager was killed by SIGKILL.*; it is started again/);
  assert.equal((await run.status()).consoleUrl, consoleUrl, 'it listens where it listened before');

  const agent = await run.pidOf('agent');
  process.kill(agent, 'SIGKILL');
  await nextPid(run, 'agent', agent);
  await waitFor(() => notices(run).some(({ process: name }) => name === 'agent'), { message: 'the notice' });

  const postgres = await run.pidOf('postgres');
  process.kill(postgres, 'SIGKILL');
  await nextPid(run, 'postgres', postgres);
  await waitFor(() => notices(run).some(({ process: name }) => name === 'postgres'), {
    message: 'the notice',
  });
  assert.equal(await run.pidOf('manager'), secondManager, 'the manager keeps running');

  keeper.kill('SIGTERM');
  assert.equal((await keeper.waitForEnd()).code, 0);
  await run.allGone();
});

test('keeper: the intake is killed: it is back, whatever else runs; one that crashes at every start is given up and told, and all else goes on', async () => {
  await using run = keeperRun();
  const keeper = await run.startUntilReady();
  const manager = await run.pidOf('manager');
  const intake = await run.pidOf('intake');
  process.kill(intake, 'SIGKILL');
  await nextPid(run, 'intake', intake);
  await waitFor(() => notices(run).some(({ process: name }) => name === 'intake'), { message: 'the notice' });
  assert.equal(await run.pidOf('manager'), manager);
  keeper.kill('SIGTERM');
  assert.equal((await keeper.waitForEnd()).code, 0);

  const second = await run.startUntilReady(undefined, { env: { NEZUBAN_STAND_IN_INTAKE: 'crash' } });
  await waitFor(
    () => notices(run).some(({ code, process: name }) => code === 'process_gave_up' && name === 'intake'),
    {
      message: 'the notice that it was given up',
    },
  );
  assert.equal((await run.status()).state, 'running');
  second.kill('SIGTERM');
  assert.equal((await second.waitForEnd()).code, 0);

  const third = await run.startUntilReady([...ON_FREE_PORTS, '--no-intake']);
  assert.ok((await run.status()).processes.every(({ name }) => name !== 'intake'));
  third.kill('SIGTERM');
  assert.equal((await third.waitForEnd()).code, 0);
  await run.allGone();
});

test('keeper: the intake hangs: it is noticed, killed and started again', async () => {
  await using run = keeperRun();
  const keeper = await run.startUntilReady();
  const intake = await run.pidOf('intake');
  await waitFor(() => run.journal('intake').length > 0);
  await waitFor(async () => (await askIntakeStatus(path.join(run.home, 'run/intake.sock'))) !== null);
  // Long enough for the keeper to have heard of it too.
  await waitFor(() =>
    fs.readFileSync(path.join(run.home, 'log/keeper.log'), 'utf8').includes('the intake answers'),
  );
  process.kill(intake, 'SIGSTOP');
  await waitFor(
    async () =>
      (await run.status()).processes.some(
        ({ name, pid }) => name === 'intake' && pid !== null && pid !== intake,
      ),
    {
      message: 'another intake',
    },
  );
  keeper.kill('SIGTERM');
  assert.equal((await keeper.waitForEnd()).code, 0);
  await run.allGone();
});

test('keeper: is killed: its processes notice and stop, the job lives on, the next start goes on', async () => {
  await using run = keeperRun();
  const keeper = await run.startUntilReady();
  await waitFor(() => run.journal('agent').length > 0);
  keeper.kill('SIGKILL');
  await waitFor(() => run.processes().length === 0, { message: 'the end of all its processes' });
  assert.equal(run.stopReason('manager'), 'keeper-gone');
  assert.equal(run.stopReason('agent'), 'keeper-gone');
  assert.equal(run.stopReason('intake'), 'keeper-gone');
  assert.ok(process.kill(run.jobPid() ?? -1, 0), 'the running job lives on');
  assert.match(fs.readFileSync(path.join(run.home, 'log/postgres.log'), 'utf8'), /ready to accept|starting/);
  assert.equal(
    fs.existsSync(path.join(run.home, 'postgres/data/postmaster.pid')),
    false,
    'PostgreSQL shut down in order',
  );
  await run.startUntilReady();
  assert.equal(run.managerStarts(), 2);
});

test('keeper: is killed and started again at once: waits for what the first left, then goes on', async () => {
  await using run = keeperRun();
  const keeper = await run.startUntilReady();
  keeper.kill('SIGKILL');
  await keeper.waitForEnd();
  const second = await run.startUntilReady();
  assert.equal(run.managerStarts(), 2);
  second.kill('SIGTERM');
  await second.waitForEnd();
  await run.allGone();
});

test('keeper: is killed while its manager hangs: the next start ends the hanging one', async () => {
  await using run = keeperRun();
  const keeper = await run.startUntilReady(undefined, { env: { NEZUBAN_STAND_IN: 'deaf' } });
  const manager = await run.pidOf('manager');
  process.kill(manager, 'SIGSTOP');
  keeper.kill('SIGKILL');
  await keeper.waitForEnd();
  const second = await run.startUntilReady();
  assert.ok(!run.processes().includes(manager));
  second.kill('SIGTERM');
  await second.waitForEnd();
  await run.allGone();
});

test('keeper: the manager dies on every start: gives up with one sentence and 6, nothing left running', async () => {
  await using run = keeperRun();
  const keeper = run.start(undefined, { env: { NEZUBAN_STAND_IN: 'crash' } });
  assert.equal((await keeper.waitForEnd()).code, 6);
  assert.match(
    keeper.stderr().trim().split('\n').at(-1) ?? '',
    /^nezuban: manager ended with exit code 1 \(Error: the stand-in was told to crash\); that was its end number 6 within a minute.*manager\.log\.$/,
  );
  await run.allGone();
});

test('keeper: the agent dies on every start: says so, everything else goes on', async () => {
  await using run = keeperRun();
  await run.startUntilReady(undefined, { env: { NEZUBAN_STAND_IN_AGENT: 'crash' } });
  const gaveUp = await waitFor(() => notices(run).find(({ code }) => code === 'process_gave_up'));
  assert.match(gaveUp.message, /^agent ended with exit code 7.*Everything else goes on/);
  const { processes, state } = await run.status();
  assert.equal(state, 'running');
  assert.deepEqual(
    processes.map((one) => `${one.name} ${one.state}`),
    ['postgres running', 'manager running', 'agent gave-up', 'intake running'],
  );
});
