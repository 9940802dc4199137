// The value of a secret: from a file, from the terminal without being shown, or from standard input where there is no terminal.
// Called by `secret set` and by `run`. Never from an argument: every user of a host can read those.
import { readFile } from 'node:fs/promises';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { askSecret } from '../access/prompt.ts';
import type { CommandContext } from '../command.ts';

/** Longer ones the manager refuses. */
const BYTES_MAX = 64 * 1024;

export const readSecret = async (
  { file, question }: { readonly file: string | undefined; readonly question: string },
  { ports, signal }: Pick<CommandContext, 'ports' | 'signal'>,
): Promise<string> => {
  if (file !== undefined && file !== '-') return withoutLineEnd(await readSecretFile(file));
  if (file === undefined && ports.stdin.isTTY === true) return await askSecret(question, ports, signal);
  let text = '';
  for await (const chunk of ports.stdin) {
    text += typeof chunk === 'string' ? chunk : (chunk as Buffer).toString('utf8');
    if (text.length > BYTES_MAX) break;
  }
  return withoutLineEnd(text);
};

const readSecretFile = async (file: string): Promise<string> => {
  try {
    return (await readFile(file, 'utf8')).slice(0, BYTES_MAX);
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      exitCode: exitCodes.usage,
      code: 'file_unreadable',
      cause: error,
    });
  }
};

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');
