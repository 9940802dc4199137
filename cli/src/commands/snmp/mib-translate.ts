// `nezuban mib translate`: name and OID, whichever was given.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const answer = await api.call('translateOid', { query: { q: args.positional('OID') } });
  await out.result(answer, () => [
    `${answer.symbol} = ${answer.oid}`,
    ...(answer.entry?.labels ?? []).map(({ number, label }) => `  ${label}(${number})`),
    ...(answer.entry?.description == null || answer.entry.description === ''
      ? []
      : [answer.entry.description]),
  ]);
};
