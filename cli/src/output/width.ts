// How many columns a text takes on a terminal: East Asian wide characters and emoji take two, combining marks none. Pure.
// Ranges follow Unicode's EastAsianWidth (W and F); "ambiguous" ones count as one, as terminals do outside CJK legacy modes.

const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], // Hangul Jamo
  [0x2e80, 0x303e], // CJK radicals, punctuation
  [0x3041, 0x33ff], // kana, CJK compatibility
  [0x3400, 0x4dbf], // CJK extension A
  [0x4e00, 0x9fff], // CJK ideographs
  [0xa000, 0xa4cf], // Yi
  [0xa960, 0xa97c], // Hangul Jamo extended A
  [0xac00, 0xd7a3], // Hangul syllables
  [0xf900, 0xfaff], // CJK compatibility ideographs
  [0xfe30, 0xfe6f], // CJK compatibility forms
  [0xff01, 0xff60], // fullwidth forms
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f], // pictographs
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd], // CJK extensions B and further
];

const isWide = (codePoint: number): boolean =>
  wideRanges.some(([from, to]) => codePoint >= from && codePoint <= to);

/** Columns of one character (one code point). */
const characterWidth = (character: string): number => {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint < 0x300) return 1;
  if (zeroWidth.test(character)) return 0;
  return isWide(codePoint) ? 2 : 1;
};

/** Columns of a text without escape sequences. */
export const textWidth = (text: string): number => {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
};

/** The text filled with spaces to `width` columns. */
export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - textWidth(text)));
export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - textWidth(text))) + text;

/** The text cut to at most `width` columns, with `…` where something was cut. */
export const truncate = (text: string, width: number): string => {
  if (textWidth(text) <= width) return text;
  let used = 0;
  let kept = '';
  for (const character of text) {
    const next = used + characterWidth(character);
    if (next > width - 1) break;
    used = next;
    kept += character;
  }
  return `${kept}…`;
};
