// The tool "container" against real engines: docker and podman, each where it is installed and runs containers, with an image made of the host's static
// busybox. Where one is not its part is skipped with a sentence; `sh tests/src/support/with-podman.sh npx node --test THIS` brings podman along for one
// run, `with-docker.sh` docker with its daemon. Beside them a real client of docker whose daemon does not run. `container.test.ts` plays the same with a
// stand-in everywhere.
//
// Run so on Debian 12 (2 busy cores, Linux 6.18, cgroups of version 1), each of the tests in one of two runs, whose times are added here: docker 20.10.24
// with containerd 1.6.20 and runc 1.1.5, 10 tests, 130 s, 40 MB of output in 52 s; podman 4.3.1 with crun 1.8.1 and no cgroups (limits are refused), 10
// tests, 118 s, 40 MB of output in 20 s.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { ContainerInput } from '@nezuban/protocol/agent/tool-inputs';
import { AgentFixture } from '../testing/agent-fixture.ts';
import { FakeManager, type OrderDraft } from '../testing/fake-manager.ts';
import { waitUntil } from '../testing/wait-until.ts';

/** An engine on a busy machine. */
const engineMs = 60_000;
/** What the manager allows beyond a container's grace: see `core/src/jobs/attempt-rules.ts`. */
const ownMs = 15_000;
/** What the command lines of engines need, of this process. */
const engineEnvironment = Object.fromEntries(
  ['PATH', 'DOCKER_HOST'].flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  ),
);
const names = 'sh cat echo sleep id env pwd yes head ls tail touch'.split(' ');
const call = promisify(execFile);
function programAt(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file)) ?? null;
}

const engines = ['podman', 'docker'] as const;
type EngineName = (typeof engines)[number];

/** An image of busybox alone. One sentence if containers cannot be run here, else null. */
function prepare(name: EngineName, image: string, folder: string): string | null {
  if (programAt(name) === null) return `${name} is not installed here`;
  const busybox = programAt('busybox');
  if (busybox === null) return 'there is no busybox here to make an image of';
  const bin = path.join(folder, 'image/bin');
  fs.mkdirSync(bin, { recursive: true });
  fs.mkdirSync(path.join(folder, 'image/tmp'));
  fs.copyFileSync(busybox, path.join(bin, 'busybox'));
  for (const each of names) fs.symlinkSync('busybox', path.join(bin, each));
  execFileSync('tar', ['-C', path.join(folder, 'image'), '-cf', path.join(folder, 'image.tar'), '.']);
  for (const words of [
    ['import', path.join(folder, 'image.tar'), image],
    ['run', '--rm', '--network', 'none', image, '/bin/echo', 'it runs'],
  ]) {
    const { status, stderr } = spawnSync(name, words, { timeout: engineMs, encoding: 'utf8' });
    if (status !== 0) return `${name} is here and runs no container: ${stderr.trim()}`;
  }
  return null;
}

for (const engine of engines) {
  const image = `localhost/nezuban-test:${process.pid}`;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-engine-'));
  const whyNot = prepare(engine, image, folder);
  const ask = async (...words: string[]): Promise<string> =>
    (await call(engine, words, { timeout: engineMs })).stdout.trim();

  after(async () => {
    if (whyNot === null) await ask('image', 'rm', '--force', image);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  describe(`container with a real ${engine}`, { skip: whyNot ?? false }, () => {
    let manager: FakeManager;
    let fixture: AgentFixture;
    let made = 0;
    let agent: ReturnType<AgentFixture['spawnProgram']>;
    before(async () => {
      manager = await FakeManager.start();
      fixture = new AgentFixture();
      await fixture.join(manager);
      agent = fixture.spawnProgram();
      await manager.connected();
    });
    after(async () => {
      await fixture.clean();
      await manager.stop();
      // What a test that failed has left.
      for (const name of await there()) await ask('rm', '--force', name);
    });

    const newName = (): string => `nezuban-test-${process.pid}-${(made += 1)}`;
    const there = async (): Promise<string[]> =>
      (await ask('ps', '--all', '--format', '{{.Names}}', '--filter', `name=nezuban-test-${process.pid}-`))
        .split('\n')
        .filter((name) => name !== '');
    const run = (more: Partial<ContainerInput>, order: OrderDraft = {}): string => {
      const input: ContainerInput = {
        engine,
        name: newName(),
        image,
        arguments: ['echo', 'hello'],
        environment: {},
        volumes: [`${folder}:/shared`],
        network: 'none',
        pull: 'never',
        stopAfterMs: 1_000,
        resume: false,
        ...more,
      };
      return manager.dispatchOne({
        tool: { name: 'container', input },
        environment: engineEnvironment,
        killAfterMs: ownMs + 1_000,
        ...order,
      });
    };
    const shell = (line: string): Partial<ContainerInput> => ({
      entrypoint: '/bin/sh',
      arguments: ['-c', line],
    });
    const result = async (id: string) => {
      const ended = await manager.ended(id, engineMs);
      const stdout = await manager.wholeOutput(id);
      return { ...ended, stdout, stderr: manager.output(id, 'stderr').toString() };
    };
    const file = (name: string): string => path.join(folder, name);
    const textOf = async (name: string): Promise<string> =>
      waitUntil(() => fs.existsSync(file(name)) && fs.readFileSync(file(name), 'utf8'), name, engineMs);
    const noneLeft = async (): Promise<void> => assert.deepEqual(await there(), []);

    test('run: output, errors, exit code, environment, user, folder: as the unit says; nothing is left', async () => {
      const input = {
        ...shell('echo "$WORD $(id -u) $(pwd)"; echo "$SECRET" > /shared/told; echo err >&2; exit 3'),
        environment: { WORD: 'a b', SECRET: 'hidden-9' },
        runAs: '0:0',
        workdir: '/tmp',
      };
      const ended = await result(run(input));
      assert.deepEqual(
        [ended.exitCode, ended.stdout, ended.stderr, ended.leftovers],
        [3, 'a b 0 /tmp\n', 'err\n', []],
      );
      assert.equal(await textOf('told'), 'hidden-9\n');
      await noneLeft();
    });

    test('output: 40 MB of lines arrive as they were printed', async () => {
      const line = '0123456789012345678901234567890123456789\n';
      const bytes = line.length * 1_000_000;
      const id = run(shell(`yes ${line.trim()} | head -c ${bytes}`), { outputBytesMax: 100_000_000 });
      const { exitCode } = await manager.ended(id, engineMs);
      await manager.wholeOutput(id);
      assert.equal(exitCode, 0);
      const sha = (what: Buffer | string) => createHash('sha256').update(what).digest('hex');
      assert.equal(sha(manager.output(id)), sha(line.repeat(1_000_000)));
    });

    test('image not here, program not in it: the words of the engine, nothing is left', async () => {
      const missing = await result(run({ image: 'localhost/nezuban-test:none' }));
      assert.equal(missing.exitCode, 125);
      assert.match(missing.stderr, /image not known|No such image/);
      const unstartable = await result(run({ arguments: ['/no/such/program'] }));
      assert.equal(unstartable.exitCode, 125);
      assert.match(unstartable.stderr, /not found|no such file/i);
      await noneLeft();
    });

    test('stop: TERM reaches the container and its last words are heard; one that ignores it is killed', async () => {
      const polite = run(
        shell("trap 'echo bye; exit 4' TERM; echo up > /shared/polite; while :; do sleep 0.1; done"),
      );
      await textOf('polite');
      manager.cancel(polite, ownMs + 20_000);
      const ended = await result(polite);
      assert.deepEqual([ended.cancelled, ended.exitCode, ended.stdout], [true, 4, 'bye\n']);
      const deaf = run(shell("trap '' TERM; echo up > /shared/deaf; while :; do sleep 0.1; done"));
      await textOf('deaf');
      manager.cancel(deaf, ownMs + 1_000);
      const killed = await result(deaf);
      assert.deepEqual([killed.cancelled, killed.exitCode], [true, 137]);
      await noneLeft();
    });

    test('kill and timeout: it ends, nothing is left', async () => {
      const id = run(shell("trap '' TERM; echo up > /shared/killed; while :; do sleep 0.1; done"));
      await textOf('killed');
      manager.cancel(id, ownMs);
      const killed = await result(id);
      assert.deepEqual([killed.cancelled, killed.exitCode], [true, 137]);
      const late = await result(
        run(shell("trap '' TERM; while :; do sleep 0.1; done"), { timeoutMs: 2_000 }),
      );
      assert.equal(late.timedOut, true);
      await noneLeft();
    });

    test('agent: killed and started again while a container runs: followed on, ran once', async () => {
      const id = run(
        shell(
          'echo run >> /shared/agent; while [ ! -e /shared/agent-go ]; do sleep 0.1; done; echo end; exit 7',
        ),
      );
      await textOf('agent');
      await fixture.kill(agent);
      agent = fixture.spawnProgram();
      await manager.connected();
      fs.writeFileSync(file('agent-go'), '');
      const ended = await result(id);
      assert.deepEqual([ended.exitCode, ended.stdout, await textOf('agent')], [7, 'end\n', 'run\n']);
      await noneLeft();
    });

    const takenOver = (victim: 'tool' | 'waiter') => async (): Promise<void> => {
      const name = newName();
      const input = {
        name,
        ...shell(
          `echo run >> /shared/${victim}; while [ ! -e /shared/${victim}-go ]; do sleep 0.1; done; echo end; exit 5`,
        ),
      };
      const first = run(input);
      const { pid } = await manager.running(first);
      await textOf(victim);
      process.kill(victim === 'tool' ? pid : await fixture.waiterPid(first), 'SIGKILL');
      await manager.outcome(first, engineMs);
      const second = run({ ...input, resume: true });
      await manager.running(second);
      fs.writeFileSync(file(`${victim}-go`), '');
      const ended = await result(second);
      assert.deepEqual([ended.exitCode, ended.stdout, await textOf(victim)], [5, 'end\n', 'run\n']);
      assert.match(ended.stderr, /of the try before is there \((running|stopped|exited)\)/);
      await noneLeft();
    };
    test('tool: killed while a container runs: the next try takes its result, ran once', takenOver('tool'));
    test(
      'waiter: killed while a container runs: the next try takes its result, ran once',
      takenOver('waiter'),
    );

    test('limits: memory that ends it is said, processes are bounded; an engine that cannot hold one starts nothing', async () => {
      const greedy = shell('head -c 100000000 /dev/zero | tail -c 90000000 | head -c 1 > /dev/null; exit 5');
      const ended = await result(run({ ...greedy, entrypoint: '/bin/sh', memory: '24m' }));
      const refused = /cannot be held by \w+ on this host; the container was not started|cgroup/;
      if (ended.exitCode === 125) assert.match(ended.stderr, refused);
      else
        assert.deepEqual(
          ended.usage?.limit,
          { name: 'memory', max: 24 * 1024 * 1024 },
          JSON.stringify(ended),
        );
      const bomb = shell('i=0; while [ $i -lt 40 ]; do sleep 3 & i=$((i+1)); done; echo all; sleep 3');
      const bounded = await result(run({ ...bomb, limits: { processes: 10, openFiles: 64, coreSize: 0 } }));
      if (bounded.exitCode === 125) assert.match(bounded.stderr, refused);
      else assert.doesNotMatch(bounded.stdout, /all/, JSON.stringify(bounded));
      const within = await result(run({ ...shell('echo fine; sleep 3'), cpus: 1, limits: { cpuShare: 50 } }));
      if (within.exitCode === 125) assert.match(within.stderr, refused);
      else assert.ok((within.usage?.memory?.bytes ?? 0) > 0, JSON.stringify(within.usage));
      await noneLeft();
    });

    test('next try: made and never started: started now; gone: never started', async () => {
      const name = newName();
      await ask('create', '--name', name, '--network', 'none', image, 'echo', 'made before');
      assert.equal((await result(run({ name, resume: true }))).stdout, 'made before\n');
      const gone = await result(run({ name, ...shell('echo run > /shared/gone'), resume: true }));
      assert.deepEqual([gone.exitCode, fs.existsSync(file('gone'))], [76, false]);
    });
  });
}

const docker = programAt('docker');
const daemon =
  docker === null
    ? 'there is no docker here'
    : spawnSync(docker, ['version'], { timeout: engineMs }).status === 0
      ? 'a daemon of docker runs here'
      : null;

test(
  'engine: the client of docker is here and its daemon is not: said in its words, podman is named where it is',
  {
    skip: daemon ?? false,
  },
  async () => {
    const manager = await FakeManager.start();
    const fixture = new AgentFixture();
    try {
      await fixture.join(manager);
      fixture.start();
      await manager.connected();
      const input: ContainerInput = {
        engine: 'auto',
        name: 'nezuban-test-none',
        image: 'tool',
        arguments: [],
        environment: {},
        volumes: [],
        pull: 'missing',
        stopAfterMs: 1_000,
        resume: false,
      };
      const id = manager.dispatchOne({
        tool: { name: 'container', input },
        environment: { PATH: process.env['PATH'] ?? '' },
      });
      const { exitCode } = await manager.ended(id, engineMs);
      await manager.wholeOutput(id);
      const said = manager.output(id, 'stderr').toString();
      assert.equal(exitCode, 125);
      assert.match(said, /^docker does not answer: Cannot connect to the Docker daemon at /);
      assert.equal(/podman/.test(said), programAt('podman') !== null, said);
    } finally {
      await fixture.clean();
      await manager.stop();
    }
  },
);
