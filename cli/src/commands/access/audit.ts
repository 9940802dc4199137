// `nezuban audit`: who changed what.
import { collect } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

const limitDefault = 50;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const actor = args.text('actor');
  const action = args.text('action');
  const filter = { ...(actor !== undefined && { actor }), ...(action !== undefined && { action }) };
  const page = await collect(
    (query) => api.call('listAudit', { query: { ...filter, ...query } }),
    args.integer('limit') ?? limitDefault,
  );
  await out.result(page, () => {
    if (page.items.length === 0) return 'No entry.';
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
