// The log of a process: JSON lines on its standard error, which the keeper collects into `HOME/log/<process>.log`.
// Responsible for the form of a line, its level, and that secrets are masked. Not responsible for files and their rotation (the keeper).
// Called by each main.ts, which hands the logger down.
import { pino, type Logger as PinoLogger } from 'pino';
import { redactSecrets } from './redact.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

type LogMethod = {
  (message: string): void;
  /** `details` are fields of the line; an error goes under `err`. */
  (details: object, message: string): void;
};

/** What the code of every domain sees of the log; pino satisfies it, and so does `testing/memory-logger.ts`. */
export type Logger = {
  readonly trace: LogMethod;
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  /** The same log with fields that every line carries. */
  readonly child: (bindings: Record<string, unknown>) => Logger;
};

export type LoggerOptions = {
  /** Name of the process: `manager`, `agent`. */
  readonly process: string;
  readonly level: LogLevel;
  /** Where the lines go; standard error if not given. */
  readonly destination?: { write: (line: string) => void };
};

const STDERR_FD = 2;

export function createLogger(options: LoggerOptions): Logger {
  return toLogger(
    pino(
      {
        level: options.level,
        base: { process: options.process, pid: process.pid },
        timestamp: () => `,"time":"${new Date().toISOString()}"`,
        formatters: {
          level: (label) => ({ level: label }),
          log: (details) => redactSecrets(details) as Record<string, unknown>,
          bindings: (bindings) => redactSecrets(bindings) as Record<string, unknown>,
        },
      },
      options.destination ?? standardError(),
    ),
  );
}

function toLogger(inner: PinoLogger): Logger {
  return {
    trace: inner.trace.bind(inner),
    debug: inner.debug.bind(inner),
    info: inner.info.bind(inner),
    warn: inner.warn.bind(inner),
    error: inner.error.bind(inner),
    // Bindings of a child do not pass the formatters.
    child: (bindings) => toLogger(inner.child(redactSecrets(bindings) as Record<string, unknown>)),
  };
}

function standardError(): { write: (line: string) => void } {
  // Synchronous: the last line before a crash is the one that matters.
  const destination = pino.destination({ dest: STDERR_FD, sync: true });
  // The reader is gone (the keeper was killed): the process must still stop in order, and there is nobody left to tell.
  destination.on('error', () => undefined);
  return destination;
}
