// Asks a person before something is done that cannot be taken back by a keystroke. Without a terminal, or with --json, it is refused
// with the exact command to type. Not responsible for what happens afterwards.
import { exitCodes } from '../../exit-codes.ts';
import { Failure, usageFailure } from '../../failure.ts';
import { askLine } from '../access/prompt.ts';
import type { CommandContext } from '../command.ts';

export type Confirmation = {
  /** What will happen, in words; shown on the terminal before the question. */
  readonly explains: readonly string[];
  readonly question: string;
  /** The command that does it without asking. */
  readonly command: string;
  /** Word to be typed instead of "yes". */
  readonly word?: string;
};

/** Returns when the person wants it; --yes is their word. */
export const confirm = async (confirmation: Confirmation, context: CommandContext): Promise<void> => {
  const { args, ports, out, signal, command } = context;
  const { explains, question, word } = confirmation;
  for (const line of explains) out.note(line);
  if (args.flag('yes')) return;
  if (ports.stdin.isTTY !== true || out.json)
    throw usageFailure(
      `There is nobody to ask. To do it without being asked, type: ${confirmation.command}`,
      command.name,
    );
  const answer = await askLine(
    `${question} ${word === undefined ? '[y/N]' : ''}`.trimEnd() + ' ',
    ports,
    signal,
  );
  const agreed = word === undefined ? /^y(es)?$/i.test(answer) : answer === word;
  if (!agreed)
    throw new Failure('Nothing was changed.', { exitCode: exitCodes.refused, code: 'not_confirmed' });
};

/** A word as it is typed in a shell. */
export const shellWord = (text: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
