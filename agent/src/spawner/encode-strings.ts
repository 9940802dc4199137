// Strings of any bytes in one piece of bytes: each behind its length, four bytes, big endian. Perl reads it as `(N/a*)*`. Pure.

export function encodeStrings(strings: readonly (string | Buffer)[]): Buffer {
  const parts: Buffer[] = [];
  for (const text of strings) {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
    parts.push(lengthOf(bytes), bytes);
  }
  return Buffer.concat(parts);
}

export function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(bytes.length);
  return length;
}
