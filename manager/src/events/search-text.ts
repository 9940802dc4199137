// What the text search of events compares.
// Responsible for the text that is stored beside each event and for the conditions of a search: words in any order, all of them, upper and
// lower case, full and half width (カナ and ｶﾅ) the same. Pure. Called by the event store.
import { sentenceIn } from '@nezuban/protocol/sentences/sentence';
import { eventText } from '@nezuban/protocol/events/event-text';
import { foldText, likePattern, type Condition } from '../database/where.ts';
import type { EventDraft } from '../ports.ts';

/** Stands before the comment in the text of an event; a character that no text needs. */
export const COMMENT_MARK = '\u{1}';

/** Nothing to fold but the case: most of what devices say. */
const PLAIN = /^[\n\x20-\x7e]*$/;

/** More words than this add nothing to what is found, only to what each row costs. */
const WORDS_MAX = 8;

/**
 * The sentence as the manager says it, the Japanese one that the console shows, and the node: what people see is what they search for, in
 * either language. The comment follows behind its mark when it is written.
 */
export const searchTextOf = (event: Pick<EventDraft, 'code' | 'message' | 'node' | 'details'>): string => {
  const japanese = eventText(event, 'ja', sentenceIn);
  const said = japanese === event.message ? japanese : `${event.message}\n${japanese}`;
  const text = event.node === null ? said : said === '' ? event.node : `${said}\n${event.node}`;
  const folded = PLAIN.test(text) ? text.toLowerCase() : foldText(text);
  return folded.includes(COMMENT_MARK) ? folded.replaceAll(COMMENT_MARK, ' ') : folded;
};

/**
 * A plain comparison with each row, newest first where hits are frequent, all rows side by side where they are not: PostgreSQL chooses. It
 * reads a million events in about half a second of one core, finds one Japanese character as well as ten words, and costs an insert no
 * index (figures: benchmarks/README.md). Events of older releases have no text beside them and are folded on the way.
 */
export const eventTextConditions = (text: string): readonly Condition[] =>
  wordsOf(text).map((word) => (place) => {
    const pattern = place(likePattern(word));
    return `coalesce(search, lower(normalize(concat_ws(E'\\n', message, node, comment), NFKC))) LIKE ${pattern}`;
  });

const wordsOf = (text: string): readonly string[] =>
  foldText(text)
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, WORDS_MAX);
