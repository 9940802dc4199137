/**
 * Informs between their arrival and their answer.
 *
 * Responsible for answering only what lies durably in the journal, and for recognising repeats: a sender that has heard nothing sends the
 * same again, which is answered again and not journaled twice. Called by the receiver with what to send back.
 */
import { hash } from 'node:crypto';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Heard, TrapSink } from '../receiver.ts';
import { snmpLimits } from './snmp-limits.ts';
import { createTwoHalves } from './two-halves.ts';

type Entry = { durable: boolean; readonly answers: (() => void)[] };

export type InformBook = {
  /** `respond` sends the answer to this very message; a repeat may have another message id. */
  readonly take: (heard: Heard, respond: () => void) => void;
  /** Not taken: too many waited, the journal was full, or its source said too much. Their senders try again. */
  readonly unanswered: () => number;
};

/** A sender that repeats faster than the disk writes is answered that often at most. */
const ANSWERS_MAX = 8;

export const createInformBook = (ports: {
  readonly sink: Pick<TrapSink, 'hearDurably'>;
  readonly clock: Clock;
  readonly logger: Logger;
}): InformBook => {
  const { sink, clock, logger } = ports;
  const known = createTwoHalves<Entry>(clock, {
    halfMs: snmpLimits.informsHalfMs,
    halfMax: snmpLimits.informsRememberedMax,
  });
  let pending = 0;
  let unanswered = 0;

  return {
    take(heard, respond) {
      const key = keyOf(heard);
      const before = known.get(key);
      if (before !== undefined) {
        if (before.durable) respond();
        else if (before.answers.length < ANSWERS_MAX) before.answers.push(respond);
        return;
      }
      if (pending >= snmpLimits.informsPendingMax) {
        unanswered += 1;
        return;
      }
      const entry: Entry = { durable: false, answers: [respond] };
      known.set(key, entry);
      pending += 1;
      sink
        .hearDurably(heard)
        .then((answer) => {
          pending -= 1;
          if (answer !== 'taken') {
            unanswered += 1;
            known.delete(key);
            return;
          }
          entry.durable = true;
          for (const send of entry.answers.splice(0)) send();
        })
        .catch((error: unknown) => {
          pending -= 1;
          unanswered += 1;
          known.delete(key);
          logger.error({ err: error }, 'An SNMP inform could not be journaled; it stays unanswered');
        });
    },
    unanswered: () => unanswered,
  };
};

/** The bytes of the message (of v3: of what it carries) hold its request id. */
const keyOf = ({ address, extra, payload }: Heard): string =>
  `${address} ${extra?.['user'] ?? ''} ${hash('sha256', payload, 'base64')}`;
