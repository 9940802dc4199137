// Tests of a child of the keeper that does not end: small programs in its place, and time that moves only when a test says so.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { launchChild } from './child-process.ts';

const scratch = fs.mkdtempSync('/tmp/nz-child-process-');
after(() => fs.rmSync(scratch, { recursive: true, force: true }));
const staysForEver = `for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => undefined);
  process.on('disconnect', () => undefined);
  setInterval(() => undefined, 1_000);`;

function launch(t: TestContext, program: string) {
  const file = path.join(scratch, `${Math.random()}.cjs`);
  fs.writeFileSync(file, program);
  const clock = createFakeClock();
  const logger = createMemoryLogger();
  const child = launchChild(
    { timers: clock, logger },
    {
      name: 'agent',
      program: { file, args: [], execArgv: [] },
      environment: process.env,
      onReady: () => undefined,
    },
  );
  t.after(() => child.kill());
  /** Moves the time until the child is gone, and says how it went. */
  const end = async () => {
    let exit: Awaited<typeof child.exited> | null = null;
    void child.exited.then((how) => (exit = how));
    await waitFor(async () => {
      await clock.advance(1_000);
      return exit !== null;
    });
    return await child.exited;
  };
  return { child, logger, end };
}

test('child process: it says that it cannot go on and does not end: killed, and its reason is kept', async (t) => {
  const { logger, end } = launch(
    t,
    `${staysForEver} process.send({ type: 'fatal', code: 'port_in_use', message: 'The port is taken.' });`,
  );
  assert.deepEqual(await end(), {
    how: 'agent was killed by SIGKILL',
    fatal: { code: 'port_in_use', message: 'The port is taken.' },
  });
  assert.match(JSON.stringify(logger.lines), /has said that it cannot go on, and does not end; it is killed/);
});

test('child process: it closes its channel and does not end: killed', async (t) => {
  const { logger, end } = launch(t, `${staysForEver} process.disconnect();`);
  assert.equal((await end()).how, 'agent was killed by SIGKILL');
  assert.match(JSON.stringify(logger.lines), /has closed its channel, and does not end; it is killed/);
});

test('child process: told to stop, it neither ends nor hears TERM: killed after its time', async (t) => {
  const { child, end } = launch(t, staysForEver);
  const stopped = child.stop({ withinMs: 5_000, withJobs: false });
  assert.equal((await end()).how, 'agent was killed by SIGKILL');
  await stopped;
});
