/**
 * The pair in short, on real processes: one shared pair of hosts in namespaces, a handful of faults under load, every promise checked.
 * `npm run test:ha` plays all of them.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createNetnsNetwork, whyNoNamespaces } from './netns-network.ts';
import type { Network } from './network.ts';
import { createPair, type Pair } from './pair.ts';
import type { PairLoadOptions } from './pair-load.ts';
import { playScenario } from './scenario.ts';
import { quickNames, scenarios } from './scenarios.ts';

/** A third of the load of the full table: enough that work of every kind is under way at each fault. */
const LOAD: PairLoadOptions = { pauseMs: 30, jobPauseMs: 500, trapPauseMs: 75 };

const SETUP_TIMEOUT_MS = 1_200_000;
const SCENARIO_TIMEOUT_MS = 1_200_000;

describe('pair in short', { skip: whyNoNamespaces() ?? false }, () => {
  let network: Network;
  let pair: Pair;
  const state = { failed: false };

  before(
    async () => {
      network = createNetnsNetwork();
      pair = await createPair({ network, witness: 'agent', agents: 2 });
    },
    { timeout: SETUP_TIMEOUT_MS },
  );
  after(async () => {
    await pair?.stop({ keep: state.failed });
    network?.remove();
  });

  const play = (name: string) =>
    test(`pair: ${name}`, { timeout: SCENARIO_TIMEOUT_MS }, async () => {
      const scenario = scenarios.find((one) => one.name === name);
      assert.ok(scenario, 'the quick set names a scenario of the table');
      // How long it took is for the proof and the benchmark; a busy machine must not decide a test.
      const load = { ...LOAD, ...scenario.load };
      const result = await playScenario(pair, { ...scenario, load, outageMsMax: null });
      state.failed ||= result.outcome === 'failed';
      assert.deepEqual(result.violations, [], `logs: ${pair.scratch}`);
    });
  for (const name of quickNames) void play(name);
});
