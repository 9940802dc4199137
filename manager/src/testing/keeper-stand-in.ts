// A whole manager in this process with a stand-in for its keeper: for tests of its life, from `start` to `stop`.
// Responsible for the settings, and for keeping what the manager says. Called by manager.test.ts and the tests of standby and pair.
import { createMemoryLogger, type MemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemClock } from '@nezuban/platform/clock';
import type { ChildReport, KeeperMessage } from '@nezuban/platform/keeper-channel';
import { systemTimers } from '@nezuban/platform/timers';
import type { ManagerConfig, ManagerDuty } from '@nezuban/protocol/keeper/child-messages';
import type { Term } from '@nezuban/protocol/pair/roster';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createManager, type Manager, type ManagerServes } from '../manager.ts';

export type ManagedManager = {
  readonly manager: Manager;
  readonly logger: MemoryLogger;
  /** What it has said beside `ready`, in order. */
  readonly reports: ChildReport[];
  readonly broken: unknown[];
  /** Of the newest `ready`. */
  readonly serves: () => ManagerServes;
  readonly tell: (message: KeeperMessage) => Promise<void>;
  readonly beMaster: (term?: Term, agentAddresses?: readonly string[]) => Promise<void>;
  readonly standBy: (master?: string | null) => Promise<void>;
  /** The first report of that type after `from`. */
  readonly reported: <Type extends ChildReport['type']>(
    type: Type,
    from?: number,
  ) => Promise<Extract<ChildReport, { type: Type }>>;
  readonly stop: () => Promise<void>;
};

export const startManaged = async (
  config: Pick<ManagerConfig, 'home' | 'database'> & Partial<ManagerConfig>,
): Promise<ManagedManager> => {
  const logger = createMemoryLogger();
  const reports: ChildReport[] = [];
  const broken: unknown[] = [];
  let serves: ManagerServes | undefined;
  const listen = { host: '127.0.0.1', port: 0 };
  const manager = createManager(
    {
      version: '0.0.0',
      listen,
      tls: null,
      agentListen: listen,
      advertise: null,
      localJoinTokenFile: null,
      consoleDirectory: null,
      logLevel: 'info',
      pairSockets: null,
      intakeSockets: null,
      ...config,
    },
    {
      clock: systemClock,
      timers: systemTimers,
      logger,
      chance: Math.random,
      onBroken: (error) => void broken.push(error),
      keeper: {
        ready: (given) => (serves = given),
        report: (message) => void reports.push(message),
      },
    },
  );
  await manager.prepare();
  const duty = (given: ManagerDuty) => manager.receive({ type: 'duty', duty: given });
  return {
    manager,
    logger,
    reports,
    broken,
    serves() {
      if (serves === undefined) throw new Error('The manager has not said yet that it serves');
      return serves;
    },
    tell: (message) => manager.receive(message),
    // Term 0 is no election's: terms then count from 1, as those of a manager from before the pair.
    beMaster: (term = 0, agentAddresses = []) =>
      duty({ role: 'master', term, agentAddresses: [...agentAddresses] }),
    standBy: (master = null) =>
      duty({
        role: 'standby',
        master: master === null ? null : { name: master },
        says: 'The keeper says this.',
      }),
    reported: async (type, from = 0) =>
      (await waitFor(() => reports.slice(from).find((report) => report.type === type), {
        message: () => `the report ${type}; said so far: ${JSON.stringify(reports)}`,
      })) as never,
    stop: () => manager.stop(5_000),
  };
};
