// The tree of scopes with their status as rows, and nodes by scope for the map. Pure. Called by the status page.
import type { StatusTree } from '@nezuban/protocol/events/status';
import type { Priority } from '@nezuban/protocol/priority';

export type StatusScope = StatusTree['scopes'][number];
export type StatusNode = StatusTree['nodes'][number];
export type ScopeStatusRow = {
  readonly scope: StatusScope;
  /** 0 at the top. */
  readonly depth: number;
  readonly hasChildren: boolean;
};
export type NodeGroup = {
  /** Null: nodes of no group. */
  readonly scope: StatusScope | null;
  readonly nodes: readonly StatusNode[];
};

/** The worst first. What only informs is nothing that is the matter. */
export const matterPriorities: readonly Priority[] = ['critical', 'warning', 'unknown'];

/** Depth first, by title or name, as far as opened; a scope whose parent may not be seen stands at the top. */
export const toScopeStatusRows = (
  scopes: readonly StatusScope[],
  opened: ReadonlySet<string>,
  language: string,
): readonly ScopeStatusRow[] => {
  const children = childrenOf(scopes);
  const collator = new Intl.Collator(language, { numeric: true });
  const walk = (parent: string | null, depth: number): ScopeStatusRow[] =>
    (children.get(parent) ?? [])
      .toSorted((a, b) => collator.compare(titleOf(a), titleOf(b)))
      .flatMap((scope) => {
        const hasChildren = children.has(scope.name);
        const row = { scope, depth, hasChildren };
        return hasChildren && opened.has(scope.name) ? [row, ...walk(scope.name, depth + 1)] : [row];
      });
  return walk(null, 0);
};

export const titleOf = ({ title, name }: Pick<StatusScope, 'name' | 'title'>): string => title ?? name;

const childrenOf = (scopes: readonly StatusScope[]): ReadonlyMap<string | null, readonly StatusScope[]> => {
  const known = new Set(scopes.map(({ name }) => name));
  return Map.groupBy(scopes, ({ parent }) => (parent !== null && known.has(parent) ? parent : null));
};

/** Those above, so that a scope of the address can be seen in the tree. */
export const scopesAbove = (scopes: readonly StatusScope[], name: string): readonly string[] => {
  const byName = new Map(scopes.map((scope) => [scope.name, scope]));
  const above: string[] = [];
  let parent = byName.get(name)?.parent ?? null;
  // A tree is at most as deep as it has scopes.
  while (parent !== null && above.length < scopes.length) {
    above.push(parent);
    parent = byName.get(parent)?.parent ?? null;
  }
  return above;
};

/** Nodes of the scope (all without one) by the scopes right below it; those of none of them come last. A node of several is in each. */
export const groupNodes = (tree: StatusTree, scope: string | undefined): readonly NodeGroup[] => {
  const within = scope === undefined ? tree.nodes : tree.nodes.filter(({ scopes }) => scopes.includes(scope));
  const below = childrenOf(tree.scopes).get(scope ?? null) ?? [];
  const byScope = new Map<string, StatusNode[]>(below.map(({ name }) => [name, []]));
  const rest: StatusNode[] = [];
  for (const node of within) {
    const groups = node.scopes.flatMap((name) => {
      const group = byScope.get(name);
      return group === undefined ? [] : [group];
    });
    for (const group of groups) group.push(node);
    if (groups.length === 0) rest.push(node);
  }
  return [
    ...below
      .map((child) => ({ scope: child, nodes: byScope.get(child.name) ?? [] }))
      .filter(({ nodes }) => nodes.length > 0)
      .toSorted((a, b) => rankOf(a.scope) - rankOf(b.scope)),
    ...(rest.length === 0 ? [] : [{ scope: null, nodes: rest }]),
  ];
};

const rankOf = ({ worst }: StatusScope): number => {
  const rank = worst === null ? -1 : matterPriorities.indexOf(worst);
  return rank < 0 ? matterPriorities.length : rank;
};
