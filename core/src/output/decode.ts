// Bytes of a command's output as text. The bytes themselves are kept; this is how they are shown.
//
// Control characters stay in the text: whoever shows it must neither interpret them (a terminal) nor take them for markup (a page).
import type { OutputEncoding } from '@nezuban/protocol/jobs/units/attempt-base';
import { guessEncoding } from './guess-encoding.ts';
import type { GuessedEncoding } from './guess-encoding.ts';

export type DecodedOutput = {
  readonly text: string;
  /** What it was read as: the declared encoding, or the guess. */
  readonly encoding: GuessedEncoding | 'latin1';
  /** Bytes that are no characters in it were replaced by U+FFFD. */
  readonly damaged: boolean;
};

/**
 * The whole output, or a part of it: then the bytes of a character cut at the end are left out of `text`, and what was cut at the beginning is
 * shown as U+FFFD. For following an output use `openOutputDecoder`.
 */
export function decodeOutput(
  bytes: Uint8Array,
  declared: OutputEncoding,
  options: { readonly complete: boolean } = { complete: true },
): DecodedOutput {
  // The label "latin1" means windows-1252 in the Encoding standard, which is what files so called are nearly always written in.
  const encoding = declared === 'auto' ? guessEncoding(bytes) : declared;
  const text = new TextDecoder(encoding).decode(bytes, { stream: !options.complete });
  return { text, encoding, damaged: text.includes('\u{FFFD}') };
}

export type OutputDecoder = {
  /** Text of the next bytes, as far as it can be told; the rest comes with the bytes after it. */
  readonly next: (bytes: Uint8Array) => string;
  /** Text of what was kept back; half a character is U+FFFD. */
  readonly end: () => string;
  /** null until something else than ASCII has come. */
  readonly encoding: () => GuessedEncoding | 'latin1' | null;
};

/** Bytes kept back for a guess while no line is complete. A prompt without a line end is shown after so many, or at the end. */
const keptForGuessBytesMax = 512;

/**
 * Decodes an output that still grows, chunk by chunk, wherever the chunks are cut. Undeclared, it shows ASCII at once, since that means the
 * same in all encodings guessed, and decides at the first complete line with anything else.
 */
export function openOutputDecoder(declared: OutputEncoding): OutputDecoder {
  let kept = new Uint8Array();
  let encoding: GuessedEncoding | 'latin1' | null = declared === 'auto' ? null : declared;
  let decoder = encoding === null ? null : new TextDecoder(encoding);
  const decide = (): string => {
    encoding = guessEncoding(kept);
    decoder = new TextDecoder(encoding);
    const text = decoder.decode(kept, { stream: true });
    kept = new Uint8Array();
    return text;
  };
  return {
    next: (bytes) => {
      if (decoder !== null) return decoder.decode(bytes, { stream: true });
      const telling = kept.length > 0 ? 0 : firstTelling(bytes);
      const plain = new TextDecoder('utf-8').decode(bytes.subarray(0, telling));
      kept = joined(kept, bytes.subarray(telling));
      return kept.includes(lineFeed) || kept.length > keptForGuessBytesMax ? plain + decide() : plain;
    },
    end: () => {
      const text = kept.length > 0 ? decide() : '';
      return text + (decoder?.decode() ?? '');
    },
    encoding: () => encoding,
  };
}

const lineFeed = 0x0a;

/** Offset of the first byte that is not plain ASCII: ESC begins the shifts of ISO-2022-JP, NUL is half of a character in UTF-16. */
function firstTelling(bytes: Uint8Array): number {
  const index = bytes.findIndex((byte) => byte >= 0x80 || byte === 0x1b || byte === 0);
  // In UTF-16 the byte before the NUL belongs to the same character.
  return index === -1 ? bytes.length : Math.max(0, bytes[index] === 0 ? index - 1 : index);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
