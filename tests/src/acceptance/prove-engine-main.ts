// The long run of the engine against the reference engine: `npm run prove:engine -- --nets 100000 --seed 1`.
// Goes through portions, each from a seed of its own, so that what fails can be repeated alone; says what it went through.
import { parseArgs } from 'node:util';
import { addDefinitions, noDefinitions, proveEngine } from '@nezuban/core/testing/proof/prove-engine';
import { proveFallOver } from '@nezuban/core/testing/proof/prove-fall-over';
import { provePlaces } from '@nezuban/core/testing/proof/prove-places';

const portion = 1_000;
/** One world of many sessions, with queues and locks, for so many nets. */
const worldShare = 2;

const { values } = parseArgs({
  options: { nets: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const nets = Number(values.nets);
const firstSeed = Number(values.seed);
if (!Number.isSafeInteger(nets) || nets < 1 || !Number.isSafeInteger(firstSeed))
  throw new Error('--nets must be a positive whole number, --seed a whole number');

const began = performance.now();
const total = { nets: 0, actions: 0, recoveryUnits: 0, references: 0, definitions: noDefinitions() };
const fallOver = { worlds: 0, actions: 0, runs: 0, withdrawn: 0, kept: 0 };
const places = { worlds: 0, actions: 0, sessions: 0, admissions: 0 };
const unitsByType: Record<string, number> = {};
for (let done = 0; done < nets; done += portion) {
  const seed = firstSeed + done / portion;
  const figures = proveEngine({ nets: Math.min(portion, nets - done), seed });
  total.nets += figures.nets;
  total.actions += figures.actions;
  total.recoveryUnits += figures.recoveryUnits;
  total.references += figures.references;
  addDefinitions(total.definitions, figures.definitions);
  const world = provePlaces({ worlds: Math.ceil(figures.nets / worldShare), seed });
  places.worlds += world.worlds;
  places.actions += world.actions;
  places.sessions += world.sessions;
  places.admissions += world.admissions;
  const chosen = proveFallOver({ worlds: figures.nets, seed });
  for (const key of ['worlds', 'actions', 'runs', 'withdrawn', 'kept'] as const) fallOver[key] += chosen[key];
  for (const [type, count] of Object.entries(figures.unitsByType))
    unitsByType[type] = (unitsByType[type] ?? 0) + count;
  console.log(`${total.nets} nets, seed ${seed}, ${Math.round((performance.now() - began) / 1000)} s`);
}
const units = Object.entries(unitsByType).map(([type, count]) => `${count} ${type}`);
console.log(
  `The engine is as the reference engine on ${total.nets} nets with ${total.actions} random actions and ${units.join(', ')} units, ${total.recoveryUnits} of them recovery units, ${total.references} references to nets; ${total.definitions.taken} times a suspended session was given another definition, with ${total.definitions.added} units added and ${total.definitions.removed} removed; ${total.definitions.refused} times it was refused.`,
);
console.log(
  `Places were given rightly in ${places.worlds} worlds with ${places.sessions} sessions, ${places.admissions} turns and ${places.actions} random actions.`,
);
console.log(
  `One node of several was chosen in ${fallOver.worlds} worlds with ${fallOver.actions} random actions: of ${fallOver.runs} runs none was a second one of its try and none was ended unasked; ${fallOver.withdrawn} orders were withdrawn, ${fallOver.kept} of them had been begun and were kept.`,
);
