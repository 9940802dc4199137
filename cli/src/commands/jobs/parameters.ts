// Values of parameters from the command line: `--param NAME=VALUE`, and secrets that never stand there. Called by `run` and `net preview`.
import { usageFailure } from '../../failure.ts';
import type { CommandContext } from '../command.ts';
import { readSecret } from '../secrets/read-secret.ts';

export const parseParameters = (pairs: readonly string[], command: string): Record<string, string> => {
  const parameters = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw usageFailure(`--param "${pair}" must be NAME=VALUE.`, command);
    const name = pair.slice(0, at);
    if (parameters.has(name)) throw usageFailure(`--param ${name} is given twice.`, command);
    parameters.set(name, pair.slice(at + 1));
  }
  return Object.fromEntries(parameters);
};

/** `NAME`: asked for; `NAME=FILE`: read from there, `-` for standard input. */
export const readSecrets = async (
  words: readonly string[],
  context: CommandContext,
): Promise<Record<string, string>> => {
  const secrets: Record<string, string> = {};
  for (const word of words) {
    const at = word.indexOf('=');
    const name = at === -1 ? word : word.slice(0, at);
    if (name === '') throw usageFailure(`--secret "${word}" must be NAME or NAME=FILE.`, 'run');
    if (Object.hasOwn(secrets, name)) throw usageFailure(`--secret ${name} is given twice.`, 'run');
    const file = at === -1 ? undefined : word.slice(at + 1);
    secrets[name] = await readSecret({ file, question: `Value of ${name}: ` }, context);
  }
  return secrets;
};
