// Reads both intakes into the database: records to traps and events, exactly once.
//
// One round: what has come is read and judged into a batch while the batch before it is committed; then it is committed in one transaction
// (rows, events, positions in both journals, marks of pairing), published, and the intakes hear that it is processed. Whatever fails, nothing
// in memory is trusted any more: the state is loaded from the database and both intakes are read again from there. What the database refuses
// for what it holds is halved until the one record is alone, and that one is stored as it came with the reason.
//
// Responsible for the order of all that and for its pace: the event loop is given back every few milliseconds, one connection is used, and what
// is not taken stays in the journals. Made by traps.ts.
import type { HashKey } from '@nezuban/core/traps/pairing/identity-hash';
import type { Side } from '@nezuban/core/traps/pairing/pairing';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { isFaultOfContent } from '../database/database-errors.ts';
import { createCopyRows } from '../database/copy-binary.ts';
import type { Database } from '../database/database.ts';
import type { EventSink } from '../ports.ts';
import type { IntakeClient, IntakeListener, IntakeRole, Welcome } from './intake-client.ts';
import {
  createTrapBatch,
  type BatchCounts,
  type Refusal,
  type TrapBatch,
  type TrapBatchPorts,
} from './trap-batch.ts';
import { gapDraft, journalChangedDraft, sameJournalDraft } from './trap-events.ts';
import { createTrapQueue } from './trap-queue.ts';
import { admit, createTrapSession, journalRow, planReading, type TrapSession } from './trap-session.ts';
import {
  dropOldKeys,
  loadMarks,
  loadTrapState,
  saveJournal,
  TrapStateMoved,
  writeTraps,
} from './trap-store.ts';
import { trapsLimits as limits } from './traps-limits.ts';

export type TrapLoopPorts = TrapBatchPorts & {
  readonly database: Database;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Ends the turn of the event loop. */
  readonly breathe: () => Promise<void>;
};
export type TrapLoopOptions = {
  readonly term: number;
  readonly freshKey: HashKey;
  readonly recordsMax?: number;
};

export type TrapLoopStats = Readonly<BatchCounts> & {
  readonly commits: number;
  readonly failures: number;
  /** Records in memory. */
  readonly waiting: number;
  /** Age of the oldest that waits, in seconds. */
  readonly lagS: number;
  readonly marks: { readonly held: number; readonly stored: number; readonly segments: number };
  readonly positions: readonly { readonly role: IntakeRole; readonly host: string; readonly seq: number }[];
};

export type TrapLoop = {
  /** What comes of the intake of a role; the client is given behind it. */
  readonly listen: (role: IntakeRole, client: () => IntakeClient) => Omit<IntakeListener, 'status'>;
  readonly start: () => void;
  readonly stats: () => TrapLoopStats;
  /** Ends after the commit that is under way. Idempotent. */
  readonly stop: () => Promise<void>;
};

/** Marks that have become old go with the next commit; without one, this often. */
const HOUSEKEEPING_MS = 5_000;
const roles = ['own', 'peer'] as const;

export const createTrapLoop = (ports: TrapLoopPorts, options: TrapLoopOptions): TrapLoop => {
  const { database, events, clock, timers, logger } = ports;
  const { term } = options;
  const clients = new Map<IntakeRole, () => IntakeClient>();
  const welcomes = new Map<IntakeRole, Welcome>();
  const queue = createTrapQueue();
  const totals: BatchCounts & { commits: number; failures: number } = {
    records: 0,
    traps: 0,
    copies: 0,
    perhaps: 0,
    unmatched: 0,
    malformed: 0,
    summarised: 0,
    dropped: 0,
    refusedFull: 0,
    commits: 0,
    failures: 0,
  };
  let session: TrapSession | null = null;
  const sizeMax = options.recordsMax ?? limits.batchRecordsMax;
  let recordsMax = sizeMax;
  /** Records among which one is refused: batches stay small until they are through. */
  let suspected = 0;
  let refusals: Refusal[] = [];
  const ending = new AbortController();
  let stopped = false;
  let running: Promise<void> | undefined;
  let wake: () => void = () => undefined;
  let housekeptMs = 0;
  let keysDroppedMs = -Infinity;
  let sameJournalTold: string | null = null;

  const wait = async (ms: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    wake = resolve;
    const cancel = timers.after(ms, resolve);
    await promise;
    cancel();
    wake = () => undefined;
  };
  const clientOf = (role: IntakeRole): IntakeClient | undefined => clients.get(role)?.();

  /** One that waits for the database and for what it says of the intakes: nothing is under way. */
  const greet = async (known: TrapSession, role: IntakeRole, welcome: Welcome): Promise<void> => {
    const host = welcome.host ?? (role === 'own' ? 'this host' : 'the other host');
    const admission = admit(known, role, { journalId: welcome.journalId, host });
    const other = known.slots.get(role === 'own' ? 'peer' : 'own');
    if (admission.type === 'wait') return;
    const { slot } = admission;
    welcomes.delete(role);
    const at = new Date(clock.epochMs());
    if (slot === other) {
      // Its records cannot be told from the other's by their numbers.
      if (sameJournalTold === welcome.journalId) return;
      await events.appendNow([sameJournalDraft(at, host)]);
      sameJournalTold = welcome.journalId;
      return;
    }
    const epoch = clientOf(role)?.epoch();
    const position = known.positions.get(slot);
    const isFresh = admission.type !== 'known' || position === undefined;
    const place = planReading(isFresh ? 0 : position.seq, welcome);
    const seq = place.fromSeq - 1;
    // Until now there was nobody to pair with: marks of the first host begin here.
    if (admission.type === 'new' && known.positions.size === 1)
      for (const one of known.positions.keys()) known.pairing.forget(one);
    known.positions.set(slot, { journalId: welcome.journalId, host, seq });
    const rows = ([0, 1] as const).flatMap((one) => journalRow(known, one) ?? []);
    // Of a journal that was never read, what is no longer there was never ours.
    const missing = isFresh ? null : place.missing;
    if (isFresh || missing !== null) {
      const publish = await database.inTransaction(async (transaction) => {
        for (const row of rows) await saveJournal(transaction, row);
        return await events.append(transaction, [
          ...(admission.type === 'replaces'
            ? [journalChangedDraft(at, { host, lastSeq: admission.old.seq })]
            : []),
          ...(missing === null ? [] : [gapDraft(at, { host, ...missing })]),
        ]);
      });
      publish();
      logger.info(
        { role, slot, journalId: welcome.journalId, fromSeq: place.fromSeq, missing },
        'A journal of an intake begins',
      );
    }
    // Meanwhile it was lost and has come again, perhaps with another journal: that is another greeting.
    if (clientOf(role)?.epoch() !== epoch) return;
    known.slots.set(role, slot);
    clientOf(role)?.read(place.fromSeq);
    if (!isFresh) clientOf(role)?.processed(seq);
  };

  /** Of each host: the marks that records received until then may meet are in memory. */
  const marksUntilUs = new Map<IntakeRole, number>();
  /** Marks of the one host that the next records of the other may meet. */
  const loadWanted = async (known: TrapSession, settled: () => Promise<void>): Promise<void> => {
    for (const role of roles) {
      const slot = known.slots.get(role);
      const newestUs = queue.newestUs(role);
      if (slot === undefined) marksUntilUs.delete(role);
      else marksUntilUs.set(role, newestUs ?? -Infinity);
      if (slot === undefined || newestUs === null) continue;
      const ids = known.pairing.wanted(slot, newestUs);
      if (ids.length === 0) continue;
      await settled();
      for (const { id, marks, used } of await loadMarks(database, ids)) known.pairing.load(id, marks, used);
    }
  };
  /** What has come since: it may go into the batch if no marks are to be loaded for it. */
  const widen = (known: TrapSession): void => {
    for (const role of roles) {
      const slot = known.slots.get(role);
      const newestUs = queue.newestUs(role);
      if (slot === undefined) marksUntilUs.delete(role);
      else if (newestUs !== null && known.pairing.wanted(slot, newestUs).length === 0)
        marksUntilUs.set(role, newestUs);
    }
  };

  /** Some records; gives the event loop back after a few milliseconds. False: the next one needs marks that are not in memory. */
  const fill = (batch: TrapBatch, known: TrapSession): boolean => {
    const untilMs = clock.monotonicMs() + limits.sliceMs;
    for (let count = 1; !batch.isFull(); count += 1) {
      let next = queue.take(marksUntilUs);
      if (next === null && !queue.isEmpty()) {
        widen(known);
        next = queue.take(marksUntilUs);
        if (next === null) return false;
      }
      if (next === null) return true;
      const slot = known.slots.get(next.role);
      if (slot !== undefined) batch.add(slot, next.record);
      if (count % limits.sliceRecords === 0 && clock.monotonicMs() >= untilMs) return true;
    }
    return true;
  };

  const commit = async (known: TrapSession, batch: TrapBatch): Promise<void> => {
    const { commit: written, drafts } = batch.finish(term);
    const acknowledged = roles.flatMap((role) => {
      const client = clientOf(role);
      const slot = known.slots.get(role);
      if (client === undefined || slot === undefined) return [];
      return [{ client, epoch: client.epoch(), slot, bytes: queue.takenBytes(role) }];
    });
    const publish = await database.inTransaction(async (transaction) => {
      await writeTraps(transaction, written);
      return drafts.length === 0 ? null : await events.append(transaction, drafts);
    });
    publish?.();
    for (const { client, epoch, slot, bytes } of acknowledged) {
      if (client.epoch() !== epoch) continue;
      const seq = batch.positions.get(slot);
      if (seq !== undefined) client.processed(seq);
      if (bytes > 0) client.more(bytes);
    }
    for (const [name, count] of Object.entries(batch.counts)) totals[name as keyof BatchCounts] += count;
    totals.commits += 1;
    refusals = refusals.filter(({ slot, seq }) => (known.positions.get(slot)?.seq ?? seq) < seq);
    suspected -= batch.counts.records;
    if (suspected <= 0) recordsMax = Math.min(recordsMax * 2, sizeMax);
  };

  const work = async (known: TrapSession): Promise<void> => {
    // One is being committed while the other grows.
    let [rows, nextRows] = [createCopyRows(), createCopyRows()];
    let underWay: Promise<{ readonly error: unknown } | null> | null = null;
    let lastBatch: TrapBatch | null = null;
    const settled = async (): Promise<void> => {
      const outcome = await underWay;
      underWay = null;
      if (outcome !== null) throw new BatchFailure(outcome.error, lastBatch);
      lastBatch = null;
    };
    while (!stopped) {
      if (welcomes.size > 0) {
        await settled();
        for (const role of roles) {
          const welcome = welcomes.get(role);
          if (welcome !== undefined) await greet(known, role, welcome);
        }
      }
      const isDue =
        clock.monotonicMs() - housekeptMs >= HOUSEKEEPING_MS && known.pairing.counts().segments > 0;
      if (queue.isEmpty() && !isDue) {
        await settled();
        const isMore = await forgetKeys();
        if (!isMore && queue.isEmpty() && !stopped && !hasNewWelcome(known)) await wait(HOUSEKEEPING_MS);
        continue;
      }
      housekeptMs = clock.monotonicMs();
      await forgetKeys();
      await loadWanted(known, settled);
      rows.reset();
      const batch = createTrapBatch(ports, {
        session: known,
        rows,
        nowUs: clock.epochMs() * 1_000,
        recordsMax,
        refusals,
      });
      const before = watch(underWay);
      // While the one before is being committed, this one grows.
      do {
        if (!fill(batch, known)) break;
        if (queue.isEmpty() && before.isRunning()) await wait(HOUSEKEEPING_MS);
        else await ports.breathe();
      } while (
        !batch.isFull() &&
        !stopped &&
        (before.isRunning() || !queue.isEmpty()) &&
        welcomes.size === 0
      );
      await settled();
      lastBatch = batch;
      [rows, nextRows] = [nextRows, rows];
      underWay = commit(known, batch).then(
        () => null,
        (error: unknown) => ({ error }),
      );
    }
    await settled();
  };
  /** Also while there is always something to do; whether there is more of it. */
  const forgetKeys = async (): Promise<boolean> => {
    if (clock.monotonicMs() - keysDroppedMs < limits.keysDroppedEveryMs) return false;
    if (await dropOldKeys(database, clock.epochMs())) return true;
    keysDroppedMs = clock.monotonicMs();
    return false;
  };
  /** Wakes the loop at its end. */
  const watch = (pending: Promise<unknown> | null): { readonly isRunning: () => boolean } => {
    let isRunning = pending !== null;
    void pending?.then(() => {
      isRunning = false;
      wake();
    });
    return { isRunning: () => isRunning };
  };
  const hasNewWelcome = (known: TrapSession): boolean =>
    welcomes.size > 0 && (welcomes.has('own') || known.slots.has('own'));

  /** What is learnt from a failure: whose fault it may be. */
  const learn = (error: unknown, batch: TrapBatch | null): void => {
    if (batch === null || error instanceof TrapStateMoved || !isFaultOfContent(error)) return;
    suspected = batch.counts.records;
    if (batch.counts.records > 1) {
      recordsMax = Math.max(1, Math.floor(Math.min(batch.counts.records, recordsMax) / 2));
      return;
    }
    const says = error instanceof Error ? error.message : String(error);
    for (const [slot, seq] of batch.positions) refusals = [{ slot, seq, says }];
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      try {
        session = createTrapSession(await loadTrapState(database, options.freshKey));
        for (const role of roles) clientOf(role)?.start();
        await work(session);
      } catch (error) {
        if (stopped) return;
        totals.failures += 1;
        const failure = error instanceof BatchFailure ? error : new BatchFailure(error, null);
        learn(failure.cause, failure.batch);
        logger.warn(
          { err: failure.cause, records: failure.batch?.counts.records },
          'Traps could not be stored; they are read again',
        );
        for (const role of roles) {
          welcomes.delete(role);
          queue.clear(role);
          clientOf(role)?.drop('It is read again.');
        }
        await timers.sleep(limits.retryMs, ending.signal).catch(() => undefined);
      }
    }
  };

  return {
    listen(role, client) {
      clients.set(role, client);
      return {
        welcome(welcome) {
          welcomes.set(role, welcome);
          wake();
        },
        records(records, bytes) {
          queue.push(role, records, bytes);
          wake();
        },
        caughtUp({ heardUntilUs }) {
          const slot = session?.slots.get(role);
          // What it still has on its way to a batch may be older.
          if (slot !== undefined && queue.newestUs(role) === null)
            session?.pairing.advance(slot, heardUntilUs);
        },
        lost() {
          welcomes.delete(role);
          queue.clear(role);
          session?.slots.delete(role);
        },
      };
    },
    start() {
      running ??= run();
    },
    stats: () => ({
      ...totals,
      waiting: queue.length(),
      lagS: lagOf(queue.oldestUs(), clock.epochMs()),
      marks: session?.pairing.counts() ?? { held: 0, stored: 0, segments: 0 },
      positions: roles.flatMap((role) => {
        const slot: Side | undefined = session?.slots.get(role);
        const position = slot === undefined ? undefined : session?.positions.get(slot);
        return position === undefined ? [] : [{ role, host: position.host, seq: position.seq }];
      }),
    }),
    async stop() {
      stopped = true;
      ending.abort();
      wake();
      await running;
    },
  };
};

class BatchFailure extends Error {
  readonly batch: TrapBatch | null;
  constructor(error: unknown, batch: TrapBatch | null) {
    super('A batch of traps failed', { cause: error });
    this.batch = batch;
  }
}

const lagOf = (oldestUs: number | null, nowMs: number): number =>
  oldestUs === null ? 0 : Math.max(0, (nowMs - oldestUs / 1_000) / 1_000);
