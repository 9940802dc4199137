// `nezuban admin renew-ca` at the terminal: who may, how long it waits, what is said.
// Not responsible for the steps (renew-ca.ts). Called by main.ts.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '@nezuban/platform/logger';
import { assertMayAdminister, withDatabase, type Host } from '../host.ts';
import type { Invocation } from '../options.ts';
import { ToolError, toolExitCodes } from '../tool-error.ts';
import type { Answer } from './commands.ts';
import {
  lookAtExchange,
  renewCa,
  type ExchangeStep,
  type PairVoterTrust,
  type RenewCaResult,
} from './renew-ca.ts';
import { shareKeys } from './share-keys.ts';

type Order = Extract<Invocation, { command: 'admin renew-ca' }>;

/** Agents and hosts that are there move within seconds; for the others nobody stays at the terminal. */
const WAIT_MAX_MS = 60_000;
const POLL_MS = 1_000;
/** Names in one sentence. */
const NAMED_MAX = 10;

const stepSentences: Readonly<Record<ExchangeStep, string>> = {
  shared: 'The new authority lies beside the old one; every host has it.',
  moving: 'Agents and hosts trust both, and agents fetch certificates of the new one.',
  serving: 'Managers and the pair show certificates of the new one.',
  finishing: 'The old one is not trusted any more.',
  finished: 'The new one is the authority of this manager.',
};

/** `isOpen`: somebody has not moved yet. */
export const runRenewCa = async (
  host: Host,
  order: Order,
  say: (line: string) => void,
): Promise<{ readonly answer: Answer; readonly isOpen: boolean }> => {
  assertMayAdminister(host);
  const directory = path.join(host.home, 'manager', 'ca');
  if (!existsSync(path.join(directory, 'ca.crt')))
    throw new ToolError(`There is no certificate authority in ${directory}: start the manager once.`, {
      exitCode: toolExitCodes.refused,
    });
  const paired = existsSync(path.join(host.home, 'keeper', 'pair.json'));
  const pairTrust = async (): Promise<readonly PairVoterTrust[]> => (paired ? await askPair(host) : []);
  const result = await withDatabase(host, async (database) => {
    if (order.do === 'look') return await lookAtExchange({ database, directory, pairTrust });
    let deadline = performance.now() + WAIT_MAX_MS;
    return await renewCa(
      {
        database,
        logger: createLogger({ process: 'host-tools', level: 'error' }),
        directory,
        share: async () => await shareKeys(host.keeper, paired),
        pairTrust,
        async waitOn() {
          if (performance.now() > deadline) return false;
          await delay(POLL_MS);
          return true;
        },
        onStep(step) {
          deadline = performance.now() + WAIT_MAX_MS;
          say(stepSentences[step]);
        },
      },
      { person: host.person, leaveBehind: order.leaveBehind },
    );
  });
  const isOpen = result.phase !== null && result.phase !== 'finished';
  return { answer: { value: result, lines: linesOf(result) }, isOpen };
};

const askPair = async (host: Host): Promise<readonly PairVoterTrust[]> => {
  const status = await host.keeper.pairStatus();
  if (status === null)
    throw new ToolError('The keeper of this host does not answer, so nobody can say what the pair trusts.', {
      exitCode: toolExitCodes.unreachable,
      hints: ['See what is wrong with: nezuban doctor'],
    });
  if (status.mode === 'single') return [];
  return status.voters.map(({ name, authority }) => ({ name, held: authority ?? null }));
};

const linesOf = ({ phase, missingAgents, missingHosts }: RenewCaResult): readonly string[] => {
  if (phase === null) return ['No exchange of the authority is under way.'];
  if (phase === 'finished')
    return [
      'The certificate authority was exchanged. Join tokens of before are void; browsers that trust the old one need the new ca.crt.',
      'Make a backup now: those from before hold the old one. Type: nezuban backup now, or nezuban backup create --to DIR',
    ];
  return [
    'Both authorities are trusted, and everything goes on.',
    ...(missingAgents.length === 0 ? [] : [`Agents that have not moved yet: ${nameSome(missingAgents)}.`]),
    ...(missingHosts.length === 0
      ? []
      : [`Hosts of the pair that have not moved yet: ${nameSome(missingHosts)}.`]),
    'Type this again when they are there, or with --leave-behind if they do not come back.',
  ];
};

const nameSome = (names: readonly string[]): string =>
  names.length > NAMED_MAX
    ? `${names.slice(0, NAMED_MAX).join(', ')} and ${names.length - NAMED_MAX} more`
    : names.join(', ');
