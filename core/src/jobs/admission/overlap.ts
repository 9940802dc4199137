// Whether a session of a net may be begun at all while others of it run or wait: the overlap policy of the net.
// What may be begun and has to wait for its turn is `ask.ts`'s and the book's.
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import type { AdmissionBook } from './admission-book.ts';

/** Sessions of one net that may wait: more would only pile up behind a net that hangs. */
export const waitingSessionsMax = 1_000;

/** The sentence why not; null if it may. */
export function overlapRefusal(definition: JobNetDefinition, book: AdmissionBook): Said | null {
  const { name, overlap = 'parallel', overlap_max: max = 1 } = definition;
  if (overlap === 'parallel') return null;
  const waiting = book.waiting(name);
  if (overlap === 'queue')
    return waiting < waitingSessionsMax ? null : say('overlap_queue_full', { count: waiting, net: name });
  const running = book.running(name);
  if (running + waiting < max) return null;
  return running + waiting === 1
    ? say('overlap_skip_one', { net: name })
    : say('overlap_skip', { count: running + waiting, net: name });
}
