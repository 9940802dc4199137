// Pages of output cut between characters, not through them. Pure.
// Responsible for where a page may begin and end in each encoding. Not responsible for decoding (core/output).
import type { DecodedOutput } from '@nezuban/core/output/decode';

type Encoding = DecodedOutput['encoding'];

/** The longest character of all encodings, in bytes: a page of fewer might hold none. */
export const characterBytesMax = 4;
const LINE_FEED = 0x0a;
/** How far a page that begins anywhere looks for the start of a line. */
const LINE_SEARCH_BYTES = 4 * 1024;

/** How many bytes at the start belong to a character that began before, or cannot be told from one. `position`: of the first byte in the output. */
export const bytesToSkip = (bytes: Uint8Array, encoding: Encoding, position: number): number => {
  if (position === 0) return 0;
  switch (encoding) {
    case 'utf-8': {
      let skip = 0;
      while (skip < characterBytesMax - 1 && skip < bytes.length && ((bytes[skip] ?? 0) & 0xc0) === 0x80)
        skip += 1;
      return skip;
    }
    case 'utf-16le':
      return position % 2;
    case 'latin1':
      return 0;
    case 'shift_jis':
    case 'euc-jp':
    case 'iso-2022-jp': {
      // A trailing byte looks like a leading one, and shifts are not seen from here; but a line feed is always one.
      const lineEnd = bytes.subarray(0, LINE_SEARCH_BYTES).indexOf(LINE_FEED);
      return lineEnd + 1;
    }
  }
};

/** How many bytes are whole characters, the first being at the start. */
export const wholeBytes = (bytes: Uint8Array, encoding: Encoding): number => {
  switch (encoding) {
    case 'latin1':
      return bytes.length;
    case 'utf-8':
      return wholeUtf8(bytes);
    case 'utf-16le':
      return wholeUtf16(bytes);
    case 'shift_jis':
      return wholeByLead(bytes, (lead) =>
        (lead >= 0x81 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xfc) ? 2 : 1,
      );
    case 'euc-jp':
      return wholeByLead(bytes, (lead) => (lead === 0x8f ? 3 : lead === 0x8e || lead >= 0xa1 ? 2 : 1));
    case 'iso-2022-jp':
      // Lines end unshifted, so that the next page begins as the encoding does. A line longer than a page cannot be helped.
      return bytes.lastIndexOf(LINE_FEED) + 1 || bytes.length;
  }
};

const wholeUtf8 = (bytes: Uint8Array): number => {
  for (let back = 1; back < characterBytesMax && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
};

const wholeUtf16 = (bytes: Uint8Array): number => {
  const even = bytes.length - (bytes.length % 2);
  const lastHigh = bytes[even - 1] ?? 0;
  return even > 0 && lastHigh >= 0xd8 && lastHigh <= 0xdb ? even - 2 : even;
};

const wholeByLead = (bytes: Uint8Array, lengthOf: (lead: number) => number): number => {
  let at = 0;
  while (at < bytes.length) {
    const next = at + lengthOf(bytes[at] ?? 0);
    if (next > bytes.length) return at;
    at = next;
  }
  return at;
};
