// `nezuban trap monitor enable` and `disable`: a monitor, or one rule of it.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ api, args, out, command }) => {
  const name = args.positional('MONITOR');
  const rule = args.text('rule');
  const enabled = command.name.endsWith('enable');
  const view = await (
    await api()
  ).call('enableTrapMonitor', {
    params: { name },
    body: { enabled, ...(rule !== undefined && { rule }) },
  });
  await out.result(view, () => {
    const what = rule === undefined ? `Trap monitor ${name}` : `Rule ${rule} of trap monitor ${name}`;
    return `${what} is ${enabled ? 'on' : 'off'}.`;
  });
};
