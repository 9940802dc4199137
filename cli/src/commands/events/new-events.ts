// Which events of a newly loaded page have not been printed yet. Pure but for what it remembers, which is bounded.
import type { EventView } from '@nezuban/protocol/events/event';

/** Numbers remembered; several pages' worth, so that none of a page is ever forgotten while it can still be seen. */
const rememberedMax = 5_000;

/** Feeds pages (newest first), returns what is to be printed, oldest first. Of the first page only the newest `first`. */
export const createNewEvents = (first: number): ((page: readonly EventView[]) => readonly EventView[]) => {
  const seen = new Set<number>();
  let isFirst = true;
  /** Events below this number are older than what was first looked at, or forgotten. */
  let floor = 0;
  return (page) => {
    const unseen = page.filter((event) => !seen.has(event.id) && event.id >= floor);
    for (const event of unseen.toReversed()) seen.add(event.id);
    for (const id of seen) {
      if (seen.size <= rememberedMax) break;
      seen.delete(id);
      floor = Math.max(floor, id + 1);
    }
    if (!isFirst) return unseen.toReversed();
    isFirst = false;
    floor = page.at(-1)?.id ?? 0;
    return unseen.slice(0, first).toReversed();
  };
};
