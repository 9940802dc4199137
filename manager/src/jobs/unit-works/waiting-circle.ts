// Finds nets that wait for each other in a circle, so that nobody looks for the reason in vain. Pure.
// Counts who waits for whom as waits come and go, and looks for a circle of a net once until another net waits or one ceases to.

export type WaitingCircles = {
  readonly add: (net: string, waitsFor: string) => void;
  readonly remove: (net: string, waitsFor: string) => void;
  /** The way from a net over those that it waits for back to itself, the net at both ends; null if there is none. */
  readonly find: (net: string) => readonly string[] | null;
};

export const createWaitingCircles = (): WaitingCircles => {
  const counts = new Map<string, Map<string, number>>();
  const known = new Map<string, readonly string[] | null>();

  const change = (net: string, waitsFor: string, by: 1 | -1): void => {
    const others = counts.get(net) ?? new Map<string, number>();
    const count = (others.get(waitsFor) ?? 0) + by;
    if (count > 0) others.set(waitsFor, count);
    else others.delete(waitsFor);
    if (others.size > 0) counts.set(net, others);
    else counts.delete(net);
    // Only the first and the last of a pair change what can be found.
    if (count === 0 || (count === 1 && by === 1)) known.clear();
  };

  return {
    add: (net, waitsFor) => change(net, waitsFor, 1),
    remove: (net, waitsFor) => change(net, waitsFor, -1),
    find(net) {
      const found = known.get(net);
      if (found !== undefined) return found;
      const circle = findCircle(net, (each) => counts.get(each)?.keys() ?? []);
      known.set(net, circle);
      return circle;
    },
  };
};

const findCircle = (net: string, waitsFor: (net: string) => Iterable<string>): readonly string[] | null => {
  const cameFrom = new Map<string, string>();
  const queue = [net];
  for (const current of queue)
    for (const next of waitsFor(current)) {
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
