// `nezuban trap user delete`.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const name = context.args.positional('SNMP-USER');
  await (await context.api()).call('deleteSnmpUser', { params: { name } });
  await context.out.result({ deleted: name }, () => `SNMPv3 user ${name} is deleted; its traps are refused.`);
};
