/** Tests of two databases with real PostgreSQL: copying, following, probes, taking over, the planned switch. The faults are in database-faults.test.ts. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { connectReplication } from '../../backup/replication-client.ts';
import { startLoad, startPair, takeOver, type TestMember } from '../../testing/database-pair.ts';

const inPostgres = (member: TestMember, start: string) =>
  fs.readdirSync(path.join(member.home, 'postgres')).filter((name) => name.startsWith(start));
const probesOf = (member: TestMember, id: number) =>
  member.said.flatMap((input) => (input.type === 'probe' && input.id === id ? [input.stage] : []));

test('pair: copied and streaming: the same data, a token of its own, and the promotion that it contains', async () => {
  await using pair = await startPair();
  const { a, b } = pair;
  await a.sql('CREATE TABLE rows AS SELECT generate_series(1, 1000) AS id');
  // Nobody waits for the standby here, and what it has received is replayed a moment later.
  const rows = () => b.sql<{ n: number }>('SELECT count(*)::int AS n FROM rows').catch(() => []);
  await waitFor(async () => (await rows())[0]?.n === 1000, { message: 'the rows on the standby' });
  const [own, other] = [b.actor.facts(), a.actor.facts()];
  assert.equal(own.systemIdentifier, other.systemIdentifier);
  assert.deepEqual([own.report.lineage, own.report.healthy], [1, true]);
  assert.notEqual(own.report.token, other.report.token);
  assert.equal(own.copy, null);
});

test('pair: a standby started again: follows without a copy, with token and record as before', async () => {
  await using pair = await startPair();
  const { report } = pair.b.actor.facts();
  await pair.b.actor.kill();
  await pair.b.actor.stop(1_000);
  pair.b = await pair.b.again();
  await pair.b.follow(pair.a);
  pair.setRoster({});
  pair.b.actor.start();
  const found = await pair.b.hears('database');
  assert.deepEqual([found.runs, found.token, found.lineage], ['stopped', report.token, 1]);
  pair.b.actor.perform({ type: 'run-standby', upstream: 'a', as: 'b.e1' });
  await pair.b.hears('database', ({ streaming }) => streaming);
});

test('pair: a probe: not seen waiting for nobody, waits for the placeholder, returns for a name that streams', async () => {
  await using pair = await startPair();
  const { a } = pair;
  a.actor.perform({ type: 'set-names', names: '' });
  // The server takes a new name in some time later: until then a probe may still wait.
  let id = 0;
  await waitFor(
    async () => {
      id += 1;
      a.actor.perform({ type: 'probe', id });
      await a.hears('probe', (input) => input.id === id && input.stage === 'returned');
      return !probesOf(a, id).includes('waiting');
    },
    { message: 'a probe that waits for nobody' },
  );

  a.actor.perform({ type: 'set-names', names: '_none_' });
  const placeholder = await waitFor(
    async () => {
      id += 1;
      a.actor.perform({ type: 'probe', id });
      const { stage } = await a.hears('probe', (input) => input.id === id);
      return stage === 'waiting' && id;
    },
    { message: 'a probe that waits for the placeholder' },
  );
  await a.hears('replication', ({ waiting }) => waiting);
  assert.deepEqual(probesOf(a, placeholder), ['waiting']);

  a.actor.perform({ type: 'set-names', names: 'b.e1' });
  id += 1;
  a.actor.perform({ type: 'probe', id });
  await a.hears('probe', (input) => input.id === id && input.stage === 'returned');
  await a.hears('probe', (input) => input.id === placeholder && input.stage === 'returned');
  const flushed = a.said.findLast((input) => input.type === 'replication');
  assert.ok(flushed?.type === 'replication' && flushed.acked > 0 && flushed.connectedAs === 'b.e1');
});

test('pair: another name while it streams: only its stream begins anew', async () => {
  await using pair = await startPair();
  const { a, b } = pair;
  const { pid } = b.actor.facts();
  b.actor.perform({ type: 'run-standby', upstream: 'a', as: 'b.e2' });
  await a.hears('replication', ({ connectedAs }) => connectedAs === 'b.e2');
  assert.equal(b.actor.facts().pid, pid);
  await waitFor(() => b.actor.facts().report.streaming, { message: 'its own word' });
  const from = b.said.length;
  b.cut();
  await b.hears('database', ({ streaming }) => !streaming, from);
  await b.hears('database', ({ streaming }) => streaming, from + 1);
});

test('pair: the archive of the log streams too, and began later: the standby is the one that is watched', async () => {
  await using pair = await startPair();
  const { a } = pair;
  const archive = await connectReplication(a.socketDirectory);
  const { timeline, lsn } = await archive.identify();
  const ended = archive.stream(
    { slot: null, timeline, lsn },
    { onLog: () => undefined, onReplyWanted: () => undefined },
  );
  try {
    await waitFor(
      async () => (await a.sql("SELECT FROM pg_stat_replication WHERE state = 'streaming'")).length === 2,
      { message: 'two streams' },
    );
    // Two looks that began after that.
    const from = a.said.length;
    await waitFor(() => a.said.slice(from).filter(({ type }) => type === 'replication').length >= 2, {
      message: 'looks at the streams',
    });
    const names = a.said.slice(from).flatMap((one) => (one.type === 'replication' ? [one.connectedAs] : []));
    assert.deepEqual([...new Set(names)], ['b.e1']);
  } finally {
    archive.close();
    await assert.rejects(ended);
  }
});

test('pair: the master is killed under load: the standby takes over with every acknowledged row, the old one is copied', async () => {
  await using pair = await startPair();
  const { a, b } = pair;
  const load = await startLoad(a);
  await waitFor(() => load.acknowledged.length > 200, { message: 'some load' });
  const killed = a.said.length;
  await a.actor.kill();
  await load.ended;
  await a.hears('database', ({ runs }) => runs === 'stopped', killed);
  const roster = await takeOver(pair, b, 2);
  assert.equal(roster.lineage.at(-1)?.timeline, 2);
  const rows = await b.sql<{ id: string }>('SELECT id FROM load');
  const present = new Set(rows.map(({ id }) => id));
  assert.deepEqual(
    load.acknowledged.filter((id) => !present.has(id)),
    [],
  );

  const copied = await a.copies('b', 2);
  assert.deepEqual([copied.runs, copied.lineage], ['stopped', 2]);
  assert.equal(inPostgres(a, 'data.old-').length, 1);
  a.actor.perform({ type: 'run-standby', upstream: 'b', as: 'a.e2' });
  await b.hears('replication', ({ connectedAs }) => connectedAs === 'a.e2');
  // In sync again: what was kept beside is not needed any more.
  pair.setRoster({ inSync: { ...roster.inSync, a: copied.token ?? '' } });
  await waitFor(() => inPostgres(a, 'data.').length === 0, { message: 'the old directory to go' });
});

test('pair: a planned switch: the standby holds the end that is told, and the old master follows without a copy', async () => {
  await using pair = await startPair();
  const { a, b } = pair;
  await a.sql('CREATE TABLE rows AS SELECT generate_series(1, 1000) AS id');
  await a.actor.checkpoint();
  const from = b.said.length;
  a.actor.perform({ type: 'stop-database' });
  const { end } = await a.hears('database-stopped');
  assert.ok(end !== null);
  const held = await b.hears('database', ({ flushed }) => flushed >= end, from);
  assert.equal(held.flushed, end);
  assert.equal(a.actor.facts().report.flushed, end);

  await takeOver(pair, b, 2);
  assert.equal(pair.roster().lineage.at(-1)?.startLsn, end);
  a.actor.perform({ type: 'run-standby', upstream: 'b', as: 'a.e2' });
  // It streams on the new timeline; so its data contains the promotion, and says so after a restart too.
  await a.hears('database', ({ streaming, lineage }) => streaming && lineage === 2);
  assert.equal(
    fs.readFileSync(path.join(a.home, 'postgres/data/nezuban-lineage.json'), 'utf8'),
    '{"term":2}',
  );
  assert.deepEqual(await a.sql('SELECT count(*)::int AS n FROM rows'), [{ n: 1000 }]);
});

test('pair: a promotion that was asked for before this host died: in the record if it took place, else not', async () => {
  await using pair = await startPair();
  await pair.a.actor.kill();
  await takeOver(pair, pair.b, 2);
  const file = path.join(pair.b.home, 'postgres/data/nezuban-lineage.json');
  const foundWith = async (record: object) => {
    await pair.b.actor.kill();
    await pair.b.actor.stop(1_000);
    fs.writeFileSync(file, JSON.stringify(record));
    pair.b = await pair.b.again();
    pair.b.actor.start();
    return (await pair.b.hears('database')).lineage;
  };
  await waitFor(() => fs.readFileSync(file, 'utf8') === '{"term":2}', { message: 'the record' });
  // The host died between the promotion, which made timeline 2, and its record.
  assert.equal(await foundWith({ term: 1, promoting: { term: 2, timeline: 1 } }), 2);
  assert.equal(fs.readFileSync(file, 'utf8'), '{"term":2}');
  // Asked for on timeline 2, and nothing came of it.
  assert.equal(await foundWith({ term: 2, promoting: { term: 7, timeline: 2 } }), 2);
  assert.equal(fs.readFileSync(file, 'utf8'), '{"term":2}');
});
