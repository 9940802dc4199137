// Who holds places, who waits for them and who comes next, over all sessions. Everything in it can be had again from the sessions' records:
// `take` after a restart or a commit that failed, `sync` after each input. So nobody has a place but by what is committed.
//
// Who comes first: the smaller key (`queueKeyOf`), so the older, each level of priority counting as half an hour of waiting. Who comes
// first and lacks something keeps what he asks for from those behind him, so that nobody overtakes him for ever; others go on with what is
// left. Before all others come those that ask for locks inside of a net that holds some: whoever waits for these waits for them. Nothing is kept for one who waits for what is paused, closed at this time of day, frozen, or more than there is.
//
// What breaks while places are given out stops nobody else: a line whose first cannot be judged stands and is told (`faults`), one who breaks
// when he is given his place is passed over from then on (`bar`), and the rest goes on.
//
// Called by the manager's engine within one batch; synchronous, without clock.
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import {
  heldClaims,
  netId,
  isNode,
  lockRank,
  nodeId,
  partsOf,
  rankOf,
  wishOf,
  type Claim,
  type NodeChoice,
  type ResourceId,
  type Wish,
} from './claims.ts';
import { addClaim, fits, isPossible, useOf, type Uses } from './resources.ts';
import type { Limits } from './limits.ts';
import {
  compareWaiters,
  createWaitingLines,
  resourcesOf,
  signatureOf,
  type Line,
  type Waiter,
  type WaitingLines,
} from './waiting-lines.ts';
import type { Inventory } from '../session-inputs.ts';
import type { AttemptRecord, Session, UnitRecord } from '../session-state.ts';
import { recordAt } from '../step.ts';

export type Holder = {
  readonly id: string;
  readonly sessionId: SessionId;
  readonly unit: number;
  readonly claims: readonly Claim[];
};
/** `node`: where it is to start, if any of several would do. */
export type Admission = {
  readonly sessionId: SessionId;
  readonly unit: number;
  readonly node: string | null;
};

/** What broke: a line that cannot be judged, or somebody in it who cannot be looked at anew. `first`: whose turn it was. */
export type AdmissionFault = {
  readonly resources: readonly ResourceId[];
  readonly first: { readonly sessionId: SessionId; readonly unit: number };
  readonly error: unknown;
};
export type UnboundSession = { readonly sessionId: SessionId; readonly error: unknown };

export type AdmissionBook = {
  /** Takes over what the session's last steps have changed. */
  readonly sync: (session: Session, inventory: Inventory) => void;
  /** Takes a whole session, as it was read. */
  readonly take: (session: Session, inventory: Inventory) => void;
  /** The session is not in memory any more. */
  readonly forget: (id: SessionId) => void;
  /** Other limits are in force: everybody who waits is looked at again. Gives the sessions that cannot be taken, which must leave memory. */
  readonly setLimits: (
    limits: Limits,
    sessions: Iterable<Session>,
    inventory: Inventory,
  ) => readonly UnboundSession[];
  /** Nodes, scopes or the time have changed: everybody who waits is looked at again, and those who ask for nodes ask for those of now. */
  readonly lookAgain: (sessionOf: (id: SessionId) => Session | null, inventory: Inventory) => void;
  /**
   * All that may start now, in order; none if nobody may. They are out of their lines then: apply `admitted` to their sessions, `sync`
   * those, and ask again until it is none.
   */
  readonly admit: (now: number, inventory: Inventory) => readonly Admission[];
  /** What has broken since the last call; a line once while it stands. */
  readonly faults: () => readonly AdmissionFault[];
  /** Who waits there breaks when he is given his place: he is passed over until he asks anew, or limits change. */
  readonly bar: (sessionId: SessionId, unit: number, why: string) => void;
  /** What broke when somebody's turn was looked at; null: nothing. */
  readonly brokenWhy: (waiter: Waiter) => string | null;
  /** A session of this net has to ask before it starts, because others keep it out. */
  readonly isExcluded: (net: string) => boolean;
  /** Sessions of the net that run, and those that wait for their turn. */
  readonly running: (net: string) => number;
  readonly waiting: (net: string) => number;
  readonly limits: () => Limits;
  /** When somebody who waited was last given something of it; null: not since anybody waits. */
  readonly movedAt: (resource: ResourceId) => number | null;
  readonly uses: () => Uses;
  readonly lines: () => WaitingLines;
  readonly holders: () => Iterable<Holder>;
  readonly waiterOf: (sessionId: SessionId, unit: number) => Waiter | null;
  /** Open attempts on nodes with a limit. */
  readonly attempts: () => Iterable<AttemptRecord>;
};

type SessionPart = { readonly units: Set<string>; readonly attempts: Set<AttemptId> };

export function createAdmissionBook(initial: Limits): AdmissionBook {
  let limits = initial;
  let uses: Uses = new Map();
  let lines = createWaitingLines();
  const holders = new Map<string, Holder>();
  const waiters = new Map<string, Waiter>();
  const attempts = new Map<AttemptId, AttemptRecord>();
  const parts = new Map<SessionId, SessionPart>();
  /** Resources of which something has become free, or for which somebody new waits. */
  const stirred = new Set<ResourceId>();
  let stirAll = false;
  const moved = new Map<ResourceId, number>();
  /** By unit. */
  const barred = new Map<string, string>();
  /** By line. */
  const standing = new Map<string, string>();
  let faults: AdmissionFault[] = [];

  const partOf = (id: SessionId): SessionPart => {
    let part = parts.get(id);
    if (part === undefined) parts.set(id, (part = { units: new Set(), attempts: new Set() }));
    return part;
  };
  const release = (claims: readonly Claim[]): void => {
    for (const claim of claims) {
      addClaim(uses, claim, -1);
      stirred.add(claim.resource);
    }
  };
  const stopWaiting = (id: string): void => {
    const waiter = waiters.get(id);
    if (waiter === undefined) return;
    waiters.delete(id);
    lines.remove(waiter);
    // What was kept for it is free for others.
    for (const resource of resourcesOf(waiter.wish)) stirred.add(resource);
  };
  const dropUnit = (id: string): void => {
    const holder = holders.get(id);
    if (holder !== undefined) release(holder.claims);
    holders.delete(id);
    stopWaiting(id);
  };
  const putUnit = (session: Session, record: UnitRecord, inventory: Inventory): void => {
    const id = `${session.id}.${record.unit.index}`;
    dropUnit(id);
    const claims = heldClaims(session, record);
    const part = partOf(session.id);
    const place = { id, sessionId: session.id, unit: record.unit.index };
    if (claims.length > 0) {
      holders.set(id, { ...place, claims });
      for (const claim of claims) addClaim(uses, claim, 1);
    }
    if (record.state !== 'queued') barred.delete(id);
    else {
      const wish = wishOf(session, record, inventory);
      const key = record.control?.queued?.key ?? session.createdAt;
      const waiter = { ...place, wish, key, inside: asksInside(record, wish) };
      waiters.set(id, waiter);
      lines.add(waiter);
      for (const resource of resourcesOf(wish)) stirred.add(resource);
      // It asks for nothing any more, since a limit was taken away: nobody would call it.
      if (resourcesOf(wish).length === 0) stirAll = true;
    }
    if (claims.length > 0 || record.state === 'queued') part.units.add(id);
    else part.units.delete(id);
  };
  const putAttempt = (attempt: AttemptRecord, sessionId: SessionId): void => {
    const claim: Claim = { resource: nodeId(attempt.node), count: 1 };
    const known = attempts.has(attempt.id);
    const open = attempt.endStatus === null && limits.has(claim.resource);
    if (open === known) return;
    if (open) {
      attempts.set(attempt.id, attempt);
      partOf(sessionId).attempts.add(attempt.id);
      addClaim(uses, claim, 1);
    } else {
      attempts.delete(attempt.id);
      partOf(sessionId).attempts.delete(attempt.id);
      release([claim]);
    }
  };
  const forget = (id: SessionId): void => {
    const part = parts.get(id);
    if (part === undefined) return;
    for (const unit of part.units) dropUnit(unit);
    for (const attemptId of part.attempts) {
      const attempt = attempts.get(attemptId);
      attempts.delete(attemptId);
      if (attempt !== undefined) release([{ resource: nodeId(attempt.node), count: 1 }]);
    }
    parts.delete(id);
  };
  const take = (session: Session, inventory: Inventory): void => {
    forget(session.id);
    for (const record of session.units)
      if (record.state === 'queued' || heldClaims(session, record).length > 0)
        putUnit(session, record, inventory);
    for (const attempt of session.attempts.values()) putAttempt(attempt, session.id);
    session.stirred.units.length = 0;
    session.stirred.attempts.length = 0;
  };

  return {
    sync(session, inventory) {
      const { units, attempts: changed } = session.stirred;
      for (const record of units) putUnit(session, record, inventory);
      if (limits.hasNodes || attempts.size > 0)
        for (const attempt of changed) putAttempt(attempt, session.id);
      units.length = 0;
      changed.length = 0;
    },
    take,
    forget,
    setLimits(changed, sessions, inventory) {
      limits = changed;
      uses = new Map();
      lines = createWaitingLines();
      holders.clear();
      waiters.clear();
      attempts.clear();
      parts.clear();
      stirred.clear();
      barred.clear();
      stirAll = true;
      return [...sessions].flatMap((session) => {
        try {
          take(session, inventory);
          return [];
        } catch (error) {
          forget(session.id);
          return [{ sessionId: session.id, error }];
        }
      });
    },
    lookAgain(sessionOf, inventory) {
      stirAll = true;
      for (const waiter of [...waiters.values()].filter(({ wish }) => asksForNodes(wish))) {
        const { id, sessionId, unit } = waiter;
        const session = sessionOf(sessionId);
        if (session === null) continue;
        try {
          putUnit(session, recordAt(session, unit), inventory);
        } catch (error) {
          // It keeps its turn, and is passed over: nobody knows any more what it asks for.
          dropUnit(id);
          waiters.set(id, waiter);
          lines.add(waiter);
          if (!barred.has(id))
            faults.push({ resources: resourcesOf(waiter.wish), first: { sessionId, unit }, error });
          barred.set(id, wordsOf(error));
        }
      }
    },
    admit(now, inventory) {
      if (waiters.size === 0) moved.clear();
      if (waiters.size === 0 || (stirred.size === 0 && !stirAll)) {
        stirred.clear();
        stirAll = false;
        return [];
      }
      const looked = stirAll ? [...lines.all()] : linesAround(lines, stirred);
      stirred.clear();
      stirAll = false;
      const found = allThatFit(looked, {
        now,
        inventory,
        limits,
        uses,
        isBarred: ({ id }) => barred.has(id),
        judged({ signature, wish }, { sessionId, unit }, error) {
          if (error === null) {
            standing.delete(signature);
            return;
          }
          if (!standing.has(signature))
            faults.push({ resources: resourcesOf(wish), first: { sessionId, unit }, error });
          standing.set(signature, wordsOf(error));
        },
      });
      for (const { waiter, node } of found) {
        stopWaiting(waiter.id);
        for (const { resource } of waiter.wish.claims) moved.set(resource, now);
        if (node !== null) moved.set(nodeId(node), now);
      }
      return found.map(({ waiter: { sessionId, unit }, node }) => ({ sessionId, unit, node }));
    },
    faults() {
      const taken = faults;
      faults = [];
      return taken;
    },
    bar: (sessionId, unit, why) => void barred.set(`${sessionId}.${unit}`, why),
    brokenWhy: ({ id, wish }) => barred.get(id) ?? standing.get(signatureOf(wish)) ?? null,
    isExcluded(net) {
      return (
        useOf(uses, netId(net)).excluded > 0 ||
        [...lines.of(netId(net))].some(({ wish }) => excludes(wish.claims, net))
      );
    },
    running: (net) => useOf(uses, netId(net)).used,
    waiting(net) {
      let count = 0;
      for (const { wish, waiters: inLine } of lines.of(netId(net)))
        if (wish.claims.some(({ resource, count: of }) => resource === netId(net) && of === 1))
          count += inLine.length;
      return count;
    },
    limits: () => limits,
    movedAt: (resource) => moved.get(resource) ?? null,
    uses: () => uses,
    lines: () => lines,
    holders: () => holders.values(),
    waiterOf: (sessionId, unit) => waiters.get(`${sessionId}.${unit}`) ?? null,
    attempts: () => attempts.values(),
  };
}

/** Within one definition locks do not lie inside locks: it is of a referenced net. */
function asksInside({ unit }: UnitRecord, { claims }: Wish): boolean {
  return unit.places.heldAround.length > 0 && claims.some(({ resource }) => rankOf(resource) === lockRank);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'no error';
}

function asksForNodes({ claims, oneOf }: Wish): boolean {
  return oneOf !== null || claims.some(({ resource }) => isNode(resource));
}

function excludes(claims: readonly Claim[], net: string): boolean {
  return claims.some((claim) => claim.resource === netId(net) && claim.count === 'exclude');
}

/**
 * Lines that ask for one of these, and all that are connected with them by what they ask for: what is kept for one line decides about the
 * next, which keeps something else from others.
 */
function linesAround(lines: WaitingLines, stirred: ReadonlySet<ResourceId>): Line[] {
  const looked = new Set<Line>();
  const resources = new Set<ResourceId>(stirred);
  for (const resource of resources)
    for (const line of lines.of(resource)) {
      if (looked.has(line)) continue;
      looked.add(line);
      for (const other of resourcesOf(line.wish)) resources.add(other);
    }
  return [...looked];
}

type Look = {
  readonly now: number;
  readonly inventory: Inventory;
  readonly limits: Limits;
  readonly uses: Uses;
  readonly isBarred: (waiter: Waiter) => boolean;
  /** How it went to look at the first of a line; an error: what broke. */
  readonly judged: (line: Line, waiter: Waiter, error: unknown) => void;
};
type Found = { readonly waiter: Waiter; readonly node: string | null };

/** Goes through the first of each line in order; where one fits, the next of its line comes up. */
function allThatFit(lines: readonly Line[], look: Look): Found[] {
  const heads = lines.flatMap((line) => nextOf(line, 0, look));
  heads.sort(byTurn);
  const found: Found[] = [];
  const kept: Uses = new Map();
  for (let next = 0; next < heads.length; next += 1) {
    const head = heads[next];
    if (head === undefined) break;
    const verdict = judgeSafely(head, look, kept);
    if ('keep' in verdict) {
      for (const claim of verdict.keep) addClaim(kept, claim, 1);
      continue;
    }
    const { claims } = head.waiter.wish;
    // Given in this pass: for those behind it the same as in use.
    for (const claim of claims) addClaim(kept, claim, 1);
    if (verdict.node !== null) addClaim(kept, { resource: nodeId(verdict.node), count: 1 }, 1);
    found.push({ waiter: head.waiter, node: verdict.node });
    const [follower] = nextOf(head.line, head.position + 1, look);
    if (follower !== undefined) heads.splice(placeAmong(heads, follower, next + 1), 0, follower);
  }
  return found;
}

type Head = { readonly line: Line; readonly position: number; readonly waiter: Waiter };

/** The next of the line from a position on. */
function nextOf(line: Line, from: number, { isBarred }: Look): Head[] {
  for (let position = from; position < line.waiters.length; position += 1) {
    const waiter = line.waiters[position];
    if (waiter !== undefined && !isBarred(waiter)) return [{ line, position, waiter }];
  }
  return [];
}

/** Whatever breaks breaks this line alone. */
function judgeSafely({ line, waiter }: Head, look: Look, kept: Uses): Verdict {
  try {
    const verdict = judge(waiter, look, kept);
    look.judged(line, waiter, null);
    return verdict;
  } catch (error) {
    look.judged(line, waiter, error);
    return hopeless;
  }
}

function byTurn(a: Head, b: Head): number {
  return compareWaiters(a.waiter, b.waiter);
}

/** Position from `low` on of the first that does not come before it. */
function placeAmong(heads: readonly Head[], head: Head, low: number): number {
  let from = low;
  let to = heads.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const other = heads[middle];
    if (other !== undefined && byTurn(other, head) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** `keep`: it waits, and this is kept for it. */
type Verdict = { readonly node: string | null } | { readonly keep: readonly Claim[] };
const hopeless: Verdict = { keep: [] };

/**
 * Nothing is kept for one who waits for something that nobody's end will give him. And while he lacks something, nothing of a higher rank:
 * who holds what he lacks may need just that to come to an end (`rankOf`).
 */
function judge(waiter: Waiter, look: Look, kept: Uses): Verdict {
  const { claims, oneOf } = waiter.wish;
  if (claims.some(({ resource }) => isFrozen(resource, look.inventory))) return hopeless;
  let lacking = Infinity;
  for (const claim of claims) {
    const places = look.limits.places(claim.resource, look.now);
    if (!isPossible(claim, places)) return hopeless;
    if (!fits(claim, places, [useOf(look.uses, claim.resource), useOf(kept, claim.resource)]))
      lacking = Math.min(lacking, rankOf(claim.resource));
  }
  if (lacking < Infinity) {
    // Nor any lock for one who holds some already: another who does may need just that.
    const keeps = waiter.inside && lacking <= lockRank ? lacking - 1 : lacking;
    return { keep: claims.filter(({ resource }) => rankOf(resource) <= keeps) };
  }
  if (oneOf === null) return { node: null };
  const chosen = chooseNode(oneOf, look, kept);
  if (chosen === 'frozen') return hopeless;
  return chosen === 'full' ? { keep: claims } : chosen;
}

function isFrozen(resource: ResourceId, inventory: Inventory): boolean {
  const { frozen } = inventory;
  return frozen !== undefined && isNode(resource) && frozen.has(partsOf(resource).name);
}

/** A connected node with a place. Null: none is connected or frozen, so the unit's own start says what is wrong. */
function chooseNode(
  { nodes, leastLoaded }: NodeChoice,
  look: Look,
  kept: Uses,
): { readonly node: string | null } | 'full' | 'frozen' {
  const { inventory, limits, uses, now } = look;
  const there = nodes.filter((node) => inventory.nodes.get(node)?.connected === true);
  const thawed = there.filter((node) => inventory.frozen?.has(node) !== true);
  if (thawed.length === 0)
    return nodes.some((node) => inventory.frozen?.has(node) === true) ? 'frozen' : { node: null };
  const free = thawed.filter((node) => {
    const claim: Claim = { resource: nodeId(node), count: 1 };
    if (!limits.has(claim.resource)) return true;
    return fits(claim, limits.places(claim.resource, now), [
      useOf(uses, claim.resource),
      useOf(kept, claim.resource),
    ]);
  });
  // With what this pass has given, which nobody has counted yet.
  const load = (node: string): number =>
    (inventory.openAttempts?.(node) ?? 0) + useOf(kept, nodeId(node)).used;
  const [node] = leastLoaded ? free.toSorted((a, b) => load(a) - load(b)) : free;
  return node === undefined ? 'full' : { node };
}
