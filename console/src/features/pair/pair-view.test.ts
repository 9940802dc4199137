// Tests of what the screens of the pair are told: tones, shares, steps, and what became of a switch.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  dutyStateSchema,
  redundancies,
  type KeeperView,
  type PairHost,
  type PairStatus,
  type TakeOver,
} from '@nezuban/protocol/pair/status';
import { en } from '../../i18n/en.ts';
import {
  copyLeftMs,
  copyPercent,
  hostStatus,
  judgeSwitch,
  linkStatus,
  lengthOf,
  needsGuard,
  redundancyStatus,
  stepsOf,
  summaryKey,
  switchBoundMs,
  type SwitchOrder,
} from './pair-view.ts';

const at = '2026-11-22T10:00:00.000Z';

const host = (id: string, state: KeeperView['state'], changes: Partial<PairHost> = {}): PairHost => ({
  id,
  name: id,
  address: null,
  consoleUrl: null,
  isSelf: false,
  isMaster: state.startsWith('master'),
  inSync: true,
  reachable: true,
  lastHeardAgoMs: 100,
  roundTripMs: null,
  view: {
    id,
    name: id,
    kind: 'member',
    release: '0.1.0',
    at,
    state,
    reason: '',
    since: at,
    term: 1,
    database: { runs: 'standby', healthy: true, streaming: true, flushed: 0, bytes: null },
    copy: null,
    lagBytes: null,
    commitsWait: false,
    serviceOpen: state.startsWith('master'),
    guardRuns: true,
    freeBytes: null,
    takeOvers: [],
  },
  ...changes,
});

const pair = (hosts: readonly PairHost[], changes: Partial<PairStatus> = {}): PairStatus => {
  const master = hosts.find(({ isMaster }) => isMaster);
  return {
    mode: 'pair',
    at,
    cluster: 'c',
    self: 'a',
    master: master === undefined ? null : { id: master.id, name: master.name, since: at, term: 1 },
    redundancy: 'redundant',
    summary: '',
    advice: [],
    hosts: [...hosts],
    voters: [],
    tieBreaker: 'witness',
    roster: null,
    history: [],
    ...changes,
  };
};

const takeOver = (term: number, changes: Partial<TakeOver> = {}): TakeOver => ({
  at,
  term,
  kind: 'switch',
  from: 'a',
  to: 'b',
  reason: '',
  steps: { detectMs: null, electMs: 50, promoteMs: 300, openMs: 150 },
  totalMs: 500,
  ...changes,
});

test('pair view: every state and redundancy: has a word', () => {
  for (const state of dutyStateSchema.options)
    assert.ok(state in en.pair.state && hostStatus(host('a', state), 'pair').icon !== undefined, state);
  for (const redundancy of redundancies)
    assert.equal(redundancyStatus(pair([], { redundancy })).label, `pair.redundancy.${redundancy}`);
});

test('pair view: a single host that serves: is well, and is no pair that lacks something', () => {
  assert.equal(hostStatus(host('a', 'master-alone'), 'single').tone, 'normal');
  assert.equal(hostStatus(host('a', 'master-alone'), 'pair').tone, 'warning');
  assert.equal(redundancyStatus(pair([], { mode: 'single', redundancy: 'alone' })).tone, 'neutral');
});

test('pair view: the sentence: two hosts without a witness do not take over by themselves', () => {
  for (const redundancy of redundancies)
    assert.equal(summaryKey(pair([], { redundancy })), `pair.summary.${redundancy}`);
  assert.equal(summaryKey(pair([], { tieBreaker: 'fence' })), 'pair.summary.redundant');
  assert.equal(summaryKey(pair([], { tieBreaker: 'manual' })), 'pair.summary.redundantByHand');
  assert.equal(summaryKey(pair([], { tieBreaker: 'manual', redundancy: 'alone' })), 'pair.summary.alone');
});

test('pair view: a guard: is missed where a deadline may have to be kept, not on a host that is alone', () => {
  const [a, b] = [host('a', 'master-alone'), host('b', 'standby-in-sync')];
  const voter = { id: 'w', name: 'w', kind: 'witness', reachable: true, lastHeardAgoMs: 0 } as const;
  assert.equal(needsGuard(pair([a, b])), true);
  assert.equal(needsGuard(pair([a], { mode: 'single' })), false);
  assert.equal(needsGuard(pair([a])), false);
  assert.equal(needsGuard(pair([a], { voters: [voter, { ...voter, id: 'a', kind: 'member' }] })), true);
});

test('pair view: the way of the data: as the standby is', () => {
  const link = (standby: PairHost) => linkStatus(pair([host('a', 'master-alone'), standby])).label;
  assert.equal(link(host('b', 'standby-in-sync')), 'pair.link.synced');
  assert.equal(link(host('b', 'standby-in-sync', { inSync: false })), 'pair.link.catchingUp');
  assert.equal(link(host('b', 'standby-copying')), 'pair.link.copying');
  assert.equal(link(host('b', 'standby-catching-up')), 'pair.link.catchingUp');
  assert.equal(link(host('b', 'maintenance')), 'pair.link.paused');
  assert.equal(link(host('b', 'failed')), 'pair.link.broken');
  assert.equal(link(host('b', 'standby-in-sync', { reachable: false })), 'pair.link.broken');
  assert.equal(link(host('b', 'standby-in-sync', { view: null })), 'pair.link.broken');
  assert.equal(linkStatus(pair([host('a', 'waiting'), host('b', 'waiting')])).label, 'pair.link.none');
});

test('pair view: a copy: share and time left, and neither while the whole is unknown', () => {
  const copy = { phase: 'copying', bytes: 250, totalBytes: 1000, startedAt: at } as const;
  const later = '2026-11-22T10:00:10.000Z';
  assert.equal(copyPercent(copy), 25);
  assert.equal(copyLeftMs(copy, later), 30_000);
  assert.equal(copyPercent({ ...copy, totalBytes: null }), null);
  assert.equal(copyLeftMs({ ...copy, totalBytes: null }, later), null);
  assert.equal(copyLeftMs({ ...copy, bytes: 0 }, later), null);
  assert.equal(copyLeftMs(copy, at), null);
  assert.equal(copyPercent({ ...copy, bytes: 1100 }), 100);
});

test('pair view: steps of a change: those that applied, as shares of the longest', () => {
  assert.deepEqual(stepsOf(takeOver(2), 1000), [
    { step: 'elect', ms: 50, percent: 5 },
    { step: 'promote', ms: 300, percent: 30 },
    { step: 'open', ms: 150, percent: 15 },
  ]);
  assert.equal(lengthOf(takeOver(2, { totalMs: null })), 500);
  assert.equal(stepsOf(takeOver(2), 0)[0]?.percent, 0);
});

const order: SwitchOrder = { target: 'b', from: 'a', startedAt: 1000, termBefore: 1 };

test('switch: until the other host serves: under way, and too long beyond the bound', () => {
  const before = pair([host('a', 'master-paired'), host('b', 'standby-in-sync')]);
  assert.deepEqual(judgeSwitch(order, before, 2000), { kind: 'running' });
  assert.deepEqual(judgeSwitch(order, before, 1001 + switchBoundMs), { kind: 'too-long' });
  const promoting = pair([host('a', 'standing-down'), host('b', 'promoting')]);
  assert.deepEqual(judgeSwitch(order, promoting, 2000), { kind: 'running' });
});

test('switch: the other host serves: done, as long as the pair says, else as long as it was waited for', () => {
  const hosts = [host('a', 'standby-in-sync'), host('b', 'master-paired')];
  assert.deepEqual(judgeSwitch(order, pair(hosts, { history: [takeOver(2)] }), 4000), {
    kind: 'done',
    tookMs: 500,
  });
  assert.deepEqual(judgeSwitch(order, pair(hosts, { history: [takeOver(1)] }), 4000), {
    kind: 'done',
    tookMs: 3000,
  });
});
