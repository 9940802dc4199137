// The property that a choice of one node must have: whatever becomes of the agents, work runs on one of them and not on two, nothing that has started is
// ended unless somebody asked for that, and everything ends. Called by the smoke test and by the long run.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { net } from '../session-driver.ts';
import { FallOverWorld, NODES } from './fall-over-world.ts';

const ANSWER_WITHIN_S = 30;

const unitArbitrary = fc.record({
  mode: fc.constantFrom('any', 'least_loaded', 'by_priority'),
  order: fc.uniqueArray(fc.constantFrom(...NODES), { minLength: 1, maxLength: 3 }),
  elsewhere: fc.boolean(),
  retry: fc.nat({ max: 1 }),
});
type UnitSeed = Parameters<Parameters<typeof unitArbitrary.map>[0]>[0];

const definitionOf = (seeds: readonly UnitSeed[]) =>
  net(
    seeds.map(({ mode, order, elsewhere, retry }, index) => ({
      name: `u${index}`,
      command: 'true',
      target: {
        scope: 's',
        mode,
        answer_within_s: ANSWER_WITHIN_S,
        ...(mode === 'by_priority' ? { order } : {}),
        ...(elsewhere ? { if_unknown: 'run_elsewhere' } : {}),
      },
      ...(retry === 0 ? {} : { retry: { count: retry } }),
    })),
  );

const actionsArbitrary = fc.array(
  fc.tuple(fc.nat({ max: 31 }), fc.nat({ max: 1000 }), fc.nat({ max: 1000 })),
  { maxLength: 80, size: 'max' },
);
type Action = readonly [kind: number, pick: number, what: number];

export type FallOverFigures = {
  worlds: number;
  actions: number;
  runs: number;
  withdrawn: number;
  kept: number;
};

export function proveFallOver({
  worlds,
  seed,
}: {
  readonly worlds: number;
  readonly seed?: number;
}): FallOverFigures {
  const figures: FallOverFigures = { worlds: 0, actions: 0, runs: 0, withdrawn: 0, kept: 0 };
  const seeds = fc.array(unitArbitrary, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(seeds, actionsArbitrary, (units, actions) => {
      const world = new FallOverWorld(definitionOf(units));
      for (const action of actions) act(world, action);
      finish(world);
      judge(world, units);
      figures.worlds += 1;
      figures.actions += actions.length;
      figures.runs += world.ledger.length;
      const withdrawn = world.driver
        .events()
        .flatMap(({ code, details }) => (code === 'attempt_moved' ? [details['attempt']] : []));
      const kept = world.ledger.filter(({ id, cut }) => !cut && withdrawn.includes(id)).length;
      figures.withdrawn += withdrawn.length;
      figures.kept += kept;
    }),
    { numRuns: worlds, ...(seed === undefined ? {} : { seed }) },
  );
  return figures;
}

function act(world: FallOverWorld, [kind, pick, what]: Action): void {
  if (kind <= 4) world.deliver(pick);
  else if (kind <= 13) world.work(pick, what);
  else if (kind <= 18) world.report(pick, what % 4 === 0);
  else if (kind <= 21) world.sleep(pick, what % 2 === 0);
  else if (kind <= 23) world.connect(pick, what % 2 === 0);
  else if (kind === 24) world.restartAgent(pick);
  else if (kind <= 26) world.tick((what % 8 === 0 ? -3 : 1) * (ANSWER_WITHIN_S + 1) * 1000);
  else if (kind === 27) world.restartManager();
  else if (kind >= 30) world.freeze(pick, what % 2 === 0);
  else if (what % 4 === 0) world.remove(pick);
  else if (what % 4 === 1) world.operate(what % 8 === 1 ? 'stop' : 'kill', `u${pick % 3}`);
}

/** With everybody there and awake, everything ends. */
function finish(world: FallOverWorld): void {
  for (let round = 0; !world.ended; round += 1) {
    assert.ok(round < 500, 'everything ends');
    world.openAll();
    for (const [index] of NODES.entries()) {
      world.deliver(index);
      for (const what of [0, 1, 11, 0, 1, 5]) world.work(index, what);
      for (let count = 0; count < 10; count += 1) world.report(index, false);
    }
    if (round % 10 === 9) world.tick((ANSWER_WITHIN_S + 1) * 1000);
  }
}

function judge(world: FallOverWorld, units: readonly UnitSeed[]): void {
  const { ledger, driver } = world;
  assert.equal(new Set(ledger.map(({ id }) => id)).size, ledger.length, 'an attempt runs at most once');
  if (!world.asked)
    assert.deepEqual(
      ledger.filter(({ cut }) => cut),
      [],
      'nobody asked for an end',
    );
  for (const [index, { elsewhere }] of units.entries()) {
    const record = driver.unit(`u${index}`);
    const ran = record.attempts.filter(({ id }) => ledger.some((run) => run.id === id));
    // Another try comes only after one that is known to have come to nothing, or that the definition lets run again.
    const sure = ran.filter(({ state }) => state !== 'unknown');
    const tries = new Set(ran.map((attempt) => attempt.try));
    if (!elsewhere) assert.equal(ran.length, tries.size, `u${index} runs on one node in each try`);
    else assert.ok(sure.length <= tries.size, `u${index} is known to have run on one node in each try`);
    if (!world.asked && record.attempts.some(({ endStatus }) => endStatus === 'normal'))
      assert.equal(record.endStatus, 'normal', `u${index} is what its run was`);
    if (record.endStatus === 'normal')
      assert.ok(ran.length > 0, `u${index} is not normal without having run`);
  }
}
