// What of the output that has come in is new. Pure.
// Responsible for repeats, gaps, ranges that were left out, limits and quotas, and for joining small pieces. Called by `output-store.ts`, in one
// transaction with the writing.
//
// Positions are those in what the command wrote. A stream whose quota is full keeps `reserveBytes` of its beginning; then it is held back, which
// its agent is told, and comes again with its last bytes when it has ended.
import { agentLinkLimits, type OutputStream } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';

export type IncomingPiece = {
  readonly attemptId: AttemptId;
  readonly stream: OutputStream;
  readonly offset: number;
  readonly length: number;
  /** As it came, in one zstd frame; raw pieces have none. */
  readonly packed?: Buffer | undefined;
  /** The bytes themselves. Unpacked only where a part is wanted: packed pieces wait for their commit packed. */
  readonly bytes: () => Buffer;
  /** Nothing of the stream from here up to `offset` will ever come. */
  readonly skippedFrom?: number | undefined;
};
/** Why a range was not kept: the unit's limit at the agent, or a quota here. */
export type HoleReason = 'limit' | 'quota';
export type StoredPiece = {
  readonly attemptId: AttemptId;
  readonly stream: OutputStream;
  readonly position: number;
  /** Of the command's output. */
  readonly length: number;
} & (
  | { readonly form: 'raw' | 'zstd'; readonly bytes: Buffer }
  | { readonly form: HoleReason; readonly bytes: null }
);
export type StreamState = {
  /** How far it is stored; what comes next begins here. */
  readonly end: number;
  /** Bytes of it that are kept. */
  readonly kept: number;
  readonly heldBack: boolean;
};
/** How far each stream of an attempt is stored, and how much of it is kept at all. */
export type OutputState = {
  readonly stdout: StreamState;
  readonly stderr: StreamState;
  readonly bytesMax: number;
};

export type OutputPlan = {
  readonly pieces: readonly StoredPiece[];
  /** The states behind `pieces`. */ readonly states: ReadonlyMap<AttemptId, OutputState>;
};
export type OutputPlanOptions = {
  /** Bytes of one stored piece that is joined from smaller ones. */
  readonly pieceBytesMax: number;
  /** Kept of the beginning of each stream whatever the quotas say. */
  readonly reserveBytes: number;
  /** Whether a quota that holds for the attempt is full. */
  readonly isFull: (attemptId: AttemptId) => boolean;
};

/** `states` holds every attempt of the pieces; it is not changed. */
export const planOutput = (
  incoming: readonly IncomingPiece[],
  states: ReadonlyMap<AttemptId, OutputState>,
  options: OutputPlanOptions,
): OutputPlan => {
  const after = new Map(states);
  const drafts = new Map<string, Draft[]>();
  for (const piece of incoming) {
    const { attemptId, stream } = piece;
    const state = after.get(attemptId);
    if (state === undefined) continue;
    const taken = takePiece(piece, state, options);
    if (taken === null) continue;
    after.set(attemptId, { ...state, [stream]: taken.state });
    const key = `${attemptId} ${stream}`;
    const list = drafts.get(key) ?? [];
    for (const draft of taken.drafts) addDraft(list, draft, options.pieceBytesMax);
    drafts.set(key, list);
  }
  return { pieces: [...drafts.values()].flat().map(finished), states: after };
};

type Draft = {
  readonly attemptId: AttemptId;
  readonly stream: OutputStream;
  readonly position: number;
  length: number;
  readonly form: StoredPiece['form'];
  readonly buffers: Buffer[];
};

/** Null: a gap, after which the agent hears how far we are and sends from there. */
const takePiece = (
  piece: IncomingPiece,
  state: OutputState,
  { reserveBytes, isFull }: OutputPlanOptions,
): { readonly state: StreamState; readonly drafts: readonly Draft[] } | null => {
  const { attemptId, stream, offset, length, packed, skippedFrom } = piece;
  let { end, kept, heldBack } = state[stream];
  const drafts: Draft[] = [];
  const add = (part: Pick<Draft, 'form' | 'length' | 'buffers'>): void => {
    drafts.push({ attemptId, stream, position: end, ...part });
    end += part.length;
  };
  // The end of a stream is taken although its quota is full: it is one chunk, and says how it ended.
  const isEnd = offset > end && skippedFrom === end;
  if (offset > end && !isEnd) return null;
  if (state.bytesMax === 0) return null;
  if (isEnd) {
    add({ form: heldBack ? 'quota' : 'limit', length: offset - end, buffers: [] });
    heldBack = false;
  }
  const full = !isEnd && isFull(attemptId);
  const room = state.bytesMax + agentLinkLimits.outputTailBytesMax - kept;
  const wanted = Math.max(0, full ? Math.min(room, reserveBytes - kept) : room);
  const from = end - offset;
  const fresh = Math.max(0, Math.min(length - from, wanted));
  if (fresh > 0) {
    kept += fresh;
    if (packed !== undefined && fresh === length) add({ form: 'zstd', length, buffers: [packed] });
    else add({ form: 'raw', length: fresh, buffers: [piece.bytes().subarray(from, from + fresh)] });
  }
  heldBack ||= full && kept >= reserveBytes && offset + length > end;
  return { state: { end, kept, heldBack }, drafts };
};

const addDraft = (list: Draft[], draft: Draft, pieceBytesMax: number): void => {
  const last = list.at(-1);
  if (last?.form === 'raw' && draft.form === 'raw' && last.length + draft.length <= pieceBytesMax) {
    last.buffers.push(...draft.buffers);
    last.length += draft.length;
  } else list.push(draft);
};

const finished = ({ attemptId, stream, position, length, form, buffers }: Draft): StoredPiece => {
  const place = { attemptId, stream, position, length };
  return form === 'raw' || form === 'zstd'
    ? { ...place, form, bytes: Buffer.concat(buffers) }
    : { ...place, form, bytes: null };
};
