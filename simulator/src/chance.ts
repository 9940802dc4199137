/**
 * What can go wrong inside an operation: promotions, copies, kills, fence commands. Drawn when the operation begins.
 */
import type { Host } from './host.ts';
import type { Random } from './random.ts';

/** Probabilities, each for one operation. */
export interface Troubles {
  readonly promotionFails: number;
  readonly promotionHangs: number;
  readonly copyHangs: number;
  readonly copySlow: number;
  /** A kill takes longer than the stand-down may, or never ends: the guard must do it. */
  readonly killStuck: number;
  readonly fenceFails: number;
  readonly fenceLate: number;
  /** It worked, but says that it did not. */
  readonly fenceLies: number;
}

export const NO_TROUBLES: Troubles = {
  promotionFails: 0,
  promotionHangs: 0,
  copyHangs: 0,
  copySlow: 0,
  killStuck: 0,
  fenceFails: 0,
  fenceLate: 0,
  fenceLies: 0,
};

const STUCK_MIN_MS = 150;
const STUCK_MAX_MS = 1500;
const NEVER_MS = 1_000_000;
const OFF_MIN_MS = 300;
const OFF_MAX_MS = 6000;

export class Chance {
  /** For durations and everything else in the model. */
  readonly draw: Random;
  troubles: Troubles;

  constructor(draw: Random, troubles: Troubles) {
    this.draw = draw;
    this.troubles = troubles;
  }

  promotionTrouble(): 'none' | 'fails' | 'hangs' {
    const draw = this.draw.unit();
    const { promotionFails, promotionHangs } = this.troubles;
    if (draw < promotionFails) return 'fails';
    return draw < promotionFails + promotionHangs ? 'hangs' : 'none';
  }

  copyTrouble(): 'none' | 'slow' | 'hangs' {
    const draw = this.draw.unit();
    const { copyHangs, copySlow } = this.troubles;
    if (draw < copyHangs) return 'hangs';
    return draw < copyHangs + copySlow ? 'slow' : 'none';
  }

  /** Extra time that a kill takes. Never where no guard would end it. */
  killTrouble(host: Host): number {
    if (!this.draw.chance(this.troubles.killStuck) || !host.guard.alive) return 0;
    return this.draw.chance(0.5) ? NEVER_MS : this.draw.between(STUCK_MIN_MS, STUCK_MAX_MS);
  }

  fenceTrouble(): 'none' | 'fails' | 'late' | 'lies' {
    const draw = this.draw.unit();
    const { fenceFails, fenceLate, fenceLies } = this.troubles;
    if (draw < fenceFails) return 'fails';
    if (draw < fenceFails + fenceLate) return 'late';
    return draw < fenceFails + fenceLate + fenceLies ? 'lies' : 'none';
  }

  offTime(): number {
    return this.draw.between(OFF_MIN_MS, OFF_MAX_MS);
  }
}
