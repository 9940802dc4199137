// Why a tool ends before it has a result: a sentence for its output, and its exit code.

export class ToolFailure extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
