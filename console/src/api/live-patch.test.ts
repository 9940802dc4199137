// Tests of the pure changes that live messages make to loaded data.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nightRun, netOf, sampleSessions } from '@nezuban/tests/browser/fake-manager/fake-data';
import {
  patchNetSession,
  patchPages,
  patchSessionSummary,
  patchSessionUnits,
  removeFromPages,
  sessionMatches,
  type LoadedSession,
} from './live-patch.ts';

const loaded = (): LoadedSession => {
  const detail = { ...(sampleSessions()[0] ?? assert.fail('no session')), revision: 10 };
  return { detail, loadedRevision: 10 };
};

test('units message: newer units: replaced, the others keep their identity', () => {
  const before = loaded();
  const [first, second] = before.detail.units;
  if (first === undefined || second === undefined) assert.fail('too few units');
  const after = patchSessionUnits(before, {
    sessionId: before.detail.id,
    revision: 11,
    units: [{ ...first, reason: 'new' }],
  });
  assert.equal(after?.detail.units[0]?.reason, 'new');
  assert.equal(after?.detail.units[1], second);
});

test('units message: older than what was loaded: ignored', () => {
  const before = loaded();
  const units = before.detail.units.slice(0, 1).map((unit) => ({ ...unit, reason: 'stale' }));
  assert.equal(patchSessionUnits(before, { sessionId: before.detail.id, revision: 9, units }), before);
});

test('units message: behind a folded summary that was newer: still applied', () => {
  const start = loaded();
  const before = patchSessionSummary(start, { ...start.detail, revision: 15 });
  const units = before.detail.units.slice(0, 1).map((unit) => ({ ...unit, reason: 'new' }));
  assert.equal(
    patchSessionUnits(before, { sessionId: before.detail.id, revision: 12, units })?.detail.units[0]?.reason,
    'new',
  );
});

test('units message: a unit that is not there: the session must be loaded anew', () => {
  const before = loaded();
  const units = before.detail.units
    .slice(0, 1)
    .map((unit) => ({ ...unit, path: 'elsewhere' as typeof unit.path }));
  assert.equal(patchSessionUnits(before, { sessionId: before.detail.id, revision: 12, units }), null);
});

test('session message: newer: state changes, parameters and units stay; older or of another session: ignored', () => {
  const before = loaded();
  const after = patchSessionSummary(before, { ...before.detail, state: 'ended', revision: 11 });
  assert.deepEqual(
    [after.detail.state, after.detail.units, after.detail.parameters],
    ['ended', before.detail.units, before.detail.parameters],
  );
  assert.equal(patchSessionSummary(before, { ...before.detail, revision: 3 }), before);
  assert.equal(patchSessionSummary(before, { ...before.detail, id: 999 as never, revision: 99 }), before);
});

const pages = (...lists: number[][]) => ({
  pages: lists.map((items) => ({ items: items.map((id) => ({ id, version: 1 })), nextCursor: null })),
  pageParams: [],
});
type Item = { readonly id: number; readonly version: number };
const rules = { key: (item: Item) => item.id, shows: () => true, descendingBy: (item: Item) => item.id };

test('list: an item on a later page: replaced in its place', () => {
  const after = patchPages(pages([3, 2], [1]), { id: 1, version: 2 }, rules);
  assert.deepEqual(after.pages[1]?.items, [{ id: 1, version: 2 }]);
});

test('list: a new item: in its place by the order, nowhere without one or against the filter', () => {
  const ids = (list: ReturnType<typeof pages>) => list.pages.map((page) => page.items.map(({ id }) => id));
  const item = (id: number) => ({ id, version: 1 });
  assert.deepEqual(ids(patchPages(pages([5, 3], [1]), item(6), rules) as ReturnType<typeof pages>), [
    [6, 5, 3],
    [1],
  ]);
  assert.deepEqual(ids(patchPages(pages([5, 3], [1]), item(4), rules) as ReturnType<typeof pages>), [
    [5, 4, 3],
    [1],
  ]);
  assert.deepEqual(ids(patchPages(pages([5, 3], [1]), item(2), rules) as ReturnType<typeof pages>), [
    [5, 3],
    [2, 1],
  ]);
  assert.deepEqual(ids(patchPages(pages([]), item(2), rules) as ReturnType<typeof pages>), [[2]]);
  const before = pages([1]);
  assert.equal(patchPages(before, item(2), { ...rules, shows: () => false }), before);
  assert.equal(patchPages(before, item(2), { key: rules.key, shows: rules.shows }), before);
});

test('list: a new item behind all that is loaded: left to the next page, appended where there is none', () => {
  const more = { pages: [{ items: [{ id: 5, version: 1 }], nextCursor: 'x' }], pageParams: [] };
  assert.equal(patchPages(more, { id: 1, version: 1 }, rules), more);
  assert.equal(patchPages(pages([5]), { id: 1, version: 1 }, rules).pages[0]?.items.length, 2);
});

test('list: an item that the filter shows no longer: gone', () => {
  assert.deepEqual(
    patchPages(pages([2, 1]), { id: 2, version: 2 }, { ...rules, shows: () => false }).pages[0]?.items.map(
      ({ id }) => id,
    ),
    [1],
  );
});

test('list: an older version of an item: ignored', () => {
  const after = patchPages(
    pages([1]),
    { id: 1, version: 0 },
    { ...rules, isNewer: (next, previous) => next.version >= previous.version },
  );
  assert.equal(after.pages[0]?.items[0]?.version, 1);
});

test('list: removal: only the page that held it changes', () => {
  const before = pages([2], [1]);
  const after = removeFromPages(before, ({ id }) => id === 1);
  assert.equal(after.pages[0], before.pages[0]);
  assert.deepEqual(after.pages[1]?.items, []);
});

test('net: its newest session: shown, an older one never replaces it', () => {
  const [newest, older] = sampleSessions();
  if (newest === undefined || older === undefined) assert.fail('too few sessions');
  const net = patchNetSession(netOf(nightRun), newest);
  assert.equal(net.lastSession?.id, newest.id);
  assert.equal(patchNetSession(net, older), net);
  assert.equal(patchNetSession(net, { ...newest, net: 'other' }), net);
});

test('session filter: states, end status and net: all must hold; nothing ended matches no end status', () => {
  const session = { ...(sampleSessions()[0] ?? assert.fail('no session')), endStatus: null };
  assert.equal(sessionMatches(session, {}), true);
  assert.equal(sessionMatches(session, { state: ['running'], net: 'sample/night-run' }), true);
  assert.equal(sessionMatches(session, { state: ['ended'] }), false);
  assert.equal(sessionMatches(session, { end_status: ['normal'] }), false);
});
