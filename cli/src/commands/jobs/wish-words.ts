// What was said of a coming start, in words. Called by the commands that prepare starts and list what is prepared.
import type { StartPreparation } from '@nezuban/protocol/jobs/start-preparation';

const leftOutWords = {
  skipped: 'it is skipped',
  moved: 'it is moved',
  begun: 'it was begun before its time',
} as const;

export const wishWords = ({ wish, leftOut, movedTo }: StartPreparation): string => {
  const units = Object.entries(wish?.units ?? {}).map(([path, change]) => `${change} ${path}`);
  const names = Object.entries(wish?.parameters ?? {}).map(
    ([name, value]) => `${name}=${value ?? '(secret)'}`,
  );
  const parts = [
    ...(movedTo === null && leftOut !== null ? [leftOutWords[leftOut]] : []),
    ...(movedTo === null ? [] : [leftOutWords.moved]),
    ...(wish?.hold === true ? ['begins suspended'] : []),
    ...units,
    ...names,
    ...(wish?.priority === undefined ? [] : [`priority ${wish.priority}`]),
  ];
  return parts.join(', ');
};
