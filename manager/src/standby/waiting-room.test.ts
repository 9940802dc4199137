// Tests of agents at a standby over real TLS: who may wait, what is heard of them, the bounds.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { systemClock } from '@nezuban/platform/clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import type { AgentId } from '@nezuban/protocol/ids';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { WebSocket } from 'ws';
import { openGround, type Ground } from '../ground.ts';
import { createAgentVoices, type AgentVoices } from '../inventory/agent-voices.ts';
import {
  createRequest,
  enrolmentOf,
  helloOf,
  openLink,
  postEnrolment,
  type AgentIdentity,
  type TestAgent,
} from '../testing/test-agent.ts';
import { createWaitingRoom, type WaitingRoom } from './waiting-room.ts';

describe('waiting room', () => {
  let home: string;
  let ground: Ground;
  let room: WaitingRoom;
  let voices: AgentVoices;
  let higherTerms = 0;
  let agents: TestAgent[] = [];
  const ports = { clock: systemClock, timers: systemTimers, logger: createMemoryLogger() };
  const loopback = { host: '127.0.0.1', port: 0 };

  before(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'nz-room-'));
    const config = { home, listen: loopback, tls: null, agentListen: loopback, advertise: null };
    const opened = await openGround(ports, config, { authority: 'make' });
    assert.ok(opened);
    ground = opened;
    await ground.open();
  });
  after(async () => {
    await ground.stop();
    await rm(home, { recursive: true, force: true });
  });
  /** How far the wall clock of this host has gone on, as seen by the room. */
  let laterMs = 0;
  const clock = { ...systemClock, epochMs: () => systemClock.epochMs() + laterMs };
  const open = (agentsMax?: number) => {
    voices = createAgentVoices(ports, () => (higherTerms += 1));
    room = createWaitingRoom(
      { ...ports, clock, voices },
      { version: '0.0.0', ...(agentsMax === undefined ? {} : { agentsMax }) },
    );
    ground.agentPort.setReception(room.reception);
    room.start();
  };
  beforeEach(() => open());
  afterEach(() => {
    for (const agent of agents) agent.stop();
    agents = [];
    laterMs = 0;
    room.stop();
  });

  const identityOf = async (letter: string): Promise<AgentIdentity> => {
    const { csr, key } = await createRequest();
    const agentId = `agt_${letter.repeat(20)}`;
    const { pem } = await ground.authority.issueAgent(csr, agentId as AgentId);
    return { agentId, nodeName: letter, certificate: pem, ca: ground.authority.certificate, key };
  };
  const connect = async (identity: AgentIdentity): Promise<TestAgent> => {
    const agent = openLink(
      { agentAddress: ground.agentAddress(), ca: ground.authority.certificate },
      identity,
    );
    agents.push(agent);
    await waitFor(() => agent.socket.readyState === WebSocket.OPEN, {
      message: () => `the link to open: ${agent.error()?.message ?? ''}`,
    });
    return agent;
  };
  const greet = async (identity: AgentIdentity): Promise<TestAgent> => {
    const agent = await connect(identity);
    agent.send(helloOf(identity));
    await agent.received('standby');
    return agent;
  };

  test('hello: another agent than the certificate, or a bad frame: sent away', async () => {
    const a = await identityOf('a');
    const liar = await connect(a);
    liar.send({ ...helloOf(a), agentId: `agt_${'b'.repeat(20)}` });
    assert.match((await liar.whenClosed()).reason, /another agent/);
    const broken = await connect(a);
    broken.send('{');
    assert.match((await broken.whenClosed()).reason, /bad frame/);
    await waitFor(() => room.fingerprints().length === 0, { message: 'an empty room' });
  });

  test('the same agent twice: the newer one waits, the older one is closed', async () => {
    const a = await identityOf('c');
    const older = await greet(a);
    const newer = await greet(a);
    assert.equal((await older.whenClosed()).code, 4001);
    assert.equal(newer.closed(), null);
    assert.equal(room.count(), 1);
  });

  test('more agents than there is room for: the last one is told', async () => {
    room.stop();
    open(2);
    await greet(await identityOf('d'));
    await greet(await identityOf('e'));
    const third = openLink(
      { agentAddress: ground.agentAddress(), ca: ground.authority.certificate },
      await identityOf('f'),
    );
    agents.push(third);
    assert.match((await third.whenClosed()).reason, /no room/);
    assert.equal(room.count(), 2);
  });

  test('clocks of agents: judged when their last word arrived, not when they are handed over', async () => {
    const right = await greet(await identityOf('h'));
    const wrong = await greet(await identityOf('i'));
    const silent = await connect(await identityOf('j'));
    const from = voices.otherMasterHeardAgoMs();
    wrong.send({
      type: 'heartbeat',
      clock: new Date(Date.now() - 60_000).toISOString(),
      runningAttempts: 0,
      otherMasterHeardAgoMs: 500,
    });
    await waitFor(() => voices.otherMasterHeardAgoMs() !== from, { message: 'the heartbeat' });
    laterMs = 57_000;
    const differences = room.release(() => true).map(({ clockDifferenceMs }) => clockDifferenceMs);
    const [ofRight, ofWrong, ofSilent] = differences;
    assert.equal(differences.length, 3);
    assert.ok(ofRight != null && Math.abs(ofRight) < 30_000, `the right one: ${String(ofRight)}`);
    assert.ok(ofWrong != null && Math.abs(ofWrong + 60_000) < 30_000, `the wrong one: ${String(ofWrong)}`);
    assert.equal(ofSilent, null);
    for (const agent of [right, wrong, silent]) agent.stop();
  });

  test('an enrolment: refused since this host is not on duty: no warning, every join of a second host asks', async () => {
    const { csr } = await createRequest();
    const from = ports.logger.lines.length;
    const { status, body } = await postEnrolment(
      { agentAddress: ground.agentAddress(), ca: ground.authority.certificate },
      enrolmentOf(`nzj_${'x'.repeat(43)}.${'y'.repeat(43)}`, csr, 'web-1'),
    );
    assert.deepEqual([status, body.code], [503, 'not_master']);
    const said = ports.logger.lines.slice(from).filter(({ details }) => details['code'] === 'not_master');
    assert.deepEqual(
      said.map(({ level }) => level),
      ['info'],
    );
  });

  test('what agents say: a higher term at once, another master by its age; reports are not acknowledged', async () => {
    const heardBefore = higherTerms;
    const identity = await identityOf('g');
    const agent = await connect(identity);
    agent.send(helloOf(identity, { highestTerm: 70_000 as never }));
    await agent.received('standby');
    assert.deepEqual([voices.highestTerm(), higherTerms - heardBefore], [70_000, 1]);
    assert.equal(voices.otherMasterHeardAgoMs(), null);
    const beat = { type: 'heartbeat', clock: new Date().toISOString(), runningAttempts: 0 };
    agent.send({ ...beat, otherMasterHeardAgoMs: 60_000 });
    agent.send({ ...beat, otherMasterHeardAgoMs: 1_000 });
    agent.send({ ...beat, otherMasterHeardAgoMs: null });
    agent.send({
      type: 'receipts',
      items: [{ seq: 1, attemptId: '1-abcdef-1.1.0.1', at: beat.clock, state: 'accepted' }],
    });
    await waitFor(() => (voices.otherMasterHeardAgoMs() ?? 0) >= 1_000, { message: 'the age' });
    assert.ok((voices.otherMasterHeardAgoMs() ?? Infinity) < 30_000);
    room.setManagers(['a:1', 'b:2']);
    await waitFor(() => agent.messages.length === 2, { message: 'the new addresses' });
    assert.deepEqual(agent.messages.at(-1)?.type === 'standby' && agent.messages.at(-1), {
      type: 'standby',
      protocol: 1,
      managerVersion: '0.0.0',
      managers: ['a:1', 'b:2'],
    });
    assert.equal(agent.closed(), null);
  });
});
