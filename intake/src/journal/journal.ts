/**
 * The journal of an intake: all that it heard, in order, until a manager has processed it.
 *
 * Responsible for taking records into buffers, for writing them in groups with one sync for each, for the bound of its size, and for what is
 * said when the disk fails. States of the writing: idle -> gathering (a record waits) -> writing (a group is on its way) -> idle or gathering;
 * a group that fails stays first in line and is tried again, into a new segment: after a failed sync nobody knows which pages the old one
 * kept. Invariants: a number is given once; nothing is durable before what was heard earlier; only processed segments are removed.
 *
 * Not responsible for who may send nor for telling of it (`../sink`), nor for the hand-over. Called by `intake.ts`.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import { createJournalCursor, type JournalCursor } from './journal-cursor.ts';
import type { JournalDisk } from './journal-disk.ts';
import { assertJournalLimits, journalLimits } from './journal-limits.ts';
import { createRecordBuffers, type RecordBuffers } from './record-buffers.ts';
import type { RecordEntry } from './record-buffer.ts';
import { recoverJournal, type Recovered } from './recovery.ts';
import { createSegmentStore, type SegmentStore } from './segment-store.ts';
import { damageText, type DamagedPlace } from './segment.ts';
import { createDurableWaiters } from './durable-waiters.ts';

export type JournalPorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly disk: JournalDisk;
};

export type JournalOptions = {
  readonly bytesMax: number;
  /** Of an earlier process: a journal that lost its end must not give numbers again that a manager has processed. */
  readonly processedSeq: number;
  /** The journal that `processedSeq` speaks of; null: none. */
  readonly journalId: string | null;
};

export type JournalStatus = {
  readonly journalId: string;
  readonly firstSeq: number;
  readonly nextSeq: number;
  readonly durableSeq: number;
  readonly processedSeq: number;
  readonly bytes: number;
  readonly bytesMax: number;
  /** The disk does not take it: since when, and what it says. */
  readonly failing: { readonly sinceMs: number; readonly says: string } | null;
};

export type Journal = {
  /** The record's number; 0: there is no room, neither on the disk nor in memory. Never waits. */
  readonly append: (entry: RecordEntry, kind?: 'control') => number;
  /** Resolves once that record is durable; rejects with a sentence if that failed or takes too long. It may become durable later all the same. */
  readonly whenDurable: (seq: number) => Promise<void>;
  /** Pieces of what is durable, from that number on or from the oldest one kept. */
  readonly read: (fromSeq: number) => JournalCursor;
  /** When the last record of earlier processes was heard, as far as that is known; else 0. */
  readonly formerUs: number;
  readonly onDurable: (listener: () => void) => void;
  /** Nothing older than this will still be given to a reader that has read all that is durable. */
  readonly heardUntilUs: () => number;
  readonly processed: (seq: number) => void;
  /** No number below is given any more: a reader has seen more of this journal than is left of it. */
  readonly skipTo: (seq: number) => void;
  readonly setBytesMax: (bytes: number) => void;
  /** What the disk has left for it, beside what others need; to be told again and again. */
  readonly setDiskRoom: (bytes: number) => void;
  /** The last attempt to write failed; it is tried again. */
  readonly isFailing: () => boolean;
  readonly isPressed: () => boolean;
  readonly onRelief: (callback: () => void) => void;
  readonly status: () => JournalStatus;
  /** Places that were found damaged since the last call. */
  readonly takeDamaged: () => readonly string[];
  /** Writes what is left. Idempotent. */
  readonly close: () => Promise<void>;
};

export async function openJournal(ports: JournalPorts, options: JournalOptions): Promise<Journal> {
  assertJournalLimits();
  const recovered = await recoverJournal(ports.disk);
  const journalId = recovered.journalId ?? randomUUID();
  const isKnown = options.journalId === journalId;
  const lastSeq = Math.max(recovered.segments.at(-1)?.lastSeq ?? 0, isKnown ? options.processedSeq : 0);
  if (recovered.cutBytes > 0)
    ports.logger.info({ bytes: recovered.cutBytes }, 'the torn end of the journal was cut off');
  const segments = createSegmentStore(ports, {
    journalId,
    segments: recovered.segments,
    bytesMax: options.bytesMax,
    processedSeq: isKnown ? options.processedSeq : 0,
  });
  return createJournal(ports, { segments, lastSeq, recovered });
}

type JournalParts = {
  readonly segments: SegmentStore;
  readonly lastSeq: number;
  readonly recovered: Pick<Recovered, 'damaged' | 'lastUs'>;
};

function createJournal({ clock, timers, logger, disk }: JournalPorts, parts: JournalParts): Journal {
  const { segments } = parts;
  const buffers: RecordBuffers = createRecordBuffers();
  const waiters = createDurableWaiters({ clock, timers });
  let nextSeq = parts.lastSeq + 1;
  let durableSeq = parts.lastSeq;
  let failing: JournalStatus['failing'] = null;
  let isFull = false;
  let cancelFlush: CancelTimer | null = null;
  let flushSoon = false;
  let writing: Promise<void> | null = null;
  let closing: Promise<void> | null = null;
  let reliefs: (() => void)[] = [];
  const listeners: (() => void)[] = [];
  const knownDamage = new Set<string>();
  let damaged: string[] = [];

  for (const place of parts.recovered.damaged) noteDamage(place);

  function noteDamage(place: DamagedPlace): void {
    const key = `${place.segment}:${place.offset}`;
    if (knownDamage.has(key) || knownDamage.size >= journalLimits.damagedPlacesMax) return;
    knownDamage.add(key);
    const says = damageText(place);
    logger.error(place, says);
    damaged.push(says);
  }

  const hasRoom = (bytes: number, kind: 'control' | undefined): boolean => {
    const reserve = kind === 'control' ? 0 : journalLimits.controlReserveBytes;
    return buffers.bytes() + bytes + reserve <= segments.roomBytes();
  };

  function append(entry: RecordEntry, kind?: 'control'): number {
    if (closing !== null) return 0;
    const bytes = buffers.bytesOf(entry);
    if (!hasRoom(bytes, kind)) {
      isFull = true;
      return 0;
    }
    if (isFull && kind !== 'control') {
      if (!hasRoom(bytes + journalLimits.roomAgainBytes, kind)) return 0;
      isFull = false;
    }
    if (!buffers.write(nextSeq, entry)) return 0;
    nextSeq += 1;
    schedule();
    return nextSeq - 1;
  }

  function schedule(): void {
    if (writing !== null || closing !== null || buffers.bytes() === 0) return;
    const soon = waiters.size() > 0;
    if (buffers.bytes() >= journalLimits.groupBytesSoon) {
      flush();
    } else if (cancelFlush === null || (soon && !flushSoon)) {
      cancelFlush?.();
      flushSoon = soon;
      cancelFlush = timers.after(soon ? journalLimits.delayWaitedMs : journalLimits.delayMs, flush);
    }
  }

  function flush(): void {
    cancelFlush?.();
    cancelFlush = null;
    writing ??= writeAll().finally(() => {
      writing = null;
      schedule();
    });
  }

  /** Until nothing waits, or the disk fails. */
  async function writeAll(): Promise<void> {
    const group = buffers.take();
    const first = group[0];
    const last = group.at(-1);
    if (first === undefined || last === undefined) return;
    try {
      await segments.write({
        firstSeq: first.firstSeq,
        lastSeq: last.lastSeq,
        pieces: group.map(({ bytes, used }) => bytes.subarray(0, used)),
      });
    } catch (error) {
      buffers.giveBack(group);
      await onFailed(error);
      return;
    }
    buffers.release(group);
    onWritten(last.lastSeq);
  }

  function onWritten(lastSeq: number): void {
    if (failing !== null)
      logger.info(
        { forMs: clock.epochMs() - failing.sinceMs },
        'the disk takes the journal again; nothing that was taken is lost',
      );
    failing = null;
    durableSeq = lastSeq;
    waiters.settle(durableSeq);
    for (const listener of listeners) listener();
    relieve();
  }

  async function onFailed(error: unknown): Promise<void> {
    const says = error instanceof Error ? error.message : String(error);
    if (failing === null)
      logger.error(
        { err: error },
        `The journal cannot be written: ${says}. It is tried again; what was heard waits in memory, senders that wait are told.`,
      );
    failing = { sinceMs: failing?.sinceMs ?? clock.epochMs(), says };
    waiters.fail(`The journal cannot be written: ${says}.`);
    await pause(journalLimits.retryMs);
  }

  async function pause(ms: number): Promise<void> {
    if (closing === null) await timers.sleep(ms);
  }

  const isPressed = (): boolean => isFull || failing !== null || buffers.bytes() > journalLimits.pressedBytes;

  /** Not at the first byte that is free: whoever goes on would be stopped at once. */
  function relieve(): void {
    if (isFull && hasRoom(journalLimits.roomAgainBytes, undefined)) isFull = false;
    if (reliefs.length === 0 || isPressed() || buffers.bytes() > journalLimits.relievedBytes) return;
    const due = reliefs;
    reliefs = [];
    for (const callback of due) callback();
  }

  return {
    append,
    whenDurable(seq) {
      if (seq <= durableSeq) return Promise.resolve();
      if (failing !== null)
        return Promise.reject(new Error(`The journal cannot be written: ${failing.says}.`));
      const durable = waiters.add(seq);
      schedule();
      return durable;
    },
    read: (fromSeq) =>
      createJournalCursor({ disk, segments: () => segments.all(), onDamaged: noteDamage }, fromSeq),
    formerUs: parts.recovered.lastUs,
    onDurable: (listener) => void listeners.push(listener),
    heardUntilUs: () => buffers.firstUs() ?? clock.epochMs() * 1000,
    processed(seq) {
      segments.processed(Math.min(seq, durableSeq));
      relieve();
    },
    skipTo(seq) {
      if (seq <= nextSeq) return;
      const says = `The journal lost its end: the manager has read up to ${seq - 1}, here it ended at ${nextSeq - 1}.`;
      logger.error(says);
      damaged.push(says);
      nextSeq = seq;
    },
    setBytesMax(bytes) {
      segments.setBytesMax(bytes);
      relieve();
    },
    setDiskRoom(bytes) {
      segments.setDiskRoom(bytes);
      relieve();
    },
    isFailing: () => failing !== null,
    isPressed,
    onRelief(callback) {
      reliefs.push(callback);
    },
    status: () => ({
      journalId: segments.journalId,
      firstSeq: segments.all()[0]?.firstSeq ?? nextSeq,
      nextSeq,
      durableSeq,
      processedSeq: segments.processedSeq(),
      bytes: segments.bytes(),
      bytesMax: segments.bytesMax(),
      failing,
    }),
    takeDamaged() {
      const taken = damaged;
      damaged = [];
      return taken;
    },
    close() {
      closing ??= (async () => {
        cancelFlush?.();
        cancelFlush = null;
        while (writing !== null) await writing;
        // Once; what the disk does not take now is lost, and the log has said so.
        if (buffers.bytes() > 0) await writeAll();
        waiters.fail('The intake is being stopped.');
        waiters.close();
        await segments.close();
      })();
      return closing;
    },
  };
}
