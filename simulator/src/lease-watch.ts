/**
 * Watches who claims to act and who does, on true time.
 *
 * A claim runs from a decision to the lease's end that it names; two claims of two members never overlap. Whoever serves without a claim
 * is excused only while a pause of his whole host has just ended. Called by `checks.ts`.
 */
import { CLOCK_RATE_ERROR } from '@nezuban/ha/decision/timing';
import type { Host } from './host.ts';
import { Violation } from './violation.ts';

/** Between the end of a pause and the keeper's or guard's first look at the clock zombies work. */
const ZOMBIE_MS = 250;
/** The guard has ended everything this long after its keeper's death. */
const ORPHANS_END_MS = 110;

export class LeaseWatch {
  /** True time until which each host claims to act, by host number. */
  readonly #claims: Float64Array;
  /** The newest end of a lease that each host has had, even if it gave it back. */
  readonly #ends: Float64Array;

  constructor(hosts: number) {
    this.#claims = new Float64Array(hosts).fill(-Infinity);
    this.#ends = new Float64Array(hosts).fill(-Infinity);
  }

  /** After each decision of a member. `until`: true time, -Infinity when it does not act. */
  claim(host: Host, until: number): void {
    const { now } = host.world.queue;
    const { index } = host;
    this.#claims[index] = until;
    if (until === -Infinity) {
      const { standDownMs, leaseMs, heartbeatIntervalMs } = host.world.options.timing;
      // If the kill is stuck, the guard's rolling deadline ends what is left.
      this.#endSole(host, standDownMs + leaseMs + heartbeatIntervalMs);
      return;
    }
    this.#ends[index] = until;
    if (until <= now) return;
    for (const other of host.world.members) {
      if (other !== host && (this.#claims[other.index] ?? -Infinity) > now)
        throw new Violation('no-two-valid-leases', `${host.name} and ${other.name} both hold a lease`);
    }
  }

  /** Its keeper is dead and knows nothing of a lease any more; the guard ends the rest. */
  dropClaim(host: Host): void {
    this.#claims[host.index] = -Infinity;
    this.#endSole(host, ORPHANS_END_MS);
  }

  /** Whoever could go on without end has this long to stop. */
  #endSole(host: Host, within: number): void {
    if (this.#ends[host.index] === Infinity)
      this.#ends[host.index] = host.world.queue.now + within * (1 + CLOCK_RATE_ERROR);
  }

  /** The manager of this host commits or dispatches. */
  acts(host: Host): void {
    const { now } = host.world.queue;
    const end = this.#ends[host.index] ?? -Infinity;
    if (now <= end || isExcused(host, now)) return;
    throw new Violation(
      'acts-only-in-lease',
      `${host.name} acts ${Math.round(now - end)} ms after its lease`,
    );
  }

  /** The application is let in: nobody else may serve, unless he is paused and will find out. */
  opens(host: Host): void {
    const { now } = host.world.queue;
    for (const other of host.world.members) {
      if (other === host || !other.manager.isOpen || other.manager.process.paused) continue;
      if (isExcused(other, now)) continue;
      throw new Violation('one-service', `${host.name} opens while ${other.name} serves`);
    }
  }
}

function isExcused(host: Host, now: number): boolean {
  return host.isWhollyPaused || now - host.resumedAt <= ZOMBIE_MS || !host.guard.alive;
}
