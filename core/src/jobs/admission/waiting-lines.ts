// Those that wait for places, in lines: one for each set of claims, since of those that ask for the same only the first matters.
// So what a freed place costs depends on how many different wishes there are, not on how many wait.
import type { SessionId } from '@nezuban/protocol/ids';
import type { ResourceId, Wish } from './claims.ts';

export type Waiter = {
  readonly id: string;
  readonly sessionId: SessionId;
  readonly unit: number;
  /** Who has the smaller one comes first; see `queueKeyOf`. */
  readonly key: number;
  readonly wish: Wish;
  /** It asks for locks, and a net around it holds some. Whoever waits for those waits for it, so it comes before all that hold none. */
  readonly inside: boolean;
};
export type Line = {
  readonly signature: string;
  readonly wish: Wish;
  /** In order. */
  readonly waiters: Waiter[];
};
export type WaitingLines = {
  readonly add: (waiter: Waiter) => void;
  readonly remove: (waiter: Waiter) => void;
  /** Lines that ask for the resource. */
  readonly of: (resource: ResourceId) => ReadonlySet<Line>;
  readonly all: () => Iterable<Line>;
  readonly size: () => number;
};

const noLines: ReadonlySet<Line> = new Set();

export function compareWaiters(a: Waiter, b: Waiter): number {
  return Number(b.inside) - Number(a.inside) || a.key - b.key || a.sessionId - b.sessionId || a.unit - b.unit;
}

/** Everything that a wish touches. */
export function resourcesOf({ claims, oneOf }: Wish): ResourceId[] {
  return [
    ...claims.map(({ resource }) => resource),
    ...(oneOf?.nodes ?? []).map((node): ResourceId => `node_limit ${node}`),
  ];
}

export function createWaitingLines(): WaitingLines {
  const lines = new Map<string, Line>();
  const byResource = new Map<ResourceId, Set<Line>>();
  let size = 0;

  const open = (signature: string, wish: Wish): Line => {
    const line: Line = { signature, wish, waiters: [] };
    lines.set(signature, line);
    for (const resource of resourcesOf(wish)) {
      const known = byResource.get(resource);
      if (known === undefined) byResource.set(resource, new Set([line]));
      else known.add(line);
    }
    return line;
  };
  const close = (line: Line): void => {
    lines.delete(line.signature);
    for (const resource of resourcesOf(line.wish)) {
      const known = byResource.get(resource);
      known?.delete(line);
      if (known?.size === 0) byResource.delete(resource);
    }
  };

  return {
    add(waiter) {
      const signature = signatureOf(waiter.wish);
      const { waiters } = lines.get(signature) ?? open(signature, waiter.wish);
      waiters.splice(placeIn(waiters, waiter), 0, waiter);
      size += 1;
    },
    remove(waiter) {
      const line = lines.get(signatureOf(waiter.wish));
      if (line === undefined) return;
      const at = placeIn(line.waiters, waiter);
      if (line.waiters[at]?.id !== waiter.id) return;
      line.waiters.splice(at, 1);
      size -= 1;
      if (line.waiters.length === 0) close(line);
    },
    of: (resource) => byResource.get(resource) ?? noLines,
    all: () => lines.values(),
    size: () => size,
  };
}

/** What all in one line ask for. */
export function signatureOf({ claims, oneOf }: Wish): string {
  const parts = claims.map((claim) => `${claim.resource}=${claim.count}/${claim.max ?? ''}`);
  return [...parts, ...(oneOf === null ? [] : [`?${oneOf.leastLoaded}=${oneOf.nodes.join(',')}`])].join('|');
}

/** Position of the first that does not come before it. */
function placeIn(waiters: readonly Waiter[], waiter: Waiter): number {
  let low = 0;
  let high = waiters.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = waiters[middle];
    if (other !== undefined && compareWaiters(other, waiter) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
