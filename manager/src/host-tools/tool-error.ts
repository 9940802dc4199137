// The one error that the programs of this folder throw on purpose: a sentence, an exit code, and what to type.

/** As those of the command line (`nezuban help exit-codes`). */
export const toolExitCodes = {
  ok: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  warning: 30,
  problem: 31,
} as const;
export type ToolExitCode = (typeof toolExitCodes)[keyof typeof toolExitCodes];

export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly exitCode: ToolExitCode;
  readonly hints: readonly string[];

  constructor(
    message: string,
    options: {
      readonly exitCode: ToolExitCode;
      readonly hints?: readonly string[];
      readonly cause?: unknown;
    },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode;
    this.hints = options.hints ?? [];
  }
}
