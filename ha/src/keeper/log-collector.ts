// The logs of the keeper and its children: files below HOME/log, and warnings and errors on the terminal.
// Responsible for cutting streams into lines of bounded length. Not responsible for the files (`rotating-file.ts`) and the wording (`log-line.ts`).
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { Logger, LogLevel } from '@nezuban/platform/logger';
import { createLineLogger } from '../drivers/line-logger.ts';
import { toTerminalLine } from './log-line.ts';
import { createRotatingFile, type RotatingFile } from './rotating-file.ts';

export type LogCollector = {
  /** Collects a stream of a child until it ends. */
  readonly collect: (processName: string, stream: Readable) => void;
  /** The last lines of a process, for saying why it died. */
  readonly lastLines: (processName: string) => readonly string[];
  /** The keeper's own log. */
  readonly logger: Logger;
  readonly close: () => Promise<void>;
};

export type LogCollectorOptions = {
  readonly directory: string;
  readonly level: LogLevel;
  /** Writes one line for the person at the terminal. */
  readonly toTerminal: (line: string) => void;
};

/** A longer line is cut: a child that never ends its line must not fill the keeper's memory. */
const LINE_LENGTH_MAX = 64 * 1024;
const LAST_LINES_MAX = 20;
const KEEPER = 'keeper';

export function createLogCollector(options: LogCollectorOptions): LogCollector {
  const files = new Map<string, RotatingFile>();
  const last = new Map<string, string[]>();

  function take(processName: string, line: string): void {
    fileOf(processName).append(line);
    const lines = last.get(processName) ?? [];
    lines.push(line);
    if (lines.length > LAST_LINES_MAX) lines.shift();
    last.set(processName, lines);
    const shown = toTerminalLine(processName, line);
    if (shown !== null) options.toTerminal(shown);
  }

  function fileOf(processName: string): RotatingFile {
    const known = files.get(processName);
    if (known !== undefined) return known;
    const file = createRotatingFile({ file: path.join(options.directory, `${processName}.log`) });
    files.set(processName, file);
    return file;
  }

  return {
    collect: (processName, stream) => splitLines(stream, (line) => take(processName, line)),
    lastLines: (processName) => last.get(processName) ?? [],
    logger: createLineLogger({
      process: KEEPER,
      level: options.level,
      write: (line) => take(KEEPER, line),
    }),
    async close() {
      await Promise.all([...files.values()].map((file) => file.close()));
    },
  };
}

function splitLines(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line.slice(0, LINE_LENGTH_MAX));
    if (rest.length > LINE_LENGTH_MAX) {
      take(`${rest.slice(0, LINE_LENGTH_MAX)} [cut]`);
      rest = '';
    }
  });
  stream.on('end', () => {
    if (rest !== '') take(rest);
  });
  // A stream that breaks has ended; the death of its process is reported by others.
  stream.on('error', () => undefined);
}
