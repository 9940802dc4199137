// The one error that commands throw on purpose: a sentence for the person, an exit code for the script.
// Anything else that reaches the program is a defect and is said to be one.
import { exitCodes, type ExitCode } from './exit-codes.ts';
import type { Issue } from '@nezuban/protocol/errors';

type Said = { readonly code: string; readonly values?: unknown };

type FailureOptions = {
  readonly exitCode: ExitCode;
  /** Stable word for scripts: a code of the protocol's registry, or `usage`, `unreachable`, `no_manager`. */
  readonly code: string;
  /** What to do or type next; each is a line of its own. */
  readonly hints?: readonly string[];
  readonly issues?: readonly Issue[];
  /** The message as a sentence of the protocol, for whoever reads another language. */
  readonly said?: Said | undefined;
  /** Trying the same again soon can help. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
};

/** An expected failure of a command. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly hints: readonly string[];
  readonly issues: readonly Issue[];
  readonly said: Said | undefined;
  readonly retryable: boolean;

  constructor(message: string, options: FailureOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.exitCode = options.exitCode;
    this.code = options.code;
    this.hints = options.hints ?? [];
    this.issues = options.issues ?? [];
    this.said = options.said;
    this.retryable = options.retryable ?? false;
  }
}

/** The command line is wrong; `help` is what follows `nezuban help`. */
export const usageFailure = (message: string, help?: string): Failure =>
  new Failure(message, {
    exitCode: exitCodes.usage,
    code: 'usage',
    hints: [`See: nezuban help${help === undefined ? '' : ` ${help}`}`],
  });

/** The reason of an abort by a signal, or by a reader that went away (`| head`). */
export class Interruption extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Interruption';
    this.exitCode = exitCode;
  }
}
