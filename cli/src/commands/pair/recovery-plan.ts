// What stands between the pair and redundancy, and who has to do something about it: the pair itself, this command, or a human. Pure.
import type { Advice, DutyState, PairHost, PairStatus } from '@nezuban/protocol/pair/status';
import { visible } from '../../output/visible.ts';
import { shellWord } from './confirm.ts';

export type RecoveryStep =
  | { readonly kind: 'done'; readonly says: string }
  /** It heals by itself; to be looked at again. */
  | { readonly kind: 'wait'; readonly says: string }
  /** The command "recover" helps this host; null: the one that has to do something. */
  | { readonly kind: 'order'; readonly host: PairHost | null; readonly says: string }
  | { readonly kind: 'human'; readonly says: string; readonly command: string | null };

/** A host that was silent for less than this may be restarting: nobody is sent there yet. */
const silentMs = 10_000;
/** An election, with everything around it, is over long before. */
const undecidedMs = 15_000;

/** States in which a host is on its way. */
const moving: ReadonlySet<DutyState> = new Set<DutyState>([
  'starting',
  'standby-copying',
  'standby-catching-up',
  'candidate',
  'promoting',
  'resigning',
  'standing-down',
]);

/** Orders that were given already: at most one for each host, and one for the pair (`''`). */
export type Ordered = ReadonlySet<string>;

/** The next step. */
export const planRecovery = (status: PairStatus, ordered: Ordered): RecoveryStep => {
  if (status.mode === 'single')
    return human(
      'There is one host alone, so there is nothing to recover. To make a pair:',
      'nezuban pair create',
    );
  if (status.redundancy === 'redundant') return { kind: 'done', says: 'The pair is redundant.' };
  return (
    planFailed(status, ordered) ??
    planByHumans(status) ??
    planMoving(status) ??
    planSilent(status) ??
    planUndecided(status, ordered)
  );
};

const human = (says: string, command: string | null): RecoveryStep => ({ kind: 'human', says, command });
const statesOf = ({ hosts }: PairStatus) =>
  hosts.flatMap((host) => (host.reachable && host.view !== null ? [{ host, view: host.view }] : []));

const planFailed = (status: PairStatus, ordered: Ordered): RecoveryStep | undefined => {
  const failed = statesOf(status).find(({ view }) => view.state === 'failed');
  if (failed === undefined) return undefined;
  const { host, view } = failed;
  if (ordered.has(host.id)) return human(`${visible(host.name)} failed again: ${visible(view.reason)}`, null);
  return { kind: 'order', host, says: `${visible(host.name)} is told to try again.` };
};

const planByHumans = (status: PairStatus): RecoveryStep | undefined => {
  const inMaintenance = statesOf(status).find(({ view }) => view.state === 'maintenance');
  if (inMaintenance !== undefined) {
    const { name } = inMaintenance.host;
    return human(
      `${visible(name)} is in maintenance. When the work on it is over, type:`,
      `nezuban pair maintenance off --host ${shellWord(name)}`,
    );
  }
  const fenced = statesOf(status).find(({ view }) => view.state === 'fenced');
  return fenced === undefined
    ? undefined
    : human(
        `The database of ${visible(fenced.host.name)} could not be stopped. If it stays so, power that host off and start it again.`,
        null,
      );
};

const planMoving = (status: PairStatus): RecoveryStep | undefined => {
  const one = statesOf(status).find(({ view }) => moving.has(view.state));
  if (one !== undefined) return { kind: 'wait', says: visible(one.view.reason) };
  const ready = statesOf(status).find(({ view }) => view.state === 'standby-in-sync');
  return ready !== undefined && status.master !== null
    ? { kind: 'wait', says: `${visible(ready.host.name)} is being taken in.` }
    : undefined;
};

const planSilent = (status: PairStatus): RecoveryStep | undefined => {
  const silent = status.hosts.find(({ reachable }) => !reachable);
  if (silent === undefined || status.master === null) return undefined;
  if (silent.lastHeardAgoMs !== null && silent.lastHeardAgoMs < silentMs)
    return { kind: 'wait', says: `${visible(silent.name)} does not answer just now.` };
  return human(
    `${visible(silent.name)} does not answer. Start that host, look whether it is reached${silent.address === null ? '' : ` at ${visible(silent.address)}`}, and start its manager; the rest happens by itself:`,
    'nezuban manager',
  );
};

/** Nothing moves: first the pair is asked to do what it can, then its own advice is what remains. */
const planUndecided = (status: PairStatus, ordered: Ordered): RecoveryStep => {
  // A pair of one host so far: nothing can come back by itself.
  if (status.hosts.length < 2 && status.master !== null) return adviceOf(status);
  const newest = Math.max(...statesOf(status).map(({ view }) => Date.parse(view.since)), 0);
  if (Date.parse(status.at) - newest < undecidedMs)
    return {
      kind: 'wait',
      says:
        status.master === null
          ? 'The hosts are finding out who is master.'
          : 'The pair has just changed; it is given some seconds.',
    };
  if (!ordered.has(''))
    return { kind: 'order', host: null, says: 'Nothing moves by itself; the pair is told to try again.' };
  return adviceOf(status);
};

/** The pair's own advice, the worst first, is what a human does. */
const adviceOf = (status: PairStatus): RecoveryStep => {
  const first = worst(status.advice);
  return first === undefined
    ? human(visible(status.summary), null)
    : human(visible(first.says), first.command === null ? null : visible(first.command));
};

const rank = { critical: 0, warning: 1, info: 2 } as const satisfies Record<Advice['priority'], number>;

const worst = (advice: readonly Advice[]): Advice | undefined =>
  advice.toSorted((a, b) => rank[a.priority] - rank[b.priority])[0];
