/**
 * The monotonic clock of one host: its own beginning and its own rate, never a jump.
 *
 * Responsible for the two conversions. The rate's error stays within what the protocol allows for (`CLOCK_RATE_ERROR`).
 */
import { CLOCK_RATE_ERROR } from '@nezuban/ha/decision/timing';
import type { Random } from './random.ts';

/** Clocks of hosts begin anywhere; far apart, so that a time of one used on another is noticed. */
const OFFSET_MAX_MS = 1_000_000;

export type ClockSkew = 'none' | 'drawn' | 'extreme';

export class Clock {
  readonly rate: number;
  readonly offset: number;

  constructor(rate: number, offset: number) {
    this.rate = rate;
    this.offset = offset;
  }

  localAt(trueTime: number): number {
    return this.offset + this.rate * trueTime;
  }

  trueAt(local: number): number {
    return (local - this.offset) / this.rate;
  }
}

export function drawClock(random: Random, skew: ClockSkew): Clock {
  return new Clock(drawRate(random, skew), Math.floor(random.between(0, OFFSET_MAX_MS)));
}

function drawRate(random: Random, skew: ClockSkew): number {
  switch (skew) {
    case 'none':
      return 1;
    case 'drawn':
      return 1 + random.between(-CLOCK_RATE_ERROR, CLOCK_RATE_ERROR);
    case 'extreme':
      return random.chance(0.5) ? 1 + CLOCK_RATE_ERROR : 1 - CLOCK_RATE_ERROR;
  }
}
