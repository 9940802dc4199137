// The engine against the reference engine: random nets, random results, operations, repeats and restarts in between.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { EndStatus, JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import { operationNames } from '@nezuban/protocol/jobs/session';
import { judgeJobNet } from '../definitions/judge-job-net.ts';
import { ReferenceSession } from '../testing/reference-session.ts';
import type { ReferenceUnit } from '../testing/reference-session.ts';
import { endInput, inventoryOf, net, SessionDriver } from '../testing/session-driver.ts';
import { allOperations, allowedOperations } from './operation-check.ts';
import { unfinishedEffects } from './apply-session.ts';
import type { SessionInput } from './session-inputs.ts';

const statuses = ['normal', 'warning', 'abnormal', 'unknown'] as const;
const nodeNames = ['web1', 'web2'];

type Seed = {
  readonly after: readonly (readonly [number, number])[];
  readonly any: boolean;
  readonly hold: boolean;
  readonly retry: number;
  readonly inner: readonly Seed[];
};

const seedOf = (depth: number): fc.Arbitrary<Seed> =>
  fc.record({
    after: fc.array(fc.tuple(fc.nat({ max: 20 }), fc.integer({ min: 1, max: 15 })), { maxLength: 3 }),
    any: fc.boolean(),
    hold: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    retry: fc.integer({ min: -4, max: 2 }),
    inner:
      depth === 0
        ? fc.constant([])
        : fc.oneof(
            { weight: 3, arbitrary: fc.constant([]) },
            { weight: 1, arbitrary: fc.array(seedOf(depth - 1), { minLength: 1, maxLength: 4 }) },
          ),
  });

function unitsOf(seeds: readonly Seed[]): object[] {
  return seeds.map((seed, index) => {
    const before = index === 0 ? [] : [...new Map(seed.after.map(([from, mask]) => [from % index, mask]))];
    const edges = before.map(([from, mask]) => ({
      unit: `u${from}`,
      on: statuses.filter((_, bit) => (mask & (1 << bit)) !== 0),
    }));
    const common = {
      name: `u${index}`,
      hold: seed.hold,
      ...(edges.length === 0 ? {} : { after: seed.any ? { any: edges } : { all: edges } }),
    };
    if (seed.inner.length > 0) return { ...common, units: unitsOf(seed.inner) };
    const retry = seed.retry <= 0 ? {} : { retry: { count: seed.retry, delay_s: seed.hold ? 0 : 30 } };
    return { ...common, command: 'true', exit_codes: { normal: '0', warning: '1' }, ...retry };
  });
}

const netArbitrary = fc.record({
  seeds: fc.array(seedOf(2), { minLength: 1, maxLength: 6 }),
  nodes: fc.integer({ min: 1, max: 2 }),
});
type Action = readonly [kind: number, pick: number, what: number];
const actionArbitrary: fc.Arbitrary<Action> = fc.tuple(
  fc.nat({ max: 19 }),
  fc.nat({ max: 1000 }),
  fc.nat({ max: 1000 }),
);

class Pair {
  readonly engine: SessionDriver;
  readonly reference: ReferenceSession;
  readonly past: SessionInput[] = [];

  constructor(definition: JobNetDefinition, nodes: number) {
    const inventory = inventoryOf({ web1: true, web2: false }, { all: nodeNames.slice(0, nodes) });
    this.engine = new SessionDriver(definition, { inventory });
    this.reference = new ReferenceSession(definition, nodes);
  }

  act([kind, pick, what]: Action): void {
    if (kind <= 10) this.report(pick, what);
    else if (kind <= 15) this.operate(pick, what);
    else if (kind === 16) this.tick();
    else if (kind === 17) this.restart();
    else this.repeat(pick);
    this.compare();
  }

  open(): { id: AttemptId; unit: ReferenceUnit; node: number }[] {
    return this.reference.open().map((key) => {
      const [unit = 0, , node = 0] = key.split('.').map(Number);
      return { id: `7-abc123-${key}` as AttemptId, unit: this.reference.at(unit), node };
    });
  }

  report(pick: number, what: number): void {
    const open = this.open();
    const chosen = open[pick % Math.max(1, open.length)];
    if (chosen === undefined) return;
    const { id, unit, node } = chosen;
    const { now } = this.engine;
    const ends = (end: EndStatus, ran: boolean): void => this.reference.ended(unit, node, { end, ran, now });
    switch (what % 10) {
      case 0:
        this.give({ type: 'attemptAccepted', attemptId: id });
        break;
      case 1:
      case 2:
        this.give({ type: 'attemptStarted', attemptId: id, pid: 1, startedAt: now });
        this.reference.started(unit, node);
        break;
      case 3:
        this.give({ type: 'attemptUnknown', attemptId: id, reason: 'the waiter died' });
        ends('unknown', false);
        break;
      case 4:
        this.give({ type: 'attemptRefused', attemptId: id, code: 'user_unknown', reason: 'no such user' });
        ends('abnormal', false);
        break;
      case 5:
        this.give(endInput(id, { startError: 'no such directory' }, now));
        ends('abnormal', false);
        break;
      case 6:
        this.give(endInput(id, { exitCode: 1 }, now));
        ends('warning', true);
        break;
      case 7:
        this.give(endInput(id, { exitCode: 2 }, now));
        ends('abnormal', true);
        break;
      default:
        this.give(endInput(id, { exitCode: 0 }, now));
        ends('normal', true);
    }
  }

  operate(pick: number, what: number): void {
    const unit = this.reference.at(pick % this.reference.units.length);
    const operation = operationNames[what % operationNames.length] ?? 'stop';
    const allowed = this.reference.allows(unit, operation);
    const before = this.engine.picture();
    const result = this.engine.operate(operation, unit.parent === null ? undefined : unit.path);
    assert.equal(
      result.ok,
      allowed,
      `${operation} of "${unit.path}" (${unit.state}): ${result.ok ? 'accepted' : result.detail}`,
    );
    if (allowed) this.reference.operate(unit, operation);
    else assert.deepEqual(this.engine.picture(), before, 'a refused operation changes nothing');
  }

  tick(): void {
    this.engine.now += 20_000;
    this.engine.must({ type: 'timeReached' });
    this.reference.time(this.engine.now);
  }

  restart(): void {
    this.engine.commit();
    const before = this.engine.picture();
    const effects = unfinishedEffects(this.engine.session);
    this.engine.restart();
    assert.deepEqual(this.engine.picture(), before);
    assert.deepEqual(
      new Set(unfinishedEffects(this.engine.session).map((effect) => JSON.stringify(effect))),
      new Set(effects.map((effect) => JSON.stringify(effect))),
    );
  }

  /** Gives an input again that was given before: nothing may come of it. */
  repeat(pick: number): void {
    const input = this.past[pick % Math.max(1, this.past.length)];
    if (input === undefined) return;
    const closed = this.engine.picture();
    const result = this.engine.apply(input);
    assert.ok(result.ok && !result.changed && result.effects.length === 0);
    assert.deepEqual(this.engine.picture(), closed);
  }

  give(input: SessionInput): void {
    this.past.push(input);
    this.engine.must(input);
  }

  compare(): void {
    const { session } = this.engine;
    const ours = session.units.map(({ unit, state, endStatus, run }) => ({
      path: unit.path,
      state,
      endStatus,
      run,
    }));
    const theirs = this.reference.units.map(({ path, state, end, run }) => ({
      path,
      state,
      endStatus: end,
      run,
    }));
    assert.deepEqual(ours, theirs);
    const open = [...session.attempts.values()]
      .filter((attempt) => attempt.endStatus === null)
      .map((attempt) => attempt.id as string);
    assert.deepEqual(
      open.toSorted(),
      this.open()
        .map(({ id }) => id as string)
        .toSorted(),
    );
    assert.equal(
      new Set(this.engine.dispatched).size,
      this.engine.dispatched.length,
      'an attempt is dispatched once',
    );
    const each = session.units.map(({ unit }) =>
      allowedOperations(session, unit.parent === -1 ? undefined : unit.path),
    );
    assert.deepEqual(allOperations(session), each, 'operations of all units at once are those of each');
    this.compareCounts();
    this.assertNotStuck();
  }

  compareCounts(): void {
    const counts: Partial<Record<string, number>> = {};
    for (const { unit, state } of this.engine.session.units)
      if (unit.type === 'command') counts[state] = (counts[state] ?? 0) + 1;
    assert.deepEqual(
      Object.fromEntries(Object.entries(this.engine.session.unitCounts).filter(([, count]) => count > 0)),
      counts,
    );
  }

  assertNotStuck(): void {
    const states = new Set(this.reference.units.map((unit) => unit.state));
    if (this.reference.open().length > 0 || states.has('held') || states.has('retry_wait')) return;
    assert.equal(
      this.reference.root.state,
      'ended',
      'nothing is open, held or waiting for time, so the session has ended',
    );
  }

  /** Lets everything end well. */
  finish(): void {
    for (let round = 0; this.engine.session.units[0]?.state !== 'ended'; round += 1) {
      assert.ok(round < 10_000, 'the session ends');
      for (const unit of this.reference.units)
        if (this.reference.allows(unit, 'release'))
          this.operate(unit.index, operationNames.indexOf('release'));
      this.report(0, 9);
      this.tick();
      this.compare();
    }
  }
}

test('session: random nets, results, operations, repeats and restarts: as the reference engine', () => {
  fc.assert(
    fc.property(netArbitrary, fc.array(actionArbitrary, { maxLength: 60 }), ({ seeds, nodes }, actions) => {
      const definition = net(unitsOf(seeds), { target: { scope: 'all' } });
      assert.deepEqual(judgeJobNet(definition), []);
      const pair = new Pair(definition, nodes);
      pair.compare();
      for (const action of actions) pair.act(action);
      pair.finish();
    }),
    { numRuns: 600 },
  );
});
