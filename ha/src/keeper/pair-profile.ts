// The durations of a pair's profile.
// Responsible for one rule: all voters of a pair go by the same ones, since a promise must outlast everybody's lease. Called by the pair's
// office, which starts the core with them, and at admissions.
import { deriveTiming, LAN, WAN, type Timing } from '../decision/timing.ts';
import type { PairIdentity } from '../drivers/link/pair-identity.ts';

/** `identity` null: a host that is part of no pair. `admitAfterMs`: this host's own choice as a master, on which no promise rests. */
export function timingOf(
  identity: Pick<PairIdentity, 'profile'> | null,
  admitAfterMs: number | null = null,
): Timing {
  const base = identity?.profile === 'wan' ? WAN : LAN;
  return deriveTiming(base, admitAfterMs === null ? {} : { stableMs: admitAfterMs });
}

/** Durations are chosen at a keeper's start: they may still be those of before the pair. */
export function goesBy(running: Timing, identity: Pick<PairIdentity, 'profile'>): boolean {
  return running.leaseMs === timingOf(identity).leaseMs;
}
