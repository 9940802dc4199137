// Sends the output of attempts to the master, in order, and again from what it has acknowledged after a break.
// Responsible for positions, for ranges that are left out, for packing, and for the bound on bytes under way. Not responsible for writing the
// files (waiters) or for the connection (manager-link.ts).
//
// Positions are those in what the command wrote. A stream that was longer than its limit has its beginning and its last bytes; one that the
// manager holds back is not sent before its end, and then only its last bytes. Both leave a range out, which a chunk says (`skippedFrom`).
import { constants, zstdCompressSync } from 'node:zlib';
import {
  agentLinkLimits,
  type ManagerMessage,
  type OutputChunk,
  type OutputStream,
} from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { AttemptFolders } from '../attempts/attempt-folders.ts';
import type { KeptStream } from '../attempts/attempt-record.ts';

export type OutputAck = Extract<ManagerMessage, { type: 'outputAck' }>['items'];

export type OutputSenderPorts = {
  readonly folders: Pick<AttemptFolders, 'readOutput' | 'outputSize' | 'keptOutput'>;
  /** The manager has all of an ended attempt's output. */
  readonly onDelivered: (id: AttemptId) => void;
};

/** A manager that takes output. `packed`: it knows packed chunks and ranges that are left out. */
export type OutputReceiver = {
  readonly send: (chunks: readonly OutputChunk[]) => void;
  readonly packed: boolean;
};

export type OutputSender = {
  readonly connected: (receiver: OutputReceiver) => void;
  readonly disconnected: () => void;
  /** There may be more; `ended`: the files have reached their end. */
  readonly note: (id: AttemptId, ended: boolean) => void;
  readonly acked: (items: OutputAck) => void;
};

type Position = {
  sent: number;
  acked: number;
  heldBack: boolean;
  /** Chunks that are not acknowledged: where each ends, and its bytes as they travel. */
  underWay: { readonly end: number; readonly bytes: number }[];
  /** Known once it has ended. */
  kept: KeptStream | null;
};
type Progress = Record<OutputStream, Position> & { ended: boolean };
type Piece = { readonly bytes: Buffer; readonly offset: number; readonly more: boolean };

const streams = ['stdout', 'stderr'] as const;
/** One frame: enough to be cheap, small enough that receipts do not wait behind it. */
const frameRawBytesMax = 256 * 1024;
/** Shorter ones gain nothing. */
const packBytesMin = 512;
/** The quickest: output is text that packs well at any level, and commands want the processor. */
const packOptions = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export function createOutputSender(ports: OutputSenderPorts): OutputSender {
  const attempts = new Map<AttemptId, Progress>();
  /** Those that may have something to send, in turn. */
  const ready = new Set<AttemptId>();
  let receiver: OutputReceiver | null = null;
  let inFlight = 0;
  let scheduled: NodeJS.Immediate | null = null;

  const schedule = (): void => {
    if (receiver) scheduled ??= setImmediate(pump);
  };

  const pump = (): void => {
    scheduled = null;
    while (receiver && ready.size > 0 && inFlight < agentLinkLimits.outputInFlightBytesMax) {
      const chunks = gather(receiver);
      if (chunks.length > 0) receiver.send(chunks);
    }
  };

  /** One frame, a chunk of each stream in turn, so that a chatty attempt does not starve the others. */
  const gather = ({ packed }: OutputReceiver): OutputChunk[] => {
    const chunks: OutputChunk[] = [];
    let raw = 0;
    for (const id of ready) {
      ready.delete(id);
      const progress = attempts.get(id);
      if (!progress) continue;
      let more = false;
      for (const stream of streams) {
        const position = progress[stream];
        const piece = nextPiece(id, { stream, progress, packed });
        if (piece === null) continue;
        const { bytes, offset } = piece;
        const skipped = offset > position.sent ? { skippedFrom: position.sent } : {};
        const form = packed ? pack(bytes) : plain(bytes);
        const travelling = form.size === undefined ? bytes.length : (form.data.length * 3) / 4;
        chunks.push({ attemptId: id, stream, offset, ...skipped, ...form });
        position.sent = offset + bytes.length;
        position.underWay.push({ end: position.sent, bytes: travelling });
        inFlight += travelling;
        raw += bytes.length;
        more ||= piece.more;
      }
      if (more) ready.add(id);
      else finishIfDelivered(id, progress);
      if (
        raw >= frameRawBytesMax ||
        chunks.length >= chunksMax - 1 ||
        inFlight >= agentLinkLimits.outputInFlightBytesMax
      )
        break;
    }
    return chunks;
  };

  /** What comes next of a stream; null: nothing now. */
  const nextPiece = (
    id: AttemptId,
    { stream, progress, packed }: { stream: OutputStream; progress: Progress; packed: boolean },
  ): Piece | null => {
    const position = progress[stream];
    if (position.heldBack && !progress.ended) return null;
    const bytesMax = packed ? agentLinkLimits.outputPackedChunkBytesMax : agentLinkLimits.outputChunkBytesMax;
    const kept = keptOf(id, stream, progress);
    const isTail = kept !== null && kept.tailBytes > 0 && packed;
    const end = kept === null ? Infinity : isTail ? kept.end : kept.headBytes;
    const wanted = position.heldBack
      ? Math.max(position.sent, end - agentLinkLimits.outputTailBytesMax)
      : position.sent;
    if (kept === null || wanted < kept.headBytes) {
      const bytes = ports.folders.readOutput(id, { stream, offset: wanted, bytesMax });
      if (bytes.length > 0)
        return { bytes, offset: wanted, more: bytes.length === bytesMax || wanted + bytes.length < end };
      if (kept === null) return null;
    }
    if (!isTail || position.sent >= end) return null;
    const tailStart = kept.end - kept.tailBytes;
    const offset = Math.max(wanted, tailStart);
    const bytes = ports.folders.readOutput(id, {
      stream: `${stream}.tail`,
      offset: offset - tailStart,
      bytesMax,
    });
    return bytes.length === 0 ? null : { bytes, offset, more: offset + bytes.length < end };
  };

  const keptOf = (id: AttemptId, stream: OutputStream, progress: Progress): KeptStream | null => {
    if (progress.ended) progress[stream].kept ??= ports.folders.keptOutput(id, stream);
    return progress[stream].kept;
  };

  const isDelivered = (id: AttemptId, stream: OutputStream, progress: Progress): boolean => {
    const kept = keptOf(id, stream, progress);
    const { acked } = progress[stream];
    if (kept === null) return false;
    // Of a tail whose file has gone nothing will ever come.
    return kept.tailBytes > 0 && receiver?.packed !== false
      ? acked >= kept.end ||
          ports.folders.readOutput(id, { stream: `${stream}.tail`, offset: 0, bytesMax: 1 }).length === 0
      : acked >= Math.min(kept.headBytes, ports.folders.outputSize(id, stream));
  };

  const finishIfDelivered = (id: AttemptId, progress: Progress): void => {
    if (!progress.ended || streams.some((stream) => !isDelivered(id, stream, progress))) return;
    attempts.delete(id);
    ready.delete(id);
    ports.onDelivered(id);
  };

  /** Nothing of it is under way any more. */
  const rewind = (position: Position, to: number): void => {
    for (const { bytes } of position.underWay) inFlight -= bytes;
    position.underWay = [];
    position.sent = to;
  };

  return {
    connected(next) {
      receiver = next;
      schedule();
    },
    disconnected() {
      receiver = null;
      for (const [id, progress] of attempts) {
        for (const stream of streams) {
          rewind(progress[stream], progress[stream].acked);
          progress[stream].heldBack = false;
        }
        ready.add(id);
      }
      inFlight = 0;
    },
    note(id, ended) {
      let progress = attempts.get(id);
      if (!progress)
        attempts.set(id, (progress = { stdout: newPosition(), stderr: newPosition(), ended: false }));
      progress.ended ||= ended;
      ready.add(id);
      schedule();
    },
    acked(items) {
      for (const { attemptId, stream, offset, heldBack } of items) {
        const progress = attempts.get(attemptId);
        const position = progress?.[stream];
        if (!progress || !position) continue;
        if (heldBack === true) {
          // What is under way is not taken either. One that was told already hears it again for each chunk that was.
          if (!position.heldBack) rewind(position, offset);
          position.heldBack = true;
          position.acked = offset;
          ready.add(attemptId);
          continue;
        }
        if (offset === position.acked) continue;
        const isLess = offset < position.acked;
        position.acked = offset;
        // It has less than it had acknowledged, since its database was restored from a backup: what is missing is sent again.
        if (isLess) rewind(position, offset);
        if (isLess) ready.add(attemptId);
        // The manager may have more than this agent remembers to have sent: it was sent by an earlier one.
        position.sent = Math.max(position.sent, offset);
        while ((position.underWay[0]?.end ?? Infinity) <= offset)
          inFlight -= position.underWay.shift()?.bytes ?? 0;
        finishIfDelivered(attemptId, progress);
      }
      schedule();
    },
  };
}

const newPosition = (): Position => ({ sent: 0, acked: 0, heldBack: false, underWay: [], kept: null });

type Form = Pick<OutputChunk, 'data' | 'size'>;
const plain = (bytes: Buffer): Form => ({ data: bytes.toString('base64') });
const pack = (bytes: Buffer): Form => {
  const packed = bytes.length < packBytesMin ? bytes : zstdCompressSync(bytes, packOptions);
  return packed.length < bytes.length
    ? { data: packed.toString('base64'), size: bytes.length }
    : // A raw chunk may be as long here: a manager that knows packed ones takes it.
      plain(bytes);
};

/** Of the protocol's output message. */
const chunksMax = 100;
