// `nezuban net monitoring`: start conditions of a job net as they stand, and what an operator does about them.
import type { MonitoringOperation, NetMonitoring } from '@nezuban/protocol/jobs/start-conditions';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('NET');
  const operation = args.positionals('OPERATION')[0] as MonitoringOperation | undefined;
  const api = await context.api();
  const view =
    operation === undefined
      ? await api.call('getNetMonitoring', { params: { name } })
      : await api.call('operateNetMonitoring', { params: { name }, body: { operation } });
  await out.result(view, () => describe(view).join('\n'));
};

const describe = (view: NetMonitoring): string[] => [
  view.enabled
    ? `Watched since ${formatInstant(view.since) ?? ''}${view.validUntil === null ? '' : `, until ${formatInstant(view.validUntil) ?? ''}`}.`
    : 'Not watched.',
  ...(view.reason === null || !view.enabled ? [] : [view.reason]),
  ...view.conditions.flatMap((condition) => {
    const { name, kind, met } = condition;
    const state =
      view.mode === 'any'
        ? ''
        : met === null
          ? ': not yet'
          : `: since ${formatInstant(met.at) ?? ''}${met.event === null ? '' : `, event ${met.event}`}`;
    return [`  ${name} (${kinds[kind]})${state}`, ...detailsOf(condition)];
  }),
  `Started ${view.generation}${view.startsMax === null ? '' : ` of ${view.startsMax}`}; ${view.waiting} wait for their turn.`,
  ...(view.lastSession === null || view.lastStartAt === null
    ? []
    : [`Last: session ${view.lastSession}, ${formatInstant(view.lastStartAt) ?? ''}.`]),
];

const kinds = { event: 'event', net: 'end of a net', file: 'files', time: 'times' } as const;
const fileStates = { begins: 'begins to watch', watches: 'watches', troubled: 'does not watch' } as const;

const detailsOf = ({ files, nextAt }: NetMonitoring['conditions'][number]): string[] => [
  ...(nextAt === null ? [] : [`    next: ${formatInstant(nextAt) ?? ''}`]),
  ...(files === null
    ? []
    : [
        `    ${files.node}: ${files.path.join(', ')}`,
        `    ${fileStates[files.state]}; ${files.found} found${files.waiting === 0 ? '' : `, ${files.waiting} not taken up yet`}; last sign ${files.lastSignAt === null ? 'none' : (formatInstant(files.lastSignAt) ?? '')}`,
        ...(files.says === null ? [] : [`    ${files.says}`]),
      ]),
];
