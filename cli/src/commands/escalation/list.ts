// `nezuban escalation list`: the chains that are defined.
import { collect, listItemsMax } from '../../api/pages.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const page = await collect((query) => api.call('listEscalations', { query }), listItemsMax);
  await out.result(page, () =>
    page.items.length === 0
      ? 'No escalation yet. Write one as "kind: escalation" in a YAML file, and apply it with: nezuban apply FILE'
      : out.table(
          [
            { title: 'ESCALATION' },
            { title: 'ENABLED' },
            { title: 'ROUNDS', align: 'right' },
            { title: 'STEPS', flexible: true },
          ],
          page.items.map(({ escalation: { name, enabled, rounds, steps } }) => [
            name,
            enabled ? 'yes' : { text: 'no', style: 'dim' as const },
            rounds,
            steps.map((step) => `after ${step.after_min} min: ${step.channels.join(', ')}`).join('; '),
          ]),
        ),
  );
};
