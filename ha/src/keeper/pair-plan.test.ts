// Tests of what a master should do about the make-up of its pair.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Roster } from '@nezuban/protocol/pair/roster';
import { planPair, type PlanFacts } from './pair-plan.ts';

const address = (id: string) => ({
  id,
  name: id,
  address: `${id}:7382`,
  agentAddress: null,
  consoleUrl: null,
});
const roster = (changes: Partial<Roster> = {}): Roster => ({
  term: 3,
  revision: 1,
  master: 'a',
  phase: 'active',
  inSync: { a: 'ta' },
  voters: [['a']],
  base: null,
  tieBreaker: 'witness',
  members: ['a'],
  lineage: [],
  epoch: 0,
  forced: null,
  ...changes,
});
const heard = (id: string, kind: 'member' | 'witness', heardAgoMs = 10) => ({ id, kind, heardAgoMs });
const plan = (changes: Partial<PlanFacts>) =>
  planPair({
    self: 'a',
    roster: roster(),
    book: { revision: 1, members: [address('a')] },
    connections: [],
    tieBreaker: 'witness',
    busy: false,
    ...changes,
  });
const joined = { revision: 2, members: [address('a'), address('b')] };
const pair = (changes: Partial<Roster> = {}) =>
  roster({ members: ['a', 'b'], voters: [['a', 'b', 'w']], ...changes });

test('pair plan: a single manager: nothing is wanted', () => {
  assert.deepEqual(plan({}), { voters: null, wantsWitness: false, candidates: [] });
});

test('pair plan: a host has joined but is not heard yet: waits for it', () => {
  assert.equal(plan({ book: joined }).voters, null);
  assert.equal(plan({ book: joined, connections: [heard('b', 'member', 5_000)] }).voters, null);
});

test('pair plan: a host has joined and no witness is there: two hosts, a human breaks ties, a witness is wanted', () => {
  const { voters, wantsWitness } = plan({ book: joined, connections: [heard('b', 'member')] });
  assert.deepEqual(voters, {
    do: 'set-voters',
    members: ['a', 'b'],
    voters: ['a', 'b'],
    tieBreaker: 'manual',
  });
  assert.equal(wantsWitness, true);
});

test('pair plan: a host has joined and a witness is there: all three at once', () => {
  const connections = [heard('b', 'member'), heard('w', 'witness')];
  const { voters, wantsWitness, candidates } = plan({ book: joined, connections });
  assert.deepEqual(voters?.voters, ['a', 'b', 'w']);
  assert.equal(voters?.tieBreaker, 'witness');
  assert.equal(wantsWitness, false);
  assert.deepEqual(candidates, ['w']);
});

test('pair plan: a witness comes to two hosts: it becomes a voter', () => {
  const two = roster({ members: ['a', 'b'], voters: [['a', 'b']], tieBreaker: 'manual' });
  const { voters } = plan({ roster: two, book: joined, connections: [heard('w', 'witness')] });
  assert.deepEqual(voters?.voters, ['a', 'b', 'w']);
});

test('pair plan: two hosts by an operator´s wish: no witness is asked for', () => {
  const two = roster({ members: ['a', 'b'], voters: [['a', 'b']], tieBreaker: 'fence' });
  const { voters, wantsWitness } = plan({
    roster: two,
    book: joined,
    tieBreaker: 'fence',
    connections: [heard('w', 'witness')],
  });
  assert.equal(voters, null);
  assert.equal(wantsWitness, false);
});

test('pair plan: the witness is silent: another one is wanted as a candidate, the voters stay the core´s matter', () => {
  const silent = plan({ roster: pair(), book: joined, connections: [heard('b', 'member')] });
  assert.deepEqual([silent.voters, silent.wantsWitness], [null, true]);
  const spare = plan({ roster: pair(), book: joined, connections: [heard('v', 'witness')] });
  assert.deepEqual([spare.voters, spare.wantsWitness, spare.candidates], [null, false, ['v']]);
});

test('pair plan: a host joins one that was forced and left alone: taken in, whatever voters there were before', () => {
  const forced = roster({ base: ['a', 'x', 'v'] });
  const { voters } = plan({ roster: forced, book: joined, connections: [heard('b', 'member')] });
  assert.deepEqual(voters?.members, ['a', 'b']);
});

test('pair plan: a change is under way, or the master is the only voter for now: no other is asked for', () => {
  const connections = [heard('b', 'member'), heard('w', 'witness')];
  assert.equal(plan({ book: joined, connections, busy: true }).voters, null);
  const asymmetric = pair({ voters: [['a']], base: ['a', 'b', 'w'] });
  assert.equal(plan({ roster: asymmetric, book: joined, connections }).voters, null);
});
