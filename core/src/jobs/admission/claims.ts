// What a unit or session asks for before it starts, and what it holds once it has: as claims on resources.
// Read from its record alone, so that who holds what can be had again from stored sessions.
//
// | resource | who claims it | held |
// | --- | --- | --- |
// | `lock NAME` | units and nets with `locks` | from the start to the end, over all tries |
// | `queue NAME` | units with attempts that name it, or whose net does | while an attempt is open |
// | `node_limit NAME` | units with attempts, where the node has a limit | by each open attempt |
// | `net NAME` | every session, one place; sessions of nets with `exclusive_with` keep all of the others out | while the session runs |
//
// A session takes what is its own before anything inside starts, locks of one definition do not lie inside locks (judge-places.ts), and who holds
// a place of a queue or node waits for nothing. So who holds something waits at the most for things of a higher rank, in the order of the table
// from below: net, lock, then queue and node. What can still become a circle - locks of a referenced net inside locks, sessions that wait for
// sessions - is found by `circles.ts` and told.
import type { LimitKind } from '@nezuban/protocol/jobs/control/limit';
import { latestAttempts } from '../attempt-outcome.ts';
import { isPlannedAttempt } from '../net-plan.ts';
import type { Inventory } from '../session-inputs.ts';
import type { Session, UnitRecord } from '../session-state.ts';
import { isActive } from '../step.ts';
import { inTurn } from '../targets.ts';
import { askedNodes, mayFallOver } from '../unit-types/fall-over.ts';

export type ResourceKind = LimitKind | 'net';
export type ResourceId = `${ResourceKind} ${string}`;
/**
 * `count`: so many places. `whole`: all of them, alone. `exclude`: nobody with a place beside it, others that exclude may be.
 * `max`: places that the claimant itself sets, of a net that its sessions may share.
 */
export type Claim = {
  readonly resource: ResourceId;
  readonly count: number | 'whole' | 'exclude';
  readonly max?: number;
};
/** `oneOf`: any one of these nodes will do, those with a limit that have a place. */
export type Wish = { readonly claims: readonly Claim[]; readonly oneOf: NodeChoice | null };
export type NodeChoice = {
  readonly nodes: readonly string[];
  readonly leastLoaded: boolean;
};

export function nodeId(name: string): ResourceId {
  return `node_limit ${name}`;
}
export function isNode(resource: ResourceId): boolean {
  return resource.startsWith('node_limit ');
}
export function netId(name: string): ResourceId {
  return `net ${name}`;
}
/** Who holds something waits only for what has a higher rank. */
export function rankOf(resource: ResourceId): number {
  return resource.startsWith('net ') ? 0 : resource.startsWith('lock ') ? lockRank : 2;
}
export const lockRank = 1;
export function partsOf(resource: ResourceId): { readonly kind: ResourceKind; readonly name: string } {
  const space = resource.indexOf(' ');
  return { kind: resource.slice(0, space) as ResourceKind, name: resource.slice(space + 1) };
}

/** What it holds now. Places of nodes are held by its attempts, not by the unit. */
export function heldClaims(session: Session, record: UnitRecord): readonly Claim[] {
  if (!isActive(record)) return noClaims;
  const { places } = record.unit;
  const locks = record.unit.parent === -1 ? [...netClaims(session), ...places.locks] : places.locks;
  const working = places.queue !== null && record.openAttempts > 0;
  return working ? [...locks, { resource: `queue ${places.queue}`, count: 1 }] : locks;
}

/** What it waits for while it is queued. */
export function wishOf(session: Session, record: UnitRecord, inventory: Inventory): Wish {
  const { unit } = record;
  const claims: Claim[] = [];
  if (unit.parent === -1) claims.push(...netClaims(session));
  if (!isActive(record)) claims.push(...unit.places.locks);
  if (!isPlannedAttempt(unit)) return { claims, oneOf: null };
  if (unit.places.queue !== null) claims.push({ resource: `queue ${unit.places.queue}`, count: 1 });
  const limited = inventory.limitedNodes;
  const { target } = unit;
  if (limited === undefined || limited.size === 0 || target === null) return { claims, oneOf: null };
  if ('node' in target) return withNodes(claims, [target.node], limited);
  if (target.mode === 'all')
    return withNodes(claims, nodesOfTry(record, inventory.scopes.get(target.scope) ?? []), limited);
  const asked = mayFallOver(record, unit) ? askedNodes(record) : noNodes;
  const nodes = inTurn(target, inventory).filter((node) => !asked.has(node));
  if (!nodes.some((node) => limited.has(node))) return { claims, oneOf: null };
  return { claims, oneOf: { nodes, leastLoaded: target.mode === 'least_loaded' } };
}

const noNodes: ReadonlySet<string> = new Set();

/** All of them at the first try, then those where it did not end well. */
function nodesOfTry(record: UnitRecord, nodes: readonly string[]): readonly string[] {
  if (!isActive(record)) return nodes;
  return latestAttempts(record).flatMap(({ node, endStatus }) => (endStatus === 'normal' ? [] : [node]));
}

function withNodes(claims: Claim[], nodes: readonly string[], limited: ReadonlySet<string>): Wish {
  for (const node of nodes) if (limited.has(node)) claims.push({ resource: nodeId(node), count: 1 });
  return { claims, oneOf: null };
}

const noClaims: readonly Claim[] = [];

/** A place among the sessions of its net, and nobody of those that it excludes. */
function netClaims(session: Session): Claim[] {
  const {
    name,
    overlap = 'parallel',
    overlap_max: max = 1,
    exclusive_with: excluded = [],
  } = session.plan.definition;
  return [
    { resource: netId(name), count: 1, ...(overlap === 'parallel' ? {} : { max }) },
    ...excluded.map((other): Claim => ({ resource: netId(other), count: 'exclude' })),
  ];
}
