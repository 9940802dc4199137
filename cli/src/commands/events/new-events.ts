// Which events of a newly loaded page have not been printed yet. Pure but for what it remembers, which is bounded.
import type { EventView } from '@nezuban/protocol/events/event';

/** Numbers remembered: more than are ever loaded at once (`backlogMax`), so that none is forgotten while it can still be seen. */
const rememberedMax = 25_000;

export type NewEvents = {
  /** Feeds what was loaded (newest first), returns what is to be printed, oldest first. At first only the newest `first`. */
  take(loaded: readonly EventView[]): readonly EventView[];
  /** Whether what was loaded reaches back to what is known, so that nothing lies between. */
  joins(loaded: readonly EventView[]): boolean;
};

export const createNewEvents = (first: number): NewEvents => {
  const seen = new Set<number>();
  let isFirst = true;
  /** Events below this number are older than what was first looked at, or forgotten. */
  let floor = 0;
  return {
    take: (loaded) => {
      const unseen = loaded.filter((event) => !seen.has(event.id) && event.id >= floor);
      for (const event of unseen.toReversed()) seen.add(event.id);
      for (const id of seen) {
        if (seen.size <= rememberedMax) break;
        seen.delete(id);
        floor = Math.max(floor, id + 1);
      }
      if (!isFirst) return unseen.toReversed();
      isFirst = false;
      floor = loaded.at(-1)?.id ?? 0;
      return unseen.slice(0, first).toReversed();
    },
    joins: (loaded) => isFirst || loaded.some((event) => seen.has(event.id) || event.id < floor),
  };
};
