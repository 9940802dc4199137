// Sends the output of attempts to the master, in order, and again from what it has acknowledged after a break.
// Responsible for positions and for the bound on bytes under way. Not responsible for writing the files (waiters) or for the connection (manager-link.ts).
import {
  agentLinkLimits,
  type ManagerMessage,
  type OutputChunk,
  type OutputStream,
} from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { AttemptFolders } from '../attempts/attempt-folders.ts';

export type OutputAck = Extract<ManagerMessage, { type: 'outputAck' }>['items'];

export type OutputSenderPorts = {
  readonly folders: Pick<AttemptFolders, 'readOutput' | 'outputSize'>;
  /** The manager has all of an ended attempt's output. */
  readonly onDelivered: (id: AttemptId) => void;
};

export type OutputSender = {
  readonly connected: (send: (chunks: readonly OutputChunk[]) => void) => void;
  readonly disconnected: () => void;
  /** There may be more; `ended`: the files have reached their end. */
  readonly note: (id: AttemptId, ended: boolean) => void;
  readonly acked: (items: OutputAck) => void;
};

type Position = { sent: number; acked: number };
type Progress = Record<OutputStream, Position> & { ended: boolean };

const streams = ['stdout', 'stderr'] as const;
/** One frame: enough to be cheap, small enough that receipts do not wait behind it. */
const frameRawBytesMax = 256 * 1024;

export function createOutputSender(ports: OutputSenderPorts): OutputSender {
  const attempts = new Map<AttemptId, Progress>();
  /** Those that may have something to send, in turn. */
  const ready = new Set<AttemptId>();
  let send: ((chunks: readonly OutputChunk[]) => void) | null = null;
  let inFlight = 0;
  let scheduled: NodeJS.Immediate | null = null;

  const schedule = (): void => {
    if (send) scheduled ??= setImmediate(pump);
  };

  const pump = (): void => {
    scheduled = null;
    while (send && ready.size > 0 && inFlight < agentLinkLimits.outputInFlightBytesMax) {
      const chunks = gather();
      if (chunks.length > 0) send(chunks);
    }
  };

  /** One frame, a chunk of each stream in turn, so that a chatty attempt does not starve the others. */
  const gather = (): OutputChunk[] => {
    const chunks: OutputChunk[] = [];
    let raw = 0;
    for (const id of ready) {
      ready.delete(id);
      const progress = attempts.get(id);
      if (!progress) continue;
      let more = false;
      for (const stream of streams) {
        const position = progress[stream];
        const bytes = ports.folders.readOutput(id, {
          stream,
          offset: position.sent,
          bytesMax: agentLinkLimits.outputChunkBytesMax,
        });
        if (bytes.length === 0) continue;
        chunks.push({ attemptId: id, stream, offset: position.sent, data: bytes.toString('base64') });
        position.sent += bytes.length;
        inFlight += bytes.length;
        raw += bytes.length;
        more ||= bytes.length === agentLinkLimits.outputChunkBytesMax;
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

  const finishIfDelivered = (id: AttemptId, progress: Progress): void => {
    if (
      !progress.ended ||
      streams.some((stream) => progress[stream].acked < ports.folders.outputSize(id, stream))
    )
      return;
    attempts.delete(id);
    ready.delete(id);
    ports.onDelivered(id);
  };

  return {
    connected(sendChunks) {
      send = sendChunks;
      schedule();
    },
    disconnected() {
      send = null;
      inFlight = 0;
      for (const [id, progress] of attempts) {
        for (const stream of streams) progress[stream].sent = progress[stream].acked;
        ready.add(id);
      }
    },
    note(id, ended) {
      let progress = attempts.get(id);
      if (!progress)
        attempts.set(
          id,
          (progress = { stdout: { sent: 0, acked: 0 }, stderr: { sent: 0, acked: 0 }, ended: false }),
        );
      progress.ended ||= ended;
      ready.add(id);
      schedule();
    },
    acked(items) {
      for (const { attemptId, stream, offset } of items) {
        const progress = attempts.get(attemptId);
        const position = progress?.[stream];
        if (!progress || !position || offset === position.acked) continue;
        const before = position.sent - position.acked;
        const isLess = offset < position.acked;
        // The manager may have more than this agent remembers to have sent: it was sent by an earlier one. Or it has less than it had
        // acknowledged, since its database was restored from a backup: what is missing is sent again.
        position.sent = isLess ? offset : Math.max(position.sent, offset);
        position.acked = offset;
        if (isLess) ready.add(attemptId);
        inFlight -= before - (position.sent - position.acked);
        finishIfDelivered(attemptId, progress);
      }
      schedule();
    },
  };
}

/** Of the protocol's output message. */
const chunksMax = 100;
