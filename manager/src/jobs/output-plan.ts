// What of the output that has come in is new. Pure.
// Responsible for repeats, gaps and bounds, and for joining small pieces. Called by `output-store.ts`, in one transaction with the writing.
import type { OutputStream } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';

export type IncomingPiece = {
  readonly attemptId: AttemptId;
  readonly stream: OutputStream;
  readonly offset: number;
  readonly bytes: Buffer;
};
export type StoredPiece = {
  readonly attemptId: AttemptId;
  readonly stream: OutputStream;
  readonly position: number;
  readonly bytes: Buffer;
};
/** How far each stream of an attempt is stored, and how much of it is kept at all. */
export type OutputState = { stdout: number; stderr: number; readonly bytesMax: number };

export type OutputPlan = {
  readonly pieces: readonly StoredPiece[];
  /** The states behind `pieces`. */ readonly states: ReadonlyMap<AttemptId, OutputState>;
};

/** `states` holds every attempt of the pieces; it is not changed. */
export const planOutput = (
  incoming: readonly IncomingPiece[],
  states: ReadonlyMap<AttemptId, OutputState>,
  pieceBytesMax: number,
): OutputPlan => {
  const after = new Map([...states].map(([id, state]) => [id, { ...state }]));
  const parts = new Map<
    string,
    { attemptId: AttemptId; stream: OutputStream; position: number; buffers: Buffer[]; length: number }[]
  >();
  for (const { attemptId, stream, offset, bytes } of incoming) {
    const state = after.get(attemptId);
    // A gap: the agent hears how far we are and sends from there.
    if (state === undefined || offset > state[stream]) continue;
    const fresh = bytes.subarray(state[stream] - offset, Math.max(0, state.bytesMax - offset));
    if (fresh.length === 0) continue;
    const key = `${attemptId} ${stream}`;
    const list = parts.get(key) ?? [];
    const last = list.at(-1);
    if (last !== undefined && last.length + fresh.length <= pieceBytesMax) {
      last.buffers.push(fresh);
      last.length += fresh.length;
    } else list.push({ attemptId, stream, position: state[stream], buffers: [fresh], length: fresh.length });
    parts.set(key, list);
    state[stream] += fresh.length;
  }
  const pieces = [...parts.values()].flat().map(({ attemptId, stream, position, buffers }) => ({
    attemptId,
    stream,
    position,
    bytes: Buffer.concat(buffers),
  }));
  return { pieces, states: after };
};
