// `nezuban report take`: tries to take a report that was put aside.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const [key = ''] = args.positionals('REPORT');
  const api = await context.api();
  await api.call('takeReportAside', { params: { key } });
  await out.result({ key }, () => [`The report ${key} was taken.`]);
};
