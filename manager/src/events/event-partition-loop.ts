// Keeps the months of the event table ahead of the calendar: at start, then once a day. Made by manager.ts.
import type { Logger } from '@nezuban/platform/logger';
import type { Clock } from '@nezuban/platform/clock';
import type { Timers } from '@nezuban/platform/timers';
import type { Database } from '../database/database.ts';
import { ensurePartitions } from './event-partitions.ts';

const DAY_MS = 86_400_000;

export type EventPartitionLoop = {
  /** Makes the partitions that are needed now; a failure is logged, events go to the catch-all meanwhile. */
  start(): Promise<void>;
  stop(): void;
};

export const createEventPartitionLoop = (ports: {
  readonly database: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}): EventPartitionLoop => {
  const { database, clock, timers, logger } = ports;
  let cancel: (() => void) | undefined;
  const ensure = async (): Promise<void> => {
    try {
      await ensurePartitions(database, clock.epochMs());
    } catch (error) {
      // Events go to the catch-all meanwhile; nothing is lost, and tomorrow is another day.
      logger.warn({ err: error }, 'The next months of the event table could not be made');
    }
  };
  return {
    async start() {
      await ensure();
      cancel = timers.every(DAY_MS, () => void ensure());
    },
    stop() {
      cancel?.();
      cancel = undefined;
    },
  };
};
