// The texts of units, filled: for people (messages, mails) and for programs (arguments, environment, standard input).
// Pure. Called by all types of units that have such texts. What people read never holds a secret.
import type { Session, UnitRecord } from '../session-state.ts';
import { placeValues } from './place-values.ts';
import { fillText, hasPlaces, type PlaceValues } from './places.ts';
import { hideMarks } from './secret-marks.ts';

/** Bytes of one argument or environment entry that Linux takes (MAX_ARG_STRLEN), less its end. A character has up to three. */
export const programTextCharsMax = 128 * 1024 - 1;

/** A text for people with its places filled, cut to a length. */
export function fillPlaces(
  session: Session,
  {
    record,
    text,
    charsMax,
  }: { readonly record: UnitRecord; readonly text: string; readonly charsMax: number },
): string {
  const filled = hasPlaces(text)
    ? fillText(text, placeValues(session, record), { charsMax: charsMax * 2, reading: 'people' }).text
    : text;
  // Not through the middle of a pair, and without NUL: PostgreSQL stores neither.
  return hideMarks(filled).slice(0, charsMax).replaceAll('\0', '\ufffd').toWellFormed();
}

/** A filler of texts for programs, which notes what became too long. */
export function programTexts(session: Session, record: UnitRecord) {
  // Most commands have no places at all.
  let values: PlaceValues | null = null;
  let tooLong: string | null = null;
  return {
    fill(text: string, what: string, quote?: (value: string) => string): string {
      if (!hasPlaces(text)) return text;
      values ??= placeValues(session, record);
      const filled = fillText(text, values, {
        charsMax: programTextCharsMax,
        reading: 'program',
        ...(quote === undefined ? {} : { quote }),
      });
      if (filled.cut) tooLong ??= what;
      return filled.text;
    },
    /** What has more than `programTextCharsMax` characters once it is filled; null: nothing. */
    tooLong: () => tooLong,
  };
}
