// Messages between the keeper and its children over Node's IPC channel. The channel is also the life line: a child whose channel
// closes (the keeper is gone) stops by itself.
import * as z from 'zod';

export const hostPortSchema = z.object({ host: z.string().min(1), port: z.int().min(0).max(65535) });
export type HostPort = z.infer<typeof hostPortSchema>;

/** What the manager needs to know from the keeper; the rest of its settings live in the database. */
export const managerConfigSchema = z.object({
  /** NEZUBAN_HOME, absolute. The manager owns `<home>/manager` (CA and secret keys, 0700). */
  home: z.string(),
  /** Release of this checkout. */
  version: z.string(),
  /** PostgreSQL by Unix socket, `host` being the socket directory. */
  database: z.object({ host: z.string(), port: z.int(), user: z.string(), database: z.string() }),
  /** Console and API. Plain HTTP on loopback, else TLS with a certificate of the own CA or the given files. */
  listen: hostPortSchema,
  tls: z.object({ certificateFile: z.string(), keyFile: z.string() }).nullable(),
  /** TLS port for agents; what agents should be told to connect to is `advertise`, `HOST:PORT`. */
  agentListen: hostPortSchema,
  advertise: z.string().nullable(),
  /** Where the local agent reads its join token; null: no local agent. */
  localJoinTokenFile: z.string().nullable(),
  /** Folder of the built console; null: API only. */
  consoleDirectory: z.string().nullable(),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']),
});
export type ManagerConfig = z.infer<typeof managerConfigSchema>;

export const agentConfigSchema = z.object({
  /** The agent's own folder (identity, journal, attempts). */
  home: z.string(),
  /** `HOST:PORT` of each manager; used with the join token file on the first start, then kept in the identity. */
  managers: z.array(z.string()).min(1),
  joinTokenFile: z.string().nullable(),
  nodeName: z.string().nullable(),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']),
});
export type AgentConfig = z.infer<typeof agentConfigSchema>;

/** Something the keeper did that people must read of; the manager makes it an event. */
export const keeperNoticeSchema = z.object({
  type: z.literal('notice'),
  code: z.enum(['process_restarted', 'process_gave_up']),
  at: z.string(),
  process: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
});

/** Keeper to child. `start` is the first message, once. PostgreSQL is ready when the manager gets it. */
export const toChildSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), config: z.unknown() }),
  /** Stop in order within `withinMs`; `withJobs` concerns agents: end running jobs too. */
  z.object({ type: z.literal('stop'), withinMs: z.number(), withJobs: z.boolean() }),
  keeperNoticeSchema,
]);
export type ToChild = z.infer<typeof toChildSchema>;

/** Child to keeper. */
export const fromChildSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ready'),
    /** Manager: where the console answers, where agents connect, and on the very first start the one-time password. */
    consoleUrl: z.string().optional(),
    agentAddress: z.string().optional(),
    adminPassword: z.string().optional(),
  }),
  /** The child cannot go on and a restart would not help: one sentence for the person at the terminal. */
  z.object({ type: z.literal('fatal'), code: z.string(), message: z.string() }),
]);
export type FromChild = z.infer<typeof fromChildSchema>;
