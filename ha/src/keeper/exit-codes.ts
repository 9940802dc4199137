// Exit codes of `nezuban manager`. Stable: service managers and scripts rely on them; the manual lists them.
export const EXIT = {
  ok: 0,
  /** Something broke that should not. */
  failed: 1,
  /** Wrong options. */
  usage: 2,
  /** `status`, `stop`: no manager runs for this home. */
  notRunning: 3,
  /** A manager runs for this home already. */
  runsAlready: 4,
  /** The surroundings do not allow a start: home, disk, port, user, data directory. */
  cannotStart: 5,
  /** A process died too often. */
  gaveUp: 6,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the program with one sentence on standard error. */
export class ExitError extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ExitError';
    this.exitCode = exitCode;
  }
}
