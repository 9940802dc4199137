// What an issue of the API says in the language of its reader. The table of sentences weighs as much as a page: it comes with the Japanese
// texts, and who reads English, in which an issue comes anyway, never loads it. Pages that need it for more import it themselves.
import type { sentenceIn } from '@nezuban/protocol/sentences/sentence';

let inTable: typeof sentenceIn | null = null;

/** Before the first text in another language than English is shown. */
export async function loadSentences(): Promise<void> {
  ({ sentenceIn: inTable } = await import('@nezuban/protocol/sentences/sentence'));
}

export const saidIn: typeof sentenceIn = (said, language) =>
  inTable === null ? said.message : inTable(said, language);
