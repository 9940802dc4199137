// Where a command's words go: results to stdout, remarks to stderr, JSON instead of text when asked. Waits for slow readers, and
// is quiet when the reader has gone.
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { TerminalOutput } from '../ports.ts';
import { createPaint, styleOf, type Paint } from './paint.ts';
import { renderTable, type Cell, type Column } from './table.ts';

export type OutputOptions = {
  readonly stdout: TerminalOutput;
  readonly stderr: TerminalOutput;
  readonly json: boolean;
  readonly color: boolean;
};

export type Output = {
  readonly json: boolean;
  readonly paint: Paint;
  /** A state's word in its colour. */
  word(text: string): { readonly text: string; readonly style: ReturnType<typeof styleOf> };
  painted(text: string): string;
  table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string[];
  /** The result: the document as JSON, or what `human` makes of it. */
  result(document: unknown, human: () => string | readonly string[]): Promise<void>;
  /** One of many while following: a JSON line, or text. */
  item(document: unknown, human: () => string): Promise<void>;
  /** Bytes or text as they are. */
  write(chunk: string | Uint8Array): Promise<void>;
  /** A remark for the person, on stderr; left out with --json. */
  note(text: string): void;
  error(text: string): void;
};

/** The two streams of one command. */
export const createOutput = (options: OutputOptions): Output => {
  const { stdout, stderr, json } = options;
  const paint = createPaint(options.color);
  const width = stdout.isTTY === true ? stdout.columns : undefined;
  // A reader that has gone (EPIPE) is no failure: main.ts watches the stream and ends what need not go on. A full disk is one.
  const write = async (chunk: string | Uint8Array): Promise<void> => {
    if (!stdout.writable) return;
    const error = await new Promise<Error | null | undefined>((resolve) => void stdout.write(chunk, resolve));
    if (error == null || (error as NodeJS.ErrnoException).code === 'EPIPE') return;
    throw new Failure(`Standard output cannot be written: ${error.message}.`, {
      exitCode: exitCodes.refused,
      code: 'output_failed',
      cause: error,
    });
  };
  return {
    json,
    paint,
    word: (text) => ({ text, style: styleOf(text) }),
    painted: (text) => {
      const style = styleOf(text);
      return style === undefined ? text : paint(style, text);
    },
    table: (columns, rows) => renderTable(columns, rows, { paint, width }),
    result: async (document, human) => {
      if (json) return write(`${JSON.stringify(document, null, 2)}\n`);
      const text = human();
      const lines = typeof text === 'string' ? [text] : text;
      return lines.length === 0 ? undefined : write(`${lines.join('\n')}\n`);
    },
    item: (document, human) => write(`${json ? JSON.stringify(document) : human()}\n`),
    write,
    note: (text) => {
      if (!json) stderr.write(`${text}\n`);
    },
    error: (text) => {
      stderr.write(`${text}\n`);
    },
  };
};
