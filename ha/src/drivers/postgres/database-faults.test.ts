/** Tests of faults between two databases with real PostgreSQL: copies that break, a wal receiver that hangs, WAL that is gone, kills under load. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { DatabaseReport } from '../../decision/inputs.ts';
import { waitFor } from '@nezuban/tests/support/wait-for';
import {
  createTestMember,
  startLoad,
  startPair,
  takeOver,
  type TestMember,
} from '../../testing/database-pair.ts';
import { serversOn } from './leftovers.ts';

const inPostgres = (member: TestMember, start: string) =>
  fs.readdirSync(path.join(member.home, 'postgres')).filter((name) => name.startsWith(start));
const dataOf = (member: TestMember) => path.join(member.home, 'postgres/data');

function processOf(member: TestMember, title: string): number {
  const found = serversOn(dataOf(member)).find((pid) =>
    fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(`postgres: ${title}`),
  );
  assert.ok(found !== undefined, `no process ${title}`);
  return found;
}

test('pair faults: the keeper dies during a copy: absent, the old directory still there; the next copy heals it', async () => {
  // Slow enough to be cut off in the middle.
  await using pair = await startPair({ b: { copyRateMax: 16_384 } });
  const { a, b } = pair;
  b.actor.perform({ type: 'copy', from: 'a', epoch: 1 });
  await waitFor(() => (b.actor.facts().copy?.bytes ?? 0) > 1_000_000, { message: 'half a copy' });
  await b.actor.kill();
  assert.equal(serversOn(dataOf(b)).length, 0);
  await b.actor.stop(1_000);
  assert.ok(
    !b.said
      .slice(b.said.findLastIndex(({ type }) => type === 'copied') + 1)
      .some(({ type }) => type === 'copy-failed'),
  );
  assert.equal(inPostgres(b, 'data.copy-').length, 1);
  assert.ok(fs.existsSync(path.join(dataOf(b), 'PG_VERSION')));
  assert.ok(!fs.existsSync(path.join(dataOf(b), 'nezuban-token.json')));

  pair.b = await b.again({ copyRateMax: null });
  await pair.b.follow(a);
  pair.setRoster({});
  pair.b.actor.start();
  assert.equal((await pair.b.hears('database')).runs, 'absent');
  assert.equal((await pair.b.copies('a', 1)).lineage, 1);
  assert.deepEqual(inPostgres(pair.b, 'data.copy-'), []);
});

test('pair faults: the source of a copy is gone, or falls silent: failed, absent, and nothing of it is left running', async () => {
  await using pair = await startPair({ b: { copyRateMax: 16_384 } });
  const { b } = pair;
  await b.follow(null);
  b.actor.perform({ type: 'copy', from: 'a', epoch: 1 });
  await b.hears('copy-failed');
  const from = b.said.length;
  await b.follow(pair.a);
  b.actor.perform({ type: 'copy', from: 'a', epoch: 1 });
  await waitFor(() => (b.actor.facts().copy?.bytes ?? 0) > 1_000_000, { message: 'half a copy' });
  b.silence();
  const { why } = await b.hears('copy-failed', () => true, from);
  assert.match(why, /nothing has arrived for 5 seconds/);
  assert.deepEqual([b.actor.facts().report.runs, b.actor.facts().copy], ['absent', null]);
});

test('pair faults: a wal receiver that hangs: the standby is started again and promoted all the same', async () => {
  await using pair = await startPair();
  const { a, b } = pair;
  await a.sql('CREATE TABLE rows AS SELECT generate_series(1, 1000) AS id');
  // Nobody waits for the standby here: it must have them before its receiver hangs.
  const rows = () => b.sql<{ n: number }>('SELECT count(*)::int AS n FROM rows').catch(() => []);
  await waitFor(async () => (await rows())[0]?.n === 1000, { message: 'the rows on the standby' });
  process.kill(processOf(b, 'walreceiver'), 'SIGSTOP');
  const killed = a.actor.kill();
  await takeOver(pair, b, 2);
  await killed;
  assert.ok(b.log.lines.some(({ message }) => message.includes('wal receiver hangs')));
  assert.ok(!b.said.some(({ type }) => type === 'database-lost'));
  assert.deepEqual(await b.sql('SELECT count(*)::int AS n FROM rows'), [{ n: 1000 }]);
});

test('pair faults: the WAL that a standby lacks is gone: it has no token any more, until it is copied', async () => {
  await using pair = await startPair();
  const { a, b } = pair;
  fs.writeFileSync(path.join(a.home, 'postgres/operator.conf'), 'wal_keep_size = 0\n', { mode: 0o644 });
  await b.actor.kill();
  a.actor.perform({ type: 'set-names', names: '' });
  a.actor.perform({ type: 'restart-primary', term: 1 });
  await a.hears('primary-restarted');
  a.actor.perform({ type: 'set-names', names: '' });
  await a.sql('CREATE TABLE rows (id int)');
  for (let segment = 0; segment < 4; segment += 1) {
    await a.sql('INSERT INTO rows SELECT generate_series(1, 100)');
    await a.sql('SELECT pg_switch_wal()');
  }
  await a.sql('CHECKPOINT');
  const from = b.said.length;
  b.actor.perform({ type: 'run-standby', upstream: 'a', as: 'b.e2' });
  const refused = await b.hears('database', ({ runs, token }) => runs === 'standby' && token === null, from);
  assert.equal(refused.streaming, false);
  assert.ok((await b.copies('a', 2)).token !== null);
  b.actor.perform({ type: 'run-standby', upstream: 'a', as: 'b.e2' });
  await b.hears('database', ({ streaming }) => streaming, from);
});

test('pair faults: a former master with work that nobody else has: refused for good by the new line', async () => {
  await using pair = await startPair();
  const { a, b } = pair;
  await a.sql('CREATE TABLE rows (id int)');
  await b.follow(null);
  a.actor.perform({ type: 'set-names', names: '' });
  await waitFor(
    async () => {
      // Waits as long as the server has not taken the empty name in.
      const one = await a.client();
      await one.query('SET synchronous_commit = local; INSERT INTO rows SELECT generate_series(1, 1000)');
      await one.end();
      return true;
    },
    { message: 'work that only the old master has' },
  );
  await a.actor.kill();
  await takeOver(pair, b, 2);
  // The core would have it copied, by our own record; this is what PostgreSQL itself says.
  const from = a.said.length;
  a.actor.perform({ type: 'run-standby', upstream: 'b', as: 'a.e2' });
  const parted = pair.roster().lineage.at(-1)?.startLsn ?? 0;
  const isRefused = (report: DatabaseReport) => report.runs === 'standby' && report.token === null;
  const refused = await a.hears('database', (report) => isRefused(report) && report.flushed > parted, from);
  assert.deepEqual([refused.lineage, refused.streaming], [1, false]);
});

test('pair faults: killed under load, master and standby: nothing is left of either', async () => {
  await using pair = await startPair();
  const load = await startLoad(pair.a, 8);
  await waitFor(() => load.acknowledged.length > 200, { message: 'some load' });
  await Promise.all([pair.a.actor.kill(), pair.b.actor.kill()]);
  await load.ended;
  assert.deepEqual([serversOn(dataOf(pair.a)), serversOn(dataOf(pair.b))], [[], []]);
});

test('pair faults: a standby promoted by somebody else: ended, and lost', async () => {
  await using pair = await startPair();
  const { b } = pair;
  fs.writeFileSync(path.join(dataOf(b), 'promote'), '');
  process.kill(b.actor.facts().pid ?? 0, 'SIGUSR1');
  await b.hears('database-lost');
  await waitFor(() => b.actor.facts().pid === null, { message: 'its end' });
});

test('pair faults: a rewind that fails or leaves a doubtful directory: a full copy after all', async () => {
  const tools = fs.mkdtempSync('/tmp/nz-tools-');
  fs.chmodSync(tools, 0o755);
  const calls = path.join(tools, 'calls');
  fs.writeFileSync(calls, '', { mode: 0o666 });
  fs.chmodSync(calls, 0o666);
  const script = `#!/bin/sh
if [ "$1" = --version ]; then echo 'pg_rewind (PostgreSQL) 18.4'; exit; fi
echo "$@" >> ${calls}
`;
  fs.writeFileSync(path.join(tools, 'pg_rewind'), script, { mode: 0o755 });
  try {
    await using pair = await startPair({ a: { toolsDirectory: tools } });
    const { a, b } = pair;
    await a.actor.kill();
    await takeOver(pair, b, 2);
    const copied = await a.copies('b', 2);
    assert.deepEqual([copied.lineage, copied.token === null], [2, false]);
    const said = fs.readFileSync(calls, 'utf8');
    assert.match(
      said,
      new RegExp(`--target-pgdata=${dataOf(a)} --source-server=host='${a.home}/run/upstream'`),
    );
    assert.ok(a.log.lines.some(({ message }) => message.includes('could not be rewound')));
    a.actor.perform({ type: 'run-standby', upstream: 'b', as: 'a.e2' });
    await a.hears('database', ({ streaming }) => streaming);
  } finally {
    fs.rmSync(tools, { recursive: true });
  }
});

test('pair faults: a rewind that works: the same directory, its own token, on the line of the new master', async () => {
  const tools = fs.mkdtempSync('/tmp/nz-tools-');
  fs.chmodSync(tools, 0o755);
  await using pair = await startPair({ a: { toolsDirectory: tools } });
  const { a, b } = pair;
  await using other = {
    member: await createTestMember('c'),
    [Symbol.asyncDispose]: () => other.member.remove(),
  };
  try {
    await a.actor.kill();
    await takeOver(pair, b, 2);
    // The stand-in gives the directory what a standby of the new line has that was killed: what pg_rewind leaves looks the same.
    await other.member.follow(b);
    other.member.actor.setRoster(pair.roster());
    other.member.actor.start();
    await other.member.copies('b', 2);
    other.member.actor.perform({ type: 'run-standby', upstream: 'b', as: 'c.e2' });
    await other.member.hears('database', ({ streaming }) => streaming);
    await b.sql('CREATE TABLE rows AS SELECT generate_series(1, 10) AS id');
    await waitFor(
      async () => (await other.member.sql<{ n: number }>('SELECT count(*)::int AS n FROM rows'))[0]?.n === 10,
    );
    await other.member.actor.kill();
    fs.chmodSync(other.member.home, 0o755);
    const script = `#!/bin/sh
if [ "$1" = --version ]; then echo 'pg_rewind (PostgreSQL) 18.4'; exit; fi
target=\${1#--target-pgdata=}
[ ! -e "$target/nezuban-token.json" ] || exit 3
[ ! -e "$target/standby.signal" ] || exit 4
rm -rf "$target"/* && cp -a ${dataOf(other.member)}/. "$target"/ && rm -f "$target"/standby.signal "$target"/postmaster.pid
`;
    fs.writeFileSync(path.join(tools, 'pg_rewind'), script, { mode: 0o755 });
    const copied = await a.copies('b', 2);
    assert.ok(
      a.log.lines.some(({ message }) => message.includes('has been rewound')),
      JSON.stringify(a.log.lines.slice(-3)),
    );
    assert.equal(copied.lineage, 2);
    const token = JSON.parse(fs.readFileSync(path.join(dataOf(a), 'nezuban-token.json'), 'utf8')) as {
      member: string;
    };
    assert.equal(token.member, 'a');
    a.actor.perform({ type: 'run-standby', upstream: 'b', as: 'a.e2' });
    await a.hears('database', ({ streaming }) => streaming);
    assert.deepEqual(await a.sql('SELECT count(*)::int AS n FROM rows'), [{ n: 10 }]);
  } finally {
    fs.rmSync(tools, { recursive: true });
  }
});

test('pair faults: a standby that does not accept connections yet and follows nobody: told whom to follow, it streams', async () => {
  await using pair = await startPair();
  const { a, b } = pair;
  await b.actor.kill();
  await b.actor.stop(1_000);
  // It stays as a server is that needs more WAL than lies here to become consistent.
  fs.writeFileSync(path.join(b.home, 'postgres/operator.conf'), 'hot_standby = off\n', { mode: 0o644 });
  pair.b = await b.again();
  await pair.b.follow(a);
  pair.setRoster({});
  pair.b.actor.start();
  await pair.b.hears('database');
  pair.b.actor.perform({ type: 'run-standby', upstream: null, as: '' });
  await waitFor(() => pair.b.actor.facts().pid !== null, { message: 'the start of the server' });
  pair.b.actor.perform({ type: 'run-standby', upstream: 'a', as: 'b.e1' });
  await waitFor(
    async () =>
      (await a.sql("SELECT FROM pg_stat_replication WHERE application_name = 'b.e1' AND state = 'streaming'"))
        .length === 1,
    { message: 'the stream' },
  );
});

test('pair faults: a directory of another manager lies here, with a token of ours: it counts for nothing, and is copied anew', async () => {
  await using pair = await startPair();
  const { a, b } = pair;
  const { systemIdentifier } = a.actor.facts();
  assert.ok(systemIdentifier !== null);
  await b.actor.kill();
  await b.actor.stop(1_000);
  const control = path.join(dataOf(b), 'global/pg_control');
  pair.b = await b.again({ systemIdentifier: `${BigInt(systemIdentifier) + 1n}` });
  assert.ok(fs.existsSync(control));
  pair.setRoster({});
  pair.b.actor.start();
  assert.equal((await pair.b.hears('database')).token, null);
});

test('pair faults: the server of a master alone is frozen: ended, and lost, so that it is started again', async () => {
  await using pair = await startPair({ a: { frozenMs: 4_000 } });
  const { a } = pair;
  const from = a.said.length;
  for (const pid of serversOn(dataOf(a))) process.kill(pid, 'SIGSTOP');
  await a.hears('database-lost', () => true, from);
  assert.equal(serversOn(dataOf(a)).length, 0);
});
