// `nezuban backup schedule`: changes what is named of the section `backup` of the settings, and shows it.
import { usageFailure } from '../../failure.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { renderBackupStatus } from './render-status.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const changes = changesOf(context);
  const api = await context.api();
  if (Object.keys(changes).length > 0) {
    const { body: before, etag } = await api.reply('getSettings', { params: { section: 'backup' } });
    await api.call('putSettings', {
      params: { section: 'backup' },
      body: { ...before.values, ...changes },
      ifMatch: etag ?? null,
    });
  }
  const [settings, status] = await Promise.all([
    api.call('getSettings', { params: { section: 'backup' } }),
    api.call('getBackupStatus'),
  ]);
  await out.result({ settings: settings.values, status }, () => [
    ...Object.entries(settings.values).map(
      ([key, value]) => `backup.${key} = ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
    '',
    ...renderBackupStatus(status),
  ]);
};

const changesOf = ({ args, command }: CommandContext): Record<string, unknown> => {
  const [to, daily, keep] = [args.text('to'), args.text('daily'), args.integer('keep')];
  const [passphraseFile, log] = [args.text('passphrase-file'), args.text('log')];
  if (args.flag('off') && daily !== undefined)
    throw usageFailure('--off and --daily contradict each other.', command.name);
  if (daily !== undefined && !/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(daily))
    throw usageFailure(`--daily "${daily}" is no time of day; right would be 02:00.`, command.name);
  for (const [name, value] of [
    ['to', to],
    ['passphrase-file', passphraseFile],
  ])
    if (value !== undefined && !value.startsWith('/'))
      throw usageFailure(
        `--${name} "${value}" must be an absolute path on the host of the manager, such as /backup/nezuban.`,
        command.name,
      );
  return {
    ...(to !== undefined && { directory: to }),
    ...(daily !== undefined && { daily_at: daily }),
    ...(args.flag('off') && { daily_at: null }),
    ...(keep !== undefined && { keep }),
    ...(passphraseFile !== undefined && { passphrase_file: passphraseFile }),
    ...(log !== undefined && { archive_log: log === 'on' }),
  };
};
