// `nezuban audit`: who changed what.
import { collect } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';
import { auditFilterOf } from './audit-filter.ts';

const limitDefault = 50;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const filter = auditFilterOf(context);
  const page = await collect(
    (query) => api.call('listAudit', { query: { ...filter, ...query } }),
    args.integer('limit') ?? limitDefault,
  );
  await out.result(page, () => {
    if (page.items.length === 0) return Object.keys(filter).length === 0 ? 'No entry.' : 'No entry fits.';
    return out.table(
      [
        { title: 'WHEN' },
        { title: 'WHO' },
        { title: 'FROM' },
        { title: 'ACTION' },
        { title: 'TARGET' },
        { title: 'DETAILS', flexible: true },
      ],
      page.items.map((entry) => [
        formatInstant(entry.at),
        entry.actor,
        entry.address,
        entry.action,
        entry.target,
        Object.keys(entry.details).length === 0 ? '' : JSON.stringify(entry.details),
      ]),
    );
  });
};
