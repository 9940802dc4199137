// What agents do themselves instead of starting a command, and the form of each tool's input. Made by core/src/jobs/attempt-kinds, read by
// agent/src/tools. Times in milliseconds. An input is in no argument, environment or log.
import * as z from 'zod';

const millisecondsSchema = z.number().nonnegative();

export const fileWatchInputSchema = z.strictObject({
  paths: z.array(z.string()).min(1),
  watch: z.enum(['created', 'changed', 'deleted', 'exists']),
  match: z.enum(['any', 'all']),
  already: z.enum(['counts', 'ignored']),
  sizeMin: z.int().nonnegative(),
  settleMs: millisecondsSchema,
  intervalMs: millisecondsSchema,
  /** Exit code 124 after it. */
  timeoutMs: millisecondsSchema.optional(),
  /** An earlier watch that was cut off began then: what has come about since counts as seen by this one. */
  sinceMs: millisecondsSchema.optional(),
});
export type FileWatchInput = z.infer<typeof fileWatchInputSchema>;

/** A file watch without an end. What it has seen and found lies with the agent, so that it goes on from there whatever restarts. */
export const fileMonitorInputSchema = z.strictObject({
  /** Names what the agent keeps; the same for all tries. */
  key: z.string().regex(/^[a-z0-9]{8,40}$/),
  paths: z.array(z.string()).min(1),
  watch: z.enum(['created', 'changed', 'deleted']),
  already: z.enum(['counts', 'ignored']),
  sizeMin: z.int().nonnegative(),
  settleMs: millisecondsSchema,
  intervalMs: millisecondsSchema,
  beatMs: millisecondsSchema,
  /** The manager has everything found up to this number; what was found later is told again. */
  afterSeq: z.int().nonnegative(),
  /** An earlier try has begun: where the agent has lost what it knew, only what has come about since then counts. */
  sinceMs: millisecondsSchema.optional(),
});
export type FileMonitorInput = z.infer<typeof fileMonitorInputSchema>;

/** A line that it writes, as JSON. `begun`: the first look has been taken; `beat`: it lives. Times in milliseconds since 1970. */
export const fileMonitorLineSchema = z.union([
  z.object({
    seq: z.int().positive(),
    path: z.string().max(8_192),
    change: z.enum(['created', 'changed', 'deleted']),
    /** Null: it has gone. */
    size: z.number().nullable(),
    modified: z.number().nullable(),
    at: z.number(),
    /** The name is none that a session can be given; `path` shows its bytes. */
    notUtf8: z.literal(true).optional(),
  }),
  z.object({ begun: z.number(), memory: z.enum(['new', 'kept', 'lost']) }),
  z.object({ beat: z.number() }),
]);
export type FileMonitorLine = z.infer<typeof fileMonitorLineSchema>;
export type FoundFile = Extract<FileMonitorLine, { readonly seq: number }>;

const bodyCheckSchema = z.strictObject({
  /** RE2 syntax. */
  regex: z.string().optional(),
  json: z.string().optional(),
  equals: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  matches: z.string().optional(),
});
export type BodyCheckInput = z.infer<typeof bodyCheckSchema>;
const statusRangesSchema = z.array(z.strictObject({ from: z.int(), to: z.int() }));

const credentialsSchema = z.strictObject({ user: z.string(), password: z.string() });
/** Names of hosts (`*.example.com`: all below it), addresses and networks. What is denied is never called; with `allow`, nothing else is. */
const calleeRulesSchema = z.strictObject({ allow: z.array(z.string()), deny: z.array(z.string()) });
export type CalleeRulesInput = z.infer<typeof calleeRulesSchema>;

export const httpInputSchema = z.strictObject({
  url: z.string(),
  method: z.string(),
  query: z.record(z.string(), z.string()),
  headers: z.record(z.string(), z.string()),
  headerFiles: z.record(z.string(), z.string()),
  body: z
    .union([
      z.strictObject({ text: z.string() }),
      z.strictObject({ json: z.unknown() }),
      z.strictObject({ form: z.record(z.string(), z.string()) }),
    ])
    .optional(),
  /** The first that fits decides; what fits none is abnormal. */
  status: z.strictObject({
    normal: statusRangesSchema,
    warning: statusRangesSchema,
    retry: statusRangesSchema,
  }),
  success: bodyCheckSchema.optional(),
  poll: z
    .strictObject({
      fromHeader: z.string().optional(),
      fromJson: z.string().optional(),
      intervalMs: millisecondsSchema,
      countMax: z.int().positive(),
      done: bodyCheckSchema,
      failed: bodyCheckSchema.optional(),
    })
    .optional(),
  tls: z.strictObject({
    caFile: z.string().optional(),
    certificateFile: z.string().optional(),
    keyFile: z.string().optional(),
    verify: z.boolean(),
  }),
  basicAuth: credentialsSchema.optional(),
  proxy: z.string().optional(),
  proxyAuth: credentialsSchema.optional(),
  /** Whom it may call; put in as the order goes. Left out: anybody. */
  callees: calleeRulesSchema.optional(),
  redirectsMax: z.int().nonnegative(),
  connectTimeoutMs: z.number().positive(),
  responseTimeoutMs: z.number().positive(),
});
export type HttpInput = z.infer<typeof httpInputSchema>;

export const sshInputSchema = z.strictObject({
  host: z.string(),
  port: z.int(),
  login: z.string(),
  command: z.string(),
  environment: z.record(z.string(), z.string()),
  keyFile: z.string(),
  knownHosts: z.string().optional(),
  knownHostsFile: z.string().optional(),
  connectTimeoutS: z.int().positive(),
  /** From TERM to KILL on that host. */
  killAfterMs: millisecondsSchema,
});
export type SshInput = z.infer<typeof sshInputSchema>;

/** Beyond `memory` and `cpus`. Bytes and counts. */
const containerLimitsSchema = z.strictObject({
  processes: z.int().positive().optional(),
  cpuShare: z.int().positive().optional(),
  openFiles: z.int().positive().optional(),
  fileSize: z.int().nonnegative().optional(),
  coreSize: z.int().nonnegative().optional(),
});

export const containerInputSchema = z.strictObject({
  engine: z.enum(['auto', 'docker', 'podman']),
  /** The same for all tries of a run on a node: a container of a try that was cut off is found by it. */
  name: z.string(),
  image: z.string(),
  arguments: z.array(z.string()),
  entrypoint: z.string().optional(),
  environment: z.record(z.string(), z.string()),
  volumes: z.array(z.string()),
  network: z.string().optional(),
  runAs: z.string().optional(),
  workdir: z.string().optional(),
  memory: z.string().optional(),
  cpus: z.number().optional(),
  limits: containerLimitsSchema.optional(),
  pull: z.enum(['missing', 'always', 'never']),
  stopAfterMs: millisecondsSchema,
  /** A try before this one may have started it: it is looked for, and never started beside it. */
  resume: z.boolean(),
});
export type ContainerInput = z.infer<typeof containerInputSchema>;

export const transferSourceSchema = z.strictObject({
  node: z.string(),
  /** Left out: the agent's own. */
  user: z.string().optional(),
  group: z.string().optional(),
  path: z.string(),
  filesMax: z.int().positive(),
  /** Of one file; put in by the manager. */
  bytesMax: z.int().positive().optional(),
});
export type TransferSource = z.infer<typeof transferSourceSchema>;

export const fileTransferInputSchema = z.strictObject({
  /** What the manager tells the agent that reads; the one that writes has it to say what it speaks of. */
  from: transferSourceSchema,
  path: z.string(),
  ifExists: z.enum(['replace', 'keep', 'fail']),
  mode: z.string().optional(),
  owner: z.string().optional(),
  group: z.string().optional(),
  keepTimes: z.boolean(),
  noProgressMs: z.number().positive(),
  /** Read by the manager, through which the bytes go. */
  bytesPerSecond: z.number().positive().optional(),
  /** The same for all tries of a run on a node: what a try has left is found by it. */
  name: z.string().max(100),
  /** A try before this one may have left something. */
  takeUp: z.boolean(),
  /** Nobody knows how the one before ended: the file may be in its place already. */
  resume: z.boolean(),
  /** Another try may follow: what has arrived is left for it. */
  keepPart: z.boolean(),
});
export type FileTransferInput = z.infer<typeof fileTransferInputSchema>;

export const toolInputSchemas = {
  file_watch: fileWatchInputSchema,
  file_monitor: fileMonitorInputSchema,
  http: httpInputSchema,
  ssh: sshInputSchema,
  container: containerInputSchema,
  file_transfer: fileTransferInputSchema,
} as const;
export type ToolName = keyof typeof toolInputSchemas;

/** What the exit codes of tools mean, after sysexits(3) where it has a word for it. 0: as it should be. */
export const toolExitCodes = {
  warning: 1,
  abnormal: 2,
  /** The input is not what the tool understands. */
  usage: 64,
  /** There is no such file. */
  noInput: 66,
  /** Not reached, or turned away: nothing was done. */
  unreachable: 69,
  /** A disk or a network failed under it. */
  trouble: 74,
  /** Asked to come again. */
  tryAgain: 75,
  /** Begun, and nobody can say what became of it. */
  noAnswer: 76,
  permission: 77,
  /** Something that it needs is not installed or not set up on this host. */
  notInstalled: 78,
  /** The time was over, as timeout(1) says it. */
  timeOver: 124,
} as const;
