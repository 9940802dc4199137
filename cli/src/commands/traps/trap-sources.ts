// `nezuban trap sources`: who has spoken, for people who look for a device.
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const sources = await api.call('listTrapSources', {
    query: args.flag('unknown') ? { unknown: 'true' } : {},
  });
  await out.result(sources, () =>
    sources.items.length === 0
      ? 'Nobody has spoken since the manager came on duty.'
      : out.table(
          [
            { title: 'ADDRESS' },
            { title: 'HOST' },
            { title: 'NODE' },
            { title: 'BY' },
            { title: 'COUNT', align: 'right' },
            { title: 'MALFORMED', align: 'right' },
            { title: 'LAST' },
          ],
          sources.items.map((source) => [
            source.address,
            source.host,
            source.node,
            source.protocols.join(', '),
            source.count,
            source.malformed,
            formatInstant(source.lastAt),
          ]),
        ),
  );
};
