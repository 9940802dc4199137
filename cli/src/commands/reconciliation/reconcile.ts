// `nezuban reconcile`: what manager and agents know differently, and what to do about each.
import type { ReconciliationView } from '@nezuban/protocol/api/reconciliation-operations';
import { exitCodes } from '../../exit-codes.ts';
import { formatInstant, formatSpan } from '../../output/time.ts';
import type { CommandContext, CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const reconciliation = await api.call('getReconciliation');
  const findings = [...silentLines(reconciliation, context), ...strayLines(reconciliation)];
  await out.result(reconciliation, () => [
    ...(findings.length === 0 ? ['Manager and agents know the same.'] : findings),
    reconciliation.comparedAt === null
      ? 'No agent has been compared with the manager since it is on duty.'
      : `Manager and agents were last compared at ${formatInstant(reconciliation.comparedAt)}.`,
  ]);
  return findings.length === 0 ? exitCodes.ok : exitCodes.different;
};

const silentLines = ({ silent }: ReconciliationView, { ports }: CommandContext): string[] =>
  silent.flatMap(({ node, since, attempts }) => [
    `agent of ${node}: silent since ${formatInstant(since)} (${formatSpan(since, null, ports.now())}), ${attempts} attempts run there as far as anybody knows`,
    `  look at the host; if it will not come back: nezuban set-status for its units, or nezuban node remove ${node}`,
  ]);

const strayLines = ({ strays, straysLeftOut }: ReconciliationView): string[] => [
  ...strays.flatMap(({ attemptId, node, pid, command, net, unit, endStatus }) => [
    `attempt ${attemptId}: runs on ${node}${pid === null ? '' : ` (pid ${pid}${command === null ? '' : `, ${command}`})`} and nobody waits for it: ${
      net === null
        ? 'this manager does not know it'
        : `${net}${unit === null ? '' : `, unit ${unit}`}, closed as ${endStatus ?? 'nothing'}`
    }`,
    `  let it end, or: nezuban attempt end ${attemptId}`,
  ]),
  ...straysLeftOut.map(
    ({ node, attempts }) =>
      `${node} runs ${attempts} more that nobody waits for; they come up here as others end`,
  ),
];
