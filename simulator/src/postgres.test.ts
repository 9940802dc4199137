/** The model of PostgreSQL: waiting, freeing, crashing, streaming. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawOptions } from './options.ts';
import { PLACEHOLDER, type Postgres } from './postgres.ts';
import { realSubject } from './subject.ts';
import { contains, type Entry } from './wal.ts';
import { World } from './world.ts';

interface Pair {
  readonly world: World;
  readonly primary: Postgres;
  readonly standby: Postgres;
  readonly acknowledged: Entry[];
  readonly pass: (ms: number) => void;
}

/** Two hosts that are up, without keepers: the test starts their databases. */
function createPair(): Pair {
  const options = { ...drawOptions(1), commitMeanMs: 1e9 };
  const world = new World(options, { subject: realSubject, print: null });
  world.network.heal();
  const acknowledged: Entry[] = [];
  for (const host of world.members) {
    host.up = true;
    host.postgres.directory = { flushed: world.root, token: `${host.name}.1`, timeline: 1 };
    host.manager.acknowledged = (entry) => acknowledged.push(entry);
  }
  const primary = world.members[0]!.postgres;
  const standby = world.members[1]!.postgres;
  const pass = (ms: number): void => {
    const until = world.queue.now + ms;
    while (world.queue.step(until));
  };
  primary.startPrimary();
  return { world, primary, standby, acknowledged, pass };
}

function follow({ standby, primary, pass }: Pair, as: string): void {
  standby.startStandby();
  standby.follow(primary.host.voterId, as);
  pass(500);
}

test('postgres: names that nobody streams under: a commit waits', () => {
  const pair = createPair();
  follow(pair, 'b.e1');
  pair.primary.commit('row', 0, 'manager');
  pair.pass(1000);
  assert.equal(pair.acknowledged.length, 0);
  assert.equal(pair.primary.commitsWait, true);
  assert.equal(pair.standby.head, pair.primary.head);
});

test('postgres: the name of the standby: a commit returns once the standby has it', () => {
  const pair = createPair();
  follow(pair, 'b.e1');
  pair.primary.setNames('b.e1');
  const entry = pair.primary.commit('row', 0, 'manager');
  pair.pass(1000);
  assert.deepEqual(pair.acknowledged, [entry]);
  assert.ok(contains(pair.standby.directory!.flushed, entry));
});

test('postgres: names emptied: everybody who waits is free once the flag has followed', () => {
  const pair = createPair();
  for (let count = 0; count < 3; count += 1) pair.primary.commit('row', 0, 'manager');
  pair.pass(100);
  pair.primary.setNames('');
  pair.pass(400);
  assert.equal(pair.acknowledged.length, 3);
});

test('postgres: names set after being empty: commits return without the standby until the flag has followed', () => {
  const pair = createPair();
  pair.primary.setNames('');
  pair.pass(400);
  pair.primary.setNames(PLACEHOLDER);
  assert.equal(pair.primary.flag, false);
  pair.pass(400);
  assert.equal(pair.primary.flag, true);
});

test('postgres: killed while a commit waits: nobody is told, and recovery shows the row', () => {
  const pair = createPair();
  const entry = pair.primary.commit('row', 0, 'manager');
  pair.pass(100);
  pair.primary.kill('power');
  pair.primary.startPrimary();
  assert.equal(pair.acknowledged.length, 0);
  assert.ok(contains(pair.primary.head, entry));
});

test('postgres: power lost before the flush: the row is gone', () => {
  const pair = createPair();
  const entry = pair.primary.commit('row', 0, 'manager');
  pair.primary.kill('power');
  pair.primary.startPrimary();
  assert.equal(contains(pair.primary.head, entry), false);
});

test('postgres: a standby of another history: does not stream and does not merge', () => {
  const pair = createPair();
  pair.standby.promote(5);
  pair.standby.kill('power');
  pair.primary.setNames('');
  pair.primary.commit('row', 0, 'manager');
  pair.pass(500);
  const before = pair.standby.directory!.flushed;
  follow(pair, 'b.e1');
  pair.pass(1000);
  assert.equal(pair.standby.inbound, null);
  assert.equal(pair.standby.directory!.flushed, before);
  assert.ok(pair.world.count.diverged > 0);
});

test('postgres: two promotions of one timeline: the numbers are the same', () => {
  const { primary, standby } = createPair();
  primary.kill('power');
  primary.promote(2);
  standby.promote(3);
  assert.equal(primary.directory!.timeline, standby.directory!.timeline);
  assert.notEqual(primary.head.lineage, standby.head.lineage);
});
