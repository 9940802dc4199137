// Tests of the manager as a process, as the keeper starts it.
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { FromChild, ManagerConfig, ToChild } from '@nezuban/protocol/keeper/child-messages';
import { AGENT_TERMS_PER_DUTY_TERM } from '@nezuban/protocol/pair/agent-term';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';

const PROGRAM = path.join(import.meta.dirname, 'main.ts');

describe('manager process', () => {
  let database: TestDatabase;
  let home: string;
  before(async () => {
    database = await testDatabase();
    home = await mkdtemp(path.join(os.tmpdir(), 'nz-main-'));
  });
  after(async () => {
    await database.drop();
    await rm(home, { recursive: true, force: true });
  });

  const run = (change: Partial<ManagerConfig> = {}) => {
    const child: ChildProcess = fork(PROGRAM, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const said: FromChild[] = [];
    child.on('message', (message) => said.push(message as FromChild));
    const listen = { host: '127.0.0.1', port: 0 };
    const config: ManagerConfig = {
      home,
      version: '0.0.0',
      database: { ...database.config },
      listen,
      tls: null,
      agentListen: listen,
      advertise: null,
      localJoinTokenFile: null,
      consoleDirectory: null,
      logLevel: 'error',
      pairSockets: { serve: path.join(home, 's.sock'), forward: path.join(home, 'f.sock') },
      intakeSockets: null,
      ...change,
    };
    const send = (message: ToChild) => child.send(message);
    send({ type: 'start', config });
    return {
      send,
      said,
      exit: once(child, 'exit') as Promise<[number | null, string | null]>,
      types: () => said.map(({ type }) => type).filter((type) => type !== 'agents'),
      hears: async (type: FromChild['type']) =>
        await waitFor(() => said.find((message) => message.type === type), {
          message: () => `${type}; said: ${JSON.stringify(said)}`,
        }),
    };
  };
  const master: ToChild = { type: 'duty', duty: { role: 'master', term: 1, agentAddresses: [] } };
  const standby: ToChild = { type: 'duty', duty: { role: 'standby', master: null, says: 'Nobody.' } };
  const stop: ToChild = { type: 'stop', withinMs: 5_000, withJobs: false };

  test('start, then the duty at once: ready, then on duty; drained when told to; stopped with 0', async () => {
    const manager = run();
    manager.send(master);
    const onDuty = await manager.hears('on-duty');
    assert.deepEqual(manager.types(), ['ready', 'on-duty']);
    assert.ok(onDuty.type === 'on-duty' && onDuty.term === AGENT_TERMS_PER_DUTY_TERM);
    manager.send({ type: 'drain' });
    await manager.hears('drained');
    manager.send(stop);
    assert.deepEqual(await manager.exit, [0, null]);
  });

  test('standby, then master: ready once with both ports, agents told of each second, on duty', async () => {
    const manager = run();
    manager.send(standby);
    const ready = await manager.hears('ready');
    assert.ok(ready.type === 'ready' && ready.consoleUrl !== undefined && ready.agentAddress !== undefined);
    assert.equal((await fetch(`${ready.consoleUrl}/health/master`)).status, 503);
    await manager.hears('agents');
    manager.send({ type: 'duty', duty: { role: 'master', term: 2, agentAddresses: [] } });
    await manager.hears('on-duty');
    assert.equal((await fetch(`${ready.consoleUrl}/health/master`)).status, 200);
    // On duty: a way back does not exist in one process.
    manager.send(standby);
    assert.deepEqual(await manager.exit, [1, null]);
  });

  test('a port that is taken: one sentence for the person at the terminal, as standby too', async () => {
    const first = run();
    first.send(standby);
    const ready = await first.hears('ready');
    const port = Number(new URL(ready.type === 'ready' ? (ready.consoleUrl ?? '') : '').port);
    const second = run({ listen: { host: '127.0.0.1', port } });
    second.send(standby);
    const fatal = await second.hears('fatal');
    assert.ok(fatal.type === 'fatal' && /is taken by another program/.test(fatal.message));
    assert.deepEqual(await second.exit, [1, null]);
    first.send(stop);
    assert.deepEqual(await first.exit, [0, null]);
  });
});
