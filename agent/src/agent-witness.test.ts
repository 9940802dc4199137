// The agent as a witness of the pair, with a stand-in for the program: appointed, dismissed, restarted, and what the master is told.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { AgentPorts } from './agent.ts';
import { AgentFixture } from './testing/agent-fixture.ts';
import { FakeManager } from './testing/fake-manager.ts';
import { waitUntil } from './testing/wait-until.ts';
import { launchProgram } from './witness/witness-process.ts';

const standIn = fileURLToPath(new URL('testing/stand-in-witness-main.ts', import.meta.url));
const launcher = fileURLToPath(new URL('../../cli/bin/nezuban', import.meta.url));
const ports: Partial<AgentPorts> = {
  launchWitness: (start, logger) =>
    launchProgram([process.execPath, '--disable-warning=ExperimentalWarning', standIn], start, logger),
};

describe('agent as a witness', () => {
  let manager: FakeManager;
  let fixture: AgentFixture;

  beforeEach(async () => {
    seenStarts = [];
    manager = await FakeManager.start();
    fixture = new AgentFixture();
    await fixture.join(manager);
  });
  afterEach(async () => {
    await fixture.clean();
    for (const pid of starts().map((start) => start.pid)) assert.equal(isRunning(pid), false, 'ended');
    await manager.stop();
  });

  const inHome = (...names: string[]) => path.join(fixture.home, ...names);
  let seenStarts: { pid: number; join: string | null; token: string | null }[] = [];
  const starts = () => {
    const file = inHome('starts');
    if (fs.existsSync(file))
      seenStarts = fs
        .readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as (typeof seenStarts)[number]);
    return seenStarts;
  };
  const appoint = (token: string, term = manager.term) =>
    manager.send({ type: 'appointWitness', term, members: ['10.0.0.1:7382', '10.0.0.2:7382'], token });
  const dismiss = () => manager.send({ type: 'dismissWitness', term: manager.term });
  const reported = (state: string) =>
    waitUntil(
      () => (manager.witness.at(-1)?.state === state ? manager.witness.at(-1) : undefined),
      `the report "${state}", newest is ${JSON.stringify(manager.witness.at(-1))}`,
    );
  const startAgent = async () => {
    const known = manager.hellos.length;
    const agent = fixture.start(ports);
    await waitUntil(() => manager.hellos.length > known && manager.witness.length > 0, 'the agent');
    return agent;
  };

  test('welcome: an agent without the role says so', async () => {
    await startAgent();
    assert.equal(manager.witness[0]?.state, 'none');
    assert.equal(fs.existsSync(inHome('witness')), false);
  });

  test('appointed: joins with the token, runs; repeats change nothing; ends with the agent', async () => {
    const agent = await startAgent();
    appoint('token-1');
    await reported('running');
    assert.deepEqual(
      manager.witness.map(({ state }) => state),
      ['none', 'starting', 'running'],
    );
    const [first] = starts();
    assert.equal(first?.join, '10.0.0.1:7382,10.0.0.2:7382');
    assert.equal(first?.token, 'token-1');
    const reports = manager.witness.length;
    appoint('token-1');
    appoint('token-2');
    await waitUntil(() => manager.witness.length > reports, 'an answer');
    assert.equal(manager.witness.at(-1)?.state, 'running');
    assert.equal(starts().length, 1);
    assert.ok(!fs.readFileSync(inHome('witness.json'), 'utf8').includes('token-1'), 'the token is not kept');
    await fixture.stop(agent);
    assert.equal(isRunning(first?.pid ?? 0), false);
  });

  test('agent restarted: the role goes on, without a token', async () => {
    const agent = await startAgent();
    appoint('token-1');
    await reported('running');
    await fixture.stop(agent);
    manager.witness.length = 0;
    await startAgent();
    await reported('running');
    assert.deepEqual(
      starts().map(({ token }) => token),
      ['token-1', null],
    );
  });

  test('dismissed: ended, its folder gone, and it may be appointed anew', async () => {
    await startAgent();
    appoint('token-1');
    await reported('running');
    dismiss();
    await reported('none');
    assert.equal(isRunning(starts()[0]?.pid ?? 0), false);
    assert.equal(fs.existsSync(inHome('witness')), false);
    assert.equal(fs.existsSync(inHome('witness.json')), false);
    appoint('token-2');
    await reported('running');
    assert.equal(starts().at(-1)?.token, 'token-2');
  });

  test('killed: started again without a token, and running again', async () => {
    await startAgent();
    appoint('token-1');
    await reported('running');
    process.kill(starts()[0]?.pid ?? 0, 'SIGKILL');
    await waitUntil(() => starts().length === 2, 'the next one');
    assert.equal(starts()[1]?.token, null);
    await reported('running');
    assert.ok(manager.witness.some(({ says }) => /killed by SIGKILL/.test(says)));
  });

  test('identity lost: failed with a sentence; a repeat changes nothing; a new appointment begins anew', async () => {
    const agent = await startAgent();
    appoint('token-1');
    await reported('running');
    await fixture.stop(agent);
    fs.rmSync(inHome('witness', 'keeper'), { recursive: true });
    await startAgent();
    const failed = await reported('failed');
    assert.match(failed.says, /holds no identity: dismiss it and appoint it anew/);
    assert.equal(starts().length, 1);
    appoint('token-2');
    await reported('running');
    assert.deepEqual(
      starts().map(({ token }) => token),
      ['token-1', 'token-2'],
    );
  });

  test('agent killed: the witness ends with its life line', async () => {
    fs.mkdirSync(inHome('witness'));
    const launch = fileURLToPath(new URL('witness/witness-process.ts', import.meta.url));
    const script = `
      const { launchProgram } = await import(${JSON.stringify(launch)});
      const start = { home: ${JSON.stringify(inHome('witness'))}, join: { members: ['a:1'], token: 't' } };
      launchProgram([process.execPath, ${JSON.stringify(standIn)}], start, console);
    `;
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
    const { pid } = await waitUntil(() => starts()[0], 'the witness');
    assert.equal(isRunning(pid), true);
    holder.kill('SIGKILL');
    await waitUntil(() => !isRunning(pid), 'the witness to end');
  });

  test('stale: an appointment of a lower term: refused with the connection', async () => {
    manager.term = 4;
    await startAgent();
    appoint('token-1', 3);
    await waitUntil(
      () => manager.closes.some(({ reason }) => reason.startsWith('stale term, 4')),
      'the close',
    );
    assert.equal(fs.existsSync(inHome('witness')), false);
  });

  test('program: the launcher knows the command', async (context) => {
    const { stdout } = await promisify(execFile)(launcher, ['witness', '--help']).catch(
      (error: { stdout: string }) => error,
    );
    if (!/--life-line|--join/.test(stdout)) context.skip('not there yet');
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
