/**
 * What the reader is sent: records from its place on, as far as its window goes, and the word that it has all.
 *
 * Responsible for the window, for waiting while the connection is slower than the disk, and for `caught-up`, which also comes again and again
 * while nothing is heard: the manager pairs both hosts' copies by how far each has heard. Called by the hand-over server, one per reader.
 */
import type net from 'node:net';
import { writeFrameHead } from '@nezuban/protocol/intake/frame-codec';
import { frameTypes, type FromIntake } from '@nezuban/protocol/intake/hand-over';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { JournalCursor } from '../journal/journal-cursor.ts';
import type { Journal } from '../journal/journal.ts';

export type ReaderFeed = {
  readonly read: (fromSeq: number, windowBytes: number) => void;
  readonly more: (bytes: number) => void;
  /** There may be something new. */
  readonly wake: () => void;
  readonly close: () => void;
};

/** While nothing is heard: how often the reader is told up to when. Pairing waits for it, so it is part of how late an event can be. */
const CAUGHT_UP_EVERY_MS = 250;

export function createReaderFeed(
  ports: { readonly journal: Journal; readonly timers: Timers; readonly logger: Logger },
  to: { readonly socket: net.Socket; readonly send: (message: FromIntake) => void },
): ReaderFeed {
  const { journal, logger } = ports;
  const { socket, send } = to;
  let cursor: JournalCursor | null = null;
  let wanted: number | null = null;
  let credit = 0;
  let pumping = false;
  let again = false;
  let closed = false;
  const cancelTicks = ports.timers.every(CAUGHT_UP_EVERY_MS, () => pump());

  function pump(): void {
    again = true;
    if (pumping || closed) return;
    pumping = true;
    void feed()
      .catch((error: unknown) => {
        // The disk cannot be read: the reader comes again and finds what can be read then.
        logger.error({ err: error }, 'the journal could not be read; the reader is let go');
        socket.destroy();
      })
      .finally(() => {
        pumping = false;
        if (again && !closed && credit > 0) pump();
      });
  }

  async function feed(): Promise<void> {
    if (wanted !== null) {
      await cursor?.close();
      cursor = journal.read(wanted);
      wanted = null;
    }
    if (cursor === null) return;
    while (credit > 0 && !closed && wanted === null) {
      again = false;
      // Before it is read: what is heard while it is being read is newer.
      const heardUntilUs = journal.heardUntilUs();
      const nextSeq = journal.status().durableSeq + 1;
      const piece = await cursor.next(credit);
      if (closed) return;
      if (piece === null) {
        send({ type: 'caught-up', nextSeq, heardUntilUs });
        return;
      }
      credit -= piece.recordBytes;
      writeFrameHead(piece.frame, frameTypes.records);
      if (!socket.write(piece.frame)) await drained(socket);
    }
  }

  return {
    read(fromSeq, windowBytes) {
      // It has seen more than is left here: the numbers in between were lost with the end of the journal.
      journal.skipTo(fromSeq);
      wanted = fromSeq;
      credit = windowBytes;
      pump();
    },
    more(bytes) {
      credit += bytes;
      pump();
    },
    wake: pump,
    close() {
      if (closed) return;
      closed = true;
      cancelTicks();
      // After the piece that is being read, if there is one.
      void cursor?.close();
    },
  };
}

function drained(socket: net.Socket): Promise<void> {
  if (!socket.writableNeedDrain || socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}
