// One watch of files as its manager knows it: the order that begins it on its node, and the lines that have come of it.
// Pure but for the entry's own bytes. Called by `file-watches.ts`.
import { createHash } from 'node:crypto';
import type { FileState } from '@nezuban/core/jobs/start-conditions/decide-starts';
import type { CancelTimer } from '@nezuban/platform/timers';
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import {
  fileMonitorLineSchema,
  type FileMonitorInput,
  type FileMonitorLine,
  type FoundFile,
} from '@nezuban/protocol/agent/tool-inputs';
import type { AttemptId } from '@nezuban/protocol/ids';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { toStorableText } from '../../database/storable-text.ts';
import { startConditionLimits, type FileWatcher } from '@nezuban/protocol/jobs/start-conditions';

/** From TERM to KILL. */
export const KILL_AFTER_MS = 1_000;
/** A line is a path and a few numbers. */
const LINE_BYTES_MAX = 64 * 1024;
/** The tool ends by itself long before. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
const COUNTER_MAX = 99_999;
const NONCE_CHARS = 10;
const KEY_CHARS = 20;
const SAYS_CHARS_MAX = 500;
const PAUSE_MS_MAX = 600_000;
/** Doublings beyond any pause. */
const FAILURES_MAX = 20;

export type FileWatchOrder = {
  readonly net: string;
  /** When the monitoring began: what it knew before is another watch. */
  readonly since: number;
  readonly watcher: FileWatcher;
  readonly state: FileState | undefined;
};

export type Entry = {
  order: FileWatchOrder;
  readonly key: string;
  readonly node: string;
  /** Null: none is under way. */
  attemptId: AttemptId | null;
  /** What it has said that is no whole line yet, and where in its output that begins. */
  rest: { start: number; bytes: Buffer };
  finds: FoundFile[];
  /** The number of the last find that was heard, and of the last that was stored. */
  heardSeq: number;
  storedSeq: number;
  /** When it had begun, or was taken from last; null: it has not begun. What was made before and has not been told is not known without the agent's memory. */
  seenAt: number | null;
  /** When the present attempt was ordered. */
  beganAt: number | null;
  /** When it was asked for what it is to do, or has answered that it does it. */
  askedAt: number | null;
  /** Attempts one after the other that were not well for a while. */
  failures: number;
  /** What says which finds were missing when it was begun anew last. */
  gap: string | null;
  /** What has been told of the present trouble. */
  told: string | null;
  overfull: boolean;
  pumping: boolean;
  watches: boolean;
  lastSignAt: number | null;
  /** Since when nothing is heard that should be; null: all is well. */
  quietSince: number | null;
  trouble: Said | null;
  says: Said | null;
  cancelRetry: CancelTimer | null;
};

export const newEntry = (order: FileWatchOrder): Entry => ({
  order,
  key: createHash('sha256')
    .update(JSON.stringify([order.net, order.since, order.watcher.name, order.watcher.files]))
    .digest('hex'),
  node: order.watcher.files.node,
  attemptId: null,
  rest: { start: 0, bytes: Buffer.alloc(0) },
  finds: [],
  heardSeq: order.state?.seq ?? 0,
  storedSeq: order.state?.seq ?? 0,
  seenAt: order.state?.seenAt ?? null,
  beganAt: null,
  askedAt: null,
  failures: 0,
  gap: null,
  told: null,
  overfull: false,
  pumping: false,
  watches: false,
  lastSignAt: null,
  quietSince: null,
  trouble: null,
  says: null,
  cancelRetry: null,
});

/** The same watch, as it is stored now. */
export const goOnAs = (entry: Entry, order: FileWatchOrder): void => {
  entry.order = order;
  if (order.state === undefined) return;
  entry.seenAt = Math.max(entry.seenAt ?? 0, order.state.seenAt);
  entry.storedSeq = Math.max(entry.storedSeq, order.state.seq);
  entry.heardSeq = Math.max(entry.heardSeq, entry.storedSeq);
  entry.finds = entry.finds.filter(({ seq }) => seq > entry.storedSeq);
};
export const isSameWatch = (entry: Entry, { since, watcher }: FileWatchOrder): boolean =>
  entry.order.since === since &&
  entry.order.watcher.name === watcher.name &&
  JSON.stringify(entry.order.watcher.files) === JSON.stringify(watcher.files);

/** What it says is heard from its first byte on, and counts from what is stored. */
export const hearAnew = (entry: Entry): void => {
  entry.finds = [];
  entry.overfull = false;
  entry.heardSeq = entry.storedSeq;
  entry.rest = { start: 0, bytes: Buffer.alloc(0) };
};

/** How long to wait before the next attempt: longer each time, until one is well for a while. */
export const pauseOf = (entry: Entry, firstMs: number): number => {
  const ms = Math.min(firstMs * 2 ** entry.failures, PAUSE_MS_MAX);
  entry.failures = Math.min(entry.failures + 1, FAILURES_MAX);
  return ms;
};

/** Null: the next one. A gap is told once it has come twice: then the agent does not have what is missing. */
export const gapBefore = (
  entry: Entry,
  seq: number,
): { readonly said: Said; readonly isFinal: boolean } | null => {
  const first = entry.heardSeq + 1;
  if (seq <= first) return null;
  const last = seq - 1;
  const said = first === last ? say('watch_gap_one', { number: first }) : say('watch_gap', { first, last });
  const isFinal = entry.gap === said.message;
  entry.gap = isFinal ? null : said.message;
  return { said, isFinal };
};

/** Never one that was used before: the term is this manager's alone, the counter its own. */
export const attemptIdOf = (key: string, term: number, counter: number): AttemptId =>
  `0-${key.slice(0, NONCE_CHARS)}-${term % (COUNTER_MAX * 10)}.${Math.floor(counter / COUNTER_MAX) % COUNTER_MAX}.${counter % COUNTER_MAX}.0` as AttemptId;

export const orderOf = ({ order, key, storedSeq, seenAt }: Entry, attemptId: AttemptId): AttemptOrder => {
  const { files } = order.watcher;
  const input: FileMonitorInput = {
    key: key.slice(0, KEY_CHARS),
    paths: files.path,
    watch: files.watch,
    already: files.already_there,
    sizeMin: files.size_min ?? 0,
    settleMs: files.settle_s * 1000,
    intervalMs: files.interval_s * 1000,
    beatMs: startConditionLimits.fileBeatMs,
    afterSeq: storedSeq,
    ...(seenAt === null ? {} : { sinceMs: seenAt }),
  };
  return {
    attemptId,
    tool: { name: 'file_monitor', input },
    environment: {},
    ...(files.user === undefined ? {} : { user: files.user }),
    killAfterMs: KILL_AFTER_MS,
    outputBytesMax: OUTPUT_BYTES_MAX,
  };
};

/**
 * The whole lines that have come with these bytes; null: some are missing. Those of the begin, once more: an agent that has lost its disk runs the
 * attempt anew (or has not heard that we have them; then what it goes on with is a gap).
 */
export const linesOf = (entry: Entry, offset: number, bytes: Buffer): FileMonitorLine[] | null => {
  if (offset === 0) hearAnew(entry);
  const { rest } = entry;
  const end = rest.start + rest.bytes.length;
  if (offset > end) return null;
  rest.bytes = Buffer.concat([rest.bytes, bytes.subarray(Math.min(end - offset, bytes.length))]);
  const behind = rest.bytes.lastIndexOf('\n') + 1;
  const text = rest.bytes.subarray(0, behind).toString('utf8');
  rest.start += behind;
  rest.bytes = rest.bytes.subarray(behind);
  if (rest.bytes.length > LINE_BYTES_MAX) {
    rest.start += rest.bytes.length;
    rest.bytes = Buffer.alloc(0);
  }
  return text.split('\n').flatMap((line) => {
    const parsed = fileMonitorLineSchema.safeParse(parse(line));
    if (!parsed.success) return [];
    const said = parsed.data;
    // What the database cannot hold would be found for ever.
    return 'path' in said ? { ...said, path: toStorableText(said.path) } : said;
  });
};
const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
};
export const lastLine = (bytes: Buffer): string | null =>
  bytes.toString('utf8').trim().split('\n').at(-1)?.slice(0, SAYS_CHARS_MAX).replaceAll('\0', '') || null;
