// `nezuban channel list`: where notifications can go.
import { collect, listItemsMax } from '../../api/pages.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const page = await collect((query) => api.call('listChannels', { query }), listItemsMax);
  await out.result(page, () => {
    if (page.items.length === 0)
      return 'No channel yet. Write one as "kind: channel" in a YAML file, and apply it with: nezuban apply FILE';
    return out.table(
      [
        { title: 'CHANNEL' },
        { title: 'ENABLED' },
        { title: 'GOES TO', flexible: true },
        { title: 'USED BY', flexible: true },
      ],
      page.items.map(({ definition, goesTo, secretsLost, usedBy }) => [
        definition.name,
        definition.enabled ? 'yes' : { text: 'no', style: 'dim' },
        secretsLost ? `${goesTo} (its secrets have to be entered again)` : goesTo,
        usedBy.map(({ name }) => name).join(', '),
      ]),
    );
  });
};
