// `nezuban freeze`: nothing starts at the place from now on; what runs goes on.
import type { CommandRun } from '../command.ts';
import { readPlace, readUntil } from './place.ts';
import { freezeText, openText } from './render-frozen.ts';
import { usageFailure } from '../../failure.ts';

export const run: CommandRun = async (context) => {
  const { args, out, ports, command } = context;
  const place = readPlace(context);
  const reason = args.text('reason');
  if (reason === undefined)
    throw usageFailure('Say why, for everybody who meets the freeze: --reason TEXT', command.name);
  const until = readUntil(args.text('until'), ports.now(), command.name);
  const api = await context.api();
  const view = await api.call('freeze', { body: { place, reason, ...(until !== undefined && { until }) } });
  await out.result(view, () => [`Now ${freezeText(view)}`, `Still running there: ${openText(view.open)}.`]);
};
