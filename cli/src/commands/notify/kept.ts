// `nezuban notify kept`: what silences and inhibitions keep back now.
import { collect } from '../../api/pages.ts';
import type { CommandRun } from '../command.ts';

const limitDefault = 200;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const page = await collect(
    (query) => api.call('listKeptBack', { query }),
    args.integer('limit') ?? limitDefault,
  );
  await out.result(page, () =>
    page.items.length === 0
      ? 'Nothing is kept back.'
      : out.table(
          [
            { title: 'RULE' },
            { title: 'KEPT BACK BY' },
            { title: 'EVENT', align: 'right' },
            { title: 'NODE' },
            { title: 'MESSAGE', flexible: true },
          ],
          page.items.map(({ rule, kind, by, event }) => [
            rule,
            `${kind} ${by}`,
            event.id,
            event.node ?? '',
            event.message,
          ]),
        ),
  );
};
