// Finds units of several sessions that wait for each other in a circle: over locks and exclusive nets that they hold and ask for, over nets that
// they have started and wait for, and over units that wait for other nets. None of them goes on by itself.
//
// The way of finding them: everybody who waits counts as stuck, until somebody can be seen to be served by those who are not. A unit that waits for
// places is served if they fit beside what stuck holders hold; a holder is stuck while something inside it is; a wait for a session while something
// of that session is. What is left at the end waits for each other, or behind those who do. So nobody is accused who may still go on: who has a
// time limit, or a watch that ends it, waits for what is paused or closed at this time of day, or could be served by a session that is yet to come,
// counts as served.
//
// Costs each wait, with the nets around it, once, however they hang together. Pure. Called by the manager between two commits.
import type { SessionId } from '@nezuban/protocol/ids';
import type { WaitFact } from '@nezuban/protocol/jobs/waiting';
import type { Session, UnitRecord } from '../session-state.ts';
import { parentOf, recordAt } from '../step.ts';
import { netWaitProgress, netWaitSince } from '../unit-types/net-wait.ts';
import { startedSession } from '../unit-types/net-start.ts';
import { isEndedByWatch } from '../watch/watch-times.ts';
import type { AdmissionBook } from './admission-book.ts';
import { isNode, lockRank, partsOf, rankOf, type Claim, type ResourceId } from './claims.ts';
import { addClaim, fits, isPossible, useOf, type Uses } from './resources.ts';

/** A unit that waits, by its session and index; 0: the session itself. */
export type UnitPlace = { readonly sessionId: SessionId; readonly unit: number };
export type CircleLink = UnitPlace & {
  readonly net: string;
  /** Null: the session itself. */
  readonly path: string | null;
  /** What it waits for, and which session has to give it; that of the next link. */
  readonly waitsFor:
    | { readonly kind: 'lock' | 'net'; readonly name: string }
    | { readonly kind: 'session'; readonly net: string };
  readonly of: SessionId;
  /** Since when it waits. Milliseconds since 1970. */
  readonly since: number;
};
/** Beginning with its oldest session, so that it reads the same each time. */
export type Circle = readonly CircleLink[];

export type CircleWorld = {
  readonly book: AdmissionBook;
  readonly session: (id: SessionId) => Session | null;
  /** Units that wait for other sessions: those of the types `net_start` and `net_wait` that are under way. */
  readonly outside: readonly UnitPlace[];
  readonly now: number;
};

/** Waits that are looked at; a manager with more of them is told nothing about circles, and its engine is not held up. */
export const circleWaitsMax = 50_000;
/** Circles of one look. */
export const circlesMax = 20;

type Wait = UnitPlace & {
  readonly session: Session;
  readonly record: UnitRecord;
  readonly claims: readonly Claim[];
  stuck: boolean;
  /** It is going to be looked at. */
  queued: boolean;
};
type Holding = UnitPlace & { readonly claims: readonly Claim[]; stuckInside: number };

/** Null: there are more waits than are looked at. */
export function findCircles(world: CircleWorld): readonly Circle[] | null {
  const waits = waitsOf(world);
  if (waits.length > circleWaitsMax) return null;
  if (waits.length < 2) return [];
  const look = beginLook(world, waits);
  serveAll(look);
  return circlesAmong(look, waits.filter(({ stuck }) => stuck).toSorted(byAge));
}

function waitsOf({ book, session: sessionOf, outside }: CircleWorld): Wait[] {
  const waits: Wait[] = [];
  const add = ({ sessionId, unit }: UnitPlace, claims: readonly Claim[]): void => {
    const session = sessionOf(sessionId);
    if (session === null) return;
    const record = recordAt(session, unit);
    for (const around of withNets(session, record)) if (isEndedByWatch(session, around)) return;
    waits.push({ sessionId, unit, session, record, claims, stuck: true, queued: true });
  };
  for (const { wish, waiters } of book.lines().all()) {
    const claims = wish.claims.filter(({ resource }) => !isNode(resource) && rankOf(resource) <= lockRank);
    if (claims.length > 0) for (const waiter of waiters) add(waiter, claims);
    if (waits.length > circleWaitsMax) return waits;
  }
  for (const place of outside) {
    const record = recordOf(sessionOf, place);
    // One with a time limit goes on by itself.
    if (record !== null && isUnderWay(record) && record.retryAt === null) add(place, []);
  }
  return waits;
}

function recordOf(sessionOf: CircleWorld['session'], { sessionId, unit }: UnitPlace): UnitRecord | null {
  const session = sessionOf(sessionId);
  return session === null ? null : recordAt(session, unit);
}

function isUnderWay({ state, memo }: UnitRecord): boolean {
  return (state === 'running' || state === 'stopping') && memo !== null;
}

type Look = {
  readonly world: CircleWorld;
  readonly bySession: ReadonlyMap<SessionId, readonly Wait[]>;
  /** Nets with sessions in which somebody waits, by name. */
  readonly nets: ReadonlyMap<string, NetLook>;
  readonly stuckIn: Map<SessionId, number>;
  /** Who holds something, and has somebody inside who waits; by unit. */
  readonly holdings: ReadonlyMap<string, Holding>;
  readonly holdersOf: ReadonlyMap<ResourceId, readonly Holding[]>;
  /** What those hold who are stuck. */
  readonly stuckUses: Uses;
  /** Who is to be looked at when something of this is given back: a resource, a session, a net, a unit of a net. */
  readonly askers: ReadonlyMap<string, readonly Wait[]>;
  /** The way on through a session or a unit; asked for once nobody is served any more. */
  readonly waysThrough: Map<string, Wait | null>;
};
/** When the newest was begun of the sessions in which nobody is stuck: those come to their end, and serve whoever has waited since before. */
type Freed = { freeSince: number };
type NetLook = Freed & {
  /** In some of its sessions nobody waits at all. */
  readonly hasOthers: boolean;
  /** Those in which somebody waits, as they were begun. */
  readonly sessions: readonly Session[];
  /** Of the units that are waited for, by path: the same, and how many are stuck inside, by session. */
  readonly units: ReadonlyMap<string, AskedUnit>;
};
type AskedUnit = Freed & { readonly stuckInside: Map<SessionId, number> };

function beginLook(world: CircleWorld, waits: readonly Wait[]): Look {
  const bySession = Map.groupBy(waits.toSorted(byAge), ({ sessionId }) => sessionId);
  const sessions = [...bySession.values()].flatMap(([first]) => (first === undefined ? [] : [first.session]));
  const claimsOf = new Map<string, readonly Claim[]>();
  for (const holder of world.book.holders()) {
    const claims = holder.claims.filter(({ resource }) => rankOf(resource) <= lockRank);
    if (claims.length > 0 && bySession.has(holder.sessionId)) claimsOf.set(holder.id, claims);
  }
  const holdings = new Map<string, Holding>();
  for (const { session, record } of waits)
    for (const around of withNets(session, record)) {
      const id = idOf(session.id, around.unit.index);
      const claims = claimsOf.get(id);
      if (claims === undefined) continue;
      const holding = holdings.get(id) ?? {
        sessionId: session.id,
        unit: around.unit.index,
        claims,
        stuckInside: 0,
      };
      holding.stuckInside += 1;
      holdings.set(id, holding);
    }
  const stuckUses: Uses = new Map();
  const holdersOf = new Map<ResourceId, Holding[]>();
  for (const holding of holdings.values())
    for (const claim of holding.claims) {
      addClaim(stuckUses, claim, 1);
      push(holdersOf, claim.resource, holding);
    }
  for (const each of holdersOf.values()) each.sort(byAge);
  const askers = new Map<string, Wait[]>();
  for (const wait of waits) for (const key of asksOf(wait)) push(askers, key, wait);
  return {
    world,
    bySession,
    nets: new Map(
      [...Map.groupBy(sessions, netOf)].map(([name, each]) => [
        name,
        netLook({ world, bySession, askers }, each),
      ]),
    ),
    stuckIn: new Map([...bySession].map(([id, each]) => [id, each.length])),
    holdings,
    holdersOf,
    stuckUses,
    askers,
    waysThrough: new Map(),
  };
}

function netOf({ plan }: Session): string {
  return plan.definition.name;
}

function netLook(
  { world: { book }, bySession, askers }: Pick<Look, 'world' | 'bySession' | 'askers'>,
  sessions: readonly Session[],
): NetLook {
  const name = sessions[0] === undefined ? '' : netOf(sessions[0]);
  const asked = new Set(
    (askers.get(`inside ${name}`) ?? []).flatMap(({ record }) =>
      netWaitProgress(record).flatMap(({ target: { net, unit } }) =>
        net === name && unit !== undefined ? [unit] : [],
      ),
    ),
  );
  const units = new Map<string, AskedUnit>();
  for (const path of asked) units.set(path, { freeSince: -Infinity, stuckInside: new Map() });
  if (asked.size > 0)
    for (const session of sessions) {
      for (const wait of bySession.get(session.id) ?? [])
        for (const { stuckInside: inside } of askedAround(units, wait))
          inside.set(session.id, (inside.get(session.id) ?? 0) + 1);
      for (const [path, unit] of units)
        if (!session.plan.indexByPath.has(path) || !unit.stuckInside.has(session.id)) free(unit, session);
    }
  return {
    hasOthers: book.running(name) + book.waiting(name) > sessions.length,
    sessions: sessions.toSorted((a, b) => a.createdAt - b.createdAt || a.id - b.id),
    freeSince: -Infinity,
    units,
  };
}

/** The units that are waited for and do not end before the wait; all, where the session itself waits. */
function askedAround(units: NetLook['units'], { session, unit, record }: Wait): readonly AskedUnit[] {
  if (units.size === 0) return [];
  if (unit === 0) return [...units.values()];
  return [...withNets(session, record)].flatMap((around) => units.get(around.unit.path) ?? []);
}

function free(of: Freed, { createdAt }: Session): void {
  of.freeSince = Math.max(of.freeSince, createdAt);
}

function asksOf({ record, claims }: Wait): string[] {
  const started = startedSession(record);
  return [
    ...claims.map(({ resource }) => resource),
    ...(started === null ? [] : [`session ${started}`]),
    ...new Set(
      netWaitProgress(record).flatMap(({ target: { net, unit } }) =>
        unit === undefined ? [`end of ${net}`] : [`end of ${net}`, `inside ${net}`],
      ),
    ),
  ];
}

function serveAll(look: Look): void {
  const queue = [...look.bySession.values()].flat();
  for (const wait of queue) {
    wait.queued = false;
    if (!wait.stuck || !canBeServed(look, wait)) continue;
    wait.stuck = false;
    for (const key of giveBack(look, wait))
      for (const asker of look.askers.get(key) ?? []) {
        if (!asker.stuck || asker.queued) continue;
        asker.queued = true;
        queue.push(asker);
      }
  }
}

function canBeServed(look: Look, { record, claims }: Wait): boolean {
  if (claims.length > 0) return fitAll(look, claims);
  const started = startedSession(record);
  if (started !== null) return (look.stuckIn.get(started as SessionId) ?? 0) === 0;
  const targets = netWaitProgress(record);
  // A net that is not known yet, or has been asked for and not begun.
  if (targets.length === 0) return true;
  const open = targets.filter(({ met }) => met === false);
  const isFree = ({ target }: (typeof open)[number]): boolean => stuckSession(look, record, target) === null;
  const isAny = record.unit.type === 'net_wait' && 'any' in record.unit.definition.nets;
  return isAny ? open.some(isFree) : open.every(isFree);
}

/** Nobody waits in a circle for what is paused, closed at this time of day, or more than there is: somebody else has to see to that. */
function fitAll({ world: { book, now }, stuckUses }: Look, claims: readonly Claim[]): boolean {
  return claims.every((claim) => {
    const places = book.limits().places(claim.resource, now);
    return !isPossible(claim, places) || fits(claim, places, [useOf(stuckUses, claim.resource)]);
  });
}

/** A session that would fulfil the target, if all of them are stuck; null: one may still end, or come. */
function stuckSession(
  { nets }: Look,
  record: UnitRecord,
  target: { readonly net: string; readonly unit?: string | undefined },
): Session | null {
  const net = nets.get(target.net);
  // In some of them nobody waits: they come to their end.
  if (net === undefined || net.hasOthers) return null;
  const since = netWaitSince(record) ?? Infinity;
  if (net.freeSince >= since) return null;
  if (target.unit !== undefined && (net.units.get(target.unit)?.freeSince ?? Infinity) >= since) return null;
  return net.sessions[firstSince(net.sessions, since)] ?? null;
}

function firstSince(sessions: readonly Session[], since: number): number {
  let [low, high] = [0, sessions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sessions[middle]?.createdAt ?? since) < since) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What follows from one who is served: who may be looked at again. */
function giveBack({ holdings, stuckUses, stuckIn, nets }: Look, wait: Wait): string[] {
  const { session, record } = wait;
  const keys: string[] = [];
  const name = netOf(session);
  const net = nets.get(name);
  for (const asked of net === undefined ? [] : askedAround(net.units, wait)) {
    const left = (asked.stuckInside.get(session.id) ?? 1) - 1;
    asked.stuckInside.set(session.id, left);
    if (left > 0) continue;
    free(asked, session);
    keys.push(`inside ${name}`);
  }
  for (const around of withNets(session, record)) {
    const holding = holdings.get(idOf(session.id, around.unit.index));
    if (holding === undefined) continue;
    holding.stuckInside -= 1;
    if (holding.stuckInside > 0) continue;
    for (const claim of holding.claims) {
      addClaim(stuckUses, claim, -1);
      keys.push(claim.resource);
    }
  }
  const left = (stuckIn.get(session.id) ?? 1) - 1;
  stuckIn.set(session.id, left);
  if (left > 0) return keys;
  if (net !== undefined) free(net, session);
  return [...keys, `session ${session.id}`, `end of ${name}`];
}

/** Each has one way on; where the ways run into themselves, is a circle. */
function circlesAmong(look: Look, stuck: readonly Wait[]): Circle[] {
  const circles: Circle[] = [];
  const seenIn = new Map<Wait, number>();
  for (const [walk, start] of stuck.entries()) {
    const way: { readonly wait: Wait; readonly link: CircleLink }[] = [];
    for (let at: Wait | null = start; at !== null && !seenIn.has(at);) {
      seenIn.set(at, walk);
      const next = wayOn(look, at);
      if (next === null) break;
      way.push({ wait: at, link: next.link });
      at = next.wait;
      if (seenIn.get(at) !== walk) continue;
      const from = way.findIndex(({ wait }) => wait === at);
      if (from !== -1) circles.push(oldestFirst(way.slice(from).map(({ link }) => link)));
    }
    if (circles.length >= circlesMax) break;
  }
  return circles;
}

function wayOn(look: Look, wait: Wait): { readonly wait: Wait; readonly link: CircleLink } | null {
  const { sessionId, unit, session, record, claims } = wait;
  const link = (waitsFor: CircleLink['waitsFor'], next: Wait | null) =>
    next === null
      ? null
      : {
          wait: next,
          link: {
            sessionId,
            unit,
            net: session.plan.definition.name,
            path: unit === 0 ? null : record.unit.path,
            waitsFor,
            of: next.sessionId,
            since: record.control?.queued?.since ?? record.startedAt ?? 0,
          },
        };
  for (const claim of claims) {
    if (fitAll(look, [claim])) continue;
    const { kind, name } = partsOf(claim.resource);
    const holding = look.holdersOf.get(claim.resource)?.find(({ stuckInside: inside }) => inside > 0);
    if (holding !== undefined)
      return link({ kind: kind === 'net' ? 'net' : 'lock', name }, stuckInside(look, holding));
  }
  const started = startedSession(record);
  if (started !== null) {
    const other = look.world.session(started as SessionId);
    const net = other?.plan.definition.name ?? '';
    return link({ kind: 'session', net }, stuckInside(look, { sessionId: started as SessionId, unit: 0 }));
  }
  for (const { target, met } of netWaitProgress(record)) {
    const other = met === false ? stuckSession(look, record, target) : null;
    if (other !== null)
      return link(
        { kind: 'session', net: target.net },
        stuckInside(look, {
          sessionId: other.id,
          unit: target.unit === undefined ? 0 : (other.plan.indexByPath.get(target.unit) ?? 0),
        }),
      );
  }
  return null;
}

/** The first inside a unit that is stuck; or the session, where that waits as a whole. */
function stuckInside({ bySession, waysThrough }: Look, { sessionId, unit }: UnitPlace): Wait | null {
  const id = idOf(sessionId, unit);
  const known = waysThrough.get(id);
  if (known !== undefined) return known;
  const waits = bySession.get(sessionId) ?? [];
  const [first] = waits;
  const end = first === undefined ? 0 : recordAt(first.session, unit).unit.subtreeEnd;
  const found =
    waits.find((wait) => wait.stuck && (wait.unit === 0 || (wait.unit >= unit && wait.unit < end))) ?? null;
  waysThrough.set(id, found);
  return found;
}

function oldestFirst(links: readonly CircleLink[]): Circle {
  const [oldest] = links.toSorted(byAge);
  const from = oldest === undefined ? 0 : links.indexOf(oldest);
  return [...links.slice(from), ...links.slice(0, from)];
}

function byAge(a: UnitPlace, b: UnitPlace): number {
  return a.sessionId - b.sessionId || a.unit - b.unit;
}

function* withNets(session: Session, record: UnitRecord): Generator<UnitRecord> {
  for (let each: UnitRecord | null = record; each !== null; each = parentOf(session, each)) yield each;
}

function idOf(session: SessionId, unit: number): string {
  return `${session}.${unit}`;
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** Of a unit that asks why it waits: that it is in a circle; none, if it is not. */
export function circleFacts(
  circles: readonly Circle[],
  place: UnitPlace,
  sees: (net: string) => boolean,
): WaitFact[] {
  return circles
    .filter((circle) =>
      circle.some(({ sessionId, unit }) => sessionId === place.sessionId && unit === place.unit),
    )
    .map((circle) => ({
      code: 'circle',
      facts: {
        sessions: [...new Set(circle.flatMap(({ sessionId, net }) => (sees(net) ? [sessionId] : [])))].join(
          ', ',
        ),
      },
      phrase: `cannot go on by itself, for it waits in a circle (${tellCircle(circle, sees)}); stop or kill one of these sessions`,
    }));
}

/** Links that a sentence names. */
const linksNamedMax = 8;

/** As a sentence without its full stop. `sees`: whether whoever reads it may see a net; others are not named. */
export function tellCircle(circle: Circle, sees: (net: string) => boolean = () => true): string {
  const told = circle.slice(0, linksNamedMax).map(({ sessionId, net, path, waitsFor, of }, index) => {
    const who = sees(net)
      ? path === null
        ? `session ${sessionId} of ${net}`
        : `"${path}" of session ${sessionId} of ${net}`
      : 'another session';
    const holder = circle[(index + 1) % circle.length];
    const other = holder !== undefined && sees(holder.net) ? `session ${of}` : 'another session';
    return `${who} ${waitInWords(waitsFor, other)}`;
  });
  const more = circle.length > linksNamedMax ? `; and ${circle.length - linksNamedMax} more` : '';
  return `${told.join('; ')}${more}`;
}

function waitInWords(waitsFor: CircleLink['waitsFor'], other: string): string {
  switch (waitsFor.kind) {
    case 'lock':
      return `waits for the lock "${waitsFor.name}", which ${other} holds`;
    case 'net':
      return `waits for its turn, which ${other} keeps from it`;
    case 'session':
      return `waits for the end of ${other}`;
  }
}
