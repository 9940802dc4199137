// What a screen needs of the pair's status, decided once: tones and words of hosts, replication and the whole, shares of a copy, steps of
// a change of master. Pure; not responsible for elements or for sentences (pair-text.ts).
import type { ParseKeys } from 'i18next';
import type { CopyProgress, DutyState, PairHost, PairStatus, TakeOver } from '@nezuban/protocol/pair/status';
import type { Status, StatusIconName, Tone } from '../../components/status.ts';

export const masterOf = ({ hosts, master }: PairStatus): PairHost | undefined =>
  master === null ? undefined : hosts.find(({ id }) => id === master.id);
export const standbyOf = ({ hosts, master }: PairStatus): PairHost | undefined =>
  master === null ? undefined : hosts.find(({ id }) => id !== master.id);

/** Whether a host of this pair may have to be stopped at a deadline, so that a guard must run. A host that is the only voter has none. */
export const needsGuard = ({ mode, hosts, voters }: PairStatus): boolean =>
  mode === 'pair' && (hosts.length > 1 || voters.length > 1);

/** The one sentence: who is master, and what would happen. Between two hosts without a witness nothing happens by itself. */
export const summaryKey = ({ redundancy, tieBreaker }: PairStatus) =>
  redundancy === 'redundant' && tieBreaker === 'manual'
    ? ('pair.summary.redundantByHand' as const)
    : (`pair.summary.${redundancy}` as const);

type Look = readonly [Tone, StatusIconName];

const redundancies: Readonly<Record<PairStatus['redundancy'], Look>> = {
  redundant: ['normal', 'normal'],
  preparing: ['active', 'starting'],
  alone: ['warning', 'warning'],
  'no-master': ['critical', 'abnormal'],
};

export const redundancyStatus = ({ mode, redundancy }: PairStatus): Status => {
  if (mode === 'single' && redundancy !== 'no-master')
    return { tone: 'neutral', icon: 'info', label: 'pair.redundancy.single' };
  const [tone, icon] = redundancies[redundancy];
  return { tone, icon, label: `pair.redundancy.${redundancy}` };
};

const states: Readonly<Record<DutyState, Look>> = {
  starting: ['active', 'starting'],
  waiting: ['warning', 'waiting'],
  'standby-copying': ['active', 'starting'],
  'standby-catching-up': ['active', 'starting'],
  'standby-in-sync': ['normal', 'normal'],
  candidate: ['active', 'starting'],
  promoting: ['active', 'starting'],
  'master-alone': ['warning', 'warning'],
  'master-paired': ['normal', 'normal'],
  resigning: ['active', 'stopping'],
  'standing-down': ['stopped', 'stopping'],
  fenced: ['critical', 'abnormal'],
  maintenance: ['held', 'held'],
  failed: ['critical', 'abnormal'],
  witness: ['normal', 'normal'],
};

export const hostStatus = (host: PairHost, mode: PairStatus['mode']): Status => {
  if (host.view === null || !host.reachable)
    return { tone: 'critical', icon: 'disconnected', label: 'pair.state.away' };
  const { state } = host.view;
  if (mode === 'single' && state === 'master-alone')
    return { tone: 'normal', icon: 'normal', label: 'pair.state.serving' };
  const [tone, icon] = states[state];
  return { tone, icon, label: `pair.state.${state}` };
};

export const voterStatus = (reachable: boolean): Status =>
  reachable
    ? { tone: 'normal', icon: 'connected', label: 'pair.voters.state.reachable' }
    : { tone: 'critical', icon: 'disconnected', label: 'pair.voters.state.away' };

/** The way of the data from master to standby. */
export const linkStatus = (status: PairStatus): Status => {
  const standby = standbyOf(status);
  const of = (tone: Tone, icon: StatusIconName, label: ParseKeys): Status => ({ tone, icon, label });
  if (standby === undefined) return of('muted', 'notRun', 'pair.link.none');
  if (standby.view === null || !standby.reachable) return of('critical', 'disconnected', 'pair.link.broken');
  switch (standby.view.state) {
    case 'standby-copying':
      return of('active', 'starting', 'pair.link.copying');
    case 'standby-catching-up':
      return of('active', 'starting', 'pair.link.catchingUp');
    case 'standby-in-sync':
      return standby.inSync
        ? of('normal', 'normal', 'pair.link.synced')
        : of('active', 'starting', 'pair.link.catchingUp');
    case 'maintenance':
      return of('held', 'held', 'pair.link.paused');
    default:
      return of('warning', 'warning', 'pair.link.broken');
  }
};

/** Done share of a copy in percent; null while the whole is unknown. */
export const copyPercent = ({ bytes, totalBytes }: CopyProgress): number | null =>
  totalBytes === null || totalBytes === 0 ? null : Math.min(100, Math.floor((bytes / totalBytes) * 100));

/** Milliseconds that a copy still takes at its speed so far; `at` is by the clock of the same host. */
export const copyLeftMs = ({ bytes, totalBytes, startedAt }: CopyProgress, at: string): number | null => {
  const elapsedMs = Date.parse(at) - Date.parse(startedAt);
  if (totalBytes === null || bytes === 0 || elapsedMs <= 0 || bytes >= totalBytes) return null;
  return ((totalBytes - bytes) / bytes) * elapsedMs;
};

export const takeOverSteps = ['detect', 'elect', 'promote', 'open'] as const;
export type TakeOverStep = (typeof takeOverSteps)[number];

/** Steps that applied, in order, with their share of the longest change that is shown, in percent. */
export const stepsOf = (
  { steps }: TakeOver,
  longestMs: number,
): readonly { readonly step: TakeOverStep; readonly ms: number; readonly percent: number }[] =>
  takeOverSteps.flatMap((step) => {
    const ms = steps[`${step}Ms`];
    return ms === null ? [] : [{ step, ms, percent: longestMs === 0 ? 0 : (ms / longestMs) * 100 }];
  });

/** How long a change took: as told, else the sum of its steps. */
export const lengthOf = (takeOver: TakeOver): number =>
  takeOver.totalMs ?? stepsOf(takeOver, 0).reduce((sum, { ms }) => sum + ms, 0);

export const votesNeeded = ({ voters }: PairStatus): number => Math.floor(voters.length / 2) + 1;

/** What became of a switch that was asked for: the pair itself tells, since the answer may be lost with the old master. */
export type SwitchOrder = {
  readonly target: string;
  readonly from: string;
  readonly startedAt: number;
  /** Of the newest change of master before. */
  readonly termBefore: number;
};
export type SwitchOutcome =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly tookMs: number }
  | { readonly kind: 'too-long' };

/** A planned switch may wait for a busy standby; beyond this somebody should look. */
export const switchBoundMs = 120_000;

export const judgeSwitch = (order: SwitchOrder, status: PairStatus, now: number): SwitchOutcome => {
  const target = status.hosts.find(({ id }) => id === order.target);
  const serves =
    status.master?.id === order.target &&
    target?.view?.serviceOpen === true &&
    target.view.state.startsWith('master');
  if (serves) {
    const newest = status.history[0];
    const told = newest !== undefined && newest.term > order.termBefore ? newest.totalMs : null;
    return { kind: 'done', tookMs: told ?? now - order.startedAt };
  }
  return now - order.startedAt > switchBoundMs ? { kind: 'too-long' } : { kind: 'running' };
};
