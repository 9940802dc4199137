// `nezuban trap user set`: makes or changes a user of SNMPv3. Passwords come from files or from the terminal, never from the command line,
// where every user of the host could read them.
import { readFile } from 'node:fs/promises';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { askSecret } from '../access/prompt.ts';
import type { authChoices, privChoices } from './specs.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('SNMP-USER');
  const auth = args.text('auth') as (typeof authChoices)[number] | undefined;
  const priv = args.text('priv') as (typeof privChoices)[number] | undefined;
  const engine = args.text('engine-id')?.replace(/^0x/i, '');
  const api = await context.api();
  const auth_password = auth === 'none' ? undefined : await passwordOf('auth', context);
  const priv_password = auth === 'none' || priv === 'none' ? undefined : await passwordOf('priv', context);
  const user = await api.call('putSnmpUser', {
    params: { name },
    body: {
      ...(auth !== undefined && { auth }),
      ...(priv !== undefined && { priv }),
      ...(engine !== undefined && { engine_id: engine }),
      ...(auth_password !== undefined && { auth_password }),
      ...(priv_password !== undefined && { priv_password }),
    },
  });
  await out.result(
    user,
    () =>
      `SNMPv3 user ${name} is stored: authentication ${user.auth}, encryption ${user.priv}, ${user.engineId === null ? 'any engine' : `engine ${user.engineId}`}.`,
  );
};

const prompts = {
  auth: 'Password for authentication (empty: as it is): ',
  priv: 'Password for encryption (empty: as it is): ',
} as const;

const passwordOf = async (
  kind: keyof typeof prompts,
  { args, ports, signal }: CommandContext,
): Promise<string | undefined> => {
  const file = args.text(`${kind}-password-file`);
  if (file === undefined) {
    if (ports.stdin.isTTY !== true) return undefined;
    const typed = await askSecret(prompts[kind], ports, signal);
    return typed === '' ? undefined : typed;
  }
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Failure(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      exitCode: exitCodes.usage,
      code: 'usage',
      cause,
    });
  });
  return text.split(/\r?\n/, 1)[0];
};
