// `nezuban status`: the manager in some lines.
import { formatInstant, formatSpan } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out, ports } = context;
  const { url, source } = await context.connection();
  const system = await (await context.api()).call('getSystem');
  const { counts } = system;
  await out.result({ ...system, url: url.href, source }, () => {
    const critical = `${counts.unconfirmedCritical} critical, unconfirmed`;
    const nodes = `${counts.nodesConnected} of ${counts.nodes} connected`;
    return [
      `${system.product} ${system.version} at ${url.origin} (${source})`,
      `running since ${formatInstant(system.startedAt)} (${formatSpan(system.startedAt, null, ports.now())}), term ${system.term}`,
      '',
      `job nets  ${counts.nets}`,
      `sessions  ${counts.runningSessions} running, ${counts.openAttempts} attempts open`,
      `nodes     ${counts.nodesConnected < counts.nodes ? out.paint('yellow', nodes) : nodes}`,
      `events    ${counts.unconfirmedCritical > 0 ? out.paint('red', critical) : critical}`,
    ];
  });
};
