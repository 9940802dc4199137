/**
 * The commands and options that the program has, by its generated reference and by the help of the programs of a host.
 *
 * Called by the tests that hold the manual, and the sentences of the program, to what can be typed.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');

/** Sections of the generated reference by command. */
const reference = new Map(
  readFileSync(path.join(root, 'docs/reference/cli.md'), 'utf8')
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section] as const),
);
const generalOptions =
  readFileSync(path.join(root, 'docs/reference/cli.md'), 'utf8').split('## Exit codes')[0] ?? '';
/** Programs of the host with a reader of options of their own: their help is asked. */
const ownHelp = ['manager', 'agent', 'witness', 'drill', 'backup', 'pair join'];
const helps = new Map<string, string>();
const helpOf = (command: string): string => {
  const program = ownHelp.find((one) => command === one || command.startsWith(`${one} `));
  if (program === undefined) return '';
  const words = program === 'backup' ? command : program === 'agent' ? 'agent join' : program;
  let help = helps.get(words);
  if (help === undefined) {
    help = execFileSync(path.join(root, 'cli/bin/nezuban'), [...words.split(' '), '--help'], {
      encoding: 'utf8',
    });
    helps.set(words, help);
  }
  return help;
};

/** `maintenance list|add` stands for several commands. */
const alternatives = (words: readonly string[]): string[][] =>
  words.reduce<string[][]>(
    (ways, word) => ways.flatMap((way) => word.split('|').map((one) => [...way, one])),
    [[]],
  );

/** A command has three words at most: `trap token create`. */
const WORDS_MAX = 3;

/** `nezuban backup`, as the name of the whole program, and `nezuban trap monitor`. */
const namesAGroup = (words: readonly string[]): boolean => {
  const end = words.findIndex((word) => /^$|^[-.]/.test(word));
  const group = (end === -1 ? words : words.slice(0, end)).join(' ').replace(/:$/, '');
  return (
    (end !== -1 || words.length < WORDS_MAX) &&
    group !== '' &&
    [...reference.keys()].some((command) => command.startsWith(`${group} `))
  );
};

/** What of a typed command the program does not know: the whole of it, or its options. */
export const unknownWords = (typedText: string): string[] =>
  alternatives(
    typedText
      .replace(/^nezuban\s*/, '')
      .split(/\s+/)
      .slice(0, WORDS_MAX),
  ).flatMap((words) => {
    const command = [3, 2, 1]
      .map((count) => words.slice(0, count).join(' '))
      .find((name) => reference.has(name));
    if (command === undefined)
      return namesAGroup(words) || /^$|^[-"….]/.test(words[0] ?? '') ? [] : [typedText];
    const known = `${reference.get(command)}${generalOptions}${helpOf(command)}`;
    const options = [...typedText.matchAll(/(?<=\s)--[a-z][a-z-]*/g)].map((match) => match[0]);
    return options
      .filter((option) => !new RegExp(`${option}(?![a-z-])`).test(known))
      .map((option) => `${command} ${option}`);
  });
