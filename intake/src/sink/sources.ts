/**
 * What each source says, and how much of it is kept: a token bucket per address, in bounded memory.
 *
 * Responsible for who may send (address lists), for counting what is above the limit, and for what is told of it once a second. Pure but for
 * its own memory; the time is given. Called by the trap sink.
 */
import { compileAddressList, parseAddress, type AddressList } from '@nezuban/core/traps/address-list';
import type { TrapProtocol } from '@nezuban/protocol/intake/record';

/** As the receiver's: what a source sends under. */
type HeardProtocol = Exclude<TrapProtocol, 'control'>;

export type Source = {
  /** As the socket gives it. */
  readonly text: string;
  /** Sixteen bytes. */
  readonly address: Uint8Array;
  readonly isAllowed: boolean;
  tokens: number;
  refilledMs: number;
  /** Since the last look of the minute's list. */
  heard: number;
  summarised: number;
  perSecond: number;
  over: Over | null;
};

/** What was counted instead of kept, since it was last told. */
export type Over = {
  readonly protocol: HeardProtocol;
  readonly sample: Uint8Array;
  readonly fromMs: number;
  toMs: number;
  count: number;
};

export type Summary = {
  readonly text: string;
  readonly address: Uint8Array;
  readonly over: Over;
};

export type Sources = {
  readonly of: (address: string) => Source;
  /** Takes one from its bucket. False: it is above the limit and was counted. */
  readonly mayKeep: (
    source: Source,
    heard: { readonly protocol: HeardProtocol; readonly payload: Uint8Array },
  ) => boolean;
  readonly setLimits: (limits: SourceLimits) => void;
  /** Once a second: what was counted since, and moves the rates. */
  readonly tick: () => readonly Summary[];
  /** The loudest ones. */
  readonly loudest: (
    count: number,
  ) => readonly { readonly address: string; readonly perSecond: number; readonly summarised: number }[];
  /** Sources that are remembered now. */
  readonly size: () => number;
};

export type SourceLimits = {
  readonly perSecondMax: number;
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
};

/** Of one generation, two are kept: more addresses than that in a moment are forged ones, and each of them would be new anyway. */
const SOURCES_MAX = 10_000;
/** Sources whose excess is told one by one each second; of the others the sum. */
const NOISY_MAX = 200;
/** Of what was left out one is shown, cut to this. */
const SAMPLE_BYTES_MAX = 500;
/** The rate that is shown follows within about this many seconds. */
const RATE_SECONDS = 10;
const UNSPECIFIED = new Uint8Array(16);

export function createSources(first: SourceLimits, clock: { readonly monotonicMs: () => number }): Sources {
  let limits = first;
  let allowed: AddressList = compileAddressList(first.allowed);
  let denied: AddressList = compileAddressList(first.denied);
  let current = new Map<string, Source>();
  let former = new Map<string, Source>();
  let noisy = new Set<Source>();
  const others = create('::');

  function create(text: string): Source {
    const address = parseAddress(text) ?? UNSPECIFIED;
    return {
      text,
      address,
      isAllowed: !denied.has(address) && (allowed.isEmpty || allowed.has(address)),
      tokens: limits.perSecondMax,
      refilledMs: clock.monotonicMs(),
      heard: 0,
      summarised: 0,
      perSecond: 0,
      over: null,
    };
  }

  function of(address: string): Source {
    const known = current.get(address);
    if (known !== undefined) return known;
    const source = former.get(address) ?? create(address);
    // The older half is forgotten as a whole: who still sends has moved to the newer one.
    if (current.size >= SOURCES_MAX) {
      former = current;
      current = new Map();
    }
    current.set(address, source);
    return source;
  }

  function countOver(
    source: Source,
    heard: { readonly protocol: HeardProtocol; readonly payload: Uint8Array },
  ): void {
    source.summarised += 1;
    let target = source;
    if (!noisy.has(source)) {
      if (noisy.size < NOISY_MAX) noisy.add(source);
      else target = others;
    }
    const nowMs = clock.monotonicMs();
    target.over ??= {
      protocol: heard.protocol,
      sample: Uint8Array.from(heard.payload.subarray(0, SAMPLE_BYTES_MAX)),
      fromMs: nowMs,
      toMs: nowMs,
      count: 0,
    };
    target.over.count += 1;
    target.over.toMs = nowMs;
  }

  return {
    of,
    mayKeep(source, heard) {
      source.heard += 1;
      if (source.tokens < 1) {
        const nowMs = clock.monotonicMs();
        const refill = ((nowMs - source.refilledMs) * limits.perSecondMax) / 1000;
        if (refill >= 1) {
          source.tokens = Math.min(limits.perSecondMax, source.tokens + refill);
          source.refilledMs = nowMs;
        }
      }
      if (source.tokens >= 1) {
        source.tokens -= 1;
        return true;
      }
      countOver(source, heard);
      return false;
    },
    setLimits(next) {
      limits = next;
      allowed = compileAddressList(next.allowed);
      denied = compileAddressList(next.denied);
      // All are judged anew when they are heard next.
      current = new Map();
      former = new Map();
    },
    tick() {
      const told: Summary[] = [];
      for (const source of [...noisy, others]) {
        if (source.over === null) continue;
        told.push({ text: source.text, address: source.address, over: source.over });
        source.over = null;
      }
      noisy = new Set();
      const nowMs = clock.monotonicMs();
      for (const source of current.values()) {
        source.perSecond += (source.heard - source.perSecond) / RATE_SECONDS;
        source.heard = 0;
        // Full again at most: what was not used is no credit for a storm.
        const refill = ((nowMs - source.refilledMs) * limits.perSecondMax) / 1000;
        source.tokens = Math.min(limits.perSecondMax, source.tokens + refill);
        source.refilledMs = nowMs;
      }
      return told;
    },
    loudest(count) {
      // Who is in the older half alone was not heard of lately.
      return [...current.values()]
        .filter(({ perSecond, summarised }) => perSecond >= 0.05 || summarised > 0)
        .sort((one, other) => other.perSecond - one.perSecond)
        .slice(0, count)
        .map(({ text, perSecond, summarised }) => ({ address: text, perSecond, summarised }));
    },
    size: () => current.size + former.size,
  };
}
