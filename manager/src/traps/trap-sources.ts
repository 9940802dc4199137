// Who has spoken of late, for people who look for a device that is not heard, or is not known.
// Responsible for a bounded table in memory: since the manager is on duty, the latest speakers. Called with each trap, so it does little.
import type { PlacedTrap } from '@nezuban/core/traps/parsed-trap';

export type TrapSource = {
  readonly address: string;
  readonly host: string | null;
  node: string | null;
  readonly protocols: Set<string>;
  count: number;
  malformed: number;
  readonly firstMs: number;
  lastMs: number;
};

export type TrapSources = {
  readonly note: (trap: PlacedTrap, malformed: boolean) => void;
  /** The last to have spoken first. */
  readonly list: () => readonly TrapSource[];
};

export const createTrapSources = (max: number): TrapSources => {
  const sources = new Map<string, TrapSource>();
  /** The one that was first heard of longest ago: it comes back with its next word. */
  const forgetOldest = (): void => {
    for (const key of sources.keys()) {
      sources.delete(key);
      return;
    }
  };
  return {
    note(trap, malformed) {
      const key = trap.claimedHost === null ? trap.address : `${trap.address} ${trap.claimedHost}`;
      let source = sources.get(key);
      if (source === undefined) {
        if (sources.size >= max) forgetOldest();
        source = {
          address: trap.address,
          host: trap.claimedHost,
          node: trap.node,
          protocols: new Set(),
          count: 0,
          malformed: 0,
          firstMs: trap.receivedMs,
          lastMs: trap.receivedMs,
        };
        sources.set(key, source);
      }
      source.count += 1;
      if (malformed) source.malformed += 1;
      source.node = trap.node;
      source.protocols.add(trap.protocol);
      source.lastMs = Math.max(source.lastMs, trap.receivedMs);
    },
    list: () => [...sources.values()].sort((a, b) => b.lastMs - a.lastMs),
  };
};
