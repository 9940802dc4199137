// A logger that keeps its lines, for tests that claim a log line.
import type { Logger, LogLevel } from '../logger.ts';

export type LogLine = {
  readonly level: LogLevel;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
};
export type MemoryLogger = Logger & { readonly lines: readonly LogLine[] };

export function createMemoryLogger(
  bindings: Record<string, unknown> = {},
  lines: LogLine[] = [],
): MemoryLogger {
  const method = (level: LogLevel) => (first: object | string, message?: string) => {
    const line =
      typeof first === 'string'
        ? { level, message: first, details: bindings }
        : { level, message: message ?? '', details: { ...bindings, ...first } };
    lines.push(line);
  };
  return {
    lines,
    trace: method('trace'),
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    child: (more) => createMemoryLogger({ ...bindings, ...more }, lines),
  };
}
