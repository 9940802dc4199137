/**
 * How a pair is, for people: what `nezuban pair status`, the API and the console show.
 *
 * Responsible for the shapes. Made by the keeper (`ha/src/keeper/pair-status.ts`); sentences are English, each with a code and its facts,
 * so that the console says the same in Japanese.
 */
import * as z from 'zod';
import { instantSchema } from '../ids.ts';
import { lsnSchema, termSchema, voterIdSchema } from './roster.ts';

const factsSchema = z.record(z.string(), z.union([z.string(), z.number()]));

/** The states of the decision core; see `docs/internals/ha.md`. */
export const dutyStateSchema = z.enum([
  'starting',
  'waiting',
  'standby-copying',
  'standby-catching-up',
  'standby-in-sync',
  'candidate',
  'promoting',
  'master-alone',
  'master-paired',
  'resigning',
  'standing-down',
  'fenced',
  'maintenance',
  'failed',
  'witness',
]);
export type DutyState = z.infer<typeof dutyStateSchema>;

export const copyProgressSchema = z.strictObject({
  phase: z.enum(['copying', 'rewinding', 'checking']),
  bytes: z.int(),
  /** Estimated by the source; null while unknown. */
  totalBytes: z.int().nullable(),
  startedAt: instantSchema,
});
export type CopyProgress = z.infer<typeof copyProgressSchema>;

export const takeOverKinds = ['first-start', 'switch', 'failover', 'restart', 'forced'] as const;
/** One change of master, as the new master saw it. Durations in milliseconds; null where the step does not apply. */
export const takeOverSchema = z.strictObject({
  at: instantSchema,
  term: termSchema,
  kind: z.enum(takeOverKinds),
  from: z.string().nullable(),
  to: z.string(),
  reason: z.string(),
  steps: z.strictObject({
    /** From the last word of the old master to the candidacy: detection. */
    detectMs: z.number().nullable(),
    electMs: z.number().nullable(),
    promoteMs: z.number().nullable(),
    /** From the open gate to the manager that serves. */
    openMs: z.number().nullable(),
  }),
  totalMs: z.number().nullable(),
});
export type TakeOver = z.infer<typeof takeOverSchema>;

/** What one keeper knows of its own host. */
export const keeperViewSchema = z.strictObject({
  id: voterIdSchema,
  name: z.string(),
  kind: z.enum(['member', 'witness']),
  release: z.string(),
  at: instantSchema,
  state: dutyStateSchema,
  /** The sentence of its last change of state. */
  reason: z.string(),
  since: instantSchema,
  term: termSchema,
  database: z.strictObject({
    runs: z.enum(['absent', 'stopped', 'standby', 'primary']),
    healthy: z.boolean(),
    streaming: z.boolean(),
    flushed: lsnSchema,
    bytes: z.int().nullable(),
  }),
  copy: copyProgressSchema.nullable(),
  /** As a primary: how far the standby is behind, in bytes; null without one. */
  lagBytes: z.int().nullable(),
  /** Whether commits wait for the standby. */
  commitsWait: z.boolean(),
  serviceOpen: z.boolean(),
  guardRuns: z.boolean(),
  freeBytes: z.int().nullable(),
  takeOvers: z.array(takeOverSchema).max(50),
  /** Only during an exchange of the authority: what this host trusts, as a digest, and the fingerprint of who has signed its certificate. */
  authority: z.strictObject({ trusts: z.string(), issuer: z.string() }).optional(),
});
export type KeeperView = z.infer<typeof keeperViewSchema>;

export const adviceCodes = [
  'no_witness',
  'witness_silent',
  'standby_unreachable',
  'standby_copying',
  'standby_catching_up',
  'standby_failed',
  'standby_in_maintenance',
  'no_standby',
  'no_master',
  'no_majority',
  'forced_unconfirmed',
  'lossy_lineage',
  'release_differs',
  'clock_differs',
  'disk_low',
  'alone_without_majority',
  'asymmetric',
  'tie_breaker_manual',
] as const;
export const adviceSchema = z.strictObject({
  code: z.enum(adviceCodes),
  priority: z.enum(['info', 'warning', 'critical']),
  says: z.string(),
  facts: factsSchema,
  /** What to type; null: nothing, it heals by itself or cannot be typed. */
  command: z.string().nullable(),
});
export type Advice = z.infer<typeof adviceSchema>;

export const pairHostSchema = z.strictObject({
  id: voterIdSchema,
  name: z.string(),
  address: z.string().nullable(),
  consoleUrl: z.string().nullable(),
  isSelf: z.boolean(),
  isMaster: z.boolean(),
  inSync: z.boolean(),
  reachable: z.boolean(),
  /** Milliseconds; null: never, since this keeper started. */
  lastHeardAgoMs: z.number().nullable(),
  roundTripMs: z.number().nullable(),
  /** Null: not reachable, nothing known. */
  view: keeperViewSchema.nullable(),
});
export type PairHost = z.infer<typeof pairHostSchema>;

export const pairVoterSchema = z.strictObject({
  id: voterIdSchema,
  name: z.string(),
  kind: z.enum(['member', 'witness']),
  reachable: z.boolean(),
  lastHeardAgoMs: z.number().nullable(),
  /** As in its view. */
  authority: z.strictObject({ trusts: z.string(), issuer: z.string() }).optional(),
});

export const redundancies = ['redundant', 'preparing', 'alone', 'no-master'] as const;

export const pairStatusSchema = z.strictObject({
  /** `single`: one host, no pair has been made. */
  mode: z.enum(['single', 'pair']),
  at: instantSchema,
  cluster: z.string(),
  self: voterIdSchema,
  master: z
    .strictObject({ id: voterIdSchema, name: z.string(), since: instantSchema.nullable(), term: termSchema })
    .nullable(),
  redundancy: z.enum(redundancies),
  /** One sentence: who is master, since when, why. */
  summary: z.string(),
  advice: z.array(adviceSchema),
  hosts: z.array(pairHostSchema).max(2),
  voters: z.array(pairVoterSchema),
  tieBreaker: z.enum(['witness', 'fence', 'manual']),
  roster: z
    .strictObject({
      term: termSchema,
      revision: z.int(),
      phase: z.enum(['promoting', 'active']),
      lossy: z.boolean(),
      forced: z.boolean(),
      asymmetric: z.boolean(),
      changingVoters: z.boolean(),
    })
    .nullable(),
  /** Of both hosts, the newest first. */
  history: z.array(takeOverSchema).max(100),
});
export type PairStatus = z.infer<typeof pairStatusSchema>;
