// Tests of the supervisor and its budget, on a fake clock.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_RESTART_BUDGET, decideRestart } from './restart-budget.ts';
import { createSupervisor, FatalLaunchError, type LaunchedProcess, type ProcessExit } from './supervisor.ts';
import { createFakeClock } from './testing/fake-clock.ts';

type FakeProcess = LaunchedProcess & { readonly die: (exit?: ProcessExit) => void };

function setUp(launch?: (signal: AbortSignal) => FakeProcess | Promise<FakeProcess>) {
  const clock = createFakeClock();
  const launched: FakeProcess[] = [];
  const said: string[] = [];
  const supervisor = createSupervisor<FakeProcess>(
    { clock, timers: clock },
    {
      name: 'child',
      launch: launch ?? (() => fakeProcess(launched.length + 1)),
      onLaunched: (child) => void launched.push(child),
      onRestart: (death, attempt) => void said.push(`restart ${attempt}: ${death.how}`),
      onGaveUp: (death, restarts) => void said.push(`gave up after ${restarts}: ${death.how}`),
      onFatal: (_death, fatal) => void said.push(`fatal ${fatal.code}: ${fatal.message}`),
    },
  );
  return { clock, launched, said, supervisor };
}

function fakeProcess(pid: number): FakeProcess {
  const { promise, resolve } = Promise.withResolvers<ProcessExit>();
  return { pid, exited: promise, die: (exit = { how: 'child died' }) => resolve(exit) };
}

test('supervisor: a death: started again at once, the next ones later', async () => {
  const { clock, launched, said, supervisor } = setUp();
  supervisor.start();
  await clock.advance(0);
  launched[0]?.die();
  await clock.advance(0);
  assert.equal(launched.length, 2);
  launched[1]?.die();
  await clock.advance(249);
  assert.deepEqual(supervisor.status(), { name: 'child', state: 'waiting', pid: null, restarts: 2 });
  await clock.advance(1);
  assert.deepEqual(supervisor.status(), { name: 'child', state: 'running', pid: 3, restarts: 2 });
  assert.deepEqual(said, ['restart 1: child died', 'restart 2: child died']);
});

test('supervisor: six deaths within a minute: gives up, and nothing is started any more', async () => {
  const { clock, launched, said, supervisor } = setUp();
  supervisor.start();
  for (let n = 0; n < 6; n += 1) {
    await clock.advance(2_000);
    launched[n]?.die();
  }
  await clock.advance(600_000);
  assert.equal(launched.length, 6);
  assert.equal(supervisor.status().state, 'gave-up');
  assert.equal(said.at(-1), 'gave up after 5: child died');
  assert.equal(clock.timerCount(), 0);
});

test('supervisor: deaths far apart: restarted for ever', async () => {
  const { clock, launched, supervisor } = setUp();
  supervisor.start();
  for (let n = 0; n < 30; n += 1) {
    await clock.advance(20_000);
    launched[n]?.die();
  }
  await clock.advance(1_000);
  assert.equal(supervisor.status().state, 'running');
});

test('supervisor: a fatal end, or a launch that says so: no restart', async () => {
  const one = setUp();
  one.supervisor.start();
  await one.clock.advance(0);
  one.launched[0]?.die({ how: 'ended', fatal: { code: 'port_taken', message: 'The port is taken.' } });
  await one.clock.advance(60_000);
  assert.deepEqual(one.said, ['fatal port_taken: The port is taken.']);

  const two = setUp(() => {
    throw new FatalLaunchError('postgres', 'Foreign data.');
  });
  two.supervisor.start();
  await two.clock.advance(60_000);
  assert.deepEqual(two.said, ['fatal postgres: Foreign data.']);
});

test('supervisor: stopped while running, waiting, or starting: ends what runs, starts nothing, leaves no timer', async () => {
  const running = setUp();
  running.supervisor.start();
  await running.clock.advance(0);
  await running.supervisor.stop(async (child) => child.die());
  assert.deepEqual(
    [running.launched.length, running.said, running.supervisor.status().state],
    [1, [], 'stopped'],
  );

  const waiting = setUp();
  waiting.supervisor.start();
  await waiting.clock.advance(0);
  waiting.launched[0]?.die();
  await waiting.clock.advance(0);
  waiting.launched[1]?.die();
  await waiting.clock.advance(1);
  await waiting.supervisor.stop(async () => assert.fail('nothing runs'));
  assert.equal(waiting.clock.timerCount(), 0);

  const gate = Promise.withResolvers<FakeProcess>();
  const starting = setUp(() => gate.promise);
  starting.supervisor.start();
  await starting.clock.advance(0);
  let endedPid = 0;
  const stopped = starting.supervisor.stop(async (child) => {
    endedPid = child.pid;
    child.die();
  });
  gate.resolve(fakeProcess(77));
  await stopped;
  assert.equal(endedPid, 77, 'a process that was started meanwhile is ended too');
});

test('restart budget: any sequence of deaths: never more restarts than allowed in any window', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 60 }), (gaps) => {
      const deaths: number[] = [];
      let nowMs = 0;
      for (const gap of gaps) {
        nowMs += gap;
        const decision = decideRestart(DEFAULT_RESTART_BUDGET, deaths, nowMs);
        const earliest = nowMs - DEFAULT_RESTART_BUDGET.windowMs;
        const recent = deaths.filter((at) => at > earliest).length;
        assert.equal(decision.action, recent >= DEFAULT_RESTART_BUDGET.restartsMax ? 'give-up' : 'restart');
        if (decision.action === 'give-up') return;
        deaths.push(nowMs);
      }
    }),
  );
});
