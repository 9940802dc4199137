/**
 * Lines out of a stream of bytes, each of bounded length.
 *
 * Responsible for cutting and for the bound. Pure but for the bytes it holds. Called by duty and join connections.
 */

export type LineReader = {
  /** The lines that these bytes complete, without their line ends; null: a line is longer than allowed, and the reader is of no more use. */
  readonly push: (bytes: Buffer) => readonly string[] | null;
};

const LINE_END = 0x0a;

export function createLineReader(bytesMax: number): LineReader {
  let parts: Buffer[] = [];
  let held = 0;

  return {
    push(bytes) {
      const lines: string[] = [];
      let at = 0;
      for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, at)) {
        if (held + end - at > bytesMax) return null;
        lines.push(Buffer.concat([...parts, bytes.subarray(at, end)]).toString('utf8'));
        parts = [];
        held = 0;
        at = end + 1;
      }
      if (at < bytes.length) {
        held += bytes.length - at;
        if (held > bytesMax) return null;
        // A copy: the bytes may be a small view of a large buffer, which would be kept alive with it.
        parts.push(Buffer.from(bytes.subarray(at)));
      }
      return lines;
    },
  };
}
