// `nezuban net release`: plans that a revision, or the definition of a file, comes into force.
import { parseInstant } from '../../arguments/instant.ts';
import { usageFailure } from '../../failure.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { readDefinitionSet } from '../definitions/definition-files.ts';

export const run: CommandRun = async (context) => {
  const { args, out, ports, command } = context;
  const name = args.positional('NET');
  const content = await readContent(context);
  const at = args.text('at');
  const reason = args.text('reason');
  const api = await context.api();
  const release = await api.call('planNetRelease', {
    params: { name },
    body: {
      ...content,
      ...(at !== undefined && {
        at: parseInstant(at, {
          option: 'at',
          command: command.name,
          now: ports.now(),
          relative: 'ahead',
        }),
      }),
      ...(args.flag('replace') && { ifChanged: 'replace' }),
      ...(reason !== undefined && { reason }),
    },
  });
  await out.result(release, () => {
    const { id, state, revision, outcome, releasedRevision } = release;
    if (state === 'planned')
      return `Release ${id}: revision ${revision} of ${name} comes into force at ${formatInstant(release.at)}. To cancel it: nezuban net cancel-release ${id}`;
    if (outcome === 'unchanged') return `Job net ${name} has the content of revision ${revision} already.`;
    return `Job net ${name} has the content of revision ${revision}, as revision ${releasedRevision ?? revision}.`;
  });
};

const readContent = async ({
  args,
  ports,
  command,
}: CommandContext): Promise<{ revision: number } | { yaml: string }> => {
  const [revision] = args.positionals('REVISION');
  const file = args.text('file');
  if ((revision === undefined) === (file === undefined))
    throw usageFailure('Name either a revision or --file.', command.name);
  if (file === undefined) return { revision: Number(revision) };
  const [read] = await readDefinitionSet([file], ports.stdin);
  return { yaml: read?.text ?? '' };
};
