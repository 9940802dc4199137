/**
 * What commands on the same host say to the running keeper, over its Unix socket: one JSON line each way.
 *
 * Responsible for shapes and limits. `HOME/keeper/control.json` holds `{"socket": PATH}` while a keeper runs; who may connect is decided
 * by the rights of that folder. Asked by `cli` and by `nezuban manager status|stop`; answered by `ha/src/keeper/control-server.ts`.
 */
import * as z from 'zod';
import { instantSchema } from '../ids.ts';
import { commandResultSchema, operatorCommandSchema } from '../pair/pair-link.ts';
import { voterIdSchema } from '../pair/roster.ts';
import { pairStatusSchema } from '../pair/status.ts';

export const CONTROL_FILE = 'keeper/control.json';
/** Longest line either side accepts. */
export const CONTROL_LINE_MAX = 256 * 1024;
/** A planned switch may wait for the standby; nothing takes longer. */
export const CONTROL_ANSWER_MS = 60_000;

export const controlFileSchema = z.object({ socket: z.string() });

/** Makes this host the first of a pair (idempotent), and a one-time token for the next one to join. */
export const pairCreateSchema = z.strictObject({
  command: z.literal('pair-create'),
  /** Where the pair's port listens, `HOST:PORT`; null: as before, or every address, port 7382. */
  listen: z.string().nullable(),
  /** What the other host shall dial, `HOST:PORT`; null: the address towards it is found by itself. */
  address: z.string().nullable(),
  /** For whom the token is. */
  kind: z.enum(['member', 'witness']),
  tieBreaker: z.enum(['witness', 'fence', 'manual']).nullable(),
  profile: z.enum(['lan', 'wan']).nullable(),
});

export const controlRequestSchema = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('status') }),
  z.strictObject({ command: z.literal('stop'), withJobs: z.boolean() }),
  z.strictObject({ command: z.literal('pair-status') }),
  /** Which files of HOME/manager the hosts of the pair have (CA, keys), by digest. Asking makes the other host fetch what it lacks. */
  z.strictObject({ command: z.literal('shared-files') }),
  pairCreateSchema,
  z.strictObject({
    command: z.literal('pair-command'),
    /** The host that shall carry it out; null: the one that has to. */
    host: voterIdSchema.nullable(),
    operator: operatorCommandSchema,
  }),
]);
export type ControlRequest = z.infer<typeof controlRequestSchema>;

export const keeperStatusSchema = z.object({
  pid: z.int(),
  version: z.string(),
  home: z.string(),
  state: z.enum(['starting', 'running', 'stopping']),
  startedAt: z.string(),
  consoleUrl: z.string().nullable(),
  agentAddress: z.string().nullable(),
  processes: z.array(
    z.object({ name: z.string(), state: z.string(), pid: z.int().nullable(), restarts: z.int() }),
  ),
  /** `single`, or what this host of a pair is doing. */
  duty: z.string(),
});
export type KeeperStatus = z.infer<typeof keeperStatusSchema>;

export const pairCreatedSchema = z.union([
  z.object({
    ok: z.literal(true),
    /** The whole line to type on the other host. */
    joinCommand: z.string(),
    token: z.string(),
    expiresAt: instantSchema,
    says: z.string(),
  }),
  z.object({ ok: z.literal(false), says: z.string() }),
]);
export type PairCreated = z.infer<typeof pairCreatedSchema>;

export const sharedFilesStateSchema = z.object({
  /** SHA-256 over names and contents. */
  digest: z.string(),
  /** The other hosts of the pair; `digest` null: it does not answer. */
  others: z.array(z.object({ id: voterIdSchema, name: z.string(), digest: z.string().nullable() })),
});
export type SharedFilesState = z.infer<typeof sharedFilesStateSchema>;

/** The answer to each request; any of them may be `{ "error": "..." }` instead. */
export const controlAnswerSchemas = {
  status: keeperStatusSchema,
  stop: keeperStatusSchema,
  'pair-status': pairStatusSchema,
  'shared-files': sharedFilesStateSchema,
  'pair-create': pairCreatedSchema,
  'pair-command': commandResultSchema,
} as const;
export const controlErrorSchema = z.object({ error: z.string() });
