// `nezuban pair maintenance on|off`: takes the standby out of duty, or back.
import { usageFailure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';
import { findHost, selfOf, standbyOf } from './find-host.ts';
import { orderAndSay } from './order.ts';
import { openContact } from './pair-contact.ts';

export const run: CommandRun = async (context) => {
  const { args, command } = context;
  const word = args.positional('ON-OR-OFF');
  if (word !== 'on' && word !== 'off')
    throw usageFailure(`Maintenance is "on" or "off", not "${word}".`, command.name);
  const { contact, status } = await openContact(context);
  const named = args.text('host');
  // By the keeper "this host" is meant; from elsewhere only the standby can be.
  const unnamed = contact.via === 'keeper' ? selfOf(status) : standbyOf(status);
  const host = named === undefined ? (unnamed ?? null) : findHost(named, status, command.name);
  await orderAndSay(
    contact,
    { host: host?.id ?? null, operator: { do: 'maintenance', on: word === 'on' } },
    context,
  );
};
