// Messages between the keeper and its children over Node's IPC channel. The channel is also the life line: a child whose channel
// closes (the keeper is gone) stops by itself.
import * as z from 'zod';
import { termSchema as agentTermSchema } from '../ids.ts';
import { commandResultSchema, operatorCommandSchema } from '../pair/pair-link.ts';
import { termSchema, voterIdSchema } from '../pair/roster.ts';
import { pairStatusSchema } from '../pair/status.ts';

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
  /**
   * Unix sockets (plain HTTP) by which the console of the master is reached through the link: the manager on duty listens on `serve`; the
   * manager of a standby forwards to `forward`.
   */
  pairSockets: z.object({ serve: z.string(), forward: z.string() }).nullable(),
  /**
   * Unix sockets of the intakes (`protocol/src/intake/hand-over.ts`): this host's own, and the door of the link that leads to the other
   * host's. The door is named for a single manager too, which may become one of a pair while it runs: until then nobody listens there. Null:
   * started with `--no-intake`.
   */
  intakeSockets: z.object({ own: z.string(), peer: z.string().nullable() }).nullable(),
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

/** What an intake needs to know from the keeper; what it listens to comes as orders from the manager on duty. */
export const intakeConfigSchema = z.object({
  /** NEZUBAN_HOME, absolute. The intake owns `<home>/intake`. */
  home: z.string(),
  /** Where the hand-over server listens. */
  socketPath: z.string(),
  /** The host's name, for people. */
  hostName: z.string(),
  /** Certificate and key of this host's manager for the TLS receivers, until orders name others; they may not exist yet. */
  tls: z.object({ certificateFile: z.string(), keyFile: z.string() }).nullable(),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']),
});
export type IntakeConfig = z.infer<typeof intakeConfigSchema>;

/** Something the keeper did that people must read of; the manager makes it an event. */
export const keeperNoticeSchema = z.object({
  type: z.literal('notice'),
  code: z.enum([
    'process_restarted',
    'process_gave_up',
    'duty_taken',
    'redundancy_lost',
    'redundancy_restored',
    'pair_changed',
    'pair_alarm',
  ]),
  at: z.string(),
  /** The process it is about; of notices about the pair `keeper`. */
  process: z.string(),
  priority: z.enum(['info', 'warning', 'critical']).optional(),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
});

/** Questions of the keeper to its manager; each is answered by `answer` with the same `n`. */
export const managerQuestionSchema = z.discriminatedUnion('ask', [
  /** Sign a PKCS#10 request with the own CA for `pair:<id>`. Answered by the manager on duty alone. */
  z.object({ ask: z.literal('pair-certificate'), csr: z.string(), id: voterIdSchema }),
  /** A join token for the local agent of another host of the pair. */
  z.object({ ask: z.literal('agent-token') }),
  /**
   * Make an agent a witness: `node` names one, null the one that is suited best (stable, on a host that is none of `excludedHosts`, on
   * another subnet if there is one). `join` is what it needs to join the pair.
   */
  z.object({
    ask: z.literal('appoint-witness'),
    node: z.string().nullable(),
    excludedHosts: z.array(z.string()),
    excludedNodes: z.array(z.string()),
    join: z.object({ members: z.array(z.string()), token: z.string() }),
  }),
  /** This voter is none any more: its agent ends the role. */
  z.object({ ask: z.literal('dismiss-witness'), id: voterIdSchema }),
]);
export type ManagerQuestion = z.infer<typeof managerQuestionSchema>;
export const managerAnswerSchema = z.discriminatedUnion('to', [
  z.object({ to: z.literal('pair-certificate'), certificate: z.string(), ca: z.string() }),
  z.object({ to: z.literal('agent-token'), token: z.string() }),
  z.object({ to: z.literal('appoint-witness'), node: z.string() }),
  z.object({ to: z.literal('dismiss-witness') }),
  z.object({ to: z.literal('refused'), says: z.string() }),
]);
export type ManagerAnswer = z.infer<typeof managerAnswerSchema>;

/**
 * What this host's manager is now. The first one comes right after `start`; a manager never goes from `master` to `standby`: it is ended
 * and another one started.
 */
export const dutySchema = z.discriminatedUnion('role', [
  z.object({
    role: z.literal('master'),
    /** Of the election. What agents see is made of it: see `protocol/src/pair/agent-term.ts`. */
    term: termSchema,
    /** Where agents reach the managers of the pair, this one first; empty: a single manager. */
    agentAddresses: z.array(z.string()),
  }),
  z.object({
    role: z.literal('standby'),
    /** Whom users are forwarded to; null: nobody is master now. */
    master: z.object({ name: z.string() }).nullable(),
    /** One sentence for the status page. */
    says: z.string(),
    /** Where agents reach the managers of the pair; agents that wait here are told too. */
    agentAddresses: z.array(z.string()).optional(),
  }),
]);
export type ManagerDuty = z.infer<typeof dutySchema>;

/** Keeper to child. `start` is the first message, once. */
export const toChildSchema = z.discriminatedUnion('type', [
  /** Manager only. As master PostgreSQL is ready when it comes. */
  z.object({ type: z.literal('duty'), duty: dutySchema }),
  /** Manager on duty: take no more work, finish what is under way, answer `drained`. A later `duty` of the same term ends it. */
  z.object({ type: z.literal('drain') }),
  /** Manager: how the pair is, at each change and every few seconds. */
  z.object({ type: z.literal('pair-status'), status: pairStatusSchema }),
  z.object({ type: z.literal('question'), n: z.int(), question: managerQuestionSchema }),
  /** The answer to a `command` of this child. */
  z.object({ type: z.literal('command-result'), n: z.int(), result: commandResultSchema }),
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
  /** Manager: it serves as master now; `term` is what agents see. */
  z.object({ type: z.literal('on-duty'), term: agentTermSchema }),
  z.object({ type: z.literal('drained') }),
  z.object({ type: z.literal('answer'), n: z.int(), answer: managerAnswerSchema }),
  /** An operator's command that came by the API: for this host, or for the other one of the pair. */
  z.object({
    type: z.literal('command'),
    n: z.int(),
    host: voterIdSchema.nullable(),
    command: operatorCommandSchema,
  }),
  /** Manager, every second and at each change: what agents say. */
  z.object({
    type: z.literal('agents'),
    /** The highest term that an agent has shown; 0 without any. */
    highestTerm: agentTermSchema,
    /** As a standby: milliseconds since an agent last heard another master; null: none says so. */
    otherMasterHeardAgoMs: z.number().nullable(),
    connected: z.int(),
  }),
  /** The child cannot go on and a restart would not help: one sentence for the person at the terminal. */
  z.object({ type: z.literal('fatal'), code: z.string(), message: z.string() }),
]);
export type FromChild = z.infer<typeof fromChildSchema>;
