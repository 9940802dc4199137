// Whether a session of a net may be begun at all while others of it run or wait: the overlap policy of the net.
// What may be begun and has to wait for its turn is `ask.ts`'s and the book's.
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { AdmissionBook } from './admission-book.ts';

/** Sessions of one net that may wait: more would only pile up behind a net that hangs. */
export const waitingSessionsMax = 1_000;

/** The sentence why not; null if it may. */
export function overlapRefusal(definition: JobNetDefinition, book: AdmissionBook): string | null {
  const { name, overlap = 'parallel', overlap_max: max = 1 } = definition;
  if (overlap === 'parallel') return null;
  const waiting = book.waiting(name);
  if (overlap === 'queue')
    return waiting < waitingSessionsMax
      ? null
      : `${waiting} sessions of "${name}" wait for their turn already; no more are taken.`;
  const running = book.running(name);
  if (running + waiting < max) return null;
  const many = running + waiting === 1 ? 'A session' : `${running + waiting} sessions`;
  return `${many} of "${name}" ${running + waiting === 1 ? 'has' : 'have'} not ended, and its overlap policy is to skip a start then.`;
}
