// `nezuban trap monitor show`: a trap monitor as YAML, ready for `nezuban apply`, or its counters.
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ api, args, out }) => {
  const name = args.positional('MONITOR');
  const client = await api();
  if (!out.json && !args.flag('counters')) {
    const yaml = await client.call('exportTrapMonitor', { params: { name } });
    await out.write(yaml.endsWith('\n') ? yaml : `${yaml}\n`);
    return;
  }
  const view = await client.call('getTrapMonitor', { params: { name } });
  await out.result(view, () => [
    ...out.table(
      [
        { title: 'RULE' },
        { title: 'TAKEN', align: 'right' },
        { title: 'LAST TAKEN' },
        { title: 'PATTERN MS', align: 'right' },
      ],
      view.counters.map(({ rule, matched, lastMatchedAt, spentMs }) => [
        rule,
        matched,
        formatInstant(lastMatchedAt),
        spentMs.toFixed(1),
      ]),
    ),
    `Counted since ${formatInstant(view.countedSince)}.`,
    ...view.hints.map(({ path, message }) => `Hint: ${path}: ${message}`),
  ]);
};
