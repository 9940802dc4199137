// `nezuban escalation runs`: chains that run, and how those before ended.
import { collect } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

const limitDefault = 50;
const styles = {
  running: 'yellow',
  acknowledged: 'green',
  cleared: 'green',
  exhausted: 'red',
  ended: 'dim',
} as const;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const state = args.texts('state') as (keyof typeof styles)[];
  const page = await collect(
    (query) => api.call('listEscalationRuns', { query: { ...query, ...(state.length > 0 && { state }) } }),
    args.integer('limit') ?? limitDefault,
  );
  await out.result(page, () =>
    page.items.length === 0
      ? 'No escalation fits.'
      : out.table(
          [
            { title: 'BEGAN' },
            { title: 'RULE' },
            { title: 'CHAIN' },
            { title: 'EVENT', align: 'right' },
            { title: 'STATE' },
            { title: 'STEP', align: 'right' },
            { title: 'NEXT' },
            { title: 'TAKEN UP BY', flexible: true },
          ],
          page.items.map((item) => [
            formatInstant(item.startedAt),
            item.rule,
            item.chain,
            item.eventIds[0] ?? '',
            { text: item.state, style: styles[item.state] },
            item.step,
            formatInstant(item.nextAt),
            item.endedBy ?? '',
          ]),
        ),
  );
};
