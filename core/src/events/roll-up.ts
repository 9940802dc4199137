// The status view rolled up: worst priority over all, by scope and by node. Pure. Called by the manager with what the caller may see.
import type { StatusCounts, StatusTree } from '@nezuban/protocol/events/status';
import type { Priority } from '@nezuban/protocol/priority';

export type RollUpInput = {
  /** Entries of one node (empty: of none) and one priority, counted. */
  readonly entries: readonly { readonly node: string; readonly priority: Priority; readonly count: number }[];
  readonly scopes: readonly {
    readonly name: string;
    readonly parent: string | null;
    readonly title: string | null;
    /** Those of child scopes included. */
    readonly nodes: readonly string[];
  }[];
  /** That the caller may see. */
  readonly nodes: ReadonlySet<string>;
  /** The nodes of this scope alone are listed; null: all. */
  readonly listed: ReadonlySet<string> | null;
  readonly nodesMax: number;
};

type RollUp = StatusTree['overall'];
type MutableCounts = { -readonly [Name in keyof StatusCounts]: number };

const noCounts = (): MutableCounts => ({ critical: 0, warning: 0, unknown: 0, info: 0 });
/** The worst first. */
const order: readonly Priority[] = ['critical', 'warning', 'unknown', 'info'];

export const rollUp = ({ entries, scopes, nodes, listed, nodesMax }: RollUpInput): StatusTree => {
  const byNode = new Map<string, MutableCounts>();
  for (const { node, priority, count } of entries) {
    const counts = byNode.get(node) ?? noCounts();
    counts[priority] += count;
    byNode.set(node, counts);
  }
  const rolled = [...nodes]
    .filter((name) => listed === null || listed.has(name))
    .map((name) => ({ name, ...withWorst(byNode.get(name) ?? noCounts()) }))
    .toSorted((a, b) => rank(a.worst) - rank(b.worst) || (a.name < b.name ? -1 : 1));
  const scopesOf = membership(scopes);
  return {
    overall: withWorst(sum(byNode.values())),
    manager: withWorst(byNode.get('') ?? noCounts()),
    scopes: scopes.map(({ name, parent, title, nodes: members }) => {
      const seen = members.filter((node) => nodes.has(node));
      const nodesByWorst = noCounts();
      const counts = noCounts();
      for (const node of seen) {
        const own = byNode.get(node);
        if (own === undefined) continue;
        add(counts, own);
        const worst = worstOf(own);
        if (worst !== null) nodesByWorst[worst] += 1;
      }
      return { name, parent, title, ...withWorst(counts), nodes: seen.length, nodesByWorst };
    }),
    nodes: rolled.slice(0, nodesMax).map((node) => ({ ...node, scopes: scopesOf.get(node.name) ?? [] })),
    nodesTotal: rolled.length,
  };
};

const membership = (scopes: RollUpInput['scopes']): ReadonlyMap<string, string[]> => {
  const scopesOf = new Map<string, string[]>();
  for (const { name, nodes } of scopes)
    for (const node of nodes) {
      const known = scopesOf.get(node);
      if (known === undefined) scopesOf.set(node, [name]);
      else known.push(name);
    }
  return scopesOf;
};

const rank = (priority: Priority | null): number =>
  priority === null ? order.length : order.indexOf(priority);
const worstOf = (counts: StatusCounts): Priority | null => order.find((name) => counts[name] > 0) ?? null;
const withWorst = (counts: StatusCounts): RollUp => ({ worst: worstOf(counts), counts });
const add = (to: MutableCounts, from: StatusCounts): void => {
  for (const name of order) to[name] += from[name];
};
const sum = (all: Iterable<StatusCounts>): StatusCounts => {
  const counts = noCounts();
  for (const one of all) add(counts, one);
  return counts;
};
