// Messages between agent and manager on the WebSocket, one JSON object a text frame. Both sides parse everything that arrives
// with these schemas; a frame that does not fit closes the connection with code 1008.
// Delivery: receipts and output are sent again until acknowledged, dispatches until a receipt says "accepted" or better. Every
// receiver drops repeats, so each thing takes effect once.
import * as z from 'zod';
import { transferSourceSchema } from './tool-inputs.ts';
import { agentSaidSchema } from './agent-said.ts';
import { attemptUsageSchema } from './attempt-usage.ts';
import { agentSentences } from '../sentences/agent-sentences.ts';
import { agentIdSchema, attemptIdSchema, instantSchema, termSchema } from '../ids.ts';

/** Version 2 has orders with a tool instead of a command, and commands that a file judges; `versionOfOrder` says which order needs what. */
export const agentLinkVersions = { min: 1, max: 2 } as const;

export const agentLinkLimits = {
  frameBytesMax: 4 * 1024 * 1024,
  dispatchItemsMax: 200,
  receiptItemsMax: 500,
  /** Raw bytes of one output chunk, before base64. */
  outputChunkBytesMax: 64 * 1024,
  /** The same of a packed chunk: longer ones pack better, and unpacking one for a page must stay cheap. */
  outputPackedChunkBytesMax: 256 * 1024,
  /** What is kept of the end of a stream that is cut, behind what is kept of its beginning. One chunk holds it. */
  outputTailBytesMax: 64 * 1024,
  /** Output bytes, as they travel, that an agent sends ahead of acknowledgements, over all attempts: at most so much stands before a receipt. */
  outputInFlightBytesMax: 1024 * 1024,
  /** Both sides ping; silence for three of these ends the connection. */
  heartbeatIntervalMs: 5_000,
} as const;

/**
 * What one side can do beyond the first release, told in `hello` and `welcome`; nothing of it is used unless the other side has told it too.
 * `open-attempts`: the agent says what it runs when it is asked.
 * `file-transfer`: files are read for other nodes (`transfer-stream.ts`).
 * `http-callees`: calls of `http` keep to rules of whom they may reach, which come with the order.
 * `limits`: orders bound what their work may use, and say what ends it before it gets TERM; ends say what was used.
 * `packed-output`: chunks packed with zstd, ranges left out of the output, and streams that are held back.
 * `said-reasons`: what receipts say in English is said by its code beside it (`agent-said.ts`).
 */
export const agentLinkFeatures = {
  packedOutput: 'packed-output',
  openAttempts: 'open-attempts',
  fileTransfer: 'file-transfer',
  httpCallees: 'http-callees',
  limits: 'limits',
  saidReasons: 'said-reasons',
} as const;
const featuresSchema = z.array(z.string().max(40)).max(32).optional();

/** Path of the WebSocket on the manager's agent port; client certificate required. */
export const agentLinkPath = '/agent/v1/link';
/** POST here with a join token to enrol; the only path of that port that needs no client certificate. */
export const agentEnrolPath = '/agent/v1/enrol';

/**
 * Reason of the agent's close (1008) where a manager shows a lower term than the agent has seen; the number is that term, so that a master
 * that has been replaced learns of it.
 */
export const staleTermPattern = /^stale term, ([0-9]{1,16}) is known$/;
export function staleTermReason(known: number): string {
  return `stale term, ${known} is known`;
}

/**
 * A join token is `nzj_<secret>.<fingerprint>`: 32 random bytes and the SHA-256 of the manager CA's certificate (DER), both base64url.
 * The agent trusts only a server whose chain ends in that CA.
 */
export const joinTokenPattern = /^nzj_([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

export const enrolRequestSchema = z.strictObject({
  token: z.string().regex(joinTokenPattern, 'is not a join token'),
  /** PKCS#10 request, PEM; its key never leaves the agent. */
  csr: z.string().max(10_000),
  nodeName: z.string().max(100),
  hostname: z.string().max(255),
  platform: z.string().max(200),
  version: z.string().max(50),
});
export const enrolResponseSchema = z.object({
  agentId: agentIdSchema,
  nodeName: z.string(),
  certificate: z.string(),
  ca: z.string(),
});

/** What an agent does itself instead of starting a command. Names and inputs: `tool-inputs.ts`. */
const toolOrderSchema = z.strictObject({
  name: z.string().max(50),
  input: z.record(z.string(), z.unknown()),
});

/** A variable to be taken from what the command has written; a regular expression for its lines, or a path into it as JSON. */
const captureOrderSchema = z.strictObject({
  name: z.string().max(200),
  from: z.enum(['stdout', 'stderr']),
  regex: z.string().max(1000).optional(),
  ignoreCase: z.boolean().optional(),
  take: z.enum(['first', 'last']).optional(),
  json: z.string().max(500).optional(),
  /** The value is hidden in the output before that is sent. */
  secret: z.boolean().optional(),
});
export type CaptureOrder = z.infer<typeof captureOrderSchema>;
/** What became of it: a value, or why there is none, as the rest of a sentence. */
const capturedSchema = z.object({
  name: z.string().max(200),
  value: z.string().max(4_096).optional(),
  says: z.string().max(1000).optional(),
  said: agentSaidSchema,
  secret: z.boolean().optional(),
});
export type Captured = z.infer<typeof capturedSchema>;

/** A file that lies in the attempt's folder while it runs, for whoever runs it alone. The command finds its path in the variable. */
const orderFileSchema = z.strictObject({ variable: z.string().max(200), text: z.string() });

/** What the work of an attempt may use, all of its processes together; of open files and sizes each process. Bytes, processors, counts. */
export const orderLimitsSchema = z.strictObject({
  memory: z.int().positive().optional(),
  processes: z.int().positive().optional(),
  cpus: z.number().positive().optional(),
  cpuShare: z.int().positive().optional(),
  openFiles: z.int().positive().optional(),
  fileSize: z.int().nonnegative().optional(),
  coreSize: z.int().nonnegative().optional(),
});
export type OrderLimits = z.infer<typeof orderLimitsSchema>;

/** One command or tool to run once: exactly one of the two is there. Times in milliseconds. */
export const attemptOrderSchema = z.strictObject({
  attemptId: attemptIdSchema,
  command: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  /** Version 2. */
  tool: toolOrderSchema.optional(),
  workingDirectory: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  user: z.string().optional(),
  group: z.string().optional(),
  supplementaryGroups: z.array(z.string()).optional(),
  stdinFile: z.string().optional(),
  /** Octal digits. */
  umask: z
    .string()
    .regex(/^[0-7]{3,4}$/)
    .optional(),
  timeoutMs: z.number().positive().optional(),
  killAfterMs: z.number().nonnegative(),
  outputBytesMax: z.int().nonnegative(),
  /** Version 2: a file that is looked at when the command has ended; what is seen stands in the receipt. */
  endFile: z.strictObject({ path: z.string().max(4096), is: z.enum(['exists', 'updated']) }).optional(),
  /** Version 2: a text with an interpreter line, instead of a command; `arguments` follow it. */
  script: z.strictObject({ text: z.string().min(1), arguments: z.array(z.string()).max(1000) }).optional(),
  /** Version 2: standard input, instead of a file. */
  stdin: z.string().optional(),
  /** Version 2. */
  files: z.array(orderFileSchema).max(32).optional(),
  /** Version 2: texts that stand as `***` in whatever the command writes. */
  secrets: z.array(z.string().min(1).max(8_192)).max(100).optional(),
  /** Version 2. `encoding`: of the output, as the decoders of Node name it. */
  captures: z
    .strictObject({ encoding: z.string().max(20), items: z.array(captureOrderSchema).min(1).max(32) })
    .optional(),
  /** Only to an agent with the feature `limits`; so is `stop`. */
  limits: orderLimitsSchema.optional(),
  /** Run when it is stopped or its time is over, before TERM. `killAfterMs` counts from its end. */
  stop: z
    .strictObject({
      command: z.union([z.string(), z.array(z.string()).min(1)]),
      timeoutMs: z.number().positive(),
    })
    .optional(),
});
export type AttemptOrder = z.infer<typeof attemptOrderSchema>;

const cancelItemSchema = z.object({
  attemptId: attemptIdSchema,
  killAfterMs: z.number(),
  unlessStarted: z.literal(true).optional(),
});
export type CancelItem = z.infer<typeof cancelItemSchema>;

/** The version of the link that an agent must speak to be given this order. */
export function versionOfOrder(order: AttemptOrder): number {
  const { tool, endFile, script, stdin, files, secrets, captures } = order;
  return [tool, endFile, script, stdin, files, secrets, captures].some((part) => part !== undefined) ? 2 : 1;
}

export const refusalCodes = [
  'stale_term',
  'cancelled',
  'user_unknown',
  'not_permitted',
  'bad_order',
  'agent_full',
  /** A limit that the order asks for cannot be held on the agent's host. */
  'limit_not_held',
  /** Said by the manager alone: the agent's release does not know such an order. */
  'agent_old',
] as const;

const receiptBase = { seq: z.int().positive(), attemptId: attemptIdSchema, at: instantSchema };
/**
 * What the agent durably knows of an attempt; sent after it is on disk. Later states supersede earlier ones:
 * accepted < running < ended | unknown | refused. `seq` rises over the whole agent.
 */
export const receiptSchema = z.discriminatedUnion('state', [
  z.object({ ...receiptBase, state: z.literal('accepted') }),
  z.object({ ...receiptBase, state: z.literal('running'), pid: z.int(), startedAt: instantSchema }),
  z.object({
    ...receiptBase,
    state: z.literal('ended'),
    /** Null where a signal ended it or it could not be started at all (`startError`). */
    exitCode: z.int().nullable(),
    /** Name such as `SIGTERM`. */
    signal: z.string().nullable(),
    /** Why the command could not be executed (no such directory, permission ...). It did not run. */
    startError: z.string().nullable(),
    startErrorSaid: agentSaidSchema,
    timedOut: z.boolean(),
    cancelled: z.boolean(),
    pid: z.int().nullable(),
    startedAt: instantSchema.nullable(),
    endedAt: instantSchema,
    stdoutBytes: z.int(),
    stderrBytes: z.int(),
    /** Bytes dropped beyond outputBytesMax, both streams. */
    droppedBytes: z.int(),
    /** Processes of the attempt that still ran after the command had ended and, after a timeout or cancel, after KILL. */
    leftovers: z.array(z.object({ pid: z.int(), command: z.string() })),
    /** Of an order with `endFile`: whether it was so; if not, `says` why, as the rest of a sentence about the file. */
    endFile: z.object({ held: z.boolean(), says: z.string().max(1000), said: agentSaidSchema }).optional(),
    /** Of an order with `captures`, each of them. */
    captured: z.array(capturedSchema).max(32).optional(),
    /** Of agents with the feature `limits`. */
    usage: attemptUsageSchema.optional(),
  }),
  z.object({
    ...receiptBase,
    state: z.literal('unknown'),
    reason: z.string(),
    said: agentSaidSchema,
    leftovers: z.array(z.object({ pid: z.int(), command: z.string() })),
  }),
  z.object({
    ...receiptBase,
    state: z.literal('refused'),
    code: z.enum(refusalCodes),
    reason: z.string(),
    said: agentSaidSchema,
  }),
]);
export type Receipt = z.infer<typeof receiptSchema>;

/** Reason of the receipt `unknown` for an id that the agent was asked for and has never seen. */
export const noRecordReason = agentSentences.agent_no_record.en;

/** What an agent runs, asked for with `listAttempts`. */
export const openAttemptsReportSchema = z.object({
  items: z
    .array(
      z.object({
        attemptId: attemptIdSchema,
        pid: z.int().nullable(),
        startedAt: instantSchema.nullable(),
      }),
    )
    .max(10_000),
  /** Processes that carry the mark of an attempt of which the agent has no record: its state was lost while they ran. One of each attempt. */
  unrecorded: z.array(z.object({ attemptId: attemptIdSchema, pid: z.int(), command: z.string() })).max(100),
});
export type OpenAttemptsReport = z.infer<typeof openAttemptsReportSchema>;

export const outputStreamSchema = z.enum(['stdout', 'stderr']);
export type OutputStream = z.infer<typeof outputStreamSchema>;

export const outputChunkSchema = z.object({
  attemptId: attemptIdSchema,
  stream: outputStreamSchema,
  /** Position of the first byte in what the command wrote. */
  offset: z.int().nonnegative(),
  /** Bytes, base64: raw, or one zstd frame where `size` is there. */
  data: z.string(),
  /** Bytes of `data` unpacked. */
  size: z.int().positive().max(agentLinkLimits.outputPackedChunkBytesMax).optional(),
  /** What the command wrote from here up to `offset` was not kept, or is not sent because the stream was held back. */
  skippedFrom: z.int().nonnegative().optional(),
});
export type OutputChunk = z.infer<typeof outputChunkSchema>;

export const agentMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    protocol: z.object({ min: z.int(), max: z.int() }),
    agentId: agentIdSchema,
    // As long as at the enrolment: what an agent says of itself is shown in every list.
    version: z.string().max(50),
    hostname: z.string().max(255),
    platform: z.string().max(200),
    bootId: z.string().max(100),
    /** New at each start of the agent. */
    startId: z.string().max(100),
    highestTerm: termSchema,
    clock: instantSchema,
    features: featuresSchema,
  }),
  z.object({
    type: z.literal('heartbeat'),
    clock: instantSchema,
    runningAttempts: z.int(),
    /** Milliseconds since it last heard another manager that is on duty; absent or null: it never has, or knows of no other. */
    otherMasterHeardAgoMs: z.number().nonnegative().nullable().optional(),
  }),
  /** How its role as a witness stands; sent at each change and after each welcome. */
  z.object({
    type: z.literal('witness'),
    state: z.enum(['none', 'starting', 'running', 'failed']),
    says: z.string().max(500),
  }),
  z.object({
    type: z.literal('receipts'),
    items: z.array(receiptSchema).min(1).max(agentLinkLimits.receiptItemsMax),
  }),
  z.object({ type: z.literal('output'), items: z.array(outputChunkSchema).min(1).max(100) }),
  z.object({ type: z.literal('openAttempts'), ...openAttemptsReportSchema.shape }),
  z.object({ type: z.literal('certificateRequest'), csr: z.string().max(10_000) }),
]);
export type AgentMessage = z.infer<typeof agentMessageSchema>;

export const managerMessageSchema = z.discriminatedUnion('type', [
  /** First message of the manager. An agent that has seen a higher term closes with 1008 and `staleTermReason`. */
  z.object({
    type: z.literal('welcome'),
    protocol: z.int(),
    term: termSchema,
    managerId: z.string(),
    managerVersion: z.string(),
    /** `HOST:PORT` of each manager of the pair; the agent keeps them and connects to all. Absent: a single manager. */
    managers: z.array(z.string().max(300)).max(4).optional(),
    /** Digest of the authorities that this agent is to trust; where it trusts others, it asks for a certificate, with which they come. */
    trust: z.string().max(100).optional(),
    features: featuresSchema,
  }),
  /**
   * Instead of the welcome: this manager is not on duty. The agent stays connected, sends heartbeats and nothing else; when the manager
   * takes over, the welcome follows on the same connection.
   */
  z.object({
    type: z.literal('standby'),
    protocol: z.int(),
    managerVersion: z.string(),
    managers: z.array(z.string().max(300)).max(4).optional(),
  }),
  /** Become a witness of the pair: join it at one of these addresses with this one-time token. Repeats change nothing. */
  z.object({
    type: z.literal('appointWitness'),
    term: termSchema,
    members: z.array(z.string().max(300)).min(1).max(2),
    token: z.string().max(200),
  }),
  z.object({ type: z.literal('dismissWitness'), term: termSchema }),
  z.object({
    type: z.literal('dispatch'),
    term: termSchema,
    attempts: z.array(attemptOrderSchema).min(1).max(agentLinkLimits.dispatchItemsMax),
  }),
  /**
   * TERM to everything of the attempt, KILL after killAfterMs. An id not yet seen is remembered as refused (`cancelled`).
   * `unlessStarted`: only so that it does not start; one that has started goes on. Releases that do not know the field end it then.
   */
  z.object({
    type: z.literal('cancel'),
    term: termSchema,
    items: z.array(cancelItemSchema).min(1).max(1000),
  }),
  /** Ask for the newest receipt of each; an id without a record is answered `unknown`, "no record at the agent". */
  z.object({
    type: z.literal('query'),
    term: termSchema,
    attemptIds: z.array(attemptIdSchema).min(1).max(10_000),
  }),
  /** Say what runs (`openAttempts`). Only to an agent with the feature `open-attempts`. */
  z.object({ type: z.literal('listAttempts'), term: termSchema }),
  /** Every receipt up to and including this seq is committed. */
  z.object({ type: z.literal('receiptsAck'), seq: z.int() }),
  /** Output is committed up to (not including) this offset. */
  z.object({
    type: z.literal('outputAck'),
    items: z
      .array(
        z.object({
          attemptId: attemptIdSchema,
          stream: outputStreamSchema,
          offset: z.int(),
          /** A quota is full: nothing more of the stream is wanted before its end, and then only its last bytes (`outputTailBytesMax`). */
          heldBack: z.boolean().optional(),
        }),
      )
      .min(1),
  }),
  /** Read files for another node: a connection with this key is to be opened (`transfer-stream.ts`). Only to an agent with the feature `file-transfer`. */
  z.object({
    type: z.literal('readFiles'),
    term: termSchema,
    attemptId: attemptIdSchema,
    key: z.string().max(100),
    source: transferSourceSchema,
  }),
  z.object({ type: z.literal('certificate'), certificate: z.string(), ca: z.string() }),
]);
export type ManagerMessage = z.infer<typeof managerMessageSchema>;
