/**
 * `npm run proof:kills [-- --rounds N --victim NAME --seed S]`: the kill rounds many times, at moments drawn from a seed, with a table at the end.
 */
import { parseArgs } from 'node:util';
import { createScratchHome } from '../support/scratch-home.ts';
import { playKillRound, type Victim, victims } from './kill-rounds.ts';
import { choosePlace } from './product.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    victim: { type: 'string' },
    seed: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

/** mulberry32: enough for drawing moments, and the same everywhere. */
function createRandom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = createRandom(seed);
const chosen = values.victim === undefined ? victims : victims.filter((one) => one === values.victim);
if (chosen.length === 0) throw new Error(`--victim must be one of ${victims.join(', ')}`);
const failures: string[] = [];
for (const victim of chosen) {
  await using home = createScratchHome();
  const place = await choosePlace(home.path);
  const times: number[] = [];
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    const killAfter = 5 + Math.floor(random() * 185);
    try {
      const result = await playKillRound(place, victim satisfies Victim, killAfter);
      times.push(result.milliseconds);
    } catch (error) {
      failures.push(
        `${victim} round ${round} (killed after ${killAfter} units): ${error instanceof Error ? error.message : String(error)}`,
      );
      console.log(failures.at(-1));
    }
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
  console.log(
    `${victim.padEnd(9)} ${times.length} of ${values.rounds} rounds right, median ${(median / 1000).toFixed(1)} s a round`,
  );
}
console.log(failures.length === 0 ? 'lost 0, doubled 0' : `${failures.length} rounds wrong`);
process.exitCode = failures.length === 0 ? 0 : 1;
