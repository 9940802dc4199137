// The tool "ssh" in a real agent against a real sshd on loopback, with a configuration, keys and a port of its own.
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import { after, before, describe, test } from 'node:test';
import type { SshInput } from '@nezuban/protocol/agent/tool-inputs';
import { AgentFixture } from '../testing/agent-fixture.ts';
import { FakeManager } from '../testing/fake-manager.ts';
import { waitUntil } from '../testing/wait-until.ts';

const sshd = ['/usr/sbin/sshd', '/usr/lib/ssh/sshd'].find((file) => fs.existsSync(file));
const isRoot = process.getuid?.() === 0;
const skip =
  sshd === undefined
    ? 'no sshd on this machine (Debian: openssh-server)'
    : isRoot
      ? false
      : 'sshd of this test needs root to log users in';

describe('ssh', { skip }, () => {
  let manager: FakeManager;
  let fixture: AgentFixture;
  let server: ChildProcess;
  let port: number;
  let knownHosts: string;

  before(async () => {
    manager = await FakeManager.start();
    fixture = new AgentFixture();
    await fixture.join(manager);
    fixture.start();
    await manager.connected();
    port = await freePort();
    for (const name of ['host', 'user', 'stranger'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', fixture.file(name)]);
    fs.copyFileSync(fixture.file('user.pub'), fixture.file('authorized'));
    knownHosts = `[127.0.0.1]:${port} ${fs.readFileSync(fixture.file('host.pub'), 'utf8')}`;
    fs.mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const config = [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${fixture.file('host')}`,
      `AuthorizedKeysFile ${fixture.file('authorized')}`,
      `PidFile ${fixture.file('sshd.pid')}`,
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin prohibit-password',
      'PasswordAuthentication no',
      'ClientAliveInterval 1',
    ];
    fs.writeFileSync(fixture.file('sshd_config'), config.join('\n'));
    server = startServer();
    await answers(port);
  });
  after(async () => {
    await fixture.kill(server, 'SIGTERM');
    await fixture.clean();
    await manager.stop();
  });

  const startServer = (): ChildProcess =>
    spawn(sshd ?? '', ['-D', '-e', '-f', fixture.file('sshd_config')], { stdio: 'ignore' });
  const call = (more: Partial<SshInput>, order: object = {}): string => {
    const input: SshInput = {
      host: '127.0.0.1',
      port,
      login: os.userInfo().username,
      command: 'true',
      environment: {},
      keyFile: fixture.file('user'),
      knownHosts,
      connectTimeoutS: 5,
      killAfterMs: 1_000,
      ...more,
    };
    return manager.dispatchOne({ tool: { name: 'ssh', input }, killAfterMs: 6_000, ...order });
  };
  const result = async (id: string) => {
    const ended = await manager.ended(id);
    const stdout = await manager.wholeOutput(id);
    return { ...ended, stdout, stderr: manager.output(id, 'stderr').toString() };
  };
  /** Pid of the process that writes it, once it has. */
  const written = (file: string): Promise<number> =>
    waitUntil(() => fs.existsSync(file) && Number(fs.readFileSync(file, 'utf8')), `the pid in ${file}`);
  const gone = (pid: number): Promise<boolean> =>
    waitUntil(() => !fs.existsSync(`/proc/${pid}`), `the process ${pid} to end`);

  test('command: output, errors, exit code, environment with any characters', async () => {
    const value = `it's "so" $HOME \`x\` \\ 日本\nline`;
    const ended = await result(
      call({ command: 'printf %s "$A"; echo told >&2; [ -t 0 ]; cat; exit 7', environment: { A: value } }),
    );
    assert.deepEqual([ended.exitCode, ended.stdout, ended.stderr], [7, value, 'told\n']);
    assert.deepEqual(ended.leftovers, []);
  });

  test('command: megabytes of output on both, a script of a hundred kilobytes', async () => {
    const filler = 'x'.repeat(100_000);
    const ended = await result(
      call({
        command: `: ${filler}; head -c 900000 /dev/zero | tr '\\0' a; head -c 900000 /dev/zero | tr '\\0' b >&2`,
      }),
    );
    assert.deepEqual([ended.exitCode, ended.stdout.length, ended.stderr.length], [0, 900_000, 900_000]);
  });

  test('command and environment: in no argument, here or there', async () => {
    const pidFile = fixture.file('visible');
    const id = call({
      command: `echo $$ > ${pidFile}; exec sleep 30`,
      environment: { SECRET: 'hidden-3' },
    });
    await written(pidFile);
    const all = fs
      .readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid))
      .map((pid) => readOrEmpty(`/proc/${pid}/cmdline`));
    assert.ok(
      all.some((line) => line.includes(`-p\0${port}`)),
      'the client is among them',
    );
    assert.ok(!all.some((line) => line.includes('hidden-3')));
    manager.cancel(id, 6_000);
    assert.equal((await result(id)).cancelled, true);
  });

  test('host key: unknown or another: nothing runs, and nothing is learned', async () => {
    const other = knownHosts.replace(
      /AAAA\S+/,
      fs.readFileSync(fixture.file('stranger.pub'), 'utf8').split(' ')[1] ?? '',
    );
    for (const lines of ['# none', other]) {
      const ended = await result(call({ command: `touch ${fixture.file('never')}`, knownHosts: lines }));
      assert.equal(ended.exitCode, 69);
      assert.match(ended.stderr, /Host key verification failed|No ED25519 host key is known/);
    }
    assert.equal(fs.existsSync(fixture.file('never')), false);
    const knownHostsFile = fixture.file('known');
    fs.writeFileSync(knownHostsFile, knownHosts);
    const { exitCode } = await result(call({ knownHosts: undefined, knownHostsFile }));
    assert.equal(exitCode, 0);
  });

  test('log-in: a key that is not allowed, one that is not there, no server: nothing ran', async () => {
    const stranger = await result(call({ keyFile: fixture.file('stranger') }));
    assert.equal(stranger.exitCode, 69);
    assert.match(stranger.stderr, /Permission denied[^]*Nothing ran on/);
    const none = await result(call({ keyFile: fixture.file('no-such-key') }));
    assert.equal(none.exitCode, 77);
    assert.match(none.stderr, /no-such-key cannot be read: No such file/);
    assert.equal((await result(call({ port: await freePort() }))).exitCode, 69);
  });

  test('stop: the command there gets TERM, and its exit code is heard', async () => {
    const pidFile = fixture.file('gentle');
    const command = `trap 'echo bye; exit 3' TERM; echo $$ > ${pidFile}; while :; do sleep 0.1; done`;
    const id = call({ command });
    const pid = await written(pidFile);
    manager.cancel(id, 6_000);
    const ended = await result(id);
    assert.deepEqual([ended.cancelled, ended.exitCode, ended.stdout], [true, 3, 'bye\n']);
    await gone(pid);
  });

  test('stop: what ignores TERM there gets KILL, its children too', async () => {
    const [pidFile, childFile] = [fixture.file('deaf'), fixture.file('deaf-child')];
    const child = `sh -c 'trap "" TERM; echo $$ > ${childFile}; while :; do sleep 0.1; done'`;
    const id = call({
      command: `trap '' TERM; ${child} & echo $$ > ${pidFile}; while :; do sleep 0.1; done`,
    });
    const pids = [await written(pidFile), await written(childFile)];
    manager.cancel(id, 6_000);
    const ended = await result(id);
    assert.deepEqual([ended.cancelled, ended.exitCode], [true, 137]);
    await Promise.all(pids.map(gone));
  });

  test('the tool and its client are killed: the command there is ended', async () => {
    const pidFile = fixture.file('orphan');
    const id = call({ command: `echo $$ > ${pidFile}; while :; do sleep 0.1; done` });
    const pid = await written(pidFile);
    manager.cancel(id, 0);
    await manager.outcome(id);
    await gone(pid);
  });

  test('connection: lost while the command runs: nobody can say, and the command is ended there', async () => {
    const pidFile = fixture.file('cut');
    const id = call({ command: `echo $$ > ${pidFile}; while :; do sleep 0.1; done` });
    const pid = await written(pidFile);
    for (const session of sessionsOf(server.pid ?? 0)) process.kill(session, 'SIGKILL');
    const ended = await result(id);
    assert.equal(ended.exitCode, 76);
    assert.match(ended.stderr, /The connection to .* was lost while the command ran there as process \d+/);
    await gone(pid);
  });

  test('known hosts: no file is left behind', () => {
    assert.deepEqual(
      fs.readdirSync('/tmp').filter((name) => /^\.nezuban-.*known_hosts$/.test(name)),
      [],
    );
  });
});

const readOrEmpty = (file: string): string => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** Processes of sshd for single connections. */
const sessionsOf = (parent: number): number[] =>
  fs
    .readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => Number(/^PPid:\s+(\d+)$/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1]) === parent)
    .map(Number);

const freePort = async (): Promise<number> => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const answers = (port: number): Promise<true> =>
  waitUntil(
    () =>
      new Promise<boolean>((resolve) => {
        const socket = net.connect(port, '127.0.0.1');
        socket.once('data', () => resolve(true));
        socket.once('error', () => resolve(false));
        socket.once('data', () => socket.destroy());
      }),
    'sshd to answer',
  );
