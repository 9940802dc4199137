/**
 * Chance without chance: every duration is the same part of its range, every coin falls the same way.
 *
 * Transcripts are made with it, so that one more draw somewhere does not move every line of them. Called by `scenario-runner.ts`.
 */
import { Random } from './random.ts';

/** Where in its range a duration lies. Below one half, so that even chances come true and smaller ones do not. */
const PART = 0.4;

export class Steady extends Random {
  /** Only `next` still differs from call to call: seeds and names come from it, and they must. */
  constructor() {
    super(0, 0);
  }

  override unit(): number {
    return PART;
  }

  override exponential(mean: number): number {
    return mean;
  }
}
