// `nezuban secret set`: a value from the terminal, from standard input or from a file; never from an argument.
import type { CommandRun } from '../command.ts';
import { readSecret } from './read-secret.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('SECRET');
  const value = await readSecret({ file: args.text('file'), question: `Value of ${name}: ` }, context);
  const description = args.text('description');
  const api = await context.api();
  const secret = await api.call('putSecret', {
    params: { name },
    body: { value, ...(description !== undefined && { description }) },
  });
  await out.result(secret, () => `The secret ${name} is set. Job nets name it as {{secret.${name}}}.`);
};
