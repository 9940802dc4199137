// The tree of scopes from their list. Pure.
import type { ScopeView } from '@nezuban/protocol/inventory/node';

export type ScopeRow = {
  readonly scope: ScopeView;
  /** 0 at the top. */
  readonly depth: number;
  /** Nodes of it and of all below it, each counted once. */
  readonly nodesBelow: number;
};

/** Depth first, by title or name; a scope whose parent is not in the list (it may not be seen) stands at the top. */
export const toScopeRows = (scopes: readonly ScopeView[], language: string): readonly ScopeRow[] => {
  const known = new Set<string>(scopes.map(({ name }) => name));
  const children = Map.groupBy(scopes, ({ parent }) =>
    parent !== null && known.has(parent) ? parent : null,
  );
  const collator = new Intl.Collator(language, { numeric: true });
  const walk = (parent: string | null, depth: number): { rows: ScopeRow[]; nodes: Set<string> } => {
    const nodes = new Set<string>();
    const rows = (children.get(parent) ?? [])
      .toSorted((a, b) => collator.compare(titleOf(a), titleOf(b)))
      .flatMap((scope) => {
        const below = walk(scope.name, depth + 1);
        const own = new Set<string>([...scope.nodes, ...below.nodes]);
        for (const node of own) nodes.add(node);
        return [{ scope, depth, nodesBelow: own.size }, ...below.rows];
      });
    return { rows, nodes };
  };
  return walk(null, 0).rows;
};

export const titleOf = (scope: ScopeView): string => scope.title ?? scope.name;

/** The scope itself and all below it: where it cannot be moved to. */
export const namesBelow = (scopes: readonly ScopeView[], name: string): ReadonlySet<string> => {
  const found = new Set([name]);
  // The tree is at most as deep as it has scopes.
  for (let round = 0; round < scopes.length; round += 1) {
    const before = found.size;
    for (const scope of scopes) if (scope.parent !== null && found.has(scope.parent)) found.add(scope.name);
    if (found.size === before) break;
  }
  return found;
};
