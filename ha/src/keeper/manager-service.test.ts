// Tests of the manager as the keeper's child: a small program in its place, and time that moves only when a test says so.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test, type TestContext } from 'node:test';
import type { ManagerConfig, ManagerDuty } from '@nezuban/protocol/keeper/child-messages';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createManagerService } from './manager-service.ts';

const scratch = fs.mkdtempSync('/tmp/nz-manager-service-');
after(() => fs.rmSync(scratch, { recursive: true, force: true }));
const program = path.join(scratch, 'manager.cjs');
const broken = path.join(scratch, 'broken');
/** Writes down what it is told; says once how its agents are when it has a duty; dies at its start while it is broken. */
fs.writeFileSync(
  program,
  `const fs = require('node:fs');
   if (fs.existsSync(process.argv[3])) process.exit(1);
   process.on('disconnect', () => process.exit(0));
   process.on('message', (message) => {
     fs.appendFileSync(process.argv[2], JSON.stringify({ pid: process.pid, ...message }) + '\\n');
     if (message.type === 'stop') process.exit(0);
     if (message.type === 'duty' && message.duty.role === 'master')
       process.send({ type: 'agents', highestTerm: 0, otherMasterHeardAgoMs: null, connected: 0 });
   });`,
);
const master: ManagerDuty = { role: 'master', term: 7, agentAddresses: [] };
const standby: ManagerDuty = { role: 'standby', master: null, says: 'Stands by.' };

function serviceOf(t: TestContext) {
  const clock = createFakeClock();
  const journal = path.join(scratch, `told-${t.name.length}-${Math.random()}.jsonl`);
  let heard = 0;
  let gaveUp = 0;
  const logger = createMemoryLogger();
  const service = createManagerService(
    { clock, timers: clock, logger },
    {
      program: { file: program, args: [journal, broken], execArgv: [] },
      environment: process.env,
      config: () => ({}) as ManagerConfig,
      onLaunched: () => undefined,
      onReady: () => undefined,
      onMessage: () => (heard += 1),
      onGone: () => undefined,
      onRestart: () => undefined,
      onGaveUp: () => (gaveUp += 1),
      onFatal: () => undefined,
    },
  );
  t.after(() => service.stop(0));
  const told = () =>
    fs.existsSync(journal)
      ? fs
          .readFileSync(journal, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as { pid: number; type: string; duty?: { role: string } })
      : [];
  const dutiesOf = (pid: number) =>
    told().flatMap((line) => (line.pid === pid && line.duty !== undefined ? [line.duty.role] : []));
  /** Another process than that one, once it has been told to start. */
  const another = async (than: number | undefined) => {
    await waitFor(async () => {
      await clock.advance(0);
      const pid = service.current()?.pid;
      return pid !== undefined && pid !== than && told().some((line) => line.pid === pid);
    });
    return service.current()?.pid ?? 0;
  };
  return { service, clock, logger, dutiesOf, another, heard: () => heard, gaveUp: () => gaveUp };
}

test('manager service: it hangs on duty: killed after a while, and the next one gets the same duty', async (t) => {
  const { service, clock, logger, dutiesOf, another, heard } = serviceOf(t);
  service.start();
  service.setDuty(master);
  const first = await another(undefined);
  await waitFor(() => heard() === 1);
  await clock.advance(19_000);
  assert.equal(service.current()?.pid, first);
  await clock.advance(1_000);
  const second = await another(first);
  await waitFor(() => dutiesOf(second).length > 0);
  assert.deepEqual(dutiesOf(second), ['master']);
  assert.ok(logger.lines.some(({ message }) => message.includes('it hangs and is killed')));
});

test('manager service: one that has not begun to serve may take its time', async (t) => {
  const { service, clock, another } = serviceOf(t);
  service.start();
  service.setDuty(standby);
  const first = await another(undefined);
  await clock.advance(600_000);
  assert.equal(service.current()?.pid, first);
});

test('manager service: ended by a stand-down: the next one comes after a pause and does not know the duty', async (t) => {
  const { service, clock, dutiesOf, another } = serviceOf(t);
  service.start();
  service.setDuty(master);
  const first = await another(undefined);
  await service.end();
  await clock.advance(900);
  assert.equal(service.current(), null);
  await clock.advance(100);
  const second = await another(first);
  service.setDuty(standby);
  await waitFor(() => dutiesOf(second).length > 0);
  assert.deepEqual(dutiesOf(second), ['standby']);
});

test('manager service: ended for a restart of the database: the next one comes at once', async (t) => {
  const { service, another } = serviceOf(t);
  service.start();
  service.setDuty(master);
  const first = await another(undefined);
  await service.end('at-once');
  await another(first);
});

test('manager service: ended twice at a time: one follows', async (t) => {
  const { service, clock, another } = serviceOf(t);
  service.start();
  const first = await another(undefined);
  await Promise.all([service.end('at-once'), service.end()]);
  await clock.advance(1_000);
  const second = await another(first);
  await clock.advance(2_000);
  assert.equal(service.current()?.pid, second);
});

test('manager service: given up and revived: what runs is left alone, what was given up gets its duty again', async (t) => {
  const { service, clock, dutiesOf, another, gaveUp } = serviceOf(t);
  fs.writeFileSync(broken, '');
  t.after(() => fs.rmSync(broken, { force: true }));
  service.setDuty(master);
  service.start();
  await waitFor(async () => {
    await clock.advance(2_000);
    return gaveUp() === 1;
  });
  fs.rmSync(broken);
  service.revive();
  const revived = await another(undefined);
  await waitFor(() => dutiesOf(revived).length > 0);
  assert.deepEqual(dutiesOf(revived), ['master']);
  service.revive();
  await clock.advance(5_000);
  assert.equal(service.current()?.pid, revived);
});
