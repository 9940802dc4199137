// The tool "container" in a real agent. No engine is needed: a stand-in (stand-in-engine.sh) answers as the manuals of docker and podman say.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ContainerInput } from '@nezuban/protocol/agent/tool-inputs';
import { AgentFixture } from '../testing/agent-fixture.ts';
import { FakeManager } from '../testing/fake-manager.ts';
import { waitUntil } from '../testing/wait-until.ts';

const standIn = fileURLToPath(new URL('../testing/stand-in-engine.sh', import.meta.url));
/** What the stand-in needs; a machine may have an engine of its own, which must not be found. */
const needed = 'sh cat dirname head mkdir mv printenv rm setsid sleep tail touch wc echo'.split(' ');

describe('container', () => {
  let manager: FakeManager;
  let fixture: AgentFixture;
  let folder: string;
  let made = 0;

  before(async () => {
    manager = await FakeManager.start();
    fixture = new AgentFixture();
    await fixture.join(manager);
    fixture.start();
    await manager.connected();
    fs.mkdirSync(fixture.file('programs'));
    for (const name of needed) {
      const program = ['/usr/bin', '/bin']
        .map((place) => path.join(place, name))
        .find((file) => fs.existsSync(file));
      if (program !== undefined) fs.symlinkSync(program, path.join(fixture.file('programs'), name));
    }
  });
  after(async () => {
    await fixture.clean();
    await manager.stop();
  });
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(fixture.base, 'engine-'));
    fs.copyFileSync(standIn, path.join(folder, 'docker'));
    fs.chmodSync(path.join(folder, 'docker'), 0o755);
  });

  const newName = (): string => `nezuban-test-${(made += 1)}`;
  const run = (more: Partial<ContainerInput>, order: object = {}): string => {
    const input: ContainerInput = {
      engine: 'auto',
      name: newName(),
      image: 'tool',
      arguments: ['echo', 'hello'],
      environment: {},
      volumes: [],
      pull: 'missing',
      stopAfterMs: 1_000,
      resume: false,
      ...more,
    };
    return manager.dispatchOne({
      tool: { name: 'container', input },
      environment: { PATH: `${folder}:${fixture.file('programs')}` },
      killAfterMs: 16_000,
      ...order,
    });
  };
  const result = async (id: string) => {
    const ended = await manager.ended(id);
    const stdout = await manager.wholeOutput(id);
    return { ...ended, stdout, stderr: manager.output(id, 'stderr').toString() };
  };
  const calls = (): string[] =>
    fs
      .readFileSync(path.join(folder, 'calls'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  const there = (): string[] =>
    fs.existsSync(path.join(folder, 'containers')) ? fs.readdirSync(path.join(folder, 'containers')) : [];
  const shell = (line: string): Partial<ContainerInput> => ({
    entrypoint: '/bin/sh',
    arguments: ['-c', line],
  });
  const ledger = (): string => path.join(folder, 'ledger');
  const inLedger = (): Promise<string> =>
    waitUntil(() => fs.existsSync(ledger()) && fs.readFileSync(ledger(), 'utf8'), 'the ledger');

  test('run: output, errors and exit code; the container is removed', async () => {
    const ended = await result(run(shell('echo out; echo err >&2; exit 3')));
    assert.deepEqual(
      [ended.exitCode, ended.stdout, ended.stderr, ended.leftovers],
      [3, 'out\n', 'err\n', []],
    );
    assert.deepEqual(there(), []);
  });

  test('limits: memory that ended it is said; one that the engine passes over with a warning: nothing starts', async () => {
    fs.writeFileSync(path.join(folder, 'greedy'), '');
    const ended = await result(run({ ...shell('exit 137'), memory: '64m' }));
    assert.deepEqual(
      [ended.exitCode, ended.usage],
      [137, { limit: { name: 'memory', max: 64 * 1024 ** 2 } }],
    );
    fs.writeFileSync(path.join(folder, 'limitless'), '');
    const input = { ...shell(`echo run >> ${ledger()}`), memory: '64m', limits: { processes: 5 } };
    const refused = await result(run(input));
    assert.equal(refused.exitCode, 125);
    assert.equal(
      refused.stderr,
      'The limit of memory and processes cannot be held by docker on this host; the container was not started.\n',
    );
    assert.deepEqual([there(), fs.existsSync(ledger())], [[], false]);
  });

  test('run: what the unit says reaches the engine; values of the environment are in no argument', async () => {
    const ended = await result(
      run({
        ...shell('echo "$A" "$HOME"'),
        environment: { A: 'hidden-4', HOME: '/inside' },
        volumes: ['/data:/data:ro'],
        network: 'none',
        runAs: '1000:1000',
        memory: '64m',
        cpus: 0.5,
        limits: { cpuShare: 50, openFiles: 64, fileSize: 1000, coreSize: 0 },
        pull: 'never',
        workdir: '/work',
      }),
    );
    assert.equal(ended.stdout, 'hidden-4 /inside\n');
    const create = calls().find((line) => line.startsWith('create')) ?? '';
    for (const part of [
      '--pull never',
      '--network none',
      '--user 1000:1000',
      '--memory 64m --memory-swap 64m',
      '--pids-limit 4096',
      '--cpu-shares 512',
      '--ulimit nofile=64:64',
      '--ulimit fsize=1000:1000',
      '--ulimit core=0:0',
      '--cpus 0.5',
      '--volume /data:/data:ro',
      '--workdir /work',
      '--env A --env HOME=/inside',
      'tool -c',
    ])
      assert.ok(create.includes(part), `${part} in ${create}`);
    assert.ok(!calls().join('\n').includes('hidden-4'));
  });

  test('run: values of the environment are in no argument, also of names that only begin like the own variables of engines', async () => {
    const environment = {
      GOOGLE_API_KEY: 'hidden-5',
      DOCKER_REGISTRY_PASSWORD: 'hidden-6',
      CONTAINER_KEY: 'hidden-7',
    };
    const ended = await result(
      run({ ...shell('echo "$GOOGLE_API_KEY" "$DOCKER_REGISTRY_PASSWORD" "$CONTAINER_KEY"'), environment }),
    );
    assert.equal(ended.stdout, 'hidden-5 hidden-6 hidden-7\n');
    assert.doesNotMatch(calls().join('\n'), /hidden/);
  });

  test('image: a place was filled with an option of the engine: refused, the engine is not asked', async () => {
    for (const image of ['--privileged', '', 'a b']) {
      const ended = await result(run({ image, arguments: ['tool'] }));
      assert.equal(ended.exitCode, 64, image);
      assert.match(ended.stderr, /is no name of an image/);
    }
    assert.equal(fs.existsSync(path.join(folder, 'calls')), false);
  });

  test('engine: none on this host, not the one asked for, not running: said, nothing ran', async () => {
    const none = await result(run({}, { environment: { PATH: '/nowhere' } }));
    assert.equal(none.exitCode, 78);
    assert.match(none.stderr, /no container engine on this host: docker nor podman/);
    assert.equal((await result(run({ engine: 'podman' }))).exitCode, 78);
    fs.writeFileSync(path.join(folder, 'broken'), '');
    const broken = await result(run({}));
    assert.equal(broken.exitCode, 125);
    assert.match(broken.stderr, /docker does not answer: Cannot connect to the daemon/);
  });

  test('engine: podman where there is no docker', async () => {
    fs.renameSync(path.join(folder, 'docker'), path.join(folder, 'podman'));
    const ended = await result(run({}));
    assert.deepEqual([ended.stdout, ended.stderr], ['hello\n', '']);
  });

  test('image: not to be had; a program that is not in it: the engine says why, nothing is left', async () => {
    const missing = await result(run({ image: 'missing' }));
    assert.equal(missing.exitCode, 125);
    assert.match(missing.stderr, /Unable to find image/);
    fs.writeFileSync(path.join(folder, 'unstartable'), '');
    const unstartable = await result(run({}));
    assert.equal(unstartable.exitCode, 125);
    assert.match(unstartable.stderr, /executable file not found/);
    assert.deepEqual(there(), []);
  });

  test('stop: the container gets TERM, and what it says at its end is heard', async () => {
    const id = run(shell(`trap 'echo bye; exit 4' TERM; echo up > ${ledger()}; while :; do sleep 0.1; done`));
    await inLedger();
    // Grace for a busy machine, on top of what the tool needs itself.
    manager.cancel(id, 35_000);
    const ended = await result(id);
    assert.deepEqual([ended.cancelled, ended.exitCode, ended.stdout], [true, 4, 'bye\n']);
    assert.ok(calls().some((line) => line.startsWith('stop -t 20 ')));
    assert.deepEqual(there(), []);
  });

  test('stop: one that ignores TERM: is killed', async () => {
    const id = run(shell(`trap '' TERM; echo up > ${ledger()}; while :; do sleep 0.1; done`));
    await inLedger();
    manager.cancel(id, 16_000);
    const ended = await result(id);
    assert.deepEqual([ended.cancelled, ended.exitCode], [true, 137]);
    assert.deepEqual(there(), []);
  });

  test('kill: without grace: the engine kills it at once', async () => {
    const id = run(shell(`trap '' TERM; echo up > ${ledger()}; while :; do sleep 0.1; done`));
    await inLedger();
    // What the manager allows for a kill: the time that the tool needs itself, and nothing for the container.
    manager.cancel(id, 15_000);
    const ended = await result(id);
    assert.deepEqual([ended.cancelled, ended.exitCode], [true, 137]);
    assert.ok(calls().some((line) => line.startsWith('kill ')));
    assert.ok(!calls().some((line) => line.startsWith('stop ')));
    assert.deepEqual(there(), []);
  });

  test('output: the engine does not end it though the container has ended: let go and said, the exit code counts', async () => {
    fs.writeFileSync(path.join(folder, 'clinging'), '');
    const id = run(shell(`trap 'exit 4' TERM; echo out; echo up > ${ledger()}; while :; do sleep 0.1; done`));
    await inLedger();
    manager.cancel(id, 30_000);
    const ended = await result(id);
    assert.deepEqual([ended.exitCode, ended.stdout], [4, 'out\n']);
    assert.match(ended.stderr, /neither gives more of its output nor ends it/);
    assert.deepEqual(there(), []);
  });

  test('stop: while the image is fetched: ends at once, nothing is left', async () => {
    const id = run({ image: 'slow' });
    await waitUntil(
      () => fs.existsSync(path.join(folder, 'calls')) && calls().some((line) => line.startsWith('create')),
      'the fetch',
    );
    manager.cancel(id, 16_000);
    assert.equal((await result(id)).cancelled, true);
    assert.deepEqual(there(), []);
  });

  const takenOver = (victim: 'tool' | 'waiter') => async (): Promise<void> => {
    const name = newName();
    const gate = path.join(folder, 'gate');
    const line = `echo run >> ${ledger()}; while [ ! -f ${gate} ]; do sleep 0.05; done; echo result; exit 5`;
    const first = run({ name, ...shell(line) });
    const { pid } = await manager.running(first);
    await inLedger();
    process.kill(victim === 'tool' ? pid : await fixture.waiterPid(first), 'SIGKILL');
    const outcome = await manager.outcome(first);
    assert.equal(outcome.state, victim === 'tool' ? 'ended' : 'unknown');
    const second = run({ name, ...shell(line), resume: true });
    await manager.running(second);
    fs.writeFileSync(gate, '');
    const ended = await result(second);
    assert.deepEqual([ended.exitCode, ended.stdout], [5, 'result\n']);
    assert.match(ended.stderr, /of the try before is there \((running|exited)\); its result is taken/);
    assert.equal(await inLedger(), 'run\n');
    await waitUntil(() => there().length === 0, 'the container to be removed');
  };
  test('tool: killed while it runs: the next try takes the result, nothing runs twice', takenOver('tool'));
  test(
    'waiter: killed while it runs: the next try takes the result, nothing runs twice',
    takenOver('waiter'),
  );

  test('next try: the container has ended meanwhile: its result is taken', async () => {
    const name = newName();
    const first = run({ name, ...shell(`echo run >> ${ledger()}; sleep 0.3; echo late; exit 6`) });
    const { pid } = await manager.running(first);
    await inLedger();
    process.kill(pid, 'SIGKILL');
    await manager.ended(first);
    await waitUntil(() => fs.existsSync(path.join(folder, 'containers', name, 'code')), 'its end');
    const ended = await result(run({ name, resume: true }));
    assert.deepEqual([ended.exitCode, ended.stdout, await inLedger()], [6, 'late\n', 'run\n']);
  });

  test('next try: made and never started: started now; not there: never started', async () => {
    const name = newName();
    fs.mkdirSync(path.join(folder, 'containers', name), { recursive: true });
    fs.writeFileSync(path.join(folder, 'containers', name, 'environment'), '');
    fs.writeFileSync(path.join(folder, 'containers', name, 'words'), 'echo\nmade before\n');
    assert.equal((await result(run({ name, resume: true }))).stdout, 'made before\n');
    const gone = await result(run({ name, ...shell(`echo run > ${ledger()}`), resume: true }));
    assert.equal(gone.exitCode, 76);
    assert.match(gone.stderr, /Nobody can say whether it ran/);
    assert.equal(fs.existsSync(ledger()), false);
  });

  test('name: one that runs already: left alone, none beside it', async () => {
    const name = newName();
    const first = run({ name, ...shell(`echo up > ${ledger()}; sleep 30`) });
    await inLedger();
    const second = await result(run({ name }));
    assert.equal(second.exitCode, 76);
    manager.cancel(first, 16_000);
    await manager.outcome(first);
  });
});
