/**
 * The stage: runs the seed's scenario some times, and holds the traps that wait for a moment to strike.
 *
 * Responsible for timing and traps. What happens in each scenario is in `scenarios.ts`.
 */
import type { Adversary } from './faults.ts';
import { createPlays } from './scenarios.ts';
import { KEEP, type Delay, type Stage, type Trap } from './trap.ts';
import { longScenarios } from './options.ts';

const TIMES_MAX = 4;
const QUIET_BEFORE_MS = 2500;
/** By then an undisturbed pair is redundant. */
const PAIRED_AFTER_MS = 4500;
/** More traps would be open only because nothing ever springs them. */
const TRAPS_MAX = 8;

export function createStage(adversary: Adversary): Stage {
  const { random, world } = adversary;
  let traps: Trap[] = [];
  let delays: Delay[] = [];

  const spring = (sprung: (trap: Trap) => boolean): void => {
    if (traps.length > 0) traps = traps.filter((trap) => !sprung(trap));
  };

  const stage: Stage = {
    begin: (name) => {
      const plays = createPlays(adversary, stage);
      const isLong = longScenarios.includes(name);
      const times = isLong ? 1 : 1 + random.below(TIMES_MAX);
      const first = isLong ? PAIRED_AFTER_MS : QUIET_BEFORE_MS;
      const space = isLong ? QUIET_BEFORE_MS : Math.max(1, world.options.safetyMs - QUIET_BEFORE_MS);
      for (let time = 0; time < times; time += 1) {
        adversary.later(first + random.unit() * space, () => {
          world.count.scenarios += 1;
          world.trace?.note('stage', name);
          plays[name]();
        });
      }
    },
    end: () => {
      traps = [];
      delays = [];
    },
    set: (trap) => {
      traps = [...traps.slice(1 - TRAPS_MAX), trap];
    },
    delay: (lengthMs, how) => {
      delays = [...delays, how];
      adversary.later(lengthMs, () => {
        delays = delays.filter((one) => one !== how);
      });
    },
    persists: (host, record) => spring((trap) => trap.persists?.(host, record) === true),
    written: (host) => spring((trap) => trap.written?.(host) === true),
    sends: (host, message) => {
      if (message.body.type === 'propose') spring((trap) => trap.proposes?.(host, message) === true);
      let extra = 0;
      for (const delay of delays) {
        const more = delay(host, message);
        if (more === KEEP) return KEEP;
        extra += more;
      }
      return extra;
    },
  };
  return stage;
}
