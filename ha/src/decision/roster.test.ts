/** Questions about rosters: order, who is spoken to, two hosts, history. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rosterOf, twoHosts } from '../testing/decision-states.ts';
import {
  audienceOf,
  comparePositions,
  isAlone,
  isInSync,
  isNewer,
  isTwoHosts,
  lineageTerm,
  peerOf,
  positionOf,
  streamName,
} from './roster.ts';

describe('rosters', () => {
  test('rosters: their order: by term, then by revision; none is older than all', () => {
    const older = rosterOf({ term: 2, revision: 9 });
    const newer = rosterOf({ term: 3, revision: 1 });
    assert.ok(comparePositions(older, newer) < 0);
    assert.ok(isNewer(newer, older) && !isNewer(older, newer) && !isNewer(newer, newer));
    assert.ok(isNewer(older, null));
    assert.deepEqual(positionOf(null), { term: 0, revision: 0 });
  });

  test('rosters: who holds everything: one alone, or both', () => {
    assert.ok(isInSync(rosterOf(), 'a') && !isInSync(rosterOf(), 'w'));
    assert.ok(isAlone(rosterOf({ inSync: { a: 'token-a' } }), 'a'));
    assert.ok(!isAlone(rosterOf({ inSync: { b: 'token-b' } }), 'a'));
    assert.ok(!isAlone(rosterOf(), 'a'));
  });

  test('rosters: the other member: is there in a pair', () => {
    assert.equal(peerOf(rosterOf(), 'a'), 'b');
    assert.equal(peerOf(rosterOf({ members: ['a'] }), 'a'), null);
    assert.equal(peerOf(null, 'a'), null);
  });

  test('rosters: whom a master speaks to: all of both sets, members, those of before, and whoever is about to come', () => {
    const roster = rosterOf({
      voters: [
        ['a', 'b', 'w'],
        ['a', 'b', 'x'],
      ],
      base: ['a', 'y'],
      forced: { oldVoters: [['a', 'z']] },
    });
    assert.deepEqual([...audienceOf(roster, ['q'])].toSorted(), ['a', 'b', 'q', 'w', 'x', 'y', 'z']);
    assert.deepEqual([...audienceOf(rosterOf())].toSorted(), ['a', 'b', 'w']);
  });

  test('rosters: truly two hosts: exactly the two members vote, and a tie breaker is named', () => {
    assert.ok(isTwoHosts(rosterOf(twoHosts('fence'))));
    assert.ok(isTwoHosts(rosterOf({ ...twoHosts('manual'), members: ['b', 'a'] })));
    const not = [
      { ...twoHosts('fence'), tieBreaker: 'witness' as const },
      {
        ...twoHosts('fence'),
        voters: [
          ['a', 'b'],
          ['a', 'b', 'w'],
        ],
      },
      { ...twoHosts('fence'), voters: [['a']] },
      { ...twoHosts('fence'), members: ['a'] },
      { ...twoHosts('fence'), voters: [['a', 'w']] },
    ];
    for (const changes of not) assert.ok(!isTwoHosts(rosterOf(changes)), JSON.stringify(changes));
  });

  test('rosters: the newest promotion: gives its term; before the first one there is none', () => {
    assert.equal(lineageTerm(rosterOf()), 1);
    assert.equal(lineageTerm(rosterOf({ lineage: [] })), 0);
  });

  test('rosters: the name of a stream: differs with each admission', () => {
    assert.equal(streamName('b', 17), 'b.e17');
    assert.notEqual(streamName('b', 17), streamName('b', 18));
  });
});
