// Bytes that the API tells as hexadecimal, made readable: as a dump, as text. Pure.

const BYTES_A_LINE = 16;

const toBytes = (hex: string): Uint8Array =>
  Uint8Array.from({ length: Math.floor(hex.length / 2) }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );

const printable = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.');

/** Sixteen bytes a line: place, bytes, what of them is ASCII. */
export const hexDump = (hex: string): string => {
  const bytes = toBytes(hex);
  const lines: string[] = [];
  for (let from = 0; from < bytes.length; from += BYTES_A_LINE) {
    const line = [...bytes.subarray(from, from + BYTES_A_LINE)];
    const digits = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    lines.push(
      `${from.toString(16).padStart(4, '0')}  ${digits.padEnd(BYTES_A_LINE * 3 - 1)}  ${line.map(printable).join('')}`,
    );
  }
  return lines.join('\n');
};

/** As UTF-8, or what Japanese devices write if it is not; control characters are shown as symbols. */
export const textOfHex = (hex: string): string =>
  decode(toBytes(hex)).replaceAll(/\p{Cc}/gu, (control) => symbolOf(control));

/** Tabs and line ends stay what they are; characters of the second half of Latin-1 have no symbols. */
const symbolOf = (control: string): string => {
  const code = control.charCodeAt(0);
  if (control === '\n' || control === '\t') return control;
  return code === 0x7f ? '\u2421' : code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
};

const decode = (bytes: Uint8Array): string => {
  for (const encoding of ['utf-8', 'shift_jis', 'euc-jp']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not in this one: the next is tried.
    }
  }
  return new TextDecoder('utf-8').decode(bytes);
};
