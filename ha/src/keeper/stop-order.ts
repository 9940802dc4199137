// The end of a keeper in order.
// Responsible for who stops when, each within its bound, and for leaving a pair without making it wait: a master moves the service first, a
// standby steps aside. Called by the keeper, once.
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { StateName } from '../decision/state.ts';
import type { DutyLoop } from '../drivers/duty-loop.ts';
import type { DatabaseActor } from '../drivers/ports.ts';
import { markAside } from './aside.ts';
import type { LocalAgent } from './local-agent.ts';
import type { ManagerService } from './manager-service.ts';
import type { Member } from './member.ts';
import type { PairOffice } from './pair-office.ts';
import type { OpenedVoter } from './voter-record.ts';

export type StopPorts = {
  readonly timers: Timers;
  readonly logger: Logger;
  readonly agent: LocalAgent;
  readonly manager: ManagerService;
  readonly database: DatabaseActor;
  readonly office: PairOffice;
  /** Null: the voter record has not been read yet. */
  readonly member: Member | null;
  readonly loop: DutyLoop | null;
  readonly voter: OpenedVoter | null;
};

export type StopWish = {
  /** `HOME/keeper`. */
  readonly directory: string;
  readonly withJobs: boolean;
  readonly hasAgent: boolean;
  /** What this host was doing when it was told to stop in order; undefined: it ends because something went wrong. */
  readonly was: StateName | undefined;
};

/** Bounds of a stop; together below the 10 s that are promised. Ending jobs needs time for their TERM before their KILL. */
const STOP_AGENT_MS = 3_000;
const STOP_AGENT_WITH_JOBS_MS = 4_500;
const STOP_MANAGER_MS = 2_000;
const STOP_POSTGRES_MS = 1_800;
/** Leaving the pair in order, if that goes quickly. */
const LEAVE_MS = 4_000;
const ASIDE_POLL_MS = 20;

export async function stopInOrder(ports: StopPorts, wish: StopWish): Promise<void> {
  const { agent, manager, database, office, loop, voter, logger } = ports;
  const { withJobs } = wish;
  if (wish.was === 'master-paired') await bounded(ports.timers, moveAway(ports));
  if (wish.was === 'standby-in-sync') await bounded(ports.timers, stepAside(ports, wish.directory));
  if (withJobs && wish.hasAgent && !agent.runs())
    logger.warn('the local agent does not run, so its running jobs cannot be ended; they go on');
  await agent.stop({ withinMs: withJobs ? STOP_AGENT_WITH_JOBS_MS : STOP_AGENT_MS, withJobs });
  await manager.stop(STOP_MANAGER_MS);
  loop?.stop();
  await database.stop(STOP_POSTGRES_MS);
  await office.stop();
  await voter?.store.close();
}

async function moveAway({ member, logger }: StopPorts): Promise<void> {
  const result = await member?.obey({ do: 'switch' });
  if (result !== undefined) logger.info(result.says);
}

/** The master goes on without this host before it stops, instead of waiting for it with the next commits. */
async function stepAside({ member, loop, timers }: StopPorts, directory: string): Promise<void> {
  const result = await member?.obey({ do: 'maintenance', on: true });
  if (result?.ok !== true) return;
  await markAside(directory);
  while (loop !== null && loop.state().name === 'standby-in-sync') await timers.sleep(ASIDE_POLL_MS);
}

async function bounded(timers: Timers, work: Promise<void>): Promise<void> {
  const late = new AbortController();
  await Promise.race([work, timers.sleep(LEAVE_MS, late.signal).catch(() => undefined)]);
  late.abort();
}
