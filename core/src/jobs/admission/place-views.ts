// What operators see of places: each queue, lock and limit of a node with who holds it and who waits in which order, and for one unit that
// waits where it stands and what is lacking. Reads the admission book; decides nothing. Called by the manager between two commits.
import type {
  LimitDefinition,
  LimitDetail,
  LimitKind,
  LimitSummary,
  PlaceHolder,
} from '@nezuban/protocol/jobs/control/limit';
import type { SessionId } from '@nezuban/protocol/ids';
import type { WaitFact } from '@nezuban/protocol/jobs/waiting';
import { readWaitSentence, waitSentence } from '../../operations/frozen-places.ts';
import { frozenFacts } from '../explain/wait-facts.ts';
import type { Session } from '../session-state.ts';
import { recordAt } from '../step.ts';
import type { AdmissionBook } from './admission-book.ts';
import { workPriorityOf } from './ask.ts';
import { isNode, nodeId, partsOf, type Claim, type ResourceId } from './claims.ts';
import { useOf } from './resources.ts';
import { compareWaiters, resourcesOf, type Waiter } from './waiting-lines.ts';

/** Holders and waiters that one answer names. */
export const namedMax = 500;
/** Freezes that a line names. */
const freezesToldMax = 5;
/** Holders that a sentence names. */
const namedInSentenceMax = 3;

export type PlaceContext = {
  readonly book: AdmissionBook;
  readonly session: (id: SessionId) => Session | null;
  readonly now: number;
  /** Of sentences and facts: whether whoever asks may see this net; others are not named. Left out: he sees all. */
  readonly sees?: (net: string) => boolean;
  /** Nodes on which nothing starts, each with the sentence that says why. Left out: none. */
  readonly frozen?: ReadonlyMap<string, string>;
};

/** Every limit that is defined, and every lock that is held or waited for without a definition. */
export function summariseLimits(context: PlaceContext, defined: readonly LimitDefinition[]): LimitSummary[] {
  const ids = new Set<ResourceId>(defined.map(({ kind, name }): ResourceId => `${kind} ${name}`));
  for (const resource of context.book.uses().keys()) if (resource.startsWith('lock ')) ids.add(resource);
  for (const line of context.book.lines().all())
    for (const resource of resourcesOf(line.wish)) if (resource.startsWith('lock ')) ids.add(resource);
  return [...ids].map((resource) => summarise(context, resource)).toSorted(byKindAndName);
}

export function viewLimit(context: PlaceContext, kind: LimitKind, name: string): LimitDetail {
  const resource: ResourceId = `${kind} ${name}`;
  return {
    ...summarise(context, resource),
    holders: holdersOf(context, resource).slice(0, namedMax),
    waiters: waitersFor(context.book, resource)
      .slice(0, namedMax)
      .flatMap((waiter) => nameWaiter(context, waiter, resource)),
  };
}

/** The key by which somebody comes before all that wait for something that he waits for. */
export function frontKey(book: AdmissionBook, { wish, key }: Waiter): number {
  let front = key;
  for (const resource of resourcesOf(wish))
    for (const line of book.lines().of(resource)) front = Math.min(front, line.waiters[0]?.key ?? front);
  return front - 1;
}

/** Why a queued unit waits: one fact for each thing that it lacks; where it lacks none, who comes before it. */
export function placeFacts(context: PlaceContext, session: Session, unit: number): WaitFact[] {
  const waiter = context.book.waiterOf(session.id, unit);
  if (waiter === null) return [];
  const { claims, oneOf } = waiter.wish;
  const broken = context.book.brokenWhy(waiter);
  if (broken !== null)
    return [
      {
        code: 'place_broken',
        facts: { why: broken },
        phrase: `cannot be given its place, for the job engine broke over it (${broken}); stop, skip or rerun it, or change the queue or lock, and report this`,
      },
    ];
  const nodes: Claim[] = (oneOf?.nodes ?? []).map((node) => ({ resource: nodeId(node), count: 1 }));
  const freeze = freezeOfWaiter(context, waiter);
  return [
    ...(freeze === undefined ? [] : frozenFacts(waitSentence(freeze))),
    ...[...claims, ...nodes]
      .filter(({ resource }) => freezeOf(context, resource) === undefined)
      .filter(({ resource }) => context.book.limits().has(resource) || !isNode(resource))
      .flatMap((claim) => factOf(context, waiter, claim)),
  ];
}

/** The freeze without whose end it gets no turn. Of several nodes that would do, one that is not frozen is what it waits for. */
function freezeOfWaiter(context: PlaceContext, { wish: { claims, oneOf } }: Waiter): string | undefined {
  if (context.frozen === undefined || context.frozen.size === 0) return undefined;
  for (const { resource } of claims) {
    const freeze = freezeOf(context, resource);
    if (freeze !== undefined) return freeze;
  }
  const freezes = (oneOf?.nodes ?? []).map((node) => freezeOf(context, nodeId(node)));
  return freezes.includes(undefined) ? undefined : freezes[0];
}

/** What of it keeps whoever waits: of a node its own freeze, and the freezes of nodes for which others of the line wait. */
function frozenIn(context: PlaceContext, resource: ResourceId): Pick<LimitSummary, 'frozen'> {
  const { book, session, sees, frozen } = context;
  if (frozen === undefined || frozen.size === 0) return {};
  const own = freezeOf(context, resource);
  const told = new Set(own === undefined ? [] : [own]);
  let waiting = 0;
  for (const { waiters } of book.lines().of(resource))
    for (const waiter of waiters) {
      const freeze = freezeOfWaiter(context, waiter);
      if (freeze === undefined) continue;
      waiting += 1;
      if (
        told.size < freezesToldMax &&
        sees?.(session(waiter.sessionId)?.plan.definition.name ?? '') !== false
      )
        told.add(freeze);
    }
  const freezes = [...told].flatMap((freeze) => readWaitSentence(waitSentence(freeze)) ?? []);
  return own === undefined && waiting === 0 ? {} : { frozen: { waiting, freezes } };
}

function freezeOf({ frozen }: PlaceContext, resource: ResourceId): string | undefined {
  return isNode(resource) ? frozen?.get(partsOf(resource).name) : undefined;
}

function factOf(context: PlaceContext, waiter: Waiter, claim: Claim): WaitFact[] {
  const { book, now } = context;
  const { kind, name } = partsOf(claim.resource);
  const limit = book.limits().find(claim.resource);
  const use = useOf(book.uses(), claim.resource);
  const places = Math.min(book.limits().places(claim.resource, now), claim.max ?? Infinity);
  const line = waitersFor(book, claim.resource);
  const place = line.findIndex(({ id }) => id === waiter.id) + 1;
  const holders = holdersOf(context, claim.resource);
  const paused = limit?.paused ?? null;
  const asked = typeof claim.count === 'number' ? claim.count : null;
  const enough =
    claim.count === 'exclude' || claim.count === 'whole'
      ? use.used === 0 && use.whole === 0
      : use.whole === 0 && use.excluded === 0 && use.used + claim.count <= places;
  if (enough && place <= 1 && paused === null) return [];
  const what = `${words[kind]} "${name}"`;
  const state =
    paused !== null
      ? `which ${paused.by} has paused${paused.reason === null ? '' : ` (${paused.reason})`}`
      : kind === 'net'
        ? 'whose sessions run'
        : `of whose ${places} places ${use.whole > 0 ? places : use.used} are taken`;
  const told = (holder: PlaceHolder): string =>
    context.sees?.(holder.net ?? '') === false ? 'another session' : nameOf(holder);
  const behind = [...new Set(holders.slice(0, namedInSentenceMax).map(told))];
  const by =
    behind.length === 0 || paused !== null
      ? ''
      : ` (by ${behind.join(', ')}${holders.length > behind.length ? ', ...' : ''})`;
  return [
    {
      code: 'place',
      facts: {
        kind,
        name,
        count: asked,
        places: Number.isFinite(places) ? places : null,
        used: use.used,
        place,
        of: line.length,
        pausedBy: paused?.by ?? null,
        holder: holders[0] === undefined ? null : told(holders[0]),
        priority: priorityOf(context, waiter),
      },
      phrase: `waits in place ${place} of ${line.length} for the ${what}, ${state}${by}`,
    },
  ];
}

const words: Readonly<Record<LimitKind | 'net', string>> = {
  queue: 'queue',
  lock: 'lock',
  node_limit: 'node',
  net: 'job net',
};

function nameOf({ session, net, unit }: PlaceHolder): string {
  return unit === null ? `session ${session} of ${net}` : `"${unit}" of session ${session}`;
}

function summarise(context: PlaceContext, resource: ResourceId): LimitSummary {
  const { book, now } = context;
  const { kind, name } = partsOf(resource);
  const limit = book.limits().find(resource);
  const { used, whole } = useOf(book.uses(), resource);
  const definition = limit?.definition ?? null;
  const places = definition === null ? 1 : placesOf(book, resource, now);
  const changesAt = book.limits().nextChange(resource, now);
  return {
    kind: kind === 'net' ? 'lock' : kind,
    name,
    title: definition?.title ?? null,
    definition,
    places,
    used: whole > 0 ? places : used,
    waiting: waitersFor(book, resource).length,
    paused: limit?.paused ?? null,
    revision: limit?.revision ?? 0,
    changesAt: changesAt === null ? null : new Date(changesAt).toISOString(),
    ...frozenIn(context, resource),
  };
}

/** Also while it is paused: how many there would be. */
function placesOf(book: AdmissionBook, resource: ResourceId, now: number): number {
  return book.limits().find(resource)?.capacity.at(now) ?? 1;
}

function byKindAndName(a: LimitSummary, b: LimitSummary): number {
  return a.kind === b.kind ? (a.name < b.name ? -1 : 1) : a.kind < b.kind ? -1 : 1;
}

function waitersFor(book: AdmissionBook, resource: ResourceId): Waiter[] {
  return [...book.lines().of(resource)].flatMap(({ waiters }) => waiters).toSorted(compareWaiters);
}

function holdersOf({ book, session }: PlaceContext, resource: ResourceId): PlaceHolder[] {
  const { kind, name } = partsOf(resource);
  const found: PlaceHolder[] = [];
  if (kind === 'node_limit')
    for (const attempt of book.attempts()) {
      if (attempt.node !== name) continue;
      const owner = session(sessionOf(attempt.id));
      if (owner !== null) found.push(nameHolder(owner, attempt.unit, { count: 1, since: attempt.createdAt }));
    }
  for (const holder of book.holders()) {
    const claim = holder.claims.find((each) => each.resource === resource);
    const owner = claim === undefined ? null : session(holder.sessionId);
    if (claim === undefined || owner === null) continue;
    const { startedAt } = recordAt(owner, holder.unit);
    found.push(nameHolder(owner, holder.unit, { count: countOf(claim), since: startedAt }));
  }
  return found.toSorted((a, b) => ((a.since ?? '') < (b.since ?? '') ? -1 : 1));
}

function nameWaiter(context: PlaceContext, waiter: Waiter, resource: ResourceId): PlaceHolder[] {
  const owner = context.session(waiter.sessionId);
  if (owner === null) return [];
  const claim = waiter.wish.claims.find((each) => each.resource === resource);
  const since = recordAt(owner, waiter.unit).control?.queued?.since ?? null;
  const freeze = freezeOfWaiter(context, waiter);
  const waits = freeze === undefined ? null : readWaitSentence(waitSentence(freeze));
  const holder = nameHolder(owner, waiter.unit, { count: claim === undefined ? 1 : countOf(claim), since });
  return [waits === null ? holder : { ...holder, waits }];
}

function countOf({ count }: Claim): number | null {
  return typeof count === 'number' ? count : null;
}

function nameHolder(
  session: Session,
  unit: number,
  { count, since }: { readonly count: number | null; readonly since: number | null },
): PlaceHolder {
  const record = recordAt(session, unit);
  return {
    session: session.id,
    net: session.plan.definition.name,
    unit: record.unit.parent === -1 ? null : record.unit.path,
    count,
    priority: workPriorityOf(session, record),
    since: since === null ? null : new Date(since).toISOString(),
  };
}

function priorityOf({ session }: PlaceContext, waiter: Waiter): number | null {
  const owner = session(waiter.sessionId);
  return owner === null ? null : workPriorityOf(owner, recordAt(owner, waiter.unit));
}

function sessionOf(attempt: string): SessionId {
  return Number(attempt.slice(0, attempt.indexOf('-'))) as SessionId;
}
