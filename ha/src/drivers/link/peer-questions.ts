/**
 * Questions to other keepers that wait for their answers, and their answers to ours.
 *
 * Responsible for numbers, time limits and bounds of both. Not responsible for what is asked. Called by `duty-link.ts`.
 */
import type { Timers } from '@nezuban/platform/timers';
import type { PeerAnswer, PeerQuestion } from '@nezuban/protocol/pair/pair-link';
import type { DutyConnection } from './duty-connection.ts';
import { LinkError } from './link-error.ts';

/** Of ours, to all voters together. A keeper asks each voter a few things now and then. */
const OPEN_QUESTIONS_MAX = 32;
/** Of one connection, that we work on at one time. */
const OPEN_ANSWERS_MAX = 8;

export type PeerQuestions = {
  readonly ask: (connection: DutyConnection, question: PeerQuestion, withinMs: number) => Promise<PeerAnswer>;
  readonly answered: (connection: DutyConnection, n: number, answer: PeerAnswer) => void;
  /** Answers what the other side asks; `work` may take its time. */
  readonly serve: (connection: DutyConnection, n: number, work: () => Promise<PeerAnswer>) => void;
  readonly ended: (connection: DutyConnection) => void;
};

type Open = {
  readonly connection: DutyConnection;
  readonly settle: (result: { answer: PeerAnswer } | { error: LinkError }) => void;
};

export function createPeerQuestions(ports: { readonly timers: Timers }): PeerQuestions {
  const open = new Map<number, Open>();
  const working = new Map<DutyConnection, number>();
  let numbers = 0;

  function ask(connection: DutyConnection, question: PeerQuestion, withinMs: number): Promise<PeerAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<PeerAnswer>();
    const who = nameOf(connection);
    if (open.size >= OPEN_QUESTIONS_MAX)
      return Promise.reject(
        new LinkError('not-connected', `${OPEN_QUESTIONS_MAX} questions to other hosts are open already.`),
      );
    numbers += 1;
    const n = numbers;
    if (!connection.send({ type: 'question', n, question }, 'sure'))
      return Promise.reject(new LinkError('not-connected', `Too much waits on the connection to ${who}.`));
    const settle: Open['settle'] = (result) => {
      open.delete(n);
      cancel();
      if ('answer' in result) resolve(result.answer);
      else reject(result.error);
    };
    const cancel = ports.timers.after(withinMs, () =>
      settle({
        error: new LinkError(
          'no-answer',
          `${who} did not answer "${question.ask}" within ${withinMs / 1_000} s.`,
        ),
      }),
    );
    open.set(n, { connection, settle });
    return promise;
  }

  function serve(connection: DutyConnection, n: number, work: () => Promise<PeerAnswer>): void {
    const count = working.get(connection) ?? 0;
    if (count >= OPEN_ANSWERS_MAX) {
      reply(connection, n, {
        to: 'refused',
        says: `${OPEN_ANSWERS_MAX} questions of yours are open already.`,
      });
      return;
    }
    working.set(connection, count + 1);
    void answerOf(work).then((answer) => {
      const left = (working.get(connection) ?? 1) - 1;
      if (left === 0) working.delete(connection);
      else working.set(connection, left);
      reply(connection, n, answer);
    });
  }

  return {
    ask,
    serve,
    answered(connection, n, answer) {
      const one = open.get(n);
      // Only from whom it was asked: another voter must not answer in its place.
      if (one?.connection === connection) one.settle({ answer });
    },
    ended(connection) {
      for (const one of [...open.values()].filter((each) => each.connection === connection))
        one.settle({
          error: new LinkError(
            'no-answer',
            `The connection to ${nameOf(connection)} was lost before it answered.`,
          ),
        });
    },
  };
}

function reply(connection: DutyConnection, n: number, answer: PeerAnswer): void {
  if (connection.send({ type: 'answer', n, answer }, 'sure')) return;
  connection.send({ type: 'answer', n, answer: { to: 'refused', says: 'The answer is too long for now.' } });
}

async function answerOf(work: () => Promise<PeerAnswer>): Promise<PeerAnswer> {
  try {
    return await work();
  } catch (error) {
    return { to: 'refused', says: error instanceof Error ? error.message : String(error) };
  }
}

function nameOf(connection: DutyConnection): string {
  return connection.hello()?.name ?? connection.address;
}
