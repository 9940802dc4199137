// Chooses the page of the help for some words. Pure.
import { findCommandByWords } from '../arguments/parse.ts';
import type { CommandSpec } from '../commands/command.ts';
import type { Paint } from '../output/paint.ts';
import { renderCommandHelp, renderOverview } from './render-help.ts';
import { topics } from './topics.ts';

/** Throws a usage Failure for words that are no command and no topic. */
export const helpFor = (words: readonly string[], commands: readonly CommandSpec[], paint: Paint): string => {
  if (words.length === 0) return renderOverview(commands, paint);
  const topic = topics.find(({ name }) => name === words.join('-'));
  if (topic !== undefined) return [`${topic.summary}.`, '', ...topic.lines].join('\n');
  const below = commands.filter((command) => command.name.startsWith(`${words.join(' ')} `));
  if (below.length > 0 && !commands.some((command) => command.name === words.join(' '))) {
    return below.map((command) => `nezuban ${command.name}  ${command.summary}`).join('\n');
  }
  return renderCommandHelp(findCommandByWords(words, commands), paint);
};
