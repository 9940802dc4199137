// `nezuban trap list`: the newest traps, oldest first as in a log.
import { collect } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';
import { timeRangeOf } from '../shared/time-range.ts';

const LIMIT_DEFAULT = 50;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const [node, address, q] = [args.text('node'), args.text('address'), args.text('search')];
  const filter = {
    protocol: args.texts('protocol') as ('syslog' | 'snmp' | 'custom' | 'control')[],
    ...(node !== undefined && { node }),
    ...(address !== undefined && { address }),
    ...(q !== undefined && { q }),
    ...(args.flag('unmatched') && { matched: 'false' }),
    ...(args.flag('malformed') && { malformed: 'true' }),
    ...(args.flag('unknown') && { unknown: 'true' }),
    ...timeRangeOf(context),
  };
  const page = await collect(
    (query) => api.call('listTraps', { query: { ...filter, ...query } }),
    args.integer('limit') ?? LIMIT_DEFAULT,
  );
  await out.result(page, () =>
    page.items.length === 0
      ? 'No trap.'
      : out.table(
          [
            { title: 'TRAP', align: 'right' },
            { title: 'RECEIVED' },
            { title: 'BY' },
            { title: 'ADDRESS' },
            { title: 'NODE' },
            { title: 'HOST' },
            { title: 'EVENT' },
            { title: 'TEXT', flexible: true },
          ],
          page.items
            .toReversed()
            .map((trap) => [
              trap.id,
              formatInstant(trap.receivedAt),
              trap.protocol,
              trap.address,
              trap.node,
              trap.host,
              trap.matched ? 'yes' : 'no',
              trap.malformed === null ? trap.text : `(${trap.malformed}) ${trap.text}`,
            ]),
        ),
  );
};
