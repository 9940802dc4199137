// Where PostgreSQL of a home is found, for programs on the same host that are no children of the keeper.
// The keeper starts it so (`ha/src/drivers/postgres/settings.ts`); the operating system says who may come in.

export const databasePlace = {
  name: 'nezuban',
  /** Owns everything. Only `peer` lets anybody in, so it has no password. */
  role: 'nezuban',
  /** The number in the name of the socket file; nothing listens on TCP. */
  port: 5432,
  /** Below the run directory. */
  socketFolder: 'postgres',
} as const;
