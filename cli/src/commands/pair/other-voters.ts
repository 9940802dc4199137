// The voters beside a host, and the command that makes that host master without the silent ones. Pure. Used by force-master and recover.
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { visible } from '../../output/visible.ts';
import { shellWord } from '../shared/confirm.ts';
import { wordFor } from './find-host.ts';

export type PairVoter = PairStatus['voters'][number];

/** Everybody whose vote counts, without the host itself. A host that has no vote just now counts too. */
export const otherVoters = (id: string, { voters, hosts }: PairStatus): readonly PairVoter[] => {
  const members = hosts
    .filter((host) => !voters.some((voter) => voter.id === host.id))
    .map((host) => ({
      id: host.id,
      name: host.name,
      kind: 'member' as const,
      reachable: host.reachable,
      lastHeardAgoMs: host.lastHeardAgoMs,
    }));
  return [...voters, ...members].filter((voter) => voter.id !== id);
};

/** With each silent one of `others` confirmed as off. `host`: the word for the one that is to be forced; undefined: where it is typed. */
export const forceCommand = (others: readonly PairVoter[], host?: string): string =>
  [
    'nezuban pair force-master',
    ...others
      .filter(({ reachable }) => !reachable)
      .map((voter) => `--confirm-off ${shellWord(visible(wordFor(voter, others)))}`),
    ...(host === undefined ? [] : [`--host ${shellWord(host)}`]),
  ].join(' ');
