// What is said on the connections that carry files from agent to agent. Each side opens one to the manager on duty (HTTP upgrade on the
// agents' port, with its certificate), and the manager joins the two: it reads what the writing side says, and passes on what the reading
// side sends without keeping it. Nothing of it goes over the link, so orders, receipts and heartbeats never wait behind a file.
//
// The writing side leads. It hears which files there are, asks for one at a time from where it has them, and grants how many bytes may
// come (credit): what is under way is bounded by that on every host between.
import * as z from 'zod';

/** Path of the upgrade; client certificate required. */
export const transferPath = '/agent/v1/transfer';
export const transferProtocol = 'nezuban-transfer';
export const transferHeaders = {
  attempt: 'nezuban-attempt',
  side: 'nezuban-side',
  /** Of the reading side: as it was told in `readFiles`. */
  key: 'nezuban-key',
} as const;
export const transferSides = ['read', 'write'] as const;

export const transferStreamLimits = {
  /** A listing of the most files with the longest names. */
  messageBytesMax: 1024 * 1024,
  dataBytesMax: 256 * 1024,
  /** Bytes that are under way at the most. Fills a line of 1 Gbit/s at 60 ms from end to end. */
  creditBytesMax: 8 * 1024 * 1024,
  /** Both ends say that they live. */
  aliveIntervalMs: 5_000,
  /** Silence that ends a connection; it is made again. */
  silenceMs: 20_000,
} as const;

const sizeSchema = z.int().nonnegative();
const digestSchema = z.string().regex(/^[0-9a-f]{64}$/);
const indexSchema = z.int().nonnegative();
const says = z.string().max(5_000);
const aliveSchema = z.object({ type: z.literal('alive') });

/** Said by the writing side. All but `progress` and `done` goes on to the reading side. */
export const fromWriterSchema = z.discriminatedUnion('type', [
  aliveSchema,
  /** Bytes of the file from `offset` on; before them the reading side must have this digest (SHA-256). Takes the place of what was asked before. */
  z.object({
    type: z.literal('read'),
    file: indexSchema,
    offset: sizeSchema,
    digest: digestSchema.optional(),
  }),
  z.object({ type: z.literal('credit'), bytes: z.int().positive().max(transferStreamLimits.creditBytesMax) }),
  /** What has arrived, for people. */
  z.object({
    type: z.literal('progress'),
    file: z.string().max(5_000),
    files: sizeSchema,
    filesDone: sizeSchema,
    bytes: sizeSchema,
    bytesTotal: sizeSchema,
  }),
  z.object({ type: z.literal('done') }),
]);
export type FromWriter = z.infer<typeof fromWriterSchema>;

/** Why the reading side cannot. */
export const readFailures = ['missing', 'permission', 'user', 'trouble', 'too_large', 'too_many'] as const;

/** Heard by the writing side: from the reading side; `waiting` and `failed` also from the manager. */
export const toWriterSchema = z.discriminatedUnion('type', [
  aliveSchema,
  /** Nothing comes yet: why, as a sentence. `isMeant`: there is a reason for it, and it is no lack of progress. */
  z.object({ type: z.literal('waiting'), says, isMeant: z.boolean() }),
  z.object({
    type: z.literal('files'),
    items: z
      .array(
        z.object({
          /** Bytes of the name, base64: names need not be UTF-8. */
          name: z.string().max(400),
          size: sizeSchema,
        }),
      )
      .max(1_000),
  }),
  /** The file that was asked for, as it is now; its bytes follow. */
  z.object({
    type: z.literal('begin'),
    file: indexSchema,
    size: sizeSchema,
    mode: z.int().nonnegative(),
    modifiedMs: z.number(),
  }),
  /** What is before the offset is something else there; ask again, from the beginning. */
  z.object({ type: z.literal('differs'), file: indexSchema }),
  z.object({ type: z.literal('end'), file: indexSchema, size: sizeSchema, digest: digestSchema }),
  /** It was changed, or another one took its place, while it was read. */
  z.object({ type: z.literal('changed'), file: indexSchema }),
  /** For good. */
  z.object({ type: z.literal('failed'), code: z.enum(readFailures), says }),
]);
export type ToWriter = z.infer<typeof toWriterSchema>;
