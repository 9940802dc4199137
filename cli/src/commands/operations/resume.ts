// `nezuban resume`: takes a freeze back. Nothing happens where nothing is frozen, so it can be repeated.
import type { CommandRun } from '../command.ts';
import { placeWords, readPlace } from './place.ts';
import { freezeText } from './render-frozen.ts';

export const run: CommandRun = async (context) => {
  const place = readPlace(context);
  const api = await context.api();
  const answer = await api.call('resume', { body: { place } });
  await context.out.result(answer, () => [
    answer.resumed ? `${placeWords(place)} is resumed.` : `${placeWords(place)} was not frozen by hand.`,
    ...answer.stillFrozenBy.map((freeze) => `Still: ${freezeText(freeze)}`),
  ]);
};
