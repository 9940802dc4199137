// What stands between the pair and redundancy, and who has to do something about it: the pair itself, this command, or a human. Pure.
import type { Advice, DutyState, PairHost, PairStatus } from '@nezuban/protocol/pair/status';
import { visible } from '../../output/visible.ts';
import { shellWord } from '../shared/confirm.ts';
import { selfOf } from './find-host.ts';
import { forceCommand, otherVoters, type PairVoter } from './other-voters.ts';

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
/** Without a master and without progress for this long: elections fail again and again, and only a human brings what is missing. */
const stuckMaxMs = 30_000;

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

/** A database may need long to start or to be promoted, and each keeper bounds that itself: nobody is sent anywhere meanwhile. */
const busy: ReadonlySet<DutyState> = new Set<DutyState>(['starting', 'promoting']);

/** Orders that were given already: at most one for each host, and one for the pair (`''`). */
export type Ordered = ReadonlySet<string>;

export type Watched = {
  readonly ordered: Ordered;
  /** How long there has been neither a master nor progress towards one. */
  readonly stuckMs: number;
};

/** The next step. */
export const planRecovery = (status: PairStatus, { ordered, stuckMs }: Watched): RecoveryStep => {
  if (status.mode === 'single')
    return human(
      'There is one host alone, so there is nothing to recover. To make a pair:',
      'nezuban pair create',
    );
  if (status.redundancy === 'redundant') return { kind: 'done', says: 'The pair is redundant.' };
  return (
    planFailed(status, ordered) ??
    planByHumans(status) ??
    planStuck(status, stuckMs) ??
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

const planStuck = (status: PairStatus, stuckMs: number): RecoveryStep | undefined =>
  status.master === null &&
  stuckMs >= stuckMaxMs &&
  !statesOf(status).some(({ view }) => busy.has(view.state))
    ? withoutMaster(status)
    : undefined;

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
  return status.master === null ? withoutMaster(status) : adviceOf(status);
};

/** What a human must do where the voters cannot elect anybody. */
const withoutMaster = (status: PairStatus): RecoveryStep => {
  const self = selfOf(status);
  const others = otherVoters(status.self, status);
  const silent = others.filter(({ reachable }) => !reachable);
  const name = visible(self?.name ?? 'this host');
  if (silent.length === 0)
    return human(
      `No host has become master, though all voters answer: ${self?.view == null ? visible(status.summary) : visible(self.view.reason)} The logs of both hosts say more.`,
      null,
    );
  if (status.tieBreaker !== 'witness') return betweenTwo(status, silent);
  const answering = status.voters.filter(({ reachable }) => reachable).length;
  const needed = Math.floor(status.voters.length / 2) + 1;
  const why =
    answering < needed
      ? `${answering} of ${status.voters.length} voters answer, and ${needed} are needed.`
      : visible(self?.view?.reason ?? status.summary);
  return human(
    `There is no master: ${why} ${startWords(silent, needed - answering)} Only if what is missing is lost for good and switched off, go on with what ${name} has:`,
    forceCommand(others),
  );
};

/** Two hosts without a witness, of which one is silent. The word of a human counts for a peer that was heard since this host started. */
const betweenTwo = ({ tieBreaker }: PairStatus, silent: readonly PairVoter[]): RecoveryStep => {
  const names = namesWith('and', silent);
  const why =
    tieBreaker === 'fence'
      ? `${names} does not answer, and the fence command has not switched it off.`
      : `${names} does not answer, and no witness votes.`;
  return human(
    `There is no master: ${why} Start ${names}; the rest happens by itself. Only if it is surely switched off (that it does not answer proves nothing), type on this host:`,
    silent.some(({ lastHeardAgoMs }) => lastHeardAgoMs === null)
      ? forceCommand(silent)
      : 'nezuban pair promote --peer-is-off',
  );
};

const startWords = (silent: readonly PairVoter[], missing: number): string => {
  if (silent.length === 1 || missing >= silent.length) return `Start ${namesWith('and', silent)}.`;
  return missing <= 0
    ? `Start what is missing: ${namesWith('and', silent)}.`
    : `Start ${namesWith('or', silent)}: ${missing === 1 ? 'one' : missing} of them ${missing === 1 ? 'is' : 'are'} enough.`;
};

const namesWith = (word: 'and' | 'or', voters: readonly PairVoter[]): string => {
  const names = voters.map(({ name, kind }) => `${kind === 'witness' ? 'the witness ' : ''}${visible(name)}`);
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${word} ${last}`;
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
