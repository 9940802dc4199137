/**
 * What a device has sent, as text: UTF-8, or what Japanese devices write instead.
 *
 * Responsible for the guess (that of command output, `core/src/output`), made only where the bytes are not plain UTF-8, and for text that a
 * database can hold. Called by the readers of syslog and of custom traps; the bytes themselves stay in the raw trap.
 */
import { guessEncoding } from '../output/guess-encoding.ts';

export type TrapText = {
  readonly text: string;
  /** Bytes that are no characters in any encoding known here were replaced by U+FFFD. */
  readonly damaged: boolean;
};

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** A leading byte order mark is left out. NUL, which PostgreSQL cannot hold, is shown by its picture (U+2400). */
export function decodeTrapText(bytes: Uint8Array): TrapText {
  try {
    const text = strictUtf8.decode(bytes);
    // ESC begins the shifts of ISO-2022-JP, and NUL is half of a character in UTF-16: both are well-formed UTF-8.
    if (!text.includes('\u001B') && !text.includes('\0')) return { text, damaged: false };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  const text = new TextDecoder(guessEncoding(bytes)).decode(bytes);
  return { text: text.replaceAll('\0', '\u2400'), damaged: text.includes('\uFFFD') };
}
