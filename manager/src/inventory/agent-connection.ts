// One agent's WebSocket, from its hello on.
// Responsible for judging every frame, for handing receipts and output on in order and acknowledging them after their commit, for not
// reading faster than the database writes, and for packing what goes out. Not responsible for who the agent is (agent-port.ts) and what
// its connection means for others (agent-hub.ts).
import { agentLinkLimits, agentMessageSchema } from '@nezuban/protocol/agent/link';
import type {
  AgentMessage,
  AttemptOrder,
  CancelItem,
  ManagerMessage,
  OutputChunk,
  Receipt,
} from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { Logger } from '@nezuban/platform/logger';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import { mayHoldUnstorable, toStorable } from '../database/storable-text.ts';
import type { AgentHubListener } from '../ports.ts';
import { inventoryLimits } from './inventory-limits.ts';
import { createOrderedQueue } from './ordered-queue.ts';
import { chunked, packDispatch } from './outgoing-frames.ts';

/** WebSocket close codes (RFC 6455 7.4.1), and one of ours. */
export const closeCodes = { goingAway: 1001, policy: 1008, internal: 1011, replaced: 4001 } as const;
const REASON_BYTES_MAX = 120;

export type AgentConnectionPorts = {
  readonly node: string;
  readonly term: number;
  /** What the agent said that it can do beyond the first release. */
  readonly features: readonly string[];
  readonly logger: Logger;
  readonly listener: AgentHubListener;
  /** The receipts of the connection before are through. */
  readonly after: Promise<void>;
  readonly monotonicMs: () => number;
  readonly onHeartbeat: (message: Extract<AgentMessage, { type: 'heartbeat' }>) => void;
  readonly onWitness: (message: Extract<AgentMessage, { type: 'witness' }>) => void;
  readonly onCertificateRequest: (csr: string) => void;
};

export type AgentConnection = {
  dispatch(orders: readonly AttemptOrder[]): void;
  cancel(items: readonly CancelItem[]): void;
  query(attemptIds: readonly AttemptId[]): void;
  send(message: ManagerMessage): void;
  /** A frame of the agent. */
  receive(data: RawData, isBinary: boolean): void;
  /** False: its frames stay where they are, unread and unacknowledged, until it is true again. */
  setReading(reading: boolean): void;
  /** The other side has shown life. */
  heard(): void;
  /** Pings; gives up a connection that has been silent. */
  beat(): void;
  close(code: number, reason: string): void;
  /** It is over: nothing more is taken. Resolves when what is under way is through. */
  end(): Promise<void>;
};

/** The message in a frame, or what is wrong with it. Pure. */
export const parseAgentFrame = (
  data: RawData,
  isBinary: boolean,
): { readonly ok: true; readonly message: AgentMessage } | { readonly ok: false; readonly issue: string } => {
  if (isBinary) return { ok: false, issue: 'binary frames are not spoken here' };
  let json: unknown;
  try {
    const text = (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString('utf8');
    json = JSON.parse(text);
    // A report that the database cannot hold would be sent again for ever.
    if (mayHoldUnstorable(text)) json = toStorable(json);
  } catch {
    return { ok: false, issue: 'not JSON' };
  }
  const parsed = agentMessageSchema.safeParse(json);
  if (parsed.success) return { ok: true, message: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, issue: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'does not fit'}` };
};

/** Closes with a reason that fits into a close frame; an agent that does not answer the farewell is cut off by `ws` itself. */
export const closeSocket = (socket: WebSocket, code: number, reason: string): void => {
  if (socket.isPaused) socket.resume();
  socket.close(
    code,
    Buffer.from(reason)
      .subarray(0, REASON_BYTES_MAX)
      .toString('utf8')
      .replace(/\u{fffd}+$/u, ''),
  );
};

export const createAgentConnection = (socket: WebSocket, ports: AgentConnectionPorts): AgentConnection => {
  const { node, term, logger, listener } = ports;
  let heardAtMs = ports.monotonicMs();
  let orders: AttemptOrder[] = [];
  let flushing = false;
  let ended = false;
  let reading = true;

  const sendText = (text: string): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > inventoryLimits.unsentBytesMax) {
      logger.warn(
        { unsentBytes: socket.bufferedAmount },
        'The agent does not read what it is sent; the connection is given up',
      );
      socket.terminate();
      return;
    }
    socket.send(text);
  };
  const send = (message: ManagerMessage): void => sendText(JSON.stringify(message));
  const close = (code: number, reason: string): void => closeSocket(socket, code, reason);

  const notStored = (error: unknown): void => {
    logger.warn({ err: error }, 'What the agent reported could not be stored; it will send it again');
    close(closeCodes.internal, 'not stored, send it again');
  };
  const resumeIfRead = (): void => {
    if (
      reading &&
      socket.isPaused &&
      receipts.waiting() + output.waiting() <= inventoryLimits.framesWaitingMax / 2
    ) {
      heardAtMs = ports.monotonicMs();
      socket.resume();
    }
  };

  const receipts = createOrderedQueue<Receipt>({
    batchMax: inventoryLimits.receiptsPerCommitMax,
    after: ports.after,
    commit: async (items) => {
      await listener.receipts(node, items);
      send({ type: 'receiptsAck', seq: Math.max(...items.map(({ seq }) => seq)) });
    },
    onProgress: resumeIfRead,
    onFailure: notStored,
  });
  const output = createOrderedQueue<OutputChunk>({
    batchMax: inventoryLimits.outputChunksPerCommitMax,
    after: ports.after,
    commit: async (items) => {
      const stored = await listener.output(node, items, ports.features);
      if (stored.length > 0) send({ type: 'outputAck', items: [...stored] });
    },
    onProgress: resumeIfRead,
    onFailure: notStored,
  });

  const flush = (): void => {
    flushing = false;
    const due = orders;
    orders = [];
    const { frames, tooLarge } = packDispatch(due, term);
    for (const frame of frames) sendText(frame);
    if (tooLarge.length > 0) void refuse(tooLarge);
  };

  /** An order that no frame can carry would wait for ever: it is refused in the agent's place. */
  const refuse = async (unsendable: readonly AttemptOrder[]): Promise<void> => {
    const at = new Date().toISOString();
    const reason = `The order is larger than ${agentLinkLimits.frameBytesMax} bytes: command or environment are too long`;
    try {
      await listener.receipts(
        node,
        unsendable.map(({ attemptId }) => ({
          seq: 1,
          attemptId,
          at,
          state: 'refused',
          code: 'bad_order',
          reason,
        })),
      );
    } catch (error) {
      logger.warn(
        { err: error },
        'An attempt that cannot be sent could not be refused; it is tried again when the agent connects',
      );
    }
  };

  const handle = (message: AgentMessage): void => {
    switch (message.type) {
      case 'hello':
        close(closeCodes.policy, 'a second hello');
        return;
      case 'heartbeat':
        ports.onHeartbeat(message);
        return;
      case 'receipts':
        receipts.push(message.items);
        break;
      case 'output':
        output.push(message.items);
        break;
      case 'openAttempts':
        listener.reported(node, message);
        return;
      case 'witness':
        ports.onWitness(message);
        return;
      case 'certificateRequest':
        ports.onCertificateRequest(message.csr);
        return;
    }
    if (receipts.waiting() + output.waiting() > inventoryLimits.framesWaitingMax) socket.pause();
  };

  return {
    send,
    close,
    dispatch(more) {
      if (ended) return;
      orders.push(...more);
      if (flushing) return;
      flushing = true;
      // What one turn of the engine dispatches goes out together.
      setImmediate(flush);
    },
    cancel(items) {
      for (const part of chunked(items, 1_000)) send({ type: 'cancel', term: term as never, items: part });
    },
    query(attemptIds) {
      for (const part of chunked(attemptIds, 10_000))
        send({ type: 'query', term: term as never, attemptIds: part });
    },
    receive(data, isBinary) {
      if (ended || socket.readyState !== WebSocket.OPEN) return;
      heardAtMs = ports.monotonicMs();
      const parsed = parseAgentFrame(data, isBinary);
      if (parsed.ok) handle(parsed.message);
      else {
        logger.warn({ issue: parsed.issue }, 'The agent sent a frame that does not fit the protocol');
        close(closeCodes.policy, `bad frame: ${parsed.issue}`);
      }
    },
    setReading(next) {
      reading = next;
      if (next) resumeIfRead();
      else if (socket.readyState === WebSocket.OPEN) socket.pause();
    },
    heard() {
      heardAtMs = ports.monotonicMs();
    },
    beat() {
      // While we do not read we cannot hear; the database is what is slow then.
      if (!socket.isPaused && ports.monotonicMs() - heardAtMs >= inventoryLimits.silenceMs) {
        logger.warn(
          { silenceMs: inventoryLimits.silenceMs },
          'The agent is silent; the connection is given up',
        );
        socket.terminate();
      } else if (socket.readyState === WebSocket.OPEN) socket.ping();
    },
    async end() {
      ended = true;
      orders = [];
      receipts.stop();
      output.stop();
      await Promise.all([receipts.settled(), output.settled()]);
    },
  };
};
