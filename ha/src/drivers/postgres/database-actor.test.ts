/** Tests of the database's actor on one host, with a real PostgreSQL: a sole member, directories of all kinds, servers that end or freeze. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createTestMember, rosterOf, startPrimary, type TestMember } from '../../testing/database-pair.ts';
import { serversOn } from './leftovers.ts';

const dataOf = (member: TestMember) => path.join(member.home, 'postgres/data');
const timelineOf = async (member: TestMember) =>
  (
    await member.sql<{ file: string }>('SELECT pg_walfile_name(pg_current_wal_insert_lsn()) AS file')
  )[0]?.file.slice(0, 8);

/** Elected again, as after a restart of the keeper. */
async function elect(member: TestMember, term: number): Promise<void> {
  const from = member.said.length;
  member.actor.perform({ type: 'run-standby', upstream: null, as: '' });
  member.actor.perform({ type: 'promote', term });
  await member.hears('promoted', (input) => input.term === term, from);
  member.actor.perform({ type: 'set-names', names: '' });
}

test('database: a sole member, stopped and started again: same timeline, same token, the record of its term', async () => {
  let member = await startPrimary('a', { endsWithKeeper: 'fast' });
  try {
    const first = member.actor.facts().report;
    assert.deepEqual([first.runs, first.lineage, first.healthy], ['primary', 1, true]);
    await member.sql('CREATE TABLE kept (id int)');
    await member.actor.stop(5_000);
    assert.equal(serversOn(dataOf(member)).length, 0);

    const roster = rosterOf('a', ['a'], { inSync: { a: first.token ?? '' } });
    member = await member.again();
    member.actor.setRoster(roster);
    member.actor.start();
    const found = await member.hears('database');
    assert.deepEqual([found.runs, found.token, found.lineage], ['stopped', first.token, 1]);
    member.actor.perform({ type: 'run-standby', upstream: null, as: '' });
    const waiting = await member.hears('database', ({ runs }) => runs === 'standby');
    // Nothing was started for that: the position is that of the shutdown checkpoint.
    assert.deepEqual([waiting.healthy, waiting.flushed >= first.flushed], [true, true]);
    assert.equal(member.actor.facts().pid, null);
    await elect(member, 2);
    const { timeline, startLsn } = await member.hears('promoted');
    assert.equal(timeline, 1);
    assert.ok(startLsn >= waiting.flushed);
    assert.equal(await timelineOf(member), '00000001');
    assert.deepEqual(await member.sql('SELECT * FROM kept'), []);
    assert.equal(member.actor.facts().report.lineage, 2);
  } finally {
    await member.remove();
  }
});

test('database: a sole member that runs is elected again: it is left running', async () => {
  const member = await startPrimary('a');
  try {
    const { pid } = member.actor.facts();
    await elect(member, 5);
    assert.equal(member.actor.facts().pid, pid);
    assert.deepEqual([member.actor.facts().report.runs, member.actor.facts().report.lineage], ['primary', 5]);
  } finally {
    await member.remove();
  }
});

test('database: a sole member becomes one of two: WAL is kept for the other one, without a restart', async () => {
  const member = await startPrimary('a');
  try {
    const { pid, report } = member.actor.facts();
    const kept = async () =>
      (await member.sql<{ wal_keep_size: string }>('SHOW wal_keep_size'))[0]?.wal_keep_size;
    assert.equal(await kept(), '0');
    member.actor.setRoster(rosterOf('a', ['a', 'b'], { inSync: { a: report.token ?? '' } }));
    await waitFor(async () => (await kept()) === '1GB', { message: 'the new setting' });
    assert.equal(member.actor.facts().pid, pid);
  } finally {
    await member.remove();
  }
});

test('database: the server is killed: told at once, and started again as primary on the same timeline', async () => {
  const member = await startPrimary('a');
  try {
    await member.sql('CREATE TABLE kept (id int)');
    process.kill(member.actor.facts().pid ?? 0, 'SIGKILL');
    await member.hears('database-lost');
    const stopped = await member.hears('database', ({ runs }) => runs === 'stopped', 3);
    assert.equal(stopped.healthy, false);
    assert.match(member.actor.facts().trouble?.message ?? '', /was killed by SIGKILL/);
    member.actor.perform({ type: 'restart-primary', term: 1 });
    const { recoveryEnd } = await member.hears('primary-restarted');
    assert.ok(recoveryEnd > 0);
    assert.equal(await timelineOf(member), '00000001');
    assert.deepEqual(await member.sql('SELECT * FROM kept'), []);
    assert.equal(member.actor.facts().trouble, null);
    const [names] = await member.sql('SHOW synchronous_standby_names');
    assert.deepEqual(names, { synchronous_standby_names: '"_none_"' });
  } finally {
    await member.remove();
  }
});

test('database: a server that is frozen: not healthy, and killed all the same', async () => {
  const member = await startPrimary('a');
  try {
    for (const pid of serversOn(dataOf(member))) process.kill(pid, 'SIGSTOP');
    await member.hears('database', ({ runs, healthy }) => runs === 'primary' && !healthy);
    const from = member.said.length;
    await member.actor.kill();
    assert.equal(serversOn(dataOf(member)).length, 0);
    await member.hears('database', ({ runs }) => runs === 'stopped', from);
    // Killed on purpose: nothing was lost.
    assert.ok(!member.said.some(({ type }) => type === 'database-lost'));
  } finally {
    await member.remove();
  }
});

test('database: guarded, and an earlier keeper left its server running: ended before anything is told', async () => {
  const earlier = await startPrimary('a', { endsWithKeeper: 'guarded' });
  const left = earlier.actor.facts().pid;
  const member = await earlier.again();
  try {
    member.actor.start();
    assert.equal((await member.hears('database')).runs, 'stopped');
    assert.deepEqual([serversOn(dataOf(member)), member.actor.facts().pid], [[], null]);
    await earlier.hears('database-lost');
    await elect(member, 2);
    assert.notEqual(member.actor.facts().pid, left);
    assert.equal(await timelineOf(member), '00000001');
  } finally {
    await member.remove();
    await earlier.actor.stop(1_000);
  }
});

test('database: killed while it starts, twice: nothing of what was asked before is heard afterwards', async () => {
  const member = await startPrimary('a', { endsWithKeeper: 'guarded' });
  try {
    await member.actor.kill();
    await member.hears('database', ({ runs }) => runs === 'stopped', 3);
    member.actor.perform({ type: 'restart-primary', term: 1 });
    member.actor.perform({ type: 'probe', id: 1 });
    await waitFor(() => member.actor.facts().pid !== null, { intervalMs: 1 });
    await Promise.all([member.actor.kill(), member.actor.kill()]);
    const from = member.said.length;
    assert.equal(serversOn(dataOf(member)).length, 0);
    await member.hears('database', ({ runs }) => runs === 'stopped', from);
    assert.deepEqual(
      member.said.slice(from).filter(({ type }) => type !== 'database'),
      [],
    );
    await elect(member, 2);
  } finally {
    await member.remove();
  }
});

test('database: a server that ends at once: lost with its own words, started again at a pace', async () => {
  const member = await createTestMember('a', { createIfAbsent: true });
  try {
    member.actor.start();
    await member.hears('database', ({ runs }) => runs === 'stopped');
    fs.writeFileSync(path.join(member.home, 'postgres/operator.conf'), "no_such_setting = 'on'\n");
    fs.chmodSync(path.join(member.home, 'postgres/operator.conf'), 0o644);
    for (let times = 0; times < 3; times += 1) {
      const from = member.said.length;
      member.actor.perform({ type: 'promote', term: 1 });
      await member.hears('database-lost', () => true, from);
    }
    const { trouble } = member.actor.facts();
    assert.match(trouble?.message ?? '', /no_such_setting|configuration file/);
    fs.rmSync(path.join(member.home, 'postgres/operator.conf'));
    await elect(member, 1);
    assert.equal(member.actor.facts().trouble, null);
  } finally {
    await member.remove();
  }
});

test('database: a directory that is not ours to replace: absent with a sentence, and no copy over it', async () => {
  const member = await createTestMember('a');
  try {
    const file = path.join(dataOf(member), 'precious.txt');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, 'x');
    member.actor.start();
    assert.equal((await member.hears('database')).runs, 'absent');
    assert.match(member.actor.facts().trouble?.message ?? '', /no data directory of PostgreSQL/);
    member.actor.perform({ type: 'copy', from: 'b', epoch: 1 });
    assert.match((await member.hears('copy-failed')).why, /no data directory of PostgreSQL/);
    assert.equal(fs.readFileSync(file, 'utf8'), 'x');
  } finally {
    await member.remove();
  }
});

test('database: no directory, and none may be created: absent, nothing lost', async () => {
  const member = await createTestMember('b');
  try {
    member.actor.start();
    assert.equal((await member.hears('database')).runs, 'absent');
    const from = member.said.length;
    member.actor.perform({ type: 'run-standby', upstream: null, as: '' });
    assert.equal((await member.hears('database', () => true, from)).runs, 'absent');
    assert.deepEqual([member.actor.facts().trouble, member.actor.facts().systemIdentifier], [null, null]);
  } finally {
    await member.remove();
  }
});

test('database: a directory without a token is adopted by a first member; one of another member is not', async () => {
  let member = await startPrimary('a');
  try {
    await member.actor.stop(5_000);
    const token = path.join(dataOf(member), 'nezuban-token.json');
    fs.rmSync(token);
    member = await member.again();
    member.actor.start();
    const adopted = await member.hears('database');
    assert.ok(adopted.token !== null);
    await member.actor.stop(5_000);
    fs.writeFileSync(token, JSON.stringify({ member: 'b', token: adopted.token }));
    member = await member.again();
    member.actor.start();
    const foreign = await member.hears('database');
    assert.deepEqual([foreign.runs, foreign.token], ['stopped', null]);
  } finally {
    await member.remove();
  }
});

test('database: little room on its disk, or secrets still missing: not healthy, and said', async () => {
  const member = await startPrimary('a', { freeBytesMin: 2 ** 60 });
  try {
    await waitFor(() => !member.actor.facts().report.healthy, { message: 'the disk to be looked at' });
    assert.match(member.actor.facts().trouble?.message ?? '', /MB free, too little/);
  } finally {
    await member.remove();
  }
  const other = await startPrimary('b');
  try {
    other.actor.setReady(false);
    await other.hears('database', ({ healthy, runs }) => !healthy && runs === 'primary');
    other.actor.setReady(true);
    assert.equal(other.actor.facts().report.healthy, true);
  } finally {
    await other.remove();
  }
});
