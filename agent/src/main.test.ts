// The program itself: command line, joining, one agent a home, life under the keeper.
import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { AgentFixture } from './testing/agent-fixture.ts';
import { createTestAuthority } from './testing/certificate-authority.ts';
import { FakeManager } from './testing/fake-manager.ts';
import { waitUntil } from './testing/wait-until.ts';

describe('agent program', () => {
  let manager: FakeManager;
  let fixture: AgentFixture;

  beforeEach(async () => {
    manager = await FakeManager.start();
    fixture = new AgentFixture();
  });
  afterEach(async () => {
    await fixture.clean();
    await manager.stop();
  });

  const program = async (...args: string[]): Promise<{ code: number | null; out: string; err: string }> => {
    const child = fixture.spawnProgram(args);
    const parts = { out: '', err: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (parts.out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (parts.err += text));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, ...parts };
  };
  const joinWith = (address: string, token: string) =>
    program('join', '--manager', address, '--token', token, '--name', 'host-1');

  test('command line: an unknown option: one sentence, exit 2', async () => {
    const { code, err } = await program('run', '--what');
    assert.equal(code, 2);
    assert.match(err, /^nezuban agent: Unknown option '--what'.*\n$/);
  });

  test('run: a host that has not joined: says how, exit 1', async () => {
    const { code, err } = await program('run');
    assert.equal(code, 1);
    assert.match(err, /has not joined a manager .* run "nezuban agent join" first\n$/);
  });

  test('run: a second agent on the same home: exit 1, the first goes on', async () => {
    await fixture.join(manager);
    fixture.spawnProgram();
    await manager.connected();
    const { code, err } = await program('run');
    assert.equal(code, 1);
    assert.match(err, /an agent already runs on/);
    assert.equal((await manager.ended(manager.dispatchOne({ command: 'true' }))).exitCode, 0);
    const status = await program('status', '--json');
    assert.equal(JSON.parse(status.out).running, true);
  });

  test('join: a good token: an identity that connects, and only once', async () => {
    const joined = await joinWith(manager.address, manager.token);
    assert.equal(joined.code, 0, joined.err);
    assert.match(joined.out, /^Joined as node "host-1" \(agt_[a-z0-9]{20}\)/);
    // What it says to type is what works.
    const home = /"nezuban agent run --home (.*)"/.exec(joined.out)?.[1];
    assert.equal(path.join(home ?? '', 'agent'), fixture.home);
    assert.equal(fs.statSync(path.join(fixture.home, 'identity.json')).mode & 0o777, 0o600);
    const again = await joinWith(manager.address, manager.token);
    assert.equal(again.code, 1);
    assert.match(again.err, /has already joined as node "host-1"/);
    fixture.spawnProgram();
    await manager.connected();
    assert.equal(manager.hellos[0]?.agentId, /agt_[a-z0-9]{20}/.exec(joined.out)?.[0]);
  });

  test('join: what is wrong is said in one sentence, and nothing is kept', async () => {
    const [secret, fingerprint] = manager.token.split('.');
    const usedToken = `nzj_${'A'.repeat(43)}.${fingerprint}`;
    const otherAuthority = `${secret}.${createTestAuthority().fingerprint}`;
    const closedPort = await freePort();
    const cases: [string, string, RegExp][] = [
      [manager.address, usedToken, /refuses this token: The join token has been used/],
      [manager.address, otherAuthority, /is not the manager that made this token/],
      [manager.address, 'rubbish', /this is not a join token/],
      [`127.0.0.1:${closedPort}`, manager.token, /no manager answers at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/],
      ['nonsense', manager.token, /"nonsense" is not the address of a manager: write HOST:PORT/],
    ];
    for (const [address, token, message] of cases) {
      const { code, err } = await joinWith(address, token);
      assert.equal(code, 1, err);
      assert.match(err, message);
      assert.equal(err.trim().split('\n').length, 1, err);
    }
    assert.equal(fs.existsSync(path.join(fixture.home, 'identity.json')), false);
  });

  test("join: a server with the right CA and a certificate that is no manager's: refused", async () => {
    const impostor = await FakeManager.start({ authority: createTestAuthority(['some-agent']) });
    try {
      const { code, err } = await joinWith(impostor.address, impostor.token);
      assert.equal(code, 1);
      assert.match(err, /a certificate that this CA has not given to a manager/);
    } finally {
      await impostor.stop();
    }
  });

  test('join: several managers, the first one away: the second answers', async () => {
    const closedPort = await freePort();
    const { code, err } = await joinWith(`127.0.0.1:${closedPort},${manager.address}`, manager.token);
    assert.equal(code, 0, err);
    assert.deepEqual(JSON.parse((await program('status', '--json')).out).managers, [
      `127.0.0.1:${closedPort}`,
      manager.address,
    ]);
  });

  test('join: at a pair: the standby sends to the next address, the master decides', async () => {
    const standby = await FakeManager.start({ authority: manager.authority, onDuty: false });
    try {
      const { code, err } = await joinWith(`${standby.address},${manager.address}`, manager.token);
      assert.equal(code, 0, err);
    } finally {
      await standby.stop();
    }
  });

  test('join: no master at the moment: waits until there is one', async () => {
    manager.onDuty = false;
    const joined = joinWith(manager.address, manager.token);
    await waitUntil(() => manager.enrolments > 1, 'two tries');
    manager.onDuty = true;
    const { code, err } = await joined;
    assert.equal(code, 0, err);
  });

  test('join: several --manager: as good as a list', async () => {
    const standby = await FakeManager.start({ authority: manager.authority, onDuty: false });
    try {
      const { code, err } = await program(
        'join',
        '--manager',
        standby.address,
        '--manager',
        manager.address,
        '--token',
        manager.token,
      );
      assert.equal(code, 0, err);
    } finally {
      await standby.stop();
    }
  });

  describe('under the keeper', () => {
    const children = new Set<ChildProcess>();
    afterEach(() => {
      for (const child of children) child.kill('SIGKILL');
    });

    const startChild = (
      managers = [manager.address],
    ): { child: ChildProcess; messages: unknown[]; ended: Promise<number | null> } => {
      const main = fileURLToPath(new URL('main.ts', import.meta.url));
      const child = fork(main, ['run', '--keeper'], {
        silent: true,
        execArgv: ['--disable-warning=ExperimentalWarning'],
      });
      children.add(child);
      const messages: unknown[] = [];
      child.on('message', (message) => messages.push(message));
      const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
      const config = {
        home: fixture.home,
        managers,
        joinTokenFile: fixture.file('token'),
        nodeName: 'local',
        logLevel: 'info',
      };
      child.send({ type: 'start', config });
      return { child, messages, ended };
    };
    const ready = (messages: unknown[]) =>
      waitUntil(() => messages.some((message) => (message as { type: string }).type === 'ready'), 'ready');

    test('first start: ready at once, enrols when the token file appears, removes it', async () => {
      const { child, messages, ended } = startChild();
      await ready(messages);
      fs.writeFileSync(fixture.file('token'), `${manager.token}\n`);
      await manager.connected();
      assert.equal(fs.existsSync(fixture.file('token')), false);
      child.send({ type: 'stop', withinMs: 5_000, withJobs: false });
      assert.equal(await ended, 0);
    });

    test('first start beside a standby: enrols at the master whose address it is given too', async () => {
      const standby = await FakeManager.start({ authority: manager.authority, onDuty: false });
      try {
        fs.writeFileSync(fixture.file('token'), manager.token);
        const { child, ended } = startChild([standby.address, manager.address]);
        await manager.connected();
        await standby.connected();
        child.send({ type: 'stop', withinMs: 5_000, withJobs: false });
        assert.equal(await ended, 0);
      } finally {
        await standby.stop();
      }
    });

    test('next start: managers told before are known, and the own address of today stays', async () => {
      await fixture.join(manager);
      const other = await FakeManager.start({ authority: manager.authority, onDuty: false });
      try {
        manager.managers = [other.address];
        const first = startChild();
        await other.connected();
        first.child.send({ type: 'stop', withinMs: 5_000, withJobs: false });
        assert.equal(await first.ended, 0);
        const seen = [manager.hellos.length, other.hellos.length];
        startChild();
        await waitUntil(
          () => manager.hellos.length > (seen[0] ?? 0) && other.hellos.length > (seen[1] ?? 0),
          'both to be reached',
        );
      } finally {
        await other.stop();
      }
    });

    test('the keeper dies: the agent stops, the job goes on', async () => {
      await fixture.join(manager);
      const { child, ended } = startChild();
      await manager.connected();
      const id = manager.dispatchOne({ command: 'sleep 60' });
      const { pid } = await manager.running(id);
      child.disconnect();
      await ended;
      assert.doesNotThrow(() => process.kill(pid, 0));
    });

    test('stop with jobs: every command ends first', async () => {
      await fixture.join(manager);
      const { child, ended } = startChild();
      await manager.connected();
      const id = manager.dispatchOne({ command: 'sleep 60' });
      const { pid } = await manager.running(id);
      child.send({ type: 'stop', withinMs: 8_000, withJobs: true });
      assert.equal(await ended, 0);
      assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
      assert.equal((await manager.ended(id)).cancelled, true);
    });

    test('a second one on the same home: fatal, said to the keeper', async () => {
      await fixture.join(manager);
      startChild();
      await manager.connected();
      const second = startChild();
      assert.equal(await second.ended, 1);
      assert.deepEqual(
        (second.messages as { code?: string }[]).map((message) => message.code),
        ['already_running'],
      );
    });
  });
});

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
