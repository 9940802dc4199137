// Waits until a host serves as master, with progress, and tells how long that took. Used by the commands that move the service.
import type { CommandResult } from '@nezuban/protocol/pair/pair-link';
import type { PairHost, PairStatus, TakeOver } from '@nezuban/protocol/pair/status';
import { Failure } from '../../failure.ts';
import { formatDuration } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import type { CommandContext } from '../command.ts';
import { refused } from './order.ts';
import type { PairContact, PairOrder } from './pair-contact.ts';
import { watchProgress } from './watch-progress.ts';

/** A planned switch may wait for a busy standby for some tens of seconds; what takes longer needs a look. */
const servingBoundMs = 120_000;

export type Serving = {
  readonly contact: PairContact;
  readonly order: PairOrder;
  /** The host that shall serve. */
  readonly target: PairHost;
  /** As it was before the order. */
  readonly before: PairStatus;
};

export type Served = { readonly tookMs: number; readonly status: PairStatus };

/** Gives the order and waits until its target serves. Throws a Failure when it is refused or called off. */
export const orderUntilServing = async (context: CommandContext, serving: Serving): Promise<Served> => {
  const { contact, order, target, before } = serving;
  const begun = performance.now();
  const over = new AbortController();
  const answered: { result?: CommandResult; failure?: Error } = {};
  // The answer may come only when all is done, and its bearer may go away in between: the pair's own state counts.
  void contact.order(order, AbortSignal.any([context.signal, over.signal])).then(
    (result) => {
      answered.result = result;
    },
    (error: unknown) => {
      answered.failure = error instanceof Error ? error : new Error(String(error));
    },
  );
  try {
    const status = await watchProgress(context, {
      contact,
      known: before,
      boundMs: servingBoundMs,
      goesOn: 'What was begun goes on without this command. See: nezuban pair status',
      judge: (now) => {
        if (answered.result?.ok === false) throw refused(answered.result.says);
        if (answered.failure !== undefined && !isLostAnswer(answered.failure)) throw answered.failure;
        return isServing(now, target) ? now : undefined;
      },
    });
    return { tookMs: newTakeOver(status, before)?.totalMs ?? performance.now() - begun, status };
  } finally {
    over.abort();
  }
};

const isLostAnswer = (error: Error): boolean => error instanceof Failure && error.retryable;

const isServing = (status: PairStatus, target: PairHost): boolean =>
  status.master?.id === target.id &&
  status.hosts.some(
    ({ id, view }) => id === target.id && view?.serviceOpen === true && view.state.startsWith('master'),
  );

/** The change of master that this command has seen happen. */
export const newTakeOver = (status: PairStatus, before: PairStatus): TakeOver | undefined => {
  const newest = status.history[0];
  return newest === undefined || newest.term <= (before.history[0]?.term ?? -1) ? undefined : newest;
};

/** `detect 1.62 s, elect 0.21 s, promote 0.30 s, open 0.18 s`, of what is known. */
export const stepWords = ({ steps }: TakeOver): string =>
  (['detect', 'elect', 'promote', 'open'] as const)
    .flatMap((step) => {
      const value = steps[`${step}Ms`];
      return value === null ? [] : [`${step} ${formatDuration(value)}`];
    })
    .join(', ');

/** Prints the end of a command that moved the service. */
export const sayServed = async (context: CommandContext, serving: Serving, served: Served): Promise<void> => {
  const { target, before } = serving;
  const takeOver = newTakeOver(served.status, before);
  const steps = takeOver === undefined ? '' : stepWords(takeOver);
  await context.out.result(
    { master: target.name, tookMs: served.tookMs, takeOver: takeOver ?? null, status: served.status },
    () =>
      `${visible(target.name)} is master and serves, after ${formatDuration(served.tookMs)}${steps === '' ? '' : ` (${steps})`}.`,
  );
};
