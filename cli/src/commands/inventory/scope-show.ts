// `nezuban scope show`: one scope in some lines.
import { formatInstant } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('SCOPE');
  const scope = await (await context.api()).call('getScope', { params: { name } });
  await context.out.result(scope, () => [
    `${visible(scope.name)}${scope.title === null ? '' : `  ${visible(scope.title)}`}`,
    `parent   ${scope.parent ?? 'none'}`,
    `nodes    ${scope.nodes.length === 0 ? 'none' : scope.nodes.join(', ')}`,
    `changed  ${formatInstant(scope.updatedAt)} by ${visible(scope.updatedBy)}`,
  ]);
};
