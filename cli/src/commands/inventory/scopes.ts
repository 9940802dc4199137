// `nezuban scopes`: the tree of scopes with the nodes of each.
import { collect, listItemsMax } from '../../api/pages.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const page = await collect((query) => api.call('listScopes', { query }), listItemsMax);
  await out.result(page, () => {
    if (page.items.length === 0)
      return 'No scope yet. Write one as "kind: scope" in a YAML file, and apply it with: nezuban apply FILE';
    const known = new Set<string>(page.items.map((scope) => scope.name));
    const children = Map.groupBy(page.items, (scope) =>
      scope.parent !== null && known.has(scope.parent) ? String(scope.parent) : null,
    );
    const walk = (parent: string | null, depth: number): (readonly string[])[] =>
      (children.get(parent) ?? []).flatMap((scope) => [
        [`${'  '.repeat(depth)}${scope.name}`, scope.title ?? '', scope.nodes.join(', ')],
        ...walk(scope.name, depth + 1),
      ]);
    return out.table(
      [{ title: 'SCOPE' }, { title: 'TITLE' }, { title: 'NODES', flexible: true }],
      walk(null, 0),
    );
  });
};
