// What an upgrade has to know: the facts of a release, and what a running manager is made of.
import * as z from 'zod';
import { agentSupportSchema } from '../inventory/node.ts';
import { instantSchema } from '../ids.ts';

export const protocolRangeSchema = z.object({ min: z.int(), max: z.int() });

/** `manager/release.json` of every release: what its program needs and makes. Unknown keys are left alone: a newer release may say more. */
export const releaseFactsSchema = z.object({
  product: z.literal('nezuban'),
  release: z.string(),
  /** Protocols that its manager speaks with agents. */
  agentProtocol: protocolRangeSchema,
  /** Its PostgreSQL opens only data of this major version. */
  postgresMajor: z.int(),
  /** In order; each with the oldest release that may run on the schema that it makes. */
  migrations: z.array(z.object({ name: z.string(), sha256: z.string(), oldestRelease: z.string() })),
});
export type ReleaseFacts = z.infer<typeof releaseFactsSchema>;

export const versionsSchema = z.object({
  release: z.string(),
  agentProtocol: protocolRangeSchema,
  postgres: z.object({ version: z.string(), major: z.int() }),
  schema: z.array(
    z.object({
      name: z.string(),
      sha256: z.string(),
      /** Null: applied before this was kept. */
      oldestRelease: z.string().nullable(),
      appliedAt: instantSchema,
    }),
  ),
  /** Agents that are alike, most first. */
  agents: z.array(
    z.object({
      version: z.string(),
      /** Null: not said hello since this is kept. */
      protocol: protocolRangeSchema.nullable(),
      support: agentSupportSchema,
      count: z.int(),
      /** The first of them. */
      nodes: z.array(z.string()).max(20),
    }),
  ),
  databaseBytes: z.int(),
  disks: z.array(z.object({ name: z.string(), folder: z.string(), freeBytes: z.int(), totalBytes: z.int() })),
  sessions: z.object({
    running: z.int(),
    openAttempts: z.int(),
    /** The one that runs longest; null: none runs. */
    oldest: z.object({ id: z.int(), net: z.string(), startedAt: instantSchema }).nullable(),
  }),
});
export type Versions = z.infer<typeof versionsSchema>;
