// The processing of traps for tests: real PostgreSQL, fake intakes over real sockets, events as they are stored.
// Responsible for starting one manager's share after the other on the same database, and for ending one without a word, which is what a crash
// is.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { PlacedTrap } from '@nezuban/core/traps/parsed-trap';
import type { Placing } from '@nezuban/core/traps/placing';
import type { TrapVerdicts } from '@nezuban/core/traps/verdict';
import { createOidNames } from '@nezuban/core/traps/mib/oid-names';
import { systemClock } from '@nezuban/platform/clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import type { Term } from '@nezuban/protocol/ids';
import { testDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createDatabase, type DatabaseAddress } from '../database/database.ts';
import { createEventSink } from '../events/event-sink.ts';
import { ensureMonths } from '../retention/months.ts';
import { createIntakeClient, type IntakeClient, type IntakeRole } from '../traps/intake-client.ts';
import type { TrapBatchPorts } from '../traps/trap-batch.ts';
import { createTrapLoop } from '../traps/trap-loop.ts';
import { createTrapReading } from '../traps/trap-reading.ts';
import { startFakeIntake } from './fake-intake.ts';
import { prepareDatabase } from './jobs-harness.ts';

export type TrapsBench = Awaited<ReturnType<typeof startTrapsBench>>;

/** Every line is an event, but those that say "unmatched". */
const judgeAll = (trap: PlacedTrap): TrapVerdicts =>
  trap.text.includes('unmatched')
    ? []
    : [
        {
          type: 'event',
          monitor: 'all',
          rule: 'any',
          priority: 'warning',
          message: trap.text,
          key: null,
          clears: false,
          collapseS: null,
          fields: {},
        },
      ];

export type ProcessOptions = Partial<Pick<TrapBatchPorts, 'judge' | 'place' | 'noteSource'>> & {
  /** The manager of the other host. */
  readonly swapped?: boolean;
  readonly single?: boolean;
  readonly address?: DatabaseAddress;
  readonly recordsMax?: number;
};

export const startTrapsBench = async () => {
  const server = await testDatabase();
  await prepareDatabase(server.config);
  const directory = await mkdtemp(path.join(os.tmpdir(), 'nz-proc-'));
  const logger = createMemoryLogger();
  const database = createDatabase({ address: server.config, logger, name: 'look' });
  await ensureMonths(database, { nowMs: Date.now() });
  const own = await startFakeIntake(path.join(directory, 'own.sock'), 'host-a');
  const peer = await startFakeIntake(path.join(directory, 'peer.sock'), 'host-b');
  const running = new Set<{ stop: () => Promise<void> }>();
  let term = 0;

  const process = ({
    swapped = false,
    single = false,
    address = server.config,
    recordsMax = 100,
    judge = judgeAll,
    place = (): Placing => ({ node: null, scopes: new Set() }),
    noteSource = (): void => undefined,
  }: ProcessOptions = {}) => {
    term += 1;
    const client = createDatabase({ address, logger, name: 'traps', connectionsMax: 2 });
    const events = createEventSink({
      database: client,
      live: { publish: () => undefined, watches: () => false },
      deliveries: { plan: () => Promise.resolve(false), wake: () => undefined },
    });
    const loop = createTrapLoop(
      {
        database: client,
        events,
        clock: systemClock,
        timers: systemTimers,
        logger,
        breathe: () => new Promise((resolve) => void setImmediate(resolve)),
        reading: createTrapReading(() => createOidNames(new Map(), new Map())),
        place,
        judge,
        isPair: () => true,
        noteSource,
      },
      { term: 1, freshKey: { low: 1, high: 2 }, recordsMax },
    );
    const clients = new Map<IntakeRole, IntakeClient>();
    for (const role of single ? (['own'] as const) : (['own', 'peer'] as const)) {
      const listener = loop.listen(role, () => clients.get(role) as IntakeClient);
      const socketPath = path.join(directory, (role === 'own') === swapped ? 'peer.sock' : 'own.sock');
      clients.set(
        role,
        createIntakeClient(
          {
            clock: systemClock,
            timers: systemTimers,
            logger,
            listener: { ...listener, status: () => undefined },
          },
          { socketPath, term: term as Term },
        ),
      );
    }
    loop.start();
    const ended = { stop };
    running.add(ended);
    async function stop(): Promise<void> {
      if (!running.delete(ended)) return;
      for (const one of clients.values()) one.stop();
      await loop.stop();
      await client.stop();
    }
    return {
      loop,
      clients,
      stop,
      /** As kill -9: nothing more is sent or written; what the server has begun it may finish. */
      async crash() {
        if (!running.delete(ended)) return;
        for (const one of clients.values()) one.stop();
        await client.abort();
        await loop.stop();
      },
    };
  };

  return {
    database,
    directory,
    address: server.config,
    logger,
    own,
    peer,
    process,
    judgeAll,
    /** Texts of all events, as often as they are there, sorted. */
    async messages(): Promise<string[]> {
      const rows = await database.query<{ message: string }>({
        text: `SELECT message FROM event WHERE code = 'trap_received' ORDER BY message COLLATE "C", id`,
      });
      return rows.map(({ message }) => message);
    },
    async traps() {
      return await database.query<{
        id: number;
        raw: Buffer;
        heard_both: boolean;
        perhaps_repeat: boolean;
        malformed: string | null;
        matched: boolean;
        protocol: string;
        slot: number;
        seq: number;
      }>({ text: 'SELECT * FROM trap ORDER BY id' });
    },
    /** Both journals are read to their end, and the intakes have been told. */
    async settled(): Promise<void> {
      await waitFor(() => own.processed() === own.records() && peer.processed() === peer.records());
    },
    async stop() {
      await Promise.all(Array.from(running, (one) => one.stop()));
      await own.stop();
      await peer.stop();
      await database.stop();
      await server.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
