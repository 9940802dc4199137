/** Kill -9 of each process in the middle of a 200-unit session: one round each. `npm run proof:kills` plays twenty. */
import { test } from 'node:test';
import { createScratchHome } from '../support/scratch-home.ts';
import { playKillRound, victims } from './kill-rounds.ts';
import { choosePlace } from './product.ts';

for (const victim of victims) {
  test(
    `kill rounds: ${victim} killed in a 200-unit session: every unit ran exactly once`,
    { timeout: 1_200_000 },
    async () => {
      await using home = createScratchHome();
      await playKillRound(await choosePlace(home.path), victim, 70);
    },
  );
}
