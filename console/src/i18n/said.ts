// What an issue of the API says in the language of its reader. The table of sentences weighs as much as a page: it comes with the Japanese
// texts, and who reads English, in which an issue comes anyway, never loads it. Pages that need it for more import it themselves.
import type { saidBySchema, sentenceIn, wordedIn } from '@nezuban/protocol/sentences/sentence';

type Table = {
  readonly sentenceIn: typeof sentenceIn;
  readonly wordedIn: typeof wordedIn;
  readonly saidBySchema: typeof saidBySchema;
};
let table: Table | null = null;

/** Before the first text in another language than English is shown. */
export async function loadSentences(): Promise<void> {
  table = await import('@nezuban/protocol/sentences/sentence');
}

export const saidIn: typeof sentenceIn = (said, language) =>
  table === null ? said.message : table.sentenceIn(said, language);

/** What is known by its English text alone. */
export const wordsIn: typeof wordedIn = (text, language) =>
  table === null ? text : table.wordedIn(text, language);

/** What a schema of ours says of a value; null: the text is the schema library's own, or nobody can say it in the language. */
export const schemaSaid = (text: string, language: string): string | null => {
  if (language !== 'ja') return text.startsWith('must ') ? text : null;
  const said = table?.saidBySchema(text) ?? null;
  return said === null ? null : saidIn(said, language);
};
