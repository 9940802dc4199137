// Bytes as people read them: offset, sixteen bytes in hexadecimal, and what of them is printable. Pure.

const bytesOfLine = 16;

/** `hex`: two digits a byte, without spaces. */
export const hexLines = (hex: string): readonly string[] => {
  const lines: string[] = [];
  for (let at = 0; at < hex.length; at += bytesOfLine * 2) {
    const bytes = hex.slice(at, at + bytesOfLine * 2).match(/../g) ?? [];
    const shown = bytes.join(' ').padEnd(bytesOfLine * 3 - 1);
    const text = bytes.map((byte) => printable(Number.parseInt(byte, 16))).join('');
    lines.push(`${(at / 2).toString(16).padStart(4, '0')}  ${shown}  ${text}`);
  }
  return lines;
};

const printable = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCodePoint(byte) : '.');
