// Why PostgreSQL cannot be prepared or started: the message is one sentence for the person at the terminal, with what to do.
export class PostgresError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PostgresError';
  }
}
