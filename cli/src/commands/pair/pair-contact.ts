// Whom the commands on the pair speak to: the keeper of this host, which answers even while there is no master, else a manager by the
// API. An address that is named (--url, NEZUBAN_URL) wins over both. Not responsible for what is asked.
import type { CommandResult, OperatorCommand } from '@nezuban/protocol/pair/pair-link';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { defaultHome } from '../../connection/connection-files.ts';
import { findKeeper, type Keeper } from '../../connection/control-socket.ts';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import type { CommandContext } from '../command.ts';

export type PairOrder = {
  /** The host that carries it out; null: the one that has to. */
  readonly host: string | null;
  readonly operator: OperatorCommand;
};

export type PairContact = {
  readonly via: 'keeper' | 'manager';
  /** Who answers, for people. */
  readonly says: string;
  readonly status: () => Promise<PairStatus>;
  /** `within` ends the waiting for the answer, not what was ordered. */
  readonly order: (order: PairOrder, within?: AbortSignal) => Promise<CommandResult>;
};

/** Home whose keeper is asked. */
export const homeOf = ({ args, ports }: CommandContext): string =>
  args.text('home') ?? (ports.env['NEZUBAN_HOME'] || defaultHome(ports));

/** Finds who answers, together with the first answer. */
export const openContact = async (
  context: CommandContext,
): Promise<{ readonly contact: PairContact; readonly status: PairStatus }> => {
  const { args, ports, signal } = context;
  const isNamed = args.text('url') !== undefined || (ports.env['NEZUBAN_URL'] ?? '') !== '';
  if (isNamed) return withStatus(await managerContact(context));
  let trouble: Failure | undefined;
  try {
    const keeper = await findKeeper(homeOf(context), signal);
    if (keeper !== undefined) return await withStatus(keeperContact(keeper));
  } catch (error) {
    if (!(error instanceof Failure) || error.exitCode !== exitCodes.unreachable) throw error;
    trouble = error;
  }
  try {
    return await withStatus(await managerContact(context));
  } catch (error) {
    // A keeper that does not answer is nearer to what is wrong than an address that nobody gave.
    const isUnknown = error instanceof Failure && error.exitCode === exitCodes.unreachable;
    throw isUnknown && trouble !== undefined ? trouble : error;
  }
};

/** The keeper of this host; fails with what to type when none runs. */
export const demandKeeper = async (context: CommandContext): Promise<Keeper> => {
  const home = homeOf(context);
  const keeper = await findKeeper(home, context.signal);
  if (keeper !== undefined) return keeper;
  throw new Failure(`No manager runs on this host with home ${home}.`, {
    exitCode: exitCodes.unreachable,
    code: 'no_manager',
    hints: ['Start it here with: nezuban manager', 'If its home is another one, name it with --home DIR.'],
  });
};

const withStatus = async (contact: PairContact) => ({ contact, status: await contact.status() });

const keeperContact = (keeper: Keeper): PairContact => ({
  via: 'keeper',
  says: `the keeper of this host (${keeper.home})`,
  status: async () => checkStatus(await keeper.ask({ command: 'pair-status' })),
  order: ({ host, operator }, within) => keeper.ask({ command: 'pair-command', host, operator }, within),
});

const managerContact = async (context: CommandContext): Promise<PairContact> => {
  const { url, source } = await context.connection();
  const api = await context.api();
  return {
    via: 'manager',
    says: `the manager at ${url.origin} (${source})`,
    status: async () => checkStatus(await api.call('getPair')),
    order: ({ host, operator }) => api.call('commandPair', { body: { host, command: operator } }),
  };
};

/** Enough to show it; a newer release may say more. */
const checkStatus = (status: PairStatus): PairStatus => {
  const isStatus =
    typeof status === 'object' &&
    typeof status.redundancy === 'string' &&
    Array.isArray(status.hosts) &&
    Array.isArray(status.voters) &&
    Array.isArray(status.advice) &&
    Array.isArray(status.history);
  if (isStatus) return status;
  throw new Failure('How the pair is was answered in a form that is not known here.', {
    exitCode: exitCodes.refused,
    code: 'unreadable',
    hints: ['Compare "nezuban version" with the release of the running manager.'],
  });
};
