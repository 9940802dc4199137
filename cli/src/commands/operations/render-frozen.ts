// What is frozen, as lines for people. Pure but for the zone of times.
import type { FreezeView, OpenCounts } from '@nezuban/protocol/api/operate-operations';
import { formatInstant } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import { placeWords } from './place.ts';

/** `2 sessions`, `1 command, 3 waiting`, `nothing`. */
export const openText = ({ sessions, attempts, waiting }: OpenCounts): string => {
  const parts = [
    ...(sessions > 0 ? [`${sessions} ${sessions === 1 ? 'session' : 'sessions'}`] : []),
    ...(attempts > 0 ? [`${attempts} ${attempts === 1 ? 'command' : 'commands'}`] : []),
  ];
  return `${parts.length === 0 ? 'nothing' : parts.join(', ')}${waiting > 0 ? ` (${waiting} waiting)` : ''}`;
};

/** One sentence: who, since when, until when, why. */
export const freezeText = ({ place, by, since, until, reason }: FreezeView): string =>
  `${placeWords(place)} is frozen by ${by} since ${formatInstant(since)}${until === null ? '' : ` until ${formatInstant(until)}`}: ${visible(reason)}`;
