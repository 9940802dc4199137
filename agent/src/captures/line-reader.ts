// Lines of an output, piece by piece, so that a gigabyte needs no more memory than a piece and a line.
// Called by capture-outputs.ts. What is behind the bound of a line is not looked at, and the line goes on.

export type LineReader = {
  /** The next text. Calls `onLine` for each line that is whole. */
  readonly push: (text: string) => void;
  /** The end: what came last without a line end is a line too. */
  readonly end: () => void;
};

export function createLineReader(lineCharsMax: number, onLine: (line: string) => void): LineReader {
  let held = '';

  const keep = (text: string): void => {
    if (held.length < lineCharsMax) held += text.slice(0, lineCharsMax - held.length);
  };
  const finish = (): void => {
    const line = held;
    held = '';
    onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  };

  return {
    push(text) {
      let from = 0;
      for (;;) {
        const at = text.indexOf('\n', from);
        if (at === -1) break;
        keep(text.slice(from, at));
        finish();
        from = at + 1;
      }
      keep(text.slice(from));
    },
    end() {
      if (held !== '') finish();
    },
  };
}
