// `nezuban silence end`: what was kept back and still stands is told now.
import type { SilenceView } from '@nezuban/protocol/api/notification-operations';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const api = await context.api();
  const silences: SilenceView[] = [];
  for (const id of context.args.positionals('SILENCE').map(Number))
    silences.push(await api.call('endSilence', { params: { id } }));
  await context.out.result({ items: silences }, () => silences.map(({ id }) => `Silence ${id} has ended.`));
};
