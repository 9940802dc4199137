// `nezuban status tree`: worst priority over all, by scope and by node.
import type { StatusTree } from '@nezuban/protocol/events/status';
import type { CommandRun } from '../command.ts';

const nodesDefault = 20;
type Scope = StatusTree['scopes'][number];

export const run: CommandRun = async ({ api, args, out }) => {
  const scope = args.text('scope');
  const tree = await (
    await api()
  ).call('getStatusTree', {
    query: { nodes: args.integer('nodes') ?? nodesDefault, ...(scope !== undefined && { scope }) },
  });
  const cells = ({ worst, counts }: StatusTree['overall']) => [
    worst === null ? '-' : out.word(worst),
    String(counts.critical),
    String(counts.warning),
    String(counts.unknown),
    String(counts.info),
  ];
  await out.result(tree, () =>
    out.table(
      [
        { title: 'WHERE', flexible: true },
        { title: 'WORST' },
        { title: 'CRITICAL' },
        { title: 'WARNING' },
        { title: 'UNKNOWN' },
        { title: 'INFO' },
      ],
      [
        ['all', ...cells(tree.overall)],
        ['manager', ...cells(tree.manager)],
        ...inOrder(tree.scopes, null, 0).map(({ scope: item, depth }) => [
          `${'  '.repeat(depth)}${item.name} (${item.nodes} nodes)`,
          ...cells(item),
        ]),
        ...tree.nodes.map((node) => [`node ${node.name}`, ...cells(node)]),
      ],
    ),
  );
};

/** Children behind their parent; a scope whose parent cannot be seen stands at the top. */
const inOrder = (
  scopes: readonly Scope[],
  parent: string | null,
  depth: number,
): { readonly scope: Scope; readonly depth: number }[] => {
  const known = new Set(scopes.map(({ name }) => name));
  return scopes
    .filter((scope) => (scope.parent !== null && known.has(scope.parent) ? scope.parent : null) === parent)
    .flatMap((scope) => [{ scope, depth }, ...inOrder(scopes, scope.name, depth + 1)]);
};
