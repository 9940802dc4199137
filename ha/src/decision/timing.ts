/**
 * The durations of the protocol: three base values, the rest derived, the relations asserted.
 *
 * Source and proof: `docs/internals/ha.md`, "Lease and promise". All in milliseconds of a monotonic clock.
 */

export interface TimingBase {
  /** h: how often the master asks for its lease to be renewed. */
  readonly heartbeatIntervalMs: number;
  /** L: how long an answered heartbeat lets the master act, from the moment it was sent. */
  readonly leaseMs: number;
  /** K: what ending PostgreSQL and manager may take; it begins this long before the lease ends. */
  readonly standDownMs: number;
}

export interface Timing extends TimingBase {
  /** P: how long a voter that answered supports nobody else, from the moment it received. */
  readonly promiseMs: number;
  /** Q: how long a restarted voter is silent, since it may have promised and forgotten. */
  readonly restartQuietMs: number;
  /** One pre-vote or vote round; after it the candidate gives up and tries later. */
  readonly electionRoundMs: number;
  /** A failed candidate waits this long plus a random part, so that two do not collide for ever. */
  readonly retryMinMs: number;
  readonly retrySpreadMs: number;
  /** Unanswered proposals and questions are repeated. */
  readonly resendMs: number;
  /** A standby that streams but does not flush holds up every commit: the longest stall with its heartbeats alive. */
  readonly stallMs: number;
  /** The standby must have streamed without a break for this long before it is admitted. */
  readonly stableMs: number;
  /** Placeholder and name may hold up writers for this long; then the admission is given up and tried later. */
  readonly admissionMs: number;
  readonly admissionBackoffMs: number;
  readonly admissionBackoffMaxMs: number;
  /** A copy that failed is tried again after this, then twice this, and so on. */
  readonly copyRetryMs: number;
  /** A promotion that takes longer gives way. */
  readonly promotionMs: number;
  /** A planned switch that takes longer is called off. */
  readonly switchMs: number;
  /** A witness unheard for this long by both members makes the roster asymmetric, if no other can be appointed. */
  readonly asymmetricAfterMs: number;
  /** A witness unheard for this long is replaced, if another agent is there. */
  readonly replaceWitnessAfterMs: number;
  /** What has been heard within this time counts as reachable. */
  readonly reachableMs: number;
  /** An undecided joint roster is taken back after this long. */
  readonly jointMs: number;
  /** Hard limit of the fence command; later results count as failures. */
  readonly fenceMs: number;
  /** `force-master` is refused if anybody heard the other side within this time. */
  readonly forceSilenceMs: number;
}

/** Error of a clock's rate against true time that the protocol allows for, 1 %: NTP slews at most 0.05 %, the rest is margin. */
export const CLOCK_RATE_ERROR = 0.01;
/** Timers of the runtime are that coarse. */
export const TICK_MS = 1;
/** A master misses this many heartbeats before it has to stand down. */
export const HEARTBEATS_BEFORE_STAND_DOWN = 4;

/** One LAN. Every value below the lease would cause more outages by pauses than it saves. */
export const LAN: TimingBase = { heartbeatIntervalMs: 250, leaseMs: 1500, standDownMs: 300 };
/** Hosts on different sites, or virtual machines that are moved while they run. */
export const WAN: TimingBase = { heartbeatIntervalMs: 500, leaseMs: 4000, standDownMs: 800 };

/** Derives all durations and asserts the relations between them. Throws where they do not hold. */
export function deriveTiming(
  base: TimingBase,
  overrides: Partial<Omit<Timing, keyof TimingBase>> = {},
): Timing {
  const { heartbeatIntervalMs, leaseMs } = base;
  // 4 % above the lease: 2.02 % for two wrong clocks, the rest for coarse timers.
  const promiseMs = Math.ceil(leaseMs * 1.04);
  const timing: Timing = {
    ...base,
    promiseMs,
    restartQuietMs: promiseMs,
    electionRoundMs: 2 * heartbeatIntervalMs,
    retryMinMs: 150,
    retrySpreadMs: 450,
    resendMs: heartbeatIntervalMs,
    stallMs: 2 * leaseMs,
    stableMs: 10_000,
    admissionMs: 2000,
    admissionBackoffMs: 5000,
    admissionBackoffMaxMs: 300_000,
    copyRetryMs: 2000,
    promotionMs: 10_000,
    switchMs: 8000,
    asymmetricAfterMs: 60_000,
    replaceWitnessAfterMs: 600_000,
    reachableMs: 2 * leaseMs,
    jointMs: 4 * leaseMs,
    fenceMs: 30_000,
    forceSilenceMs: 10_000,
    ...overrides,
  };
  assertTiming(timing);
  return timing;
}

/** The relations without which the proof does not hold. */
export function assertTiming(timing: Timing): void {
  const { heartbeatIntervalMs: h, leaseMs: l, standDownMs: k, promiseMs: p, restartQuietMs: q } = timing;
  const broken = [
    p >= (l * (1 + CLOCK_RATE_ERROR)) / (1 - CLOCK_RATE_ERROR) + TICK_MS ||
      'the promise must outlast the lease on the worst clocks',
    q >= p || 'a restarted voter must be silent for a whole promise',
    l - k >= HEARTBEATS_BEFORE_STAND_DOWN * h ||
      'the master must survive lost heartbeats before it stands down',
    timing.stallMs >= l || 'a stall shorter than the lease would drop standbys that are merely paused',
  ].filter((one) => one !== true);
  if (broken.length > 0) throw new Error(`timing: ${broken.join('; ')}`);
}
