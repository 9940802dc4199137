// Finds nets that wait for each other in a circle, so that nobody looks for the reason in vain. Pure.

/** The way from a net over those that it waits for back to itself, the net at both ends; null if there is none. */
export const findWaitingCircle = (
  net: string,
  waitsFor: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] | null => {
  const cameFrom = new Map<string, string>();
  const queue = [net];
  for (const current of queue)
    for (const next of waitsFor.get(current) ?? []) {
      if (next === net) {
        const way = [net];
        for (let at: string | undefined = current; at !== undefined && at !== net; at = cameFrom.get(at))
          way.unshift(at);
        return [net, ...way];
      }
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, current);
      queue.push(next);
    }
  return null;
};
