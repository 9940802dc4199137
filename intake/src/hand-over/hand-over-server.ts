/**
 * The Unix socket by which managers read this host's journal (`protocol/src/intake/hand-over.ts`).
 *
 * Responsible for connections, for who is the one reader (the highest term that was seen; of the same term the one that came last), and for
 * orders and questions. Not responsible for what is sent to the reader (`reader-feed.ts`). Called by `intake.ts`.
 */
import fs from 'node:fs';
import net from 'node:net';
import {
  HAND_OVER_VERSION,
  toIntakeSchema,
  type FromIntake,
  type IntakeStatus,
  type ToIntake,
} from '@nezuban/protocol/intake/hand-over';
import { createFrameReader, encodeControl, FrameError } from '@nezuban/protocol/intake/frame-codec';
import type { IntakeOrders } from '@nezuban/protocol/intake/orders';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Journal } from '../journal/journal.ts';
import { createReaderFeed, type ReaderFeed } from './reader-feed.ts';

export type HandOverPorts = {
  readonly timers: Timers;
  readonly logger: Logger;
  readonly journal: Journal;
  readonly status: () => IntakeStatus;
  readonly onOrders: (orders: IntakeOrders) => void;
};

export type HandOverServer = {
  readonly start: () => Promise<void>;
  /** Idempotent. */
  readonly stop: () => Promise<void>;
};

/** A reader and some `status` questions; more would be a loop somewhere. */
const CONNECTIONS_MAX = 16;
/** Who says nothing for so long at the beginning is nobody. */
const FIRST_WORD_MS = 5_000;
const MODE_PRIVATE = 0o600;

export function createHandOverServer(
  ports: HandOverPorts,
  { socketPath, hostName }: { readonly socketPath: string; readonly hostName: string },
): HandOverServer {
  const { journal, logger, timers } = ports;
  const sockets = new Set<net.Socket>();
  let reader: { readonly socket: net.Socket; readonly feed: ReaderFeed } | null = null;
  /** Of this process alone: managers whose data was restored may begin with a lower one, but never while an intake runs. */
  let highestTerm = 0;
  let stopped = false;

  journal.onDurable(() => reader?.feed.wake());

  function accept(socket: net.Socket): void {
    if (stopped) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    const frames = createFrameReader();
    const cancelFirst = timers.after(FIRST_WORD_MS, () => socket.destroy());
    socket.on('error', (error) => logger.debug({ err: error }, 'a hand-over connection broke'));
    socket.on('close', () => {
      cancelFirst();
      sockets.delete(socket);
      if (reader?.socket !== socket) return;
      reader.feed.close();
      reader = null;
      logger.info('the reader of the journal is gone; what is heard waits for the next one');
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of frames.push(chunk)) {
          if (frame.type === 'records') throw new FrameError('A reader sends no records');
          const message = toIntakeSchema.safeParse(frame.message);
          if (!message.success) throw new FrameError(message.error.message);
          cancelFirst();
          receive(socket, message.data);
        }
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        logger.warn(
          { err: error },
          'a hand-over connection said something that is not understood; it is closed',
        );
        socket.destroy();
      }
    });
  }

  function receive(socket: net.Socket, message: ToIntake): void {
    if (message.type === 'hello') {
      greet(socket, message);
      return;
    }
    if (message.type === 'ask-status') {
      send(socket, { type: 'status', status: ports.status() });
      return;
    }
    // Of one who was replaced a moment ago.
    if (reader?.socket !== socket) return;
    switch (message.type) {
      case 'read':
        reader.feed.read(message.fromSeq, message.windowBytes);
        break;
      case 'more':
        reader.feed.more(message.bytes);
        break;
      case 'processed':
        journal.processed(message.seq);
        break;
      case 'orders':
        ports.onOrders(message.orders);
        break;
      default:
        message satisfies never;
    }
  }

  function greet(socket: net.Socket, hello: Extract<ToIntake, { type: 'hello' }>): void {
    if (hello.version !== HAND_OVER_VERSION) {
      const says = `This intake speaks version ${HAND_OVER_VERSION} of the hand-over, the reader ${hello.version}: both hosts need the same release.`;
      refuse(socket, 'version', says);
      return;
    }
    if (hello.term < highestTerm) {
      const says = `A manager of term ${highestTerm} reads this journal; yours is ${hello.term}.`;
      refuse(socket, 'newer-term', says);
      return;
    }
    highestTerm = hello.term;
    const former = reader;
    const feed = createReaderFeed(
      { journal, timers, logger },
      { socket, send: (message) => send(socket, message) },
    );
    reader = { socket, feed };
    if (former !== null && former.socket !== socket) {
      former.feed.close();
      refuse(former.socket, 'newer-term', `Another connection of term ${hello.term} reads this journal now.`);
    }
    const { journalId, firstSeq, nextSeq } = journal.status();
    logger.info({ term: hello.term, firstSeq, nextSeq }, 'a manager reads the journal');
    send(socket, {
      type: 'welcome',
      version: HAND_OVER_VERSION,
      host: hostName,
      journalId,
      firstSeq,
      nextSeq,
    });
  }

  function refuse(socket: net.Socket, reason: 'newer-term' | 'version', says: string): void {
    send(socket, { type: 'refused', reason, says });
    socket.end();
    // Whoever does not close his side either.
    const cancel = timers.after(FIRST_WORD_MS, () => socket.destroy());
    socket.once('close', cancel);
  }

  const server = net.createServer(accept);
  server.maxConnections = CONNECTIONS_MAX;

  return {
    async start() {
      // Left by a process that was killed; the keeper runs one intake at a time.
      await fs.promises.rm(socketPath, { force: true });
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(socketPath, () => {
          server.off('error', reject);
          server.on('error', (error) => logger.error({ err: error }, 'the hand-over socket failed'));
          resolve();
        });
      });
      await fs.promises.chmod(socketPath, MODE_PRIVATE);
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      reader?.feed.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function send(socket: net.Socket, message: FromIntake): void {
  if (!socket.destroyed && socket.writable) socket.write(encodeControl(message));
}
