// Keeps ranges of session ids ready ahead of the sessions: before the engine starts, then every half minute. Made by retention.ts.
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Database } from '../database/database.ts';
import { planRanges } from './plan-ranges.ts';
import { closeOpenRange, readRangesSeen } from './range-store.ts';
import { retentionLimits } from './retention-limits.ts';

export type RangeLoopPorts = {
  readonly database: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** The next session shall have at least this id. */
  readonly skipSessionIds: (to: number) => void;
};

export type RangeLoop = {
  /** Makes what is needed now; a failure is logged, sessions go to the open range meanwhile. */
  readonly look: () => Promise<void>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

export const createRangeLoop = (ports: RangeLoopPorts): RangeLoop => {
  const { database, clock, timers, logger } = ports;
  let highestBefore: number | null = null;
  let looking: Promise<void> | undefined;
  let cancel: (() => void) | undefined;

  const lookNow = async (): Promise<void> => {
    try {
      const nowMs = clock.epochMs();
      const seen = await readRangesSeen(database, nowMs, highestBefore);
      highestBefore = seen.highestId;
      const { closeOpenAt, skipTo } = planRanges(seen);
      if (closeOpenAt !== null) {
        await closeOpenRange(database, { closeOpenAt, nowMs });
        logger.debug({ closeOpenAt, highestId: seen.highestId }, 'A range of sessions was made ahead');
      }
      if (skipTo !== null) ports.skipSessionIds(skipTo);
    } catch (error) {
      logger.warn({ err: error }, 'The next range of sessions could not be made yet');
    }
  };
  const look = async (): Promise<void> => {
    looking ??= lookNow().finally(() => (looking = undefined));
    await looking;
  };

  return {
    look,
    start() {
      cancel ??= timers.every(retentionLimits.aheadEveryMs, () => void look());
    },
    async stop() {
      cancel?.();
      cancel = undefined;
      await looking;
    },
  };
};
