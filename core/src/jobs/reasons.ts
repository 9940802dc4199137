// Why a unit or an attempt is as it is: the one place that writes it, in English for the row and as the sentence that it is for other languages.
// Also the words that many reasons have inside. Pure. Not responsible for the sentences: protocol/src/sentences.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { UnitState } from '@nezuban/protocol/jobs/session';
import {
  say,
  sentenceFrom,
  type Said,
  type Sentence,
  type SentenceValue,
} from '@nezuban/protocol/sentences/sentence';

/** What a row keeps of it. Null: nothing is to be said. */
export type Reason = { readonly reason: string | null; readonly reasonSaid: Sentence | null };
type Writable = { -readonly [Name in keyof Reason]: Reason[Name] };

export const noReason: Reason = { reason: null, reasonSaid: null };

export function giveReason(record: Reason, said: Said | null): void {
  const { reason, reasonSaid } = reasonOf(said);
  const writable: Writable = record;
  writable.reason = reason;
  writable.reasonSaid = reasonSaid;
}

export function reasonOf(said: Said | null): Reason {
  if (said === null) return noReason;
  const { message, code, values } = said;
  return { reason: message, reasonSaid: values === undefined ? { code } : { code, values } };
}

/** What stands in a row, to be said inside another sentence or again; the words of an earlier release stay as they are, and so do those of a newer one. */
export function saidInRow({ reason, reasonSaid }: Reason): Said | null {
  if (reason === null) return null;
  return reasonSaid === null
    ? toldBy(reason)
    : { ...sentenceFrom({ ...reasonSaid, message: reason }), message: reason };
}

/** What an agent of an earlier release, a mail server or an operating system has said in its own words. */
export function toldBy(text: string): Said {
  return say('as_told', { text });
}

export function statusWord(status: EndStatus | 'skipped'): Sentence {
  return { code: `status_${status}` };
}

export function stateWord(state: UnitState): Sentence {
  return { code: `state_${state}` };
}

/** Whoever asked, as a word of a sentence: a watch is no user. */
export function byWord(actor: string | null): SentenceValue {
  if (actor === null) return { code: 'by_somebody' };
  if (actor === startWatch) return { code: 'by_start_watch' };
  return actor === endWatch ? { code: 'by_end_watch' } : actor;
}

/** As they stand in rows. */
export const startWatch = 'the watch of its start';
export const endWatch = 'the watch of its end';

/** Half sentences one after the other, as each language does it. */
export function joined(parts: readonly Sentence[]): Sentence | null {
  return folded(parts, 'first_then');
}

/** Facts side by side. */
export function inRow(parts: readonly Sentence[]): Sentence | null {
  return folded(parts, 'and_also');
}

/** From the end, so that what is said first lies least deep. */
function folded(parts: readonly Sentence[], code: 'first_then' | 'and_also'): Sentence | null {
  return parts.reduceRight<Sentence | null>(
    (rest, first) => (rest === null ? first : { code, values: { first, rest } }),
    null,
  );
}
