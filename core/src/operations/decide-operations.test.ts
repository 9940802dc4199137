// Freezes and maintenance windows decided from what is stored and the clock; and what they mean for nets, nodes and events.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  maintenanceWindowSchema,
  type MaintenanceWindow,
} from '@nezuban/protocol/operations/maintenance-window';
import type { Place } from '@nezuban/protocol/operations/place';
import { decideOperations, type StoredFreeze } from './decide-operations.ts';
import {
  freezesOfNet,
  frozenNodes,
  heldUntil,
  mutedBy,
  readWaitSentence,
  startRefusedSentence,
  waitSentence,
} from './frozen-places.ts';
import { judgeMaintenanceWindow } from './judge-window.ts';
import { nextWindowTimes, openWindowTimes } from './window-times.ts';

const at = (text: string): number => Date.parse(`2026-12-01T${text}:00Z`);
const window = (more: object): MaintenanceWindow =>
  maintenanceWindowSchema.parse({
    kind: 'maintenance_window',
    name: 'patch',
    places: [{ scope: 'web' }],
    ...more,
  });
const freeze = (place: Place, more: Partial<StoredFreeze> = {}): StoredFreeze => ({
  id: 1,
  place,
  reason: 'disk swap',
  by: 'alice',
  since: at('09:00'),
  until: null,
  endedAt: null,
  ...more,
});
const manager: Place = { kind: 'manager', name: null };
const scopes = new Map([['web', ['web1', 'web2']]]);

test('operations: freezes: manager, folder and net hold nets, scope and node hold nodes', () => {
  const state = decideOperations(
    {
      freezes: [
        freeze({ kind: 'folder', name: 'night' }),
        freeze({ kind: 'net', name: 'day' }),
        freeze({ kind: 'scope', name: 'web' }),
        freeze({ kind: 'node', name: 'db1' }),
      ],
      windows: [],
    },
    at('10:00'),
  );
  const nets = ['night/a', 'night/b/c', 'night', 'nightly/a', 'day', 'day/x'];
  assert.deepEqual(
    nets.filter((net) => freezesOfNet(state, net).length > 0),
    ['night/a', 'night/b/c', 'day'],
  );
  assert.deepEqual([...frozenNodes(state, scopes).keys()], ['web1', 'web2', 'db1']);
  const all = decideOperations({ freezes: [freeze(manager)], windows: [] }, at('10:00'));
  assert.equal(freezesOfNet(all, 'any/net').length, 1);
  assert.equal(frozenNodes(all, scopes).size, 0);
});

test('operations: a freeze with an end: in force before it, to be ended from it on, and remembered with its time', () => {
  const stored = { freezes: [freeze(manager, { until: at('11:00') })], windows: [] };
  const before = decideOperations(stored, at('10:59'));
  assert.deepEqual([before.freezes.length, before.expired.length, before.nextChangeAt], [1, 0, at('11:00')]);
  const after = decideOperations(stored, at('11:00'));
  assert.deepEqual([after.freezes.length, after.expired.length, after.nextChangeAt], [0, 1, null]);
  assert.equal(heldUntil(after.ended, 'x'), at('11:00'));
});

test('operations: a window: open from its start up to its end, said once, and frozen like by hand', () => {
  const definition = window({
    cron: '0 1 * * *',
    duration_min: 120,
    timezone: 'Asia/Tokyo',
    reason: 'patches',
  });
  const open = decideOperations(
    { freezes: [], windows: [{ window: definition, openSince: null }] },
    Date.parse('2026-12-01T01:30+09:00'),
  );
  assert.equal(open.freezes[0]?.by, 'maintenance window "patch"');
  assert.equal(open.freezes[0]?.until, Date.parse('2026-12-01T03:00+09:00'));
  assert.equal(open.opened.length, 1);
  const said = { window: definition, openSince: open.opened[0]?.start ?? 0 };
  const later = (time: string) =>
    decideOperations({ freezes: [], windows: [said] }, Date.parse(`2026-12-01T${time}+09:00`));
  assert.deepEqual([later('02:59').opened.length, later('02:59').closed.length], [0, 0]);
  const closed = later('03:00');
  assert.deepEqual([closed.freezes.length, closed.closed.length], [0, 1]);
  assert.equal(closed.nextChangeAt, Date.parse('2026-12-02T01:00+09:00'));
});

test('operations: a window that is switched off while it is open: it ends', () => {
  const off = window({ cron: '0 * * * *', duration_min: 30, enabled: false });
  const state = decideOperations(
    { freezes: [], windows: [{ window: off, openSince: at('10:00') }] },
    at('10:10'),
  );
  assert.deepEqual([state.openWindows.length, state.closed.length, state.nextChangeAt], [0, 1, null]);
});

test('operations: mute: events of the places, by node or by net, and all of them for the manager', () => {
  const muted = (places: readonly object[], event: { node: string | null; net: string | null }) =>
    mutedBy(
      decideOperations(
        {
          freezes: [],
          windows: [
            {
              window: window({ places, cron: '0 * * * *', duration_min: 30, effects: ['mute'] }),
              openSince: null,
            },
          ],
        },
        at('10:10'),
      ),
      event,
      scopes,
    );
  assert.equal(muted([{ scope: 'web' }], { node: 'web2', net: null }), 'patch');
  assert.equal(muted([{ scope: 'web' }], { node: 'db1', net: 'night/a' }), null);
  assert.equal(muted([{ folder: 'night' }], { node: null, net: 'night/a' }), 'patch');
  assert.equal(muted([{ manager: true }], { node: null, net: null }), 'patch');
});

test('operations: a refused start: one sentence with who, why, since when, and what to type', () => {
  const state = decideOperations({ freezes: [freeze(manager)], windows: [] }, at('10:00'));
  assert.equal(
    startRefusedSentence('night/a', freezesOfNet(state, 'night/a')).message,
    'No session of "night/a" starts: the manager is frozen by alice since 2026-12-01T09:00:00.000Z: disk swap. "nezuban resume manager" ends that; "nezuban run night/a --override-freeze" starts one all the same.',
  );
});

test('operations: times of a window: once in its zone, and again and again through summer time', () => {
  const once = window({ start: '2026-12-01T01:00', end: '2026-12-01T05:00+09:00', timezone: 'Asia/Tokyo' });
  assert.deepEqual(nextWindowTimes(once, 0, 5), [
    { start: Date.parse('2026-12-01T01:00+09:00'), end: Date.parse('2026-12-01T05:00+09:00') },
  ]);
  const nightly = window({ cron: '30 2 * * *', duration_min: 60, timezone: 'Europe/Berlin' });
  assert.deepEqual(
    nextWindowTimes(nightly, Date.parse('2026-03-28T00:00Z'), 3).map(({ start }) =>
      new Date(start).toISOString(),
    ),
    ['2026-03-28T01:30:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
  );
  assert.equal(openWindowTimes(window({ cron: '0 * * * *', duration_min: 5, enabled: false })).next(0), null);
});

test('operations: what is wrong with a window: said at its place', () => {
  const wrong = (more: object) =>
    judgeMaintenanceWindow(window(more)).map(({ path, message }) => `${path.join('.')}: ${message}`);
  assert.deepEqual(wrong({ start: '2026-12-02T01:00', end: '2026-12-01T01:00' }), [
    'end: must be later than "start"',
  ]);
  assert.match(wrong({ cron: '0 25 * * *', duration_min: 5 })[0] ?? '', /^cron: the hour "25" is wrong/);
  assert.match(
    wrong({ cron: '0 2 * * *', duration_min: 5, timezone: 'Tokyo' })[0] ?? '',
    /^timezone: there is no time zone/,
  );
  assert.match(
    wrong({ cron: '0 2 * * *', duration_min: 5, places: [{ node: 'a' }, { node: 'a' }] })[0] ?? '',
    /names node a a second time/,
  );
  assert.throws(() => window({ cron: '0 2 * * *' }), /must have either/);
});

test('wait sentence: every freeze of a node or scope: its facts are read back, and other reasons have none', () => {
  const members = new Map([['web', ['web1']]]);
  const places: readonly Place[] = [
    { kind: 'node', name: 'web1' },
    { kind: 'scope', name: 'web' },
  ];
  for (const place of places)
    for (const until of [null, at('11:00')])
      for (const [by, reason] of [
        ['alice', 'disk swap'],
        ['maintenance window "patch"', 'moved since Monday: see "plan"\nsecond line'],
        ['taro is frozen by cold', ''],
      ] as const) {
        const freezes = [freeze(place, { until, by, reason })];
        const state = decideOperations({ freezes, windows: [] }, at('10:00'));
        const sentence = waitSentence(frozenNodes(state, members).get('web1') ?? '');
        assert.deepEqual(readWaitSentence(sentence), {
          code: 'frozen',
          place,
          by,
          since: new Date(at('09:00')).toISOString(),
          until: until === null ? null : new Date(until).toISOString(),
          reason,
        });
      }
  for (const other of ['Held by alice.', 'Waits: something else.', ''])
    assert.equal(readWaitSentence(other), null);
});
