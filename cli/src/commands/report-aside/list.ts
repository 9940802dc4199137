// `nezuban report list`: reports that were put aside, with what they say and what to do.
import type { ReportAsideView } from '@nezuban/protocol/api/report-aside-operations';
import { exitCodes } from '../../exit-codes.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const node = args.text('node');
  const api = await context.api();
  const listed = await api.call('listReportsAside', { query: node === undefined ? {} : { node } });
  await out.result(listed, () => [
    ...(listed.items.length === 0
      ? ['Every report of an agent could be taken.']
      : listed.items.flatMap(linesOf)),
    ...(listed.more ? ['There are more; these are the newest.'] : []),
  ]);
  return listed.items.length === 0 ? exitCodes.ok : exitCodes.different;
};

const linesOf = (item: ReportAsideView): string[] => [
  `report ${item.key}: ${item.state} of attempt ${item.attemptId}${item.net === null ? '' : ` (${item.net})`} on ${item.node}, put aside at ${formatInstant(item.putAsideAt)}${item.reason === '' ? '' : `: ${item.reason}`}`,
  ...(item.report === null ? [] : [`  ${item.report}`]),
  item.attemptClosed
    ? `  its attempt has ended as unknown; set the status of the unit if it is not what it should be, then: nezuban report remove ${item.key}`
    : `  its attempt is open, and the report is tried again every minute; at once: nezuban report take ${item.key}`,
];
