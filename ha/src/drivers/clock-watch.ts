/**
 * Notices that the host slept: the boot clock went on and the monotonic one did not.
 *
 * Responsible for telling such a jump from two readings that merely were taken apart. Not responsible for a host that a hypervisor froze
 * together with its clocks, which cannot be seen from inside. Called by `duty-loop.ts` before each input and a few times a second.
 */
import type { HostClock } from './host-clock.ts';

/** A lease is fifteen times as long; the boot clock is read in steps of 10 ms. */
export const JUMP_MS = 100;
/** Two readings further apart than this say nothing: this process was paused between them. */
const READING_MS = 20;
/** A process that is paused at each of so many readings is looked at the next time. */
const READINGS_MAX = 3;

/** Each call says whether the clocks have moved apart since the last jump that was told, or since the beginning. */
export function createClockWatch(clock: HostClock): { readonly hasJumped: () => boolean } {
  let apart = read(clock);
  return {
    hasJumped() {
      const now = read(clock);
      if (now === null) return false;
      const jumped = apart !== null && Math.abs(now - apart) > JUMP_MS;
      if (jumped || apart === null) apart = now;
      return jumped;
    },
  };
}

function read(clock: HostClock): number | null {
  for (let readings = 0; readings < READINGS_MAX; readings += 1) {
    const before = clock.monotonicMs();
    const boot = clock.bootMs();
    if (boot === null) return null;
    if (clock.monotonicMs() - before <= READING_MS) return boot - before;
  }
  return null;
}
