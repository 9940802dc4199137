// The property that admission must have: whatever is asked for, in whatever order, with restarts, late starts and ends, operations and changed limits in between,
// no more is given than there is, nobody waits for what is free while he is first, holders and waiters can be had again from what is stored,
// and everything ends. Called by the smoke test and by the long run.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { LimitDefinition } from '@nezuban/protocol/jobs/control/limit';
import { operationNames } from '@nezuban/protocol/jobs/session';
import { net } from '../session-driver.ts';
import { PlacesWorld } from './places-world.ts';

type Seed = {
  readonly queue: number;
  readonly lock: number;
  readonly count: number;
  readonly priority: number;
  readonly retry: number;
  readonly node: number;
  readonly after: boolean;
  readonly late: number;
  readonly inner: readonly Seed[];
};

const leaf = {
  queue: fc.nat({ max: 5 }),
  lock: fc.nat({ max: 6 }),
  count: fc.nat({ max: 4 }),
  priority: fc.integer({ min: 0, max: 5 }),
  retry: fc.nat({ max: 3 }),
  node: fc.nat({ max: 3 }),
  after: fc.boolean(),
  late: fc.nat({ max: 15 }),
};
const seedOf = (depth: number): fc.Arbitrary<Seed> =>
  fc.record({
    ...leaf,
    inner:
      depth === 0
        ? fc.constant([])
        : fc.oneof(
            { weight: 2, arbitrary: fc.constant([]) },
            { weight: 1, arbitrary: fc.array(seedOf(depth - 1), { minLength: 1, maxLength: 3 }) },
          ),
  });

const netSeed = fc.record({
  overlap: fc.nat({ max: 5 }),
  max: fc.integer({ min: 1, max: 2 }),
  excludes: fc.nat({ max: 6 }),
  lock: fc.nat({ max: 12 }),
  queue: fc.nat({ max: 5 }),
  priority: fc.integer({ min: 0, max: 5 }),
  units: fc.array(seedOf(1), { minLength: 1, maxLength: 4 }),
});

/** Another definition makes the session anew, which is tried elsewhere. */
const operations = operationNames.filter((name) => name !== 'take_definition');

const locks = ['a', 'b', 'c'];
const queues = ['q1', 'q2'];
/** With the ticks of the world some are in time and some are late. */
const delays: readonly object[] = [
  { start: { after_s: 15, do: 'notify' }, end: { after_s: 15, do: 'notify' } },
  { start: { after_s: 25, do: 'skip' } },
  { start: { after_s: 25, do: 'stop' } },
  { start: { after_s: 25, do: { set_status: 'warning' } } },
  { end: { after_s: 30, do: 'stop' } },
  { end: { after_s: 30, do: { set_status: 'normal' } } },
];
const limits: readonly LimitDefinition[] = [
  { kind: 'queue', name: 'q1', places: 1, timezone: 'UTC' },
  { kind: 'queue', name: 'q2', places: 2, timezone: 'UTC' },
  { kind: 'lock', name: 'b', places: 3 },
  { kind: 'node_limit', name: 'web1', places: 2, timezone: 'UTC' },
];

function keysOf(seed: Pick<Seed, 'lock' | 'count'>, inLock: boolean): object {
  const name = locks[seed.lock];
  if (name === undefined || inLock) return {};
  // Of a lock with one place more can never be had.
  const count = seed.count === 4 ? 'all' : name === 'b' ? Math.max(1, seed.count) : 1;
  return { locks: [{ name, count }] };
}

function unitsOf(seeds: readonly Seed[], inLock: boolean): object[] {
  return seeds.map((seed, index) => {
    const keys = keysOf(seed, inLock);
    const queue = queues[seed.queue];
    const common = {
      name: `u${index}`,
      ...keys,
      ...(queue === undefined ? {} : { queue }),
      ...(seed.priority === 0 ? {} : { priority: seed.priority }),
      ...(delays[seed.late] === undefined ? {} : { delays: delays[seed.late] }),
      ...(seed.after && index > 0
        ? { after: [{ unit: `u${index - 1}`, on: ['normal', 'abnormal', 'unknown'] }] }
        : {}),
    };
    if (seed.inner.length > 0) return { ...common, units: unitsOf(seed.inner, inLock || 'locks' in keys) };
    const target =
      seed.node === 0 ? {} : { target: seed.node === 3 ? { scope: 'all' } : { node: `web${seed.node}` } };
    const retry =
      seed.retry === 0 ? {} : { retry: { count: seed.retry, delay_s: seed.retry === 2 ? 30 : 0 } };
    return { ...common, command: 'true', ...target, ...retry };
  });
}

const worldArbitrary = fc.array(netSeed, { minLength: 1, maxLength: 3 }).map((seeds): JobNetDefinition[] =>
  seeds.map((seed, index) => {
    const keys = keysOf({ lock: seed.lock, count: 0 }, false);
    const other = (index + 1 + (seed.excludes % Math.max(1, seeds.length - 1))) % seeds.length;
    return net(unitsOf(seed.units, 'locks' in keys), {
      name: `net${index}`,
      ...keys,
      ...(queues[seed.queue] === undefined ? {} : { queue: queues[seed.queue] }),
      ...(seed.priority === 0 ? {} : { priority: seed.priority }),
      ...(seed.overlap > 2 ? {} : { overlap: ['parallel', 'queue', 'skip'][seed.overlap] }),
      ...(seed.overlap === 1 || seed.overlap === 2 ? { overlap_max: seed.max } : {}),
      ...(seed.excludes < 2 && other !== index ? { exclusive_with: [`net${other}`] } : {}),
    });
  }),
);

const actionsArbitrary = fc.array(
  fc.tuple(fc.nat({ max: 15 }), fc.nat({ max: 1000 }), fc.nat({ max: 1000 })),
  { maxLength: 60, size: 'max' },
);

export type PlacesFigures = { worlds: number; actions: number; sessions: number; admissions: number };

export function provePlaces({
  worlds,
  seed,
}: {
  readonly worlds: number;
  readonly seed?: number;
}): PlacesFigures {
  const figures: PlacesFigures = { worlds: 0, actions: 0, sessions: 0, admissions: 0 };
  fc.assert(
    fc.property(worldArbitrary, actionsArbitrary, (nets, actions) => {
      const world = new PlacesWorld(nets, limits);
      for (const [kind, pick, what] of actions) {
        if (kind <= 4) world.start(pick);
        else if (kind <= 9) world.report(pick, what);
        else if (kind <= 11)
          world.operate(pick, what, operations[(pick + what) % operations.length] ?? 'stop');
        else if (kind === 12) world.tick(20_000);
        else if (kind === 13) world.changeLimit(pick, what);
        else world.restart();
      }
      finish(world);
      figures.worlds += 1;
      figures.actions += actions.length;
      figures.sessions += world.sessions.size;
      figures.admissions += world.admitted;
    }),
    { numRuns: worlds, ...(seed === undefined ? {} : { seed }) },
  );
  return figures;
}

/** With everything open, everything ends. */
function finish(world: PlacesWorld): void {
  world.openAll();
  for (let round = 0; !world.ended(); round += 1) {
    assert.ok(round < 10_000, 'everything ends');
    for (const session of world.sessions.values())
      for (const record of session.units) {
        const free = record.state === 'held' || record.marks?.paused !== undefined;
        if (free) world.operate([...world.sessions.keys()].indexOf(session.id), record.unit.index, 'release');
      }
    world.report(0, 6);
    world.tick(60_000);
  }
}
