// Follows the pair while it changes: asks again and again, prints each change of a host as one line, until the caller's judgement says
// that it is over. Patient with a keeper or manager that is away for a moment, since the pair goes on meanwhile.
import { setTimeout as delay } from 'node:timers/promises';
import type { DutyState, PairHost, PairStatus } from '@nezuban/protocol/pair/status';
import { exitCodes } from '../../exit-codes.ts';
import { Failure, Interruption } from '../../failure.ts';
import { formatClock, formatDuration } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import type { CommandContext } from '../command.ts';
import type { PairContact } from './pair-contact.ts';
import { copyShare, copyWords, hostWords } from './words.ts';

/** A switch takes about a second: asked often enough to see its steps, seldom enough to be no load. */
const pollMs = 200;
/** A copy's progress is said at each step of this share. */
const copyStep = 0.05;

export type WatchOptions<Verdict> = {
  readonly contact: PairContact;
  /** What the person knows already. */
  readonly known?: PairStatus;
  /** The verdict when it is over, undefined to go on. May throw a Failure. */
  readonly judge: (status: PairStatus) => Verdict | undefined;
  /** After this long it is given up; null: never, since each host's own steps have bounds. */
  readonly boundMs: number | null;
  /** Said on Ctrl-C: what goes on without this command. */
  readonly goesOn: string;
};

/** Resolves with the first verdict. */
export const watchProgress = async <Verdict>(
  context: CommandContext,
  options: WatchOptions<Verdict>,
): Promise<Verdict> => {
  const { signal, out } = context;
  const { contact, judge, boundMs } = options;
  const say = createProgressLines(context);
  if (options.known !== undefined) say(options.known);
  const deadline = boundMs === null ? Infinity : performance.now() + boundMs;
  const ask = createPatientQuestion(contact, context);
  try {
    for (;;) {
      const status = await ask();
      if (status !== undefined) {
        say(status);
        const verdict = judge(status);
        if (verdict !== undefined) return verdict;
      }
      signal.throwIfAborted();
      if (performance.now() > deadline)
        throw new Failure(`It is not over after ${formatDuration(boundMs ?? 0)}.`, {
          exitCode: exitCodes.refused,
          code: 'too_long',
          hints: ['See: nezuban pair status'],
        });
      await delay(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  } catch (error) {
    if (error instanceof Interruption) out.note(options.goesOn);
    throw error;
  }
};

/** The status, or undefined while nobody answers; that is said once for each time. */
const createPatientQuestion = (contact: PairContact, { out }: CommandContext) => {
  let isAway = false;
  return async (): Promise<PairStatus | undefined> => {
    try {
      const status = await contact.status();
      isAway = false;
      return status;
    } catch (error) {
      if (!(error instanceof Failure) || !error.retryable) throw error;
      if (!isAway) out.note(`${error.message} Trying on.`);
      isAway = true;
      return undefined;
    }
  };
};

/** Prints what has changed since the last call; what is so at the first call is known already. */
const createProgressLines = ({ out, ports }: CommandContext) => {
  /** Of each host the last key, and after it those by which it looked for a master: it asks and waits in turn for as long as it finds none. */
  const shown = new Map<string, readonly string[]>();
  return (status: PairStatus): void => {
    for (const host of status.hosts) {
      const key = keyOf(host);
      const before = shown.get(host.id);
      const isSeeking = host.reachable && seeking.has(host.view?.state ?? 'starting');
      const isKnown = isSeeking ? before?.includes(key) : before?.at(-1) === key;
      if (isKnown === true) continue;
      shown.set(host.id, isSeeking && before !== undefined ? [...before, key] : [key]);
      if (before === undefined) continue;
      const at = out.paint('dim', formatClock(new Date(ports.now()).toISOString()));
      out.note(`${at}  ${visible(host.name)}  ${progressWords(host)}`);
    }
  };
};

const seeking: ReadonlySet<DutyState> = new Set<DutyState>(['waiting', 'candidate']);

const keyOf = ({ view, reachable }: PairHost): string => {
  if (view === null || !reachable) return 'away';
  const step =
    view.copy === null ? '' : ` ${view.copy.phase} ${Math.floor((copyShare(view.copy) ?? 0) / copyStep)}`;
  return `${view.state} ${String(view.serviceOpen)}${step}`;
};

const progressWords = (host: PairHost): string => {
  const { view } = host;
  const { says } = hostWords(host);
  if (view === null || !host.reachable) return says;
  if (view.copy !== null) return copyWords(view.copy, view.at);
  return `${says}${view.state.startsWith('master') && view.serviceOpen ? '; the service is open' : ''}`;
};
