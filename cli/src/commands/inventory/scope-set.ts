// `nezuban scope set`: makes a scope, or changes what is named of one and leaves the rest; one that changes meanwhile is left alone.
import type { ScopeView } from '@nezuban/protocol/inventory/node';
import type { ApiClient } from '../../api/client.ts';
import { Failure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('SCOPE');
  const api = await context.api();
  const before = await find(api, name);
  const exact = args.texts('node');
  const nodes = new Set<string>(exact.length > 0 ? exact : (before?.scope.nodes ?? []));
  for (const node of args.texts('add-node')) nodes.add(node);
  for (const node of args.texts('remove-node')) nodes.delete(node);
  const scope = await api.call('putScope', {
    params: { name },
    body: {
      title: args.text('title') ?? before?.scope.title ?? null,
      parent: args.flag('no-parent') ? null : (args.text('parent') ?? before?.scope.parent ?? null),
      nodes: [...nodes],
    },
    ifMatch: before === undefined ? null : before.etag,
  });
  await out.result(
    scope,
    () =>
      `Scope ${name} ${before === undefined ? 'is made' : 'is changed'}: ${scope.nodes.length} ${scope.nodes.length === 1 ? 'node' : 'nodes'}.`,
  );
};

const find = async (
  api: ApiClient,
  name: string,
): Promise<{ readonly scope: ScopeView; readonly etag: string } | undefined> => {
  try {
    const { body, etag } = await api.reply('getScope', { params: { name } });
    return { scope: body, etag: etag ?? '' };
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return undefined;
    throw error;
  }
};
