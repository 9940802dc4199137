// The end of a keeper in order.
// Responsible for who stops when, each within its bound, and for leaving a pair without making it wait: a master moves the service first, a
// standby steps aside. Called by the keeper, once.
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { StateName } from '../decision/state.ts';
import type { DutyLoop } from '../drivers/duty-loop.ts';
import type { DatabaseActor } from '../drivers/ports.ts';
import { clearAside, markAside } from './aside.ts';
import type { IntakeService } from './intake-service.ts';
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
  readonly intake: IntakeService;
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
  /** Settles when whoever stops it waits no longer. */
  readonly impatient: Promise<void>;
};

/** Bounds of a stop; together below the 10 s that are promised. Ending jobs needs time for their TERM before their KILL. */
const STOP_AGENT_MS = 3_000;
const STOP_AGENT_WITH_JOBS_MS = 4_500;
const STOP_MANAGER_MS = 2_000;
const STOP_POSTGRES_MS = 1_800;
/** What it has heard is on the disk within milliseconds; a disk that stands still is not waited for. */
const STOP_INTAKE_MS = 1_000;
/** Leaving the pair in order, if that goes quickly. */
const LEAVE_MS = 4_000;
const POLL_MS = 20;
/** While it gives way: whoever takes over is told only when everything here has ended. */
const GIVING_WAY = new Set<StateName>(['resigning', 'standing-down']);

export async function stopInOrder(ports: StopPorts, wish: StopWish): Promise<void> {
  const { agent, manager, intake, database, office, loop, voter, logger } = ports;
  const { withJobs } = wish;
  if (wish.was === 'master-paired') await patiently(ports, wish, (late) => moveAway(ports, late));
  if (wish.was === 'standby-in-sync')
    await patiently(ports, wish, (late) => stepAside(ports, { directory: wish.directory, late }));
  if (withJobs && wish.hasAgent && !agent.runs())
    logger.warn('the local agent does not run, so its running jobs cannot be ended; they go on');
  await agent.stop({ withinMs: withJobs ? STOP_AGENT_WITH_JOBS_MS : STOP_AGENT_MS, withJobs });
  await manager.stop(STOP_MANAGER_MS);
  loop?.stop();
  // Nobody acts any more, and no lease is renewed: the guard must not shoot a database that writes its last checkpoint.
  office.guard()?.setDeadline(null);
  await database.stop(STOP_POSTGRES_MS);
  await office.stop();
  await voter?.store.close();
  // Last: what is said while everything else stops is heard.
  await intake.stop(STOP_INTAKE_MS);
}

async function moveAway(ports: StopPorts, late: AbortSignal): Promise<void> {
  const result = await ports.member?.obey({ do: 'switch' });
  if (result !== undefined) ports.logger.info(result.says);
  await whileIn(ports, { states: GIVING_WAY, late });
}

/**
 * The master goes on without this host before it stops, instead of waiting for it with the next commits. The mark comes first: a host that
 * dies in between must not stay aside for ever.
 */
async function stepAside(
  ports: StopPorts,
  { directory, late }: { readonly directory: string; readonly late: AbortSignal },
): Promise<void> {
  await markAside(directory);
  const result = await ports.member?.obey({ do: 'maintenance', on: true });
  if (result?.ok === true) await whileIn(ports, { states: new Set(['standby-in-sync']), late });
  else clearAside(directory);
}

async function whileIn(
  { loop, timers }: StopPorts,
  { states, late }: { readonly states: ReadonlySet<StateName>; readonly late: AbortSignal },
): Promise<void> {
  while (loop !== null && !late.aborted && states.has(loop.state().name)) await timers.sleep(POLL_MS);
}

/** Within the bound, and as long as anybody waits. What it was about may still come to pass afterwards, or not. */
async function patiently(
  { timers, logger }: StopPorts,
  { impatient }: StopWish,
  work: (late: AbortSignal) => Promise<void>,
): Promise<void> {
  const late = new AbortController();
  await Promise.race([
    work(late.signal).catch((error: unknown) =>
      logger.warn({ err: error }, 'this host could not leave the pair in order; it stops all the same'),
    ),
    impatient,
    timers.sleep(LEAVE_MS, late.signal).catch(() => undefined),
  ]);
  late.abort();
}
