// What states, sizes and kinds are called, for people. Pure.
import type { CopyProgress, DutyState, PairHost, PairStatus, TakeOver } from '@nezuban/protocol/pair/status';
import { exitCodes, type ExitCode } from '../../exit-codes.ts';
import { formatDuration } from '../../output/time.ts';
import type { Style } from '../../output/paint.ts';

type Words = { readonly says: string; readonly style: Style };

const states: Readonly<Record<DutyState, Words>> = {
  starting: { says: 'starting', style: 'cyan' },
  waiting: { says: 'waiting: no master that it could follow is known', style: 'yellow' },
  'standby-copying': { says: 'standby, copying the data of the master', style: 'cyan' },
  'standby-catching-up': { says: 'standby, catching up', style: 'cyan' },
  'standby-in-sync': { says: 'standby, in sync: it can take over', style: 'green' },
  candidate: { says: 'asking for votes to become master', style: 'cyan' },
  promoting: { says: 'becoming master', style: 'cyan' },
  'master-alone': { says: 'master, alone: no standby is in sync', style: 'yellow' },
  'master-paired': { says: 'master, with a standby in sync', style: 'green' },
  resigning: { says: 'master, handing the service over', style: 'cyan' },
  'standing-down': { says: 'stopping everything that acts as master', style: 'yellow' },
  fenced: { says: 'could not be stopped in time: the guard ends it', style: 'red' },
  maintenance: { says: 'in maintenance: it votes, and nothing else', style: 'blue' },
  failed: { says: 'failed: it votes, and needs "nezuban pair recover"', style: 'red' },
  witness: { says: 'witness: it votes and holds no data', style: 'green' },
};

/** A host's state in plain words. A state of a newer release is shown as it is. */
export const hostWords = (host: PairHost, mode: PairStatus['mode'] = 'pair'): Words => {
  if (host.view === null || !host.reachable) {
    const ago =
      host.lastHeardAgoMs === null ? 'not heard yet' : `last heard ${formatAgo(host.lastHeardAgoMs)} ago`;
    return { says: `does not answer (${ago})`, style: 'red' };
  }
  if (mode === 'single' && host.view.state === 'master-alone')
    return { says: 'serves; there is no second host', style: 'green' };
  return (
    (states as Partial<Record<string, Words>>)[host.view.state] ?? { says: host.view.state, style: 'dim' }
  );
};

const redundancies: Readonly<Record<PairStatus['redundancy'], Words>> = {
  redundant: {
    says: 'Redundant: either host may fail, and nothing that was acknowledged is lost.',
    style: 'green',
  },
  preparing: { says: 'Not redundant yet: the standby is being made ready.', style: 'yellow' },
  alone: { says: 'Not redundant: one host serves alone.', style: 'red' },
  'no-master': { says: 'No master: nothing is served.', style: 'red' },
};

/** Both hosts hold everything, but nobody votes beside them: the service does not move by itself. */
const redundantByHand: Words = {
  says: 'Both hosts hold everything that was acknowledged, but there is no witness: when one is lost, nothing serves until a human promotes the other one.',
  style: 'yellow',
};

export const redundancyWords = (status: PairStatus): Words => {
  if (status.mode === 'single') return { says: 'One host alone: no pair has been made.', style: 'yellow' };
  return status.redundancy === 'redundant' && status.tieBreaker === 'manual'
    ? redundantByHand
    : redundancies[status.redundancy];
};

/** Whether a host of this pair may have to be stopped at a deadline, so that a guard must run. A host that is the only voter has none. */
export const needsGuard = ({ mode, hosts, voters }: PairStatus): boolean =>
  mode === 'pair' && (hosts.length > 1 || voters.length > 1);

/** For scripts that watch the pair. */
export const exitCodeOfPair = ({ redundancy }: PairStatus): ExitCode => {
  if (redundancy === 'redundant') return exitCodes.ok;
  return redundancy === 'no-master' ? exitCodes.pairNoMaster : exitCodes.pairNotRedundant;
};

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `0 B`, `12.4 GB`; powers of 1000, as disks are sold and monitored. */
export const formatBytes = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? 'B'}`;
};

/** How long ago, without false precision. */
const formatAgo = (ms: number): string => (ms < 60_000 ? `${Math.round(ms / 1000)} s` : formatDuration(ms));

const phases: Readonly<Record<CopyProgress['phase'], string>> = {
  copying: 'copied',
  rewinding: 'rewound',
  checking: 'checked',
};

/** Share of the copy that is done, 0 to 1; undefined while the whole is unknown. */
export const copyShare = ({ bytes, totalBytes }: CopyProgress): number | undefined =>
  totalBytes === null || totalBytes === 0 ? undefined : Math.min(1, bytes / totalBytes);

/** `copied 3.1 of 12.4 GB (25 %), 120 MB/s, about 1 min 17 s left`. `at` is an instant of the same host as the copy's start. */
export const copyWords = (copy: CopyProgress, at: string): string => {
  const { phase, bytes, totalBytes, startedAt } = copy;
  const share = copyShare(copy);
  const elapsedMs = Date.parse(at) - Date.parse(startedAt);
  const perMs = elapsedMs > 0 ? bytes / elapsedMs : 0;
  const done =
    share === undefined
      ? formatBytes(bytes)
      : `${formatBytes(bytes)} of ${formatBytes(totalBytes ?? 0)} (${Math.floor(share * 100)} %)`;
  const left =
    share === undefined || perMs === 0 || share === 1
      ? []
      : [`about ${formatDuration(((totalBytes ?? 0) - bytes) / perMs)} left`];
  const speed = perMs === 0 ? [] : [`${formatBytes(perMs * 1000)}/s`];
  return [`${phases[phase]} ${done}`, ...speed, ...left].join(', ');
};

export const takeOverWords: Readonly<Record<TakeOver['kind'], string>> = {
  'first-start': 'first start',
  switch: 'planned switch',
  failover: 'failover',
  restart: 'restart',
  forced: 'FORCED',
};
