// Why PostgreSQL cannot be prepared or started: the message is one sentence for the person at the terminal, with what to do.
export class PostgresError extends Error {
  readonly code: string;

  constructor(message: string, cause?: unknown, code = 'postgres') {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PostgresError';
    this.code = code;
  }
}
