// The property that the engine must have: whatever happens to a session of whatever net, it is as the reference engine has it, and it ends.
// Called by the smoke test and by the long run.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judgeJobNet } from '../../definitions/judge-job-net.ts';
import { EnginePair } from './engine-pair.ts';
import { actionsArbitrary, netArbitrary, type Action, type RandomNet } from '../random-nets.ts';

/** What a run has gone through. */
export type ProofFigures = {
  nets: number;
  actions: number;
  unitsByType: Record<string, number>;
  recoveryUnits: number;
  references: number;
  definitions: EnginePair['definitions'];
};

/** Throws with the seed, the smallest net and the actions that make both engines differ. Without a seed it is drawn. */
export function proveEngine({
  nets,
  seed,
}: {
  readonly nets: number;
  readonly seed?: number | undefined;
}): ProofFigures {
  const figures: ProofFigures = {
    nets: 0,
    actions: 0,
    unitsByType: {},
    recoveryUnits: 0,
    references: 0,
    definitions: noDefinitions(),
  };
  fc.assert(
    fc.property(netArbitrary, actionsArbitrary, (net, actions) => {
      proveOne(net, actions, figures);
    }),
    { numRuns: nets, ...(seed === undefined ? {} : { seed }) },
  );
  return figures;
}

function proveOne({ definition, nodes }: RandomNet, actions: readonly Action[], figures: ProofFigures): void {
  assert.deepEqual(judgeJobNet(definition), []);
  const pair = new EnginePair(definition, nodes);
  pair.compare();
  for (const action of actions) pair.act(action);
  pair.finish();
  figures.nets += 1;
  figures.actions += actions.length;
  addDefinitions(figures.definitions, pair.definitions);
  for (const { unit } of pair.engine.session.units.slice(1)) {
    figures.unitsByType[unit.type] = (figures.unitsByType[unit.type] ?? 0) + 1;
    if (unit.recovery) figures.recoveryUnits += 1;
    if (unit.type === 'net' && unit.reference !== null) figures.references += 1;
  }
}

export const noDefinitions = (): EnginePair['definitions'] => ({
  taken: 0,
  refused: 0,
  added: 0,
  removed: 0,
  begunAgain: 0,
});

export function addDefinitions(total: EnginePair['definitions'], more: EnginePair['definitions']): void {
  for (const key of ['taken', 'refused', 'added', 'removed', 'begunAgain'] as const) total[key] += more[key];
}
