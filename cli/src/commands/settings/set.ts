// `nezuban settings set`: changes what is named of a section and leaves the rest.
import { didYouMean } from '../../arguments/suggest.ts';
import { usageFailure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';
import { runAsLines } from '../shared/outlook.ts';
import { flatten, parseChange, withChange } from './setting-values.ts';

export const run: CommandRun = async (context) => {
  const { args, out, command } = context;
  const section = args.positional('SECTION') as never;
  const changes = args.positionals('CHANGE').map((text) => {
    const change = parseChange(text);
    if (change === null) throw usageFailure(`"${text}" must be KEY=VALUE.`, command.name);
    return change;
  });
  const api = await context.api();
  const { body: before, etag } = await api.reply('getSettings', { params: { section } });
  const known = flatten(before.values).map(({ key }) => key);
  for (const { path } of changes) {
    const key = path.join('.');
    if (!known.some((each) => each === key || each.startsWith(`${key}.`)))
      throw usageFailure(
        `There is no setting "${key}" in ${before.section}; there are ${known.join(', ')}.${didYouMean(key, known)}`,
        command.name,
      );
  }
  const body = changes.reduce(withChange, before.values);
  if (before.section === 'run_as') {
    const outlook = await api.call('previewRunAs', { body });
    if (args.flag('dry-run')) return await out.result(outlook, () => runAsLines(outlook));
    for (const line of runAsLines(outlook)) out.note(line);
  } else if (args.flag('dry-run')) throw usageFailure('--dry-run is for the section run_as.', command.name);
  const after = await api.call('putSettings', {
    params: { section },
    body,
    ...(etag !== undefined && { ifMatch: etag }),
  });
  const changed = changes.map(({ path }) => path.join('.'));
  await out.result(after, () =>
    flatten(after.values)
      .filter(({ key }) => changed.some((each) => key === each || key.startsWith(`${each}.`)))
      .map(
        ({ key, value }) =>
          `${after.section}.${key} = ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      ),
  );
};
