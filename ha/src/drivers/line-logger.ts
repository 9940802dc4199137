/**
 * A log of JSON lines in the form of `@nezuban/platform/logger`, without its library: for programs that stay small.
 *
 * Responsible for the form of a line, its level, and that secrets are masked. Not responsible for where lines go. Called by the keeper's
 * log collector and by the witness.
 */
import process from 'node:process';
import type { Logger, LogLevel } from '@nezuban/platform/logger';
import { redactSecrets } from '@nezuban/platform/redact';

export type LineLoggerOptions = {
  /** Name of the process: `keeper`, `witness`. */
  readonly process: string;
  readonly level: LogLevel;
  readonly write: (line: string) => void;
};

const LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

export function createLineLogger(
  options: LineLoggerOptions,
  bindings: Readonly<Record<string, unknown>> = {},
): Logger {
  const method = (own: LogLevel) => (first: object | string, message?: string) => {
    if (LEVELS.indexOf(own) < LEVELS.indexOf(options.level)) return;
    const details = typeof first === 'string' ? {} : first;
    const fields = redactSecrets({ ...bindings, ...describeErrors(details) }) as Record<string, unknown>;
    options.write(
      JSON.stringify({
        level: own,
        time: new Date().toISOString(),
        process: options.process,
        pid: process.pid,
        ...fields,
        msg: typeof first === 'string' ? first : message,
      }),
    );
  };
  return {
    trace: method('trace'),
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    child: (more) => createLineLogger(options, { ...bindings, ...more }),
  };
}

function describeErrors(details: object): Record<string, unknown> {
  const entries = Object.entries(details).map(([key, value]: [string, unknown]) =>
    value instanceof Error
      ? [key, { type: value.name, message: value.message, stack: value.stack }]
      : [key, value],
  );
  return Object.fromEntries(entries) as Record<string, unknown>;
}
