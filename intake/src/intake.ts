/**
 * The intake of a host: receivers, sink, journal and hand-over, put together.
 *
 * Responsible for the order of start and stop, for orders, and for what is looked at regularly. It needs neither manager nor database: it hears
 * from its start, by the orders of the last manager or by the defaults. Called by `main.ts` and by tests.
 */
import fs from 'node:fs';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { IntakeStatus, ReceiverStatus } from '@nezuban/protocol/intake/hand-over';
import type { IntakeOrders } from '@nezuban/protocol/intake/orders';
import type { IntakeConfig } from '@nezuban/protocol/keeper/child-messages';
import { createDiskWatch } from './disk-watch.ts';
import { createHandOverServer } from './hand-over/hand-over-server.ts';
import { intakePlaces } from './intake-places.ts';
import { createJournalDisk } from './journal/journal-disk.ts';
import { openJournal } from './journal/journal.ts';
import { createKernelDrops } from './kernel-drops.ts';
import { createOrdersStore } from './orders-store.ts';
import { createPositionFile } from './position-file.ts';
import type { Receiver } from './receivers/receiver.ts';
import type { CreateReceiver } from './receivers/registry.ts';
import { createControlNotes } from './sink/control-notes.ts';
import { createTrapSink } from './sink/trap-sink.ts';

export type IntakePorts = { readonly clock: Clock; readonly timers: Timers; readonly logger: Logger };

export type IntakeOptions = {
  readonly config: Pick<IntakeConfig, 'home' | 'hostName' | 'socketPath' | 'tls'>;
  readonly receivers: readonly CreateReceiver[];
};

export type Intake = {
  readonly status: () => IntakeStatus;
  /** Idempotent. What is in memory is written before it resolves, if the disk lets it be. */
  readonly stop: () => Promise<void>;
};

const TICK_MS = 1_000;
const KERNEL_LOOK_MS = 2_000;
/** Files are written anew even if nothing was processed: how long it was silent is known this exactly. */
const ALIVE_EVERY_TICKS = 5;
const MODE_PRIVATE = 0o700;

/** Resolves when it hears. Throws if the folder of the journal cannot be used. */
export async function startIntake(ports: IntakePorts, options: IntakeOptions): Promise<Intake> {
  const { clock, timers, logger } = ports;
  const { config } = options;
  const places = intakePlaces(config.home);
  await fs.promises.mkdir(places.journal, { recursive: true, mode: MODE_PRIVATE });
  const positionFile = createPositionFile(logger, places.positions);
  const ordersStore = createOrdersStore(logger, places.orders);
  const before = positionFile.load();
  let orders = ordersStore.load();
  const disk = createJournalDisk(places.journal);
  const journal = await openJournal(
    { clock, timers, logger, disk },
    {
      bytesMax: orders.settings.journal_bytes_max,
      processedSeq: before?.processedSeq ?? 0,
      journalId: before?.journalId ?? null,
    },
  );
  const diskWatch = createDiskWatch({ logger, disk, journal });
  await diskWatch.look();
  const notes = createControlNotes({ clock, logger, journal });
  const sink = createTrapSink({ clock, logger, journal, notes }, orders.settings);
  const receivers = options.receivers.map((create) => create({ sink, timers, logger }, places));
  const kernelDrops = createDropCounts();
  let obeying: Promise<void> = Promise.resolve();
  let stopping: Promise<void> | null = null;

  const effective = (): IntakeOrders => ({ ...orders, tls: orders.tls ?? config.tls });

  function obey(next: IntakeOrders): void {
    // One after the other: the last one told is the last one that counts.
    obeying = obeying.then(async () => {
      if (stopping !== null) return;
      const isNew = JSON.stringify(next) !== JSON.stringify(orders);
      orders = next;
      if (!isNew) return;
      logger.info({ revision: next.revision }, 'new orders of the manager on duty');
      await ordersStore.save(next).catch((error: unknown) => {
        logger.error({ err: error }, 'the orders could not be written: they count until this process ends');
      });
      await applyOrders();
    });
  }

  /** Said only once it is so. */
  let obeyedRevision = 0;

  async function applyOrders(): Promise<void> {
    sink.obey(orders.settings);
    journal.setBytesMax(orders.settings.journal_bytes_max);
    const now = effective();
    await Promise.all(
      receivers.map((receiver) =>
        receiver.obey(now).catch((error: unknown) => {
          logger.error({ err: error, receiver: receiver.name }, 'a receiver could not follow its orders');
        }),
      ),
    );
    obeyedRevision = now.revision;
  }

  function receiverStatuses(): ReceiverStatus[] {
    return receivers.map((receiver) => ({
      ...receiver.status(),
      kernelDrops: kernelDrops.of(receiver.name),
    }));
  }

  function status(): IntakeStatus {
    const { bytes, bytesMax, journalId, firstSeq, nextSeq, processedSeq } = journal.status();
    return {
      journalId,
      firstSeq,
      nextSeq,
      processedSeq,
      journalBytes: bytes,
      journalBytesMax: bytesMax,
      ...sink.status(),
      ordersRevision: obeyedRevision,
      receivers: receiverStatuses(),
    };
  }

  let saved = '';
  async function savePositions(): Promise<void> {
    const { journalId, processedSeq } = journal.status();
    saved = `${journalId} ${processedSeq}`;
    await positionFile.save({ journalId, processedSeq, aliveUs: Math.trunc(clock.epochMs()) * 1000 });
  }

  let ticks = 0;
  let saving = false;
  function tick(): void {
    ticks += 1;
    void diskWatch.look();
    sink.tick();
    const { journalId, processedSeq } = journal.status();
    const isDue = ticks % ALIVE_EVERY_TICKS === 0 || saved !== `${journalId} ${processedSeq}`;
    if (!isDue || saving) return;
    saving = true;
    void savePositions().finally(() => (saving = false));
  }

  const server = createHandOverServer(
    { timers, logger, journal, status, onOrders: obey },
    { socketPath: config.socketPath, hostName: config.hostName },
  );
  notes.tell({ note: 'started', silentSinceUs: Math.max(before?.aliveUs ?? 0, journal.formerUs) });
  // From now on, should this process not live long enough for its first look.
  await savePositions();
  await server.start();
  await applyOrders();
  const cancels: readonly CancelTimer[] = [
    timers.every(TICK_MS, tick),
    timers.every(KERNEL_LOOK_MS, () => void kernelDrops.look(receivers, (note) => notes.tell(note))),
  ];
  logger.info({ home: config.home, receivers: receivers.length }, 'the intake listens');

  return {
    status,
    stop() {
      stopping ??= (async () => {
        for (const cancel of cancels) cancel();
        // First nobody is heard any more; those who wait for an answer get theirs from the journal.
        await Promise.allSettled([obeying, ...receivers.map((receiver) => receiver.stop())]);
        sink.tick();
        await journal.close();
        await server.stop();
        await savePositions();
      })();
      return stopping;
    },
  };
}

type DropNote = { readonly note: 'kernel-drops'; readonly receiver: string; readonly count: number };

/** Counts by receiver: the kernel knows ports alone. */
function createDropCounts() {
  const kernel = createKernelDrops();
  const totals = new Map<string, number>();
  let looking = false;
  return {
    of: (name: string): number => totals.get(name) ?? 0,
    async look(receivers: readonly Receiver[], tell: (note: DropNote) => void): Promise<void> {
      if (looking) return;
      looking = true;
      try {
        const byPort = await kernel.look();
        if (byPort.size === 0) return;
        for (const receiver of receivers) {
          const { name, listen, state } = receiver.status();
          const count = byPort.get(Number(/:(\d+)$/.exec(listen)?.[1] ?? 0));
          if (state !== 'listening' || !DATAGRAM_RECEIVERS.has(name) || count === undefined) continue;
          totals.set(name, (totals.get(name) ?? 0) + count);
          tell({ note: 'kernel-drops', receiver: name, count });
        }
      } finally {
        looking = false;
      }
    },
  };
}

/** A TCP receiver may have the same port. */
const DATAGRAM_RECEIVERS: ReadonlySet<string> = new Set(['syslog-udp', 'snmp']);
