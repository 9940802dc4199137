// Traps as they were heard and stored, and who spoke.
import * as z from 'zod';
import { eventSchema } from '../events/event.ts';
import { instantSchema } from '../ids.ts';
import { intakeStatusSchema } from '../intake/hand-over.ts';
import { trapProtocols } from '../intake/record.ts';

export const trapProtocolSchema = z.enum(trapProtocols);

export const trapSummarySchema = z.object({
  id: z.int(),
  /** By the clock of the host that heard it. */
  receivedAt: instantSchema,
  /** `control`: what an intake says of its own hearing. */
  protocol: trapProtocolSchema,
  address: z.string(),
  /** Managed node, or a name given by an alias; null: nobody knows this sender. */
  node: z.string().nullable(),
  /** Whom it says it is about. */
  host: z.string().nullable(),
  /** As people read it; cut where it is long. */
  text: z.string(),
  /** A rule of a trap monitor has fitted. */
  matched: z.boolean(),
  /** Why it could not be understood, or not stored with what it says. */
  malformed: z.string().nullable(),
  /** The other host's copy was met at once. */
  heardBoth: z.boolean(),
  /** What would tell whether it is a copy had been given up: it may be one. */
  perhapsRepeat: z.boolean(),
});
export type TrapSummary = z.infer<typeof trapSummarySchema>;

/** What was understood: one message, or one of several in a body. */
export const trapFactsSchema = z.object({
  text: z.string(),
  host: z.string().nullable(),
  saidAt: instantSchema.nullable(),
  malformed: z.string().nullable(),
  fields: z.record(z.string(), z.string()),
  syslog: z
    .object({
      facility: z.int().nullable(),
      severity: z.int().nullable(),
      app: z.string().nullable(),
      procId: z.string().nullable(),
      msgId: z.string().nullable(),
    })
    .nullable(),
  snmp: z
    .object({
      version: z.int(),
      kind: z.enum(['trap', 'inform']),
      trapOid: z.string(),
      v1: z.object({ enterprise: z.string(), generic: z.int(), specific: z.int() }).nullable(),
      varbinds: z.array(z.object({ oid: z.string(), type: z.string(), value: z.string() })),
    })
    .nullable(),
});
export type TrapFacts = z.infer<typeof trapFactsSchema>;

export const trapDetailSchema = trapSummarySchema.extend({
  recordedAt: instantSchema,
  port: z.int(),
  /** Name of the host that heard it. */
  heardBy: z.string(),
  /** Its number in that host's journal. */
  seq: z.int(),
  /** `truncated`, `stream`, `tls`, `authentic`. */
  flags: z.array(z.string()),
  /** What the receiver knew beside the message, such as the SNMPv3 user. */
  extra: z.record(z.string(), z.string()),
  bytes: z.int(),
  /** Hexadecimal; a community of SNMPv1 and v2c is blotted out. */
  raw: z.string(),
  facts: z.array(trapFactsSchema),
  /** Those that may be seen by who asks. */
  events: z.array(eventSchema),
});
export type TrapDetail = z.infer<typeof trapDetailSchema>;

export const trapSourceSchema = z.object({
  address: z.string(),
  host: z.string().nullable(),
  node: z.string().nullable(),
  protocols: z.array(z.string()),
  count: z.int(),
  malformed: z.int(),
  firstAt: instantSchema,
  lastAt: instantSchema,
});
export type TrapSourceView = z.infer<typeof trapSourceSchema>;

export const intakeViewSchema = z.object({
  /** `own`: on the host of the manager on duty. */
  role: z.enum(['own', 'peer']),
  host: z.string().nullable(),
  connected: z.boolean(),
  /** Why not, one sentence. */
  says: z.string().nullable(),
  /** Everything up to here is stored. */
  storedSeq: z.int().nullable(),
  /** As it was last told; null: never. */
  status: intakeStatusSchema.nullable(),
});
export type IntakeView = z.infer<typeof intakeViewSchema>;

/** Reading and storing, as it goes now; counts since this manager is on duty. */
export const trapProcessingSchema = z.object({
  traps: z.int(),
  copies: z.int(),
  unmatched: z.int(),
  malformed: z.int(),
  perhapsRepeats: z.int(),
  /** What sources said too much of, what the kernel dropped, what a full journal refused. */
  summarised: z.int(),
  dropped: z.int(),
  refusedFull: z.int(),
  failures: z.int(),
  /** Age of the oldest that is not stored, as far as it has been read. */
  lagSeconds: z.number(),
  /** Records in journals that are not stored. */
  backlog: z.int(),
  /** Messages that wait for their copy from the other host. */
  unpaired: z.int(),
});
export type TrapProcessing = z.infer<typeof trapProcessingSchema>;
