/**
 * How a manager on duty reads the journal of an intake: its own by Unix socket, the other host's by the same socket through the link.
 *
 * Responsible for frames and their meaning. A frame is `u32 length of the rest (little endian) · u8 type · rest`; control frames are JSON,
 * `records` holds whole records (`record.ts`) one behind the other. The reader says from where; the intake sends what is durable, at most
 * `windowBytes` ahead of what was asked for again; `processed` lets it forget. One reader at a time: a higher term takes over, a lower one
 * is refused. Everything may be repeated; reading again from an older place is always allowed while it is still kept.
 */
import * as z from 'zod';
import { termSchema } from '../ids.ts';
import { intakeOrdersSchema } from './orders.ts';

export const HAND_OVER_VERSION = 1;
export const frameTypes = { control: 1, records: 2 } as const;
export const FRAME_BYTES_MAX = 4 * 1024 * 1024;

/** Reader to intake. */
export const toIntakeSchema = z.discriminatedUnion('type', [
  /** First. `term`: as agents see it. */
  z.object({ type: z.literal('hello'), version: z.int(), term: termSchema }),
  /** Records from `fromSeq` on, `windowBytes` of them before the next `more`. */
  z.object({ type: z.literal('read'), fromSeq: z.int().min(1), windowBytes: z.int().min(1) }),
  z.object({ type: z.literal('more'), bytes: z.int().min(1) }),
  /** All up to here is committed at the reader. */
  z.object({ type: z.literal('processed'), seq: z.int().min(0) }),
  /** What to listen to from now on, kept over restarts. */
  z.object({ type: z.literal('orders'), orders: intakeOrdersSchema }),
  z.object({ type: z.literal('ask-status') }),
]);
export type ToIntake = z.infer<typeof toIntakeSchema>;

export const receiverStatusSchema = z.object({
  /** `syslog-udp`, `syslog-tcp`, `syslog-tls`, `snmp`, `http`, `https`. */
  name: z.string(),
  listen: z.string(),
  state: z.enum(['listening', 'off', 'failed']),
  /** Why it failed and what to do, one sentence. */
  says: z.string().nullable(),
  received: z.int(),
  refused: z.int(),
  malformed: z.int(),
  /** Dropped by the kernel before the receiver saw them (`/proc/net/udp`), since its start. */
  kernelDrops: z.int(),
});
export type ReceiverStatus = z.infer<typeof receiverStatusSchema>;

export const intakeStatusSchema = z.object({
  journalId: z.string(),
  firstSeq: z.int(),
  /** The next one to be given. */
  nextSeq: z.int(),
  processedSeq: z.int(),
  journalBytes: z.int(),
  journalBytesMax: z.int(),
  /** Records refused or counted away because the journal was full, since the start of the process. */
  refusedFull: z.int(),
  /** Summarised because their source said too much. */
  summarised: z.int(),
  /** What this host's intake last got as orders; 0: none yet. */
  ordersRevision: z.int(),
  receivers: z.array(receiverStatusSchema),
  /** The loudest sources of the last minute. */
  sources: z.array(z.object({ address: z.string(), perSecond: z.number(), summarised: z.int() })).max(50),
});
export type IntakeStatus = z.infer<typeof intakeStatusSchema>;

/** Intake to reader. */
export const fromIntakeSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    version: z.int(),
    /** Name of its host, for people. */
    host: z.string().optional(),
    /** Random, made with the journal. Another one than before: the journal was lost, its numbers begin anew. */
    journalId: z.string(),
    firstSeq: z.int(),
    nextSeq: z.int(),
  }),
  /** Closed after it. `newer-term`: somebody else reads; `version`: another release. */
  z.object({ type: z.literal('refused'), reason: z.enum(['newer-term', 'version']), says: z.string() }),
  /** All that was durable has been sent; more follows by itself. `heardUntilUs`: nothing older than this will still come. */
  z.object({ type: z.literal('caught-up'), nextSeq: z.int(), heardUntilUs: z.int() }),
  z.object({ type: z.literal('status'), status: intakeStatusSchema }),
]);
export type FromIntake = z.infer<typeof fromIntakeSchema>;

/** Payload of `control` records: what the intake has to say of its own hearing, in order with what it heard. */
export const controlNoteSchema = z.discriminatedUnion('note', [
  /** It began to listen; `silentSinceUs`: it had not been listening since then (0: never before). */
  z.object({ note: z.literal('started'), silentSinceUs: z.int() }),
  /** So many messages of a source were counted instead of kept. */
  z.object({
    note: z.literal('summarised'),
    address: z.string(),
    protocol: z.enum(['syslog', 'snmp', 'custom']),
    count: z.int(),
    fromUs: z.int(),
    toUs: z.int(),
    /** One of them, as text. */
    sample: z.string().max(2000),
  }),
  z.object({ note: z.literal('kernel-drops'), receiver: z.string(), count: z.int() }),
  /** The journal was full: what was not taken. */
  z.object({ note: z.literal('full'), refused: z.int(), fromUs: z.int(), toUs: z.int() }),
  /** A damaged place of the journal was left out at a start. */
  z.object({ note: z.literal('damaged'), says: z.string() }),
]);
export type ControlNote = z.infer<typeof controlNoteSchema>;
