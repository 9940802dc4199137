// Guesses in which encoding bytes were written, among those that commands on Japanese and other hosts write: UTF-8, Shift_JIS (Windows-31J),
// EUC-JP, ISO-2022-JP, UTF-16LE. Byte order marks and escape sequences decide at once, then well-formed UTF-8, then the more plausible
// of Shift_JIS and EUC-JP by what kind of characters the bytes would be. A guess can be wrong on short texts, above all on nothing but
// half-width katakana in Shift_JIS, whose pairs are kanji in EUC-JP; a declared encoding never is.

export type GuessedEncoding = 'utf-8' | 'shift_jis' | 'euc-jp' | 'iso-2022-jp' | 'utf-16le';

/** Bytes looked at: enough to tell, cheap enough for each request. */
const guessedBytesMax = 64 * 1024;

/** Text of nothing but half-width katakana scores 0.4; a third of the characters being wrong is no text. */
const plausibleMin = 0.35;

export function guessEncoding(all: Uint8Array): GuessedEncoding {
  const bytes = all.subarray(0, guessedBytesMax);
  if (startsWith(bytes, [0xef, 0xbb, 0xbf])) return 'utf-8';
  if (startsWith(bytes, [0xff, 0xfe]) || looksLikeUtf16(bytes)) return 'utf-16le';
  if (hasJisEscape(bytes)) return 'iso-2022-jp';
  const utf8 = scoreUtf8(bytes);
  if (utf8 === 1) return 'utf-8';
  const shiftJis = scoreShiftJis(bytes);
  const eucJp = scoreEucJp(bytes);
  // Bytes that are none of these are shown as UTF-8 with replacement characters: what is ASCII stays readable.
  if (Math.max(shiftJis, eucJp) < Math.max(utf8, plausibleMin)) return 'utf-8';
  return eucJp >= shiftJis ? 'euc-jp' : 'shift_jis';
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

/** Without a mark: text for the most part of ASCII has a zero in every odd place, and in hardly any even one. */
function looksLikeUtf16(bytes: Uint8Array): boolean {
  let odd = 0;
  let even = 0;
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    if (bytes[i] === 0) even += 1;
    if (bytes[i + 1] === 0) odd += 1;
  }
  const pairs = Math.floor(bytes.length / 2);
  return pairs >= 2 && odd > pairs * 0.5 && even <= pairs * 0.05;
}

/** ESC $ @, ESC $ B, ESC ( J, ESC ( I; terminal colours begin with ESC [ and are none. */
function hasJisEscape(bytes: Uint8Array): boolean {
  for (let i = bytes.indexOf(0x1b); i !== -1; i = bytes.indexOf(0x1b, i + 1)) {
    const second = bytes[i + 1];
    const third = bytes[i + 2];
    if (second === 0x24 && (third === 0x40 || third === 0x42)) return true;
    if (second === 0x28 && (third === 0x4a || third === 0x49)) return true;
  }
  return false;
}

/**
 * How a scan judges the bytes beyond ASCII: 1 all well-formed and plausible, 0 none. `step` gives the length of the character at an
 * offset and how plausible it is; length 0 is no character. A character cut at either end of the bytes counts neither way.
 */
function score(bytes: Uint8Array, step: (i: number) => readonly [length: number, plausible: number]): number {
  let weight = 0;
  let total = 0;
  let i = 0;
  while (i < bytes.length) {
    if ((bytes[i] ?? 0) < 0x80) {
      i += 1;
      continue;
    }
    const [length, plausible] = step(i);
    if (length > 0 && i + length > bytes.length) break;
    // A wrong byte weighs as much as several right ones: real text has none.
    total += length === 0 ? 4 : 1;
    weight += length === 0 ? 0 : plausible;
    i += Math.max(1, length);
  }
  return total === 0 ? 1 : weight / total;
}

function scoreUtf8(bytes: Uint8Array): number {
  return score(bytes, (i) => {
    const lead = bytes[i] ?? 0;
    const length =
      lead >= 0xc2 && lead <= 0xdf
        ? 2
        : lead >= 0xe0 && lead <= 0xef
          ? 3
          : lead >= 0xf0 && lead <= 0xf4
            ? 4
            : 0;
    for (let k = 1; k < length && i + k < bytes.length; k += 1)
      if (((bytes[i + k] ?? 0) & 0xc0) !== 0x80) return [0, 0];
    return [length, 1];
  });
}

/**
 * Kana and the common kanji of level 1 lie at lead bytes 0x82, 0x83 and 0x88 to 0x97; half-width katakana (0xA1 to 0xDF, one byte) are
 * what EUC-JP text looks like when it is read as Shift_JIS, so they count for little.
 */
function scoreShiftJis(bytes: Uint8Array): number {
  return score(bytes, (i) => {
    const lead = bytes[i] ?? 0;
    if (lead >= 0xa1 && lead <= 0xdf) return [1, 0.4];
    if (!((lead >= 0x81 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xfc))) return [0, 0];
    if (i + 1 >= bytes.length) return [2, 1];
    const trail = bytes[i + 1] ?? 0;
    if (trail < 0x40 || trail === 0x7f || trail > 0xfc) return [0, 0];
    const common = lead <= 0x83 || (lead >= 0x88 && lead <= 0x97);
    return [2, common ? 1 : 0.7];
  });
}

/** Two bytes 0xA1 to 0xFE each; 0x8E begins a half-width katakana, 0x8F a character of three bytes. Common ones lie in rows 0xA1, 0xA4, 0xA5, 0xB0 to 0xCF. */
function scoreEucJp(bytes: Uint8Array): number {
  const inRow = (byte: number | undefined): boolean => byte === undefined || (byte >= 0xa1 && byte <= 0xfe);
  return score(bytes, (i) => {
    const lead = bytes[i] ?? 0;
    if (lead === 0x8e) return inRow(bytes[i + 1]) && (bytes[i + 1] ?? 0xa1) <= 0xdf ? [2, 1] : [0, 0];
    if (lead === 0x8f) return inRow(bytes[i + 1]) && inRow(bytes[i + 2]) ? [3, 0.7] : [0, 0];
    if (lead < 0xa1 || lead > 0xfe || !inRow(bytes[i + 1])) return [0, 0];
    const common = lead === 0xa1 || lead === 0xa4 || lead === 0xa5 || (lead >= 0xb0 && lead <= 0xcf);
    return [2, common ? 1 : 0.7];
  });
}
