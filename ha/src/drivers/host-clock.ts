/**
 * The two clocks of a host that the pair goes by.
 *
 * Responsible for reading them: the monotonic one, whose numbers mean the same in every process of the host, and the boot clock, which
 * runs on while the host is suspended. Not responsible for what their difference means (`duty-loop.ts`). Called by the keeper, the
 * witness and the guard's owner.
 */
import os from 'node:os';
import process from 'node:process';

export type HostClock = {
  /** CLOCK_MONOTONIC in milliseconds. Not `performance.now()`, which begins anew in each process. */
  readonly monotonicMs: () => number;
  /** CLOCK_BOOTTIME in milliseconds, in steps of 10; null where the system has no such clock. */
  readonly bootMs: () => number | null;
};

export const hostClock: HostClock = {
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
  // Elsewhere it is made of the wall clock, whose jumps mean nothing.
  bootMs: () => (process.platform === 'linux' ? os.uptime() * 1000 : null),
};
