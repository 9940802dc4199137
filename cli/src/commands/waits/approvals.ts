// `nezuban approvals`: what waits for people, one line each.
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const { items } = await api.call('listApprovals', {});
  const shown = args.flag('mine') ? items.filter(({ refusal }) => refusal === null) : items;
  await out.result({ items: shown }, () => {
    if (shown.length === 0) return 'Nothing waits for approval.';
    return out.table(
      [
        { title: 'SESSION', align: 'right' },
        { title: 'NET' },
        { title: 'UNIT' },
        { title: 'APPROVED' },
        { title: 'ASKED' },
        { title: 'UNTIL' },
        { title: 'QUESTION', flexible: true },
      ],
      shown.map(({ sessionId, net, unit, needed, decisions, askedAt, until, question }) => [
        sessionId,
        net,
        unit,
        `${decisions.filter(({ approve }) => approve).length} of ${needed}`,
        formatInstant(askedAt),
        formatInstant(until),
        question,
      ]),
    );
  });
};
