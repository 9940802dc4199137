// `nezuban events field`: fields of the user on an event.
import { usageFailure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ api, args, out, command }) => {
  const id = Number(args.positional('EVENT'));
  const fields = Object.fromEntries(
    args.positionals('FIELD').map((field): [string, string | null] => {
      const at = field.indexOf('=');
      if (at < 1) throw usageFailure(`${field}: write NAME=VALUE, or NAME= to take it away`, command.name);
      const value = field.slice(at + 1);
      return [field.slice(0, at), value === '' ? null : value];
    }),
  );
  const event = await (await api()).call('setEventFields', { params: { id }, body: { fields } });
  await out.result(event, () => `Event ${id}: ${Object.keys(fields).join(', ')} written.`);
};
