// `nezuban trap monitor list`: trap monitors by name.
import { collect, listItemsMax } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const page = await collect((query) => api.call('listTrapMonitors', { query }), listItemsMax);
  await out.result(page, () => {
    if (page.items.length === 0)
      return 'No trap monitor: traps are kept, but become no events. Write one as "kind: trap_monitor" in a YAML file, and apply it with: nezuban apply FILE';
    return out.table(
      [
        { title: 'MONITOR' },
        { title: 'ENABLED' },
        { title: 'SOURCE' },
        { title: 'SCOPE' },
        { title: 'RULES', align: 'right' },
        { title: 'TAKEN', align: 'right' },
        { title: 'LAST TAKEN' },
        { title: 'HINTS', align: 'right' },
        { title: 'TITLE', flexible: true },
      ],
      page.items.map((item) => [
        item.name,
        item.enabled ? 'yes' : { text: 'no', style: 'dim' },
        item.source,
        item.scope ?? '',
        item.rules,
        item.matched,
        formatInstant(item.lastMatchedAt),
        item.hints === 0 ? '' : { text: String(item.hints), style: 'yellow' },
        item.title ?? '',
      ]),
    );
  });
};
