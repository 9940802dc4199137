// The retention domain: partitions are made ahead, old ones are removed, and what is stored can be seen. Made by master.ts, before the
// engine starts.
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Database } from '../database/database.ts';
import type { EventSink, Handlers, Identity } from '../ports.ts';
import type { SettingsDomain } from '../settings/settings.ts';
import { createRangeLoop } from './range-loop.ts';
import { createRemovalLoop } from './removal-loop.ts';
import { viewStorage } from './storage-view.ts';

export type RetentionPorts = {
  readonly database: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly identity: Pick<Identity, 'term'>;
  readonly events: EventSink;
  readonly settings: Pick<SettingsDomain, 'of' | 'view'>;
  /** The next session shall have at least this id. */
  readonly skipSessionIds: (to: number) => void;
  /** Sessions from the first id up to, without, the second are not there any more. */
  readonly forgetSessions: (firstId: number, endId: number) => void;
};

export type Retention = {
  readonly routes: Pick<Handlers, 'getStorage'>;
  /** Makes what is needed now; before the engine starts. */
  readonly prepare: () => Promise<void>;
  readonly start: () => void;
  /** Looks for what is too old now; the loop does so by itself. */
  readonly look: () => Promise<void>;
  /** Idempotent. */
  readonly stop: () => Promise<void>;
};

export const createRetention = (ports: RetentionPorts): Retention => {
  const { database, clock, identity, settings } = ports;
  const logger = ports.logger.child({ domain: 'retention' });
  const ranges = createRangeLoop({ ...ports, logger });
  const removal = createRemovalLoop({ ...ports, logger, term: identity.term });
  return {
    routes: {
      async getStorage() {
        return {
          body: await viewStorage(database, { nowMs: clock.epochMs(), policy: settings.of('retention') }),
        };
      },
    },
    prepare: ranges.look,
    start() {
      ranges.start();
      removal.start();
    },
    look: removal.look,
    async stop() {
      await Promise.all([ranges.stop(), removal.stop()]);
    },
  };
};
