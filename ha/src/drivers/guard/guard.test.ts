/** The guard with real processes: whom it ends, whom it leaves alone, and what becomes of it. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { startEmbeddedPostgres, TEST_USER } from '@nezuban/tests/support/postgres-server';
import { killMarked, processesWithMark } from '@nezuban/tests/support/processes';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { hostClock } from '../host-clock.ts';
import { createGuard } from './guard.ts';
import { createTreeKiller } from './kill-tree.ts';
import { readProcess } from './process-table.ts';

const isLinux = process.platform === 'linux';
const ownerProgram = path.resolve(import.meta.dirname, '../../testing/guard-owner-main.ts');
const FAR_MS = 3_600_000;
const now = hostClock.monotonicMs;

const home = createScratchHome();
const marks = new Set<`${string}=${string}`>();
after(async () => {
  for (const mark of marks) await killMarked(mark);
  await home.remove();
});

/** Everything that a test starts carries a mark of its own. */
function createPlace(name: string) {
  const own = path.join(home.path, name);
  const mark = `NEZUBAN_HOME=${own}` as const;
  marks.add(mark);
  const env = { ...process.env, NEZUBAN_HOME: own };
  const guards = () => processesWithMark(mark).filter(({ command }) => command.includes('guard-main.ts'));
  const alive = () => processesWithMark(mark).filter(({ command }) => command.startsWith('sleep '));
  return { own, mark, env, guards, alive };
}

/** A shell with a child, and below it one that is the leader of a session of its own, as PostgreSQL's children are. */
async function startTree(env: NodeJS.ProcessEnv, seconds: number): Promise<ChildProcess> {
  const script = `sleep ${seconds} & setsid sh -c 'trap "" TERM; setsid sleep ${seconds} & sleep ${seconds}' & echo up; wait`;
  const child = spawn('/bin/sh', ['-c', script], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((up) => child.stdout.once('data', up));
  return child;
}

async function createGuarded(name: string) {
  const place = createPlace(name);
  const events: ('fired' | 'died')[] = [];
  const logger = createMemoryLogger();
  const guard = createGuard(
    {
      timers: systemTimers,
      logger,
      events: { onFired: () => events.push('fired'), onDied: () => events.push('died') },
    },
    { home: place.own },
  );
  guard.start();
  const tree = await startTree(place.env, 3_601);
  await waitFor(() => guard.runs() && place.alive().length === 3, { message: 'guard and tree' });
  guard.setTree({ pids: [tree.pid ?? 0], dataDirectory: null });
  return { ...place, guard, tree, events, logger };
}

describe('guard', { skip: !isLinux && 'processes are looked for in /proc' }, () => {
  test('guard: the deadline passes: the whole tree is gone, sessions of their own too, others are not', async (t) => {
    const { guard, alive, events, logger } = await createGuarded('deadline');
    const other = createPlace('bystander');
    await startTree(other.env, 3_602);
    await waitFor(() => other.alive().length === 3);
    guard.setDeadline(now() + 200);
    await waitFor(() => events.includes('fired'));
    assert.deepEqual(alive(), []);
    assert.equal(other.alive().length, 3);
    const fired = logger.lines.find(({ message }) => message.includes('after its deadline'));
    t.diagnostic(fired?.message ?? '');
    assert.ok(guard.runs(), 'it goes on');
    await guard.stop();
  });

  test('guard: the deadline moves on, and then there is none: nobody is killed', async () => {
    const { guard, guards, alive, events } = await createGuarded('moving');
    const end = now() + 1_200;
    await waitFor(
      () => {
        guard.setDeadline(now() + 400);
        return now() > end;
      },
      { intervalMs: 100 },
    );
    guard.setDeadline(now() + 50);
    guard.setDeadline(null);
    await waitFor(() => now() > end + 300);
    assert.equal(alive().length, 3);
    await guard.stop();
    await guard.stop();
    assert.deepEqual(guards(), []);
    assert.equal(alive().length, 3, 'a keeper that ends in order has ended its tree by itself');
    assert.deepEqual(events, []);
  });

  test('guard: after a deadline that has passed: a tree that is told then is killed, until there is a newer one', async () => {
    const { guard, env, alive, events } = await createGuarded('late tree');
    guard.setDeadline(now());
    await waitFor(() => events.includes('fired'));
    const late = await startTree(env, 3_603);
    // Else nothing could be alive because nothing has been born yet.
    await waitFor(() => alive().length === 3);
    guard.setTree({ pids: [late.pid ?? 0], dataDirectory: null });
    await waitFor(() => alive().length === 0);
    guard.setDeadline(null);
    const next = await startTree(env, 3_604);
    guard.setTree({ pids: [next.pid ?? 0], dataDirectory: null });
    guard.setDeadline(now() + FAR_MS);
    await waitFor(() => alive().length === 3);
    await guard.stop();
    assert.equal(alive().length, 3);
  });

  for (const [how, signal] of [
    ['is frozen', 'SIGSTOP'],
    ['is killed', 'SIGKILL'],
  ] as const)
    test(`guard: the keeper ${how}: the tree is gone ${signal === 'SIGSTOP' ? 'at the deadline' : 'at once'}`, async (t) => {
      const place = createPlace(signal);
      const owner = spawn(process.execPath, [ownerProgram], {
        env: place.env,
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      t.after(() => owner.kill('SIGKILL'));
      let said = '';
      owner.stdout.on('data', (chunk) => (said += String(chunk)));
      const tree = await startTree(place.env, 3_605);
      await waitFor(() => place.alive().length === 3);
      const inMs = signal === 'SIGSTOP' ? 600 : FAR_MS;
      owner.stdin.write(`${JSON.stringify({ pids: [tree.pid], dataDirectory: null, inMs })}\n`);
      await waitFor(() => said.includes('told'));
      await waitFor(() => place.guards().length === 1);
      const from = now();
      owner.kill(signal);
      await waitFor(() => place.alive().length === 0, { intervalMs: 2 });
      t.diagnostic(`gone ${Math.round(now() - from)} ms after the signal`);
      if (signal === 'SIGSTOP') {
        assert.equal(place.guards().length, 1, 'it goes on');
        owner.kill('SIGCONT');
        await waitFor(() => said.includes('fired'));
        owner.kill('SIGKILL');
      }
      await waitFor(() => place.guards().length === 0, { message: 'the end of the guard' });
    });

  test('guard: it is killed: another one knows the tree and the deadline', async (t) => {
    const { guard, guards, alive, events } = await createGuarded('killed');
    guard.setDeadline(now() + FAR_MS);
    const [first] = guards();
    assert.ok(first);
    const from = now();
    process.kill(first.pid, 'SIGKILL');
    await waitFor(() => events.includes('died'), { intervalMs: 2 });
    assert.equal(guard.runs(), false);
    await waitFor(() => guard.runs(), { intervalMs: 2 });
    t.diagnostic(`another one after ${Math.round(now() - from)} ms`);
    assert.equal(alive().length, 3);
    guard.setDeadline(now() + 100);
    await waitFor(() => events.includes('fired'));
    assert.deepEqual(alive(), []);
    await guard.stop();
  });

  test('guard: it is killed just when the deadline passes: the next one kills at once', async () => {
    const { guard, guards, alive, events } = await createGuarded('killed late');
    const [first] = guards();
    assert.ok(first);
    process.kill(first.pid, 'SIGSTOP');
    guard.setDeadline(now());
    process.kill(first.pid, 'SIGKILL');
    await waitFor(() => events.includes('fired'));
    assert.deepEqual(alive(), []);
    await guard.stop();
  });

  test('guard: it was paused past its deadline: fires as it goes on, unless a newer deadline waits for it', async () => {
    const { guard, guards, alive, events } = await createGuarded('paused');
    const [process_] = guards();
    assert.ok(process_);
    guard.setDeadline(now() + 300);
    const passed = now() + 400;
    await waitFor(() => processState(process_.pid) === 'S');
    process.kill(process_.pid, 'SIGSTOP');
    await waitFor(() => now() > passed);
    guard.setDeadline(now() + FAR_MS);
    process.kill(process_.pid, 'SIGCONT');
    await waitFor(() => processState(process_.pid) === 'S');
    const looked = now() + 300;
    await waitFor(() => now() > looked);
    assert.equal(events.length, 0);
    assert.equal(alive().length, 3);

    guard.setDeadline(now() + 200);
    await waitFor(() => processState(process_.pid) === 'S');
    process.kill(process_.pid, 'SIGSTOP');
    const again = now() + 300;
    await waitFor(() => now() > again);
    assert.equal(alive().length, 3);
    process.kill(process_.pid, 'SIGCONT');
    await waitFor(() => events.includes('fired'));
    assert.deepEqual(alive(), []);
    await guard.stop();
  });

  test('guard: it does not answer: it is replaced', async () => {
    const { guard, guards, events } = await createGuarded('mute');
    const [first] = guards();
    assert.ok(first);
    process.kill(first.pid, 'SIGSTOP');
    await waitFor(() => events.includes('died') && guard.runs());
    assert.notEqual(guards()[0]?.pid, first.pid);
    await guard.stop();
  });

  test('guard: signals of terminals and service managers: it ignores them', async () => {
    const { guard, guards, events } = await createGuarded('signals');
    const [first] = guards();
    assert.ok(first);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.kill(first.pid, signal);
    guard.setDeadline(now());
    await waitFor(() => events.includes('fired'));
    assert.equal(guards()[0]?.pid, first.pid);
    await guard.stop();
  });

  test('guard: its size: small', async (t) => {
    const { guard, guards } = await createGuarded('size');
    const [first] = guards();
    const rollup = fs.readFileSync(`/proc/${first?.pid}/smaps_rollup`, 'utf8');
    const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]);
    t.diagnostic(`RSS ${kilobytes('Rss')} kB, of its own ${kilobytes('Private_Dirty')} kB`);
    assert.ok(kilobytes('Private_Dirty') < 40_000);
    const session = fs.readFileSync(`/proc/${first?.pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[3];
    assert.equal(Number(session), first?.pid, 'a session of its own');
    await guard.stop();
  });

  for (const situation of ['with 16 busy backends', 'with busy backends whose postmaster was killed'])
    test(`guard: PostgreSQL ${situation}: all of it is gone`, async (t) => {
      const server = await startEmbeddedPostgres();
      t.after(() => server.stop());
      const data = path.join(server.socketDirectory, 'data');
      const postmaster = Number(fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
      const clients = await Promise.all(
        Array.from({ length: 16 }, async () => {
          const client = new pg.Client({
            host: server.socketDirectory,
            user: TEST_USER,
            database: 'postgres',
          });
          client.on('error', () => undefined);
          await client.connect();
          void client.query('SELECT count(*) FROM generate_series(1, 1e12)').catch(() => undefined);
          return client;
        }),
      );
      t.after(() => Promise.all(clients.map((client) => client.end().catch(() => undefined))));
      const servers = () => fs.readdirSync('/proc').filter((pid) => cwdOf(pid) === data);
      assert.ok(servers().length >= 17);
      // Somebody has gone into the directory; no server.
      const visitor = spawn('sleep', ['3606'], { cwd: data, stdio: 'ignore' });
      t.after(() => visitor.kill('SIGKILL'));

      const place = createPlace('postgres');
      const fired = Promise.withResolvers<void>();
      const logger = createMemoryLogger();
      const guard = createGuard(
        { timers: systemTimers, logger, events: { onFired: fired.resolve, onDied: () => undefined } },
        { home: place.own },
      );
      guard.start();
      t.after(() => guard.stop());
      await waitFor(() => guard.runs());
      if (situation.includes('was killed')) {
        process.kill(postmaster, 'SIGKILL');
        await waitFor(() => cwdOf(String(postmaster)) === null);
        assert.ok(servers().length > 1, 'backends that compute do not notice');
      }
      guard.setTree({ pids: [postmaster], dataDirectory: path.join(data, '../data/.') });
      guard.setDeadline(now() + 100);
      await fired.promise;
      assert.deepEqual(servers(), [String(visitor.pid)]);
      t.diagnostic(logger.lines.map(({ message }) => message).join('; '));
    });

  test('kill tree: a root whose number belongs to somebody else now: nobody is touched', async (t) => {
    const child = spawn('sleep', ['3607'], { stdio: 'ignore' });
    t.after(() => child.kill('SIGKILL'));
    const pid = child.pid ?? 0;
    const killer = createTreeKiller({ roots: [{ pid, startTime: '1' }], dataDirectories: [] });
    assert.equal(killer.round(), true);
    assert.equal(readProcess(pid)?.isStopped, false);
  });

  test('kill tree: a tree that has children as fast as it can: gone in the end', async () => {
    const place = createPlace('forks');
    const script = 'while :; do sh -c "sleep 3608 & sleep 3608 & wait" & sleep 0.005; done';
    const child = spawn('/bin/sh', ['-c', script], { env: place.env, detached: true, stdio: 'ignore' });
    await waitFor(() => place.alive().length > 20);
    const { startTime = '' } = readProcess(child.pid ?? 0) ?? {};
    const killer = createTreeKiller({ roots: [{ pid: child.pid ?? 0, startTime }], dataDirectories: [] });
    await waitFor(() => killer.round(), { intervalMs: 2 });
    assert.deepEqual(processesWithMark(place.mark), []);
  });
});

function processState(pid: number): string | undefined {
  return fs.readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.[0];
}

function cwdOf(pid: string): string | null {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}
