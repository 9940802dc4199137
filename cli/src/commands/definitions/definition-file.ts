// What is checked of a definition file before it is sent, because the way to the manager would lose it. Pure.

/** As the protocol's definitionLimits.fileBytesMax; a test compares. Loading the schemas for one number would cost more than it. */
export const fileBytesMax = 2 * 1024 * 1024;

export type InvalidByte = { readonly line: number; readonly column: number; readonly byte: number };

/** The first byte that is no UTF-8, by line and column (characters, from 1); undefined when all is well. */
export const findInvalidUtf8 = (bytes: Buffer): InvalidByte | undefined => {
  if (isUtf8(bytes)) return undefined;
  // Line by line: a line feed is never a part of a longer character, so one line holds the first invalid byte.
  let start = 0;
  let line = 1;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    const piece = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!isUtf8(piece)) return { line, ...invalidInLine(piece) };
    // Not reached: see above.
    if (end < 0) return { line, column: 1, byte: 0 };
    start = end + 1;
    line += 1;
  }
};

/** Where a byte lies, by line and column (bytes, from 1). */
export const placeOf = (
  bytes: Buffer,
  offset: number,
): { readonly line: number; readonly column: number } => {
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0 && end < offset; end = bytes.indexOf(0x0a, start)) {
    line += 1;
    start = end + 1;
  }
  return { line, column: offset - start + 1 };
};

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

/** Bytes of the character that they begin with; 0 for none. */
const characterLength = (bytes: Uint8Array): number => {
  for (let size = 1; size <= bytes.length; size += 1) if (isUtf8(bytes.subarray(0, size))) return size;
  return 0;
};

const invalidInLine = (piece: Buffer): { column: number; byte: number } => {
  let position = 0;
  let column = 1;
  while (position < piece.length) {
    const length = characterLength(piece.subarray(position, position + 4));
    if (length === 0) break;
    position += length;
    column += 1;
  }
  return { column, byte: piece[position] ?? 0 };
};
