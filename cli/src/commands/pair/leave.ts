// `nezuban pair leave`: takes a host out of the pair; the other one stays, alone.
import { visible } from '../../output/visible.ts';
import type { CommandRun } from '../command.ts';
import { confirm, shellWord } from '../shared/confirm.ts';
import { findHost, selfOf, standbyOf } from './find-host.ts';
import { orderAndSay, refused } from './order.ts';
import { openContact } from './pair-contact.ts';

export const run: CommandRun = async (context) => {
  const { args, command } = context;
  const { contact, status } = await openContact(context);
  if (status.mode === 'single') throw refused('This host is in no pair.');
  const named = args.text('host');
  const host =
    named === undefined
      ? contact.via === 'keeper'
        ? selfOf(status)
        : standbyOf(status)
      : findHost(named, status, command.name);
  if (host === undefined)
    throw refused('It is not clear which host shall leave.', [
      `Name it: nezuban pair leave --host ${status.hosts.map(({ name }) => name).join('|')}`,
    ]);
  const other = status.hosts.find(({ id }) => id !== host.id);
  await confirm(
    {
      explains: [
        `${visible(host.name)} leaves the pair for good: its copy of the data is not kept up to date any more.`,
        `${visible(other?.name ?? 'The other host')} goes on alone; if it fails, nothing serves.`,
        ...(host.isMaster
          ? [`${visible(host.name)} is the master: move the service first with "nezuban pair switch".`]
          : []),
      ],
      question: `Take ${visible(host.name)} out of the pair?`,
      command: `nezuban pair leave --host ${shellWord(host.name)} --yes`,
    },
    context,
  );
  await orderAndSay(contact, { host: null, operator: { do: 'remove-member', member: host.id } }, context);
};
