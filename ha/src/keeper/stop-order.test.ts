// Tests of the keeper's end in order, with fakes: who is stopped when, and how a host leaves its pair before.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { waitFor } from '@nezuban/tests/support/wait-for';
import type { StateName } from '../decision/state.ts';
import { isAside } from './aside.ts';
import { stopInOrder, type StopPorts } from './stop-order.ts';

const scratch = fs.mkdtempSync('/tmp/nz-stop-');
after(() => fs.rmSync(scratch, { recursive: true, force: true }));
let folders = 0;

function keeperIn(was: StateName, answer: { readonly ok: boolean } | 'none' | 'full disk' = { ok: true }) {
  const directory = path.join(scratch, `keeper-${(folders += 1)}`);
  if (answer !== 'full disk') fs.mkdirSync(directory);
  const clock = createFakeClock();
  const log: string[] = [];
  const hurry = Promise.withResolvers<void>();
  let name: StateName = was;
  const note = (what: string) => async () => void log.push(what);
  const ports = {
    timers: clock,
    logger: createMemoryLogger(),
    agent: { runs: () => true, stop: note('agent') },
    manager: { stop: note('manager') },
    intake: { stop: note('intake') },
    database: { stop: note('database') },
    office: {
      guard: () => ({ setDeadline: (until: number | null) => void log.push(`guard ${until}`) }),
      stop: note('office'),
    },
    member: {
      obey: async (command: { do: string }) => {
        log.push(isAside(directory) ? `${command.do}, marked` : command.do);
        return typeof answer === 'string' ? await new Promise(() => undefined) : { ...answer, says: 'said' };
      },
    },
    loop: { state: () => ({ name }), stop: () => void log.push('loop') },
    voter: { store: { close: note('voter') } },
  } as unknown as StopPorts;
  const stopped = stopInOrder(ports, {
    directory,
    withJobs: false,
    hasAgent: true,
    was,
    impatient: hurry.promise,
  });
  return { directory, clock, log, stopped, hurry: hurry.resolve, become: (next: StateName) => (name = next) };
}

const IN_ORDER = ['agent', 'manager', 'loop', 'guard null', 'database', 'office', 'voter', 'intake'];

test('stop: a single manager: everything in order, and the guard does not shoot the database at its last checkpoint', async () => {
  const { log, stopped } = keeperIn('master-alone');
  await stopped;
  assert.deepEqual(log, IN_ORDER);
});

test('stop: the master of a pair: it moves the service, and waits until it has ended what acts here', async () => {
  const { clock, log, stopped, become } = keeperIn('master-paired');
  become('standing-down');
  await clock.advance(500);
  assert.deepEqual(log, ['switch'], 'what tells the other host is still under way');
  become('waiting');
  await clock.advance(50);
  await stopped;
  assert.deepEqual(log, ['switch', ...IN_ORDER]);
});

test('stop: the master of a pair cannot move the service: it stops after a bound', async () => {
  const { clock, log, stopped } = keeperIn('master-paired', 'none');
  await clock.advance(4_000);
  await stopped;
  assert.deepEqual(log, ['switch', ...IN_ORDER]);
});

test('stop: a standby: it is marked before it steps aside, and the mark stays for the next start', async () => {
  const { directory, clock, log, stopped, become } = keeperIn('standby-in-sync');
  await waitFor(() => log.length === 1);
  assert.deepEqual(log, ['maintenance, marked']);
  await clock.advance(100);
  become('maintenance');
  await clock.advance(50);
  await stopped;
  assert.equal(isAside(directory), true);
});

test('stop: a standby that may not step aside: no mark stays', async () => {
  const { directory, clock, log, stopped } = keeperIn('standby-in-sync', { ok: false });
  await clock.advance(50);
  await stopped;
  assert.equal(isAside(directory), false);
  assert.deepEqual(log.slice(1), IN_ORDER);
});

test('stop: told twice: it does not wait for the other host any more', async () => {
  const { clock, log, stopped, hurry } = keeperIn('master-paired', 'none');
  await clock.advance(100);
  hurry();
  await stopped;
  assert.deepEqual(log, ['switch', ...IN_ORDER]);
  await clock.advance(10_000);
  assert.equal(clock.timerCount(), 0);
});

test('stop: the mark cannot be written: it stops all the same', async () => {
  const { log, stopped } = keeperIn('standby-in-sync', 'full disk');
  await stopped;
  assert.deepEqual(log, IN_ORDER);
});
