// Units of several sessions that wait for each other: found where nobody goes on by himself, and never where somebody may.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionId } from '@nezuban/protocol/ids';
import { inventoryOf, net } from '../../testing/session-driver.ts';
import { applySession } from '../apply-session.ts';
import { planSession } from '../plan-session.ts';
import type { SessionInput } from '../session-inputs.ts';
import type { Session } from '../session-state.ts';
import type { WorkAnswer } from '../unit-work.ts';
import { createAdmissionBook } from './admission-book.ts';
import { findCircles, tellCircle, type UnitPlace } from './circles.ts';
import { limitsOf, type Limit } from './limits.ts';

function world(limits: readonly Limit[] = []) {
  const book = createAdmissionBook(limitsOf(limits));
  const inventory = { ...inventoryOf({ web1: true }), excludedNet: book.isExcluded };
  const sessions = new Map<SessionId, Session>();
  let now = Date.UTC(2026, 0, 1);
  const settle = (): void => {
    for (;;) {
      const admissions = book.admit(now, inventory);
      if (admissions.length === 0) return;
      for (const { sessionId, unit, node } of admissions) apply(sessionId, { type: 'admitted', unit, node });
    }
  };
  const apply = (id: SessionId, input: SessionInput): void => {
    const session = sessions.get(id);
    assert.ok(session !== undefined);
    assert.ok(applySession(session, input, { now, inventory }).ok);
    book.sync(session, inventory);
  };
  const at = (id: SessionId, path: string) => {
    const session = sessions.get(id);
    return session?.units.find(({ unit }) => unit.path === path);
  };
  const outside = (): UnitPlace[] =>
    [...sessions.values()].flatMap(({ id, units }) =>
      units.flatMap(({ unit, memo }) =>
        memo !== null && (unit.type === 'net_wait' || unit.type === 'net_start')
          ? [{ sessionId: id, unit: unit.index }]
          : [],
      ),
    );
  const circles = () =>
    findCircles({ book, session: (id) => sessions.get(id) ?? null, outside: outside(), now }) ?? [];
  return {
    start(name: string, units: readonly object[], more: object = {}): SessionId {
      now += 1_000;
      const id = (sessions.size + 1) as SessionId;
      const definition = net(units, { name, target: { node: 'web1' }, ...more });
      const request = { definition, sessionId: id, nonce: 'abc123', parameters: {} };
      const planned = planSession(
        { ...request, trigger: { type: 'manual', user: 'admin' } },
        { now, inventory },
      );
      assert.ok(planned.ok);
      sessions.set(id, planned.session);
      book.sync(planned.session, inventory);
      settle();
      return id;
    },
    answer(id: SessionId, path: string, answer: WorkAnswer): void {
      const unit = at(id, path);
      assert.ok(unit !== undefined);
      apply(id, { type: 'workAnswered', unit: unit.unit.index, run: unit.run, answer });
      settle();
    },
    end(id: SessionId): void {
      now += 1_000;
      for (const attempt of sessions.get(id)?.attempts.values() ?? [])
        if (attempt.endStatus === null)
          apply(id, { type: 'attemptRefused', attemptId: attempt.id, code: 'bad_order', reason: 'test' });
      settle();
    },
    stop(id: SessionId): void {
      apply(id, { type: 'operation', operation: 'kill', actor: 'ann' });
      settle();
    },
    /** How often the waits and the ages of sessions are read from here on. */
    countReads(): () => number {
      let reads = 0;
      const counted = (of: object, key: string, value: unknown): void => {
        Object.defineProperty(of, key, {
          get() {
            reads += 1;
            return value;
          },
        });
      };
      for (const session of sessions.values()) {
        counted(session, 'createdAt', session.createdAt);
        for (const record of session.units) counted(record, 'memo', record.memo);
      }
      return () => reads;
    },
    state: (id: SessionId, path: string) => at(id, path)?.state,
    circles,
    told: () => circles().map((circle) => tellCircle(circle)),
  };
}

const lock = (name: string, count: number | 'all' = 1) => ({ locks: [{ name, count }] });
const work = { name: 'work', command: 'x' };
/** Holds one, and asks for another when its first unit has ended. */
const nested = (outer: string, inner: string) => [
  {
    name: 'outer',
    ...lock(outer),
    units: [
      { ...work, name: 'first' },
      { ...work, name: 'inner', after: { any: [{ unit: 'first', on: ['abnormal'] }] }, ...lock(inner) },
    ],
  },
];

test('circles: two sessions hold what the other asks for: found once, with who holds what, and gone with a kill', () => {
  const there = world();
  const [a, b] = [there.start('a', nested('x', 'y')), there.start('b', nested('y', 'x'))];
  assert.deepEqual(there.circles(), []);
  there.end(a);
  assert.deepEqual(there.circles(), [], 'the other may still end');
  there.end(b);
  assert.deepEqual(there.told(), [
    '"outer/inner" of session 1 of a waits for the lock "y", which session 2 holds; "outer/inner" of session 2 of b waits for the lock "x", which session 1 holds',
  ]);
  // Somebody behind them is no part of it.
  const c = there.start('c', [{ ...work, ...lock('x') }]);
  assert.equal(there.circles().length, 1);
  assert.equal(there.circles()[0]?.length, 2);
  there.stop(a);
  assert.deepEqual([there.circles(), there.state(b, 'outer/inner')], [[], 'starting']);
  there.end(b);
  there.end(b);
  assert.equal(there.state(c, 'work'), 'starting');
});

test('circles: a net that waits for one it has started, which asks for its lock: found, unless it has a time limit', () => {
  for (const limit of [{}, { timeout_s: 60 }]) {
    const there = world();
    const a = there.start('a', [{ name: 's', type: 'net_start', net: 'b', ...limit }], lock('x'));
    const b = there.start('b', [work], lock('x'));
    assert.deepEqual(there.circles(), [], 'nobody knows yet that it is this one');
    there.answer(a, 's', { kind: 'net_started', session: b });
    assert.deepEqual(
      there.told(),
      'timeout_s' in limit
        ? []
        : [
            '"s" of session 1 of a waits for the end of session 2; session 2 of b waits for the lock "x", which session 1 holds',
          ],
    );
  }
});

test('circles: a wait that its watch ends, or that of a net around it: goes on by itself; one that is only told of does not', () => {
  const circlesWith = (inner: object, outer: object): number => {
    const there = world();
    const [holder] = nested('x', 'y');
    const [first, last] = holder?.units ?? [];
    const a = there.start('a', [{ ...holder, units: [first, { ...last, ...inner }], ...outer }]);
    const b = there.start('b', nested('y', 'x'));
    there.end(a);
    there.end(b);
    return there.circles().length;
  };
  const none = {};
  assert.equal(circlesWith(none, none), 1);
  assert.equal(circlesWith({ delays: { start: { after_s: 60, do: 'notify' } } }, none), 1);
  assert.equal(circlesWith({ delays: { start: { after_s: 60, do: 'skip' } } }, none), 0);
  assert.equal(circlesWith({ delays: { end: { after_s: 60, do: 'stop' } } }, none), 1, 'it has not begun');
  assert.equal(circlesWith(none, { delays: { end: { after_s: 60, do: 'stop' } } }), 0);
  assert.equal(circlesWith(none, { delays: { end: { after_s: 60, do: { set_status: 'warning' } } } }), 0);
});

test('circles: a wait for a net that is kept out: found; not if another session of it may end, or is yet to come', () => {
  const wait = { name: 'w', type: 'net_wait', nets: ['b'], which: 'next' };
  const kept = world();
  kept.start('a', [wait], { exclusive_with: ['b'] });
  kept.start('b', [work]);
  assert.deepEqual(kept.told(), [
    '"w" of session 1 of a waits for the end of session 2; session 2 of b waits for its turn, which session 1 keeps from it',
  ]);
  const free = world();
  free.start('a', [wait], lock('x'));
  free.start('b', [{ ...work, ...lock('x') }]);
  assert.equal(free.circles().length, 1);
  free.start('b', [{ ...work, name: 'without' }]);
  assert.deepEqual(free.circles(), []);
  const old = world();
  old.start('b', [{ ...work, ...lock('x') }]);
  old.start('a', [{ ...wait }], lock('x'));
  assert.deepEqual(old.circles(), [], 'that session was begun before, and is not waited for');
});

test('circles: of three, over places with counts: found where the last place is missing', () => {
  const limits: Limit[] = [{ definition: { kind: 'lock', name: 'z', places: 2 }, paused: null }];
  const there = world(limits);
  const ids = [
    there.start('a', nested('x', 'y')),
    there.start('b', nested('y', 'z')),
    there.start('c', [
      {
        name: 'outer',
        ...lock('z', 2),
        units: [
          { ...work, name: 'first' },
          { ...work, name: 'inner', after: { any: [{ unit: 'first', on: ['abnormal'] }] }, ...lock('x') },
        ],
      },
    ]),
  ];
  for (const id of ids) there.end(id);
  const [circle, ...others] = there.circles();
  assert.deepEqual([circle?.map(({ sessionId }) => sessionId), others], [[1, 2, 3], []]);
});

test('circles: what is paused, or has fewer places than are asked for, is no circle', () => {
  const there = world([
    {
      definition: { kind: 'lock', name: 'y', places: 1 },
      paused: { by: 'ann', reason: null, at: '' },
    },
  ]);
  const [a, b] = [there.start('a', nested('x', 'y')), there.start('b', nested('x', 'y'))];
  there.end(a);
  there.end(b);
  assert.deepEqual(there.circles(), []);
});

test('circles: whoever may not see a net does not read its name', () => {
  const there = world();
  const [a, b] = [there.start('a', nested('x', 'y')), there.start('b', nested('y', 'x'))];
  there.end(a);
  there.end(b);
  const [circle] = there.circles();
  assert.equal(
    tellCircle(circle ?? [], (name) => name === 'a'),
    '"outer/inner" of session 1 of a waits for the lock "y", which another session holds; another session waits for the lock "x", which session 1 holds',
  );
});

test('circles: thousands that wait behind one another, and for one circle: each is looked at once', () => {
  const there = world();
  const [a, b] = [there.start('a', nested('x', 'y')), there.start('b', nested('y', 'x'))];
  there.end(a);
  there.end(b);
  for (let count = 0; count < 2_000; count += 1) there.start('c', [{ ...work, ...lock('x') }]);
  const begun = process.cpuUsage();
  assert.equal(there.circles().length, 1);
  assert.ok(process.cpuUsage(begun).user < 5_000_000, 'microseconds of the processor, whatever else runs');
});

test('circles: many that wait for the same nets, whose sessions are served one after the other: the cost grows with them, not with their square', () => {
  const readsOf = (count: number): number => {
    const there = world();
    there.start('holder', [{ ...work, ...lock('l') }]);
    const wait = { name: 'w', type: 'net_wait', nets: { all: ['b', 'c'] }, which: 'next' };
    for (let made = 0; made < count; made += 1) there.start('a', [wait]);
    for (let made = 0; made < count; made += 1) there.start('b', [{ ...work, ...lock('l') }]);
    there.start('c', [{ ...work, ...lock('l') }]);
    const reads = there.countReads();
    assert.deepEqual(there.circles(), []);
    return reads();
  };
  const [few, many] = [readsOf(50), readsOf(200)];
  assert.ok(many < few * 8, `${few} reads of 50, ${many} of 200`);
});

test('circles: a wait for a unit of another net: found while somebody inside it is stuck, not for what stands beside it', () => {
  for (const unit of ['outer', 'beside']) {
    const there = world();
    there.start('a', [{ name: 'w', type: 'net_wait', nets: [{ net: 'b', unit }], which: 'next' }], lock('x'));
    there.start('b', [
      { name: 'outer', units: [{ ...work, name: 'inner', ...lock('x') }] },
      { ...work, name: 'beside' },
    ]);
    assert.equal(there.circles().length, unit === 'outer' ? 1 : 0, unit);
  }
});

test('places: who waits for two locks keeps none from those inside who hold one of them', () => {
  const there = world();
  const a = there.start('a', nested('x', 'y'));
  const both = there.start('both', [
    {
      ...work,
      locks: [
        { name: 'x', count: 1 },
        { name: 'y', count: 1 },
      ],
    },
  ]);
  there.end(a);
  assert.equal(
    there.state(a, 'outer/inner'),
    'starting',
    'it holds what the other waits for, and comes first',
  );
  there.end(a);
  assert.equal(there.state(both, 'work'), 'starting');
});
