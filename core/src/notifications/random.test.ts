// Notifications on random sequences of events, waits, restarts and acknowledgements: nothing is lost, nothing told twice, and a restart
// changes nothing. Compared with a small reference that keeps whole histories instead of a state.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nextDueMs } from './decide.ts';
import { createWorld, eventOf, startMs, type TestDefinitions } from '../testing/notification-world.ts';

const RUNS = 300;

type Happening = {
  readonly waitS: number;
  readonly node: 'a-1' | 'b-1' | 'router';
  readonly key: '1' | '2' | null;
  readonly priority: 'critical' | 'warning';
  readonly clears: boolean;
  readonly restart: boolean;
  readonly acknowledge: boolean;
};
const happening: fc.Arbitrary<Happening> = fc.record({
  waitS: fc.constantFrom(0, 0, 1, 20, 61, 600),
  node: fc.constantFrom('a-1', 'b-1', 'router'),
  key: fc.constantFrom('1', '2', null),
  priority: fc.constantFrom('critical', 'warning'),
  clears: fc.boolean(),
  restart: fc.boolean(),
  acknowledge: fc.boolean(),
});
const happenings = fc.array(happening, { maxLength: 60 });

const rich: TestDefinitions = {
  rules: [
    { name: 'grouped', group: { by: ['node'], wait_s: 5, interval_s: 60 }, recovered: true },
    { name: 'changes', repeat: 'on_change', recovered: true, limit_per_min: 3 },
    { name: 'often', after: { times: 2, within_min: 10 }, repeat: { every_min: 5 } },
    { name: 'chained', priorities: ['critical'], escalation: 'chain', group: { by: [] } },
  ],
  inhibitions: [
    { while: { nodes: ['router'] }, keep_back: { nodes: ['b-*'] }, behind: 'behind-router', at_most_min: 15 },
  ],
  escalations: [
    {
      steps: [
        { after_min: 1, channels: ['x'] },
        { after_min: 3, channels: ['y'] },
      ],
    },
  ],
};

type World = ReturnType<typeof createWorld>;

/** Lets time pass as the loop does: from one due moment to the next. */
const passUntil = (world: World, fromMs: number, untilMs: number): void => {
  let nowMs = fromMs;
  for (let steps = 0; ; steps += 1) {
    assert.ok(steps < 10_000, 'something is due again and again');
    const due = nextDueMs(world.base(), nowMs);
    if (due === null || due > untilMs) return;
    nowMs = Math.max(due, nowMs);
    world.at(nowMs);
  }
};

const play = (
  definitions: TestDefinitions,
  sequence: readonly Happening[],
  options: { readonly restarts: boolean },
): World => {
  const world = createWorld(definitions);
  let nowMs = startMs;
  for (const [index, each] of sequence.entries()) {
    passUntil(world, nowMs, nowMs + each.waitS * 1000);
    nowMs += each.waitS * 1000;
    if (options.restarts && each.restart) world.restart();
    const { node, key, priority } = each;
    const clears = each.clears && key !== null;
    const event = eventOf({ id: index + 1, message: `m${index}`, node, key, monitor: 'm', priority, clears });
    world.at(nowMs, [event], {
      acknowledged: each.acknowledge ? new Map([[index, 'sato']]) : new Map(),
    });
  }
  passUntil(world, nowMs, nowMs + 3_600_000);
  return world;
};

test('random sequences: a restart at any moment: the same messages at the same moments', () => {
  fc.assert(
    fc.property(happenings, (sequence) => {
      const withRestarts = play(rich, sequence, { restarts: true });
      assert.deepEqual(withRestarts.effects, play(rich, sequence, { restarts: false }).effects);
    }),
    { numRuns: RUNS },
  );
});

test('random sequences: plain, grouped or too many: every event is listed or counted exactly once', () => {
  const shapes: readonly object[] = [
    {},
    { limit_per_min: 2 },
    { group: { by: ['node'], wait_s: 5, interval_s: 60 } },
    { group: { by: ['key'], wait_s: 0, interval_s: 1 }, limit_per_min: 1 },
  ];
  fc.assert(
    fc.property(happenings, fc.constantFrom(...shapes), (sequence, shape) => {
      const world = play({ rules: [shape] }, sequence, { restarts: true });
      const told = world.told();
      const listed = told.flatMap(({ events }) => events.map(({ id }) => id));
      assert.equal(new Set(listed).size, listed.length, 'an event is listed twice');
      const counted = told.reduce((sum, { events, more }) => sum + events.length + more, 0);
      assert.equal(counted, sequence.length);
      for (const { events, more, counts } of told)
        assert.equal(counts.raised + counts.recovered, events.length + more);
      assert.equal(nextDueMs(world.base(), startMs), null);
    }),
    { numRuns: RUNS },
  );
});

/** What a rule that tells changes and ends must have said: from the history alone. */
const reference = (sequence: readonly Happening[]): string[] => {
  const told: string[] = [];
  const last = new Map<string, string>();
  for (const [index, { node, key, priority, clears }] of sequence.entries()) {
    const subject = `${node} ${key}`;
    if (clears && key !== null) {
      if (last.delete(subject)) told.push(`over ${index + 1}`);
    } else if (last.get(subject) !== priority) {
      last.set(subject, priority);
      told.push(`new ${index + 1}`);
    }
  }
  return told;
};

test('random sequences: on change with its end: as the history demands', () => {
  const rules = [{ repeat: 'on_change', recovered: true, limit_per_min: 6_000 }];
  fc.assert(
    fc.property(happenings, (sequence) => {
      const told = play({ rules }, sequence, { restarts: true }).told();
      assert.deepEqual(
        told.map(({ recovered, events }) => `${recovered ? 'over' : 'new'} ${events[0]?.id}`),
        reference(sequence),
      );
    }),
    { numRuns: RUNS },
  );
});

test('random sequences: an inhibition: what is kept back and still stands is told in the end, the rest is written down', () => {
  const definitions = {
    rules: [{ nodes: ['b-*'], limit_per_min: 6_000 }],
    inhibitions: [{ while: { nodes: ['router'] }, keep_back: { nodes: ['b-*'] }, at_most_min: 20 }],
  };
  fc.assert(
    fc.property(happenings, (sequence) => {
      const world = play(definitions, sequence, { restarts: true });
      const seen = new Set(
        world.effects.flatMap(({ effect }) => {
          if (effect.type === 'suppressed') return effect.events.map(({ id }) => id);
          return effect.type === 'message' ? effect.body.events.map(({ id }) => id) : [];
        }),
      );
      for (const [index, { node }] of sequence.entries())
        if (node === 'b-1') assert.ok(seen.has(index + 1), `event ${index + 1} vanished`);
      // After an hour nothing stands any more, so nothing is kept back.
      assert.equal(world.base().state.kept.size, 0);
    }),
    { numRuns: RUNS },
  );
});
