/**
 * How long from `npm start` to a usable console? First start in an empty home, then second starts in the same one.
 * Usable: the page of the console and its first API answer arrive. Run: `npm run bench:start`.
 */
import { operations } from '@nezuban/protocol/api/operations';
import { choosePlace, type ProductPlace, startProduct } from '@nezuban/tests/acceptance/product';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { printRow, summary } from './statistics.ts';

const ROUNDS = 5;

async function timedStart(place: ProductPlace): Promise<number> {
  const began = performance.now();
  const product = await startProduct(place, { via: 'npm' });
  const page = await product.fetch('/');
  if (!page.ok) throw new Error(`the console answered ${page.status}`);
  await product.call(operations.getSystem);
  const took = performance.now() - began;
  await product.stop();
  return took / 1000;
}

const first: number[] = [];
const second: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  await using home = createScratchHome();
  const place = await choosePlace(home.path);
  first.push(await timedStart(place));
  second.push(await timedStart(place));
}
printRow('npm start, first run, to a usable console, s (target <= 5)', summary(first, 2));
printRow('npm start, second run, s (target <= 2)', summary(second, 2));
