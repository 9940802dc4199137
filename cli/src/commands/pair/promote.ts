// `nezuban pair promote`: for two hosts without a witness, whose human is the tie-breaker: the peer is off, this host takes over.
import { usageFailure } from '../../failure.ts';
import { visible } from '../../output/visible.ts';
import type { CommandRun } from '../command.ts';
import { confirm, shellWord } from '../shared/confirm.ts';
import { findHost, selfOf } from './find-host.ts';
import { refused } from './order.ts';
import { openContact } from './pair-contact.ts';
import { orderUntilServing, sayServed } from './serving.ts';

export const run: CommandRun = async (context) => {
  const { args, command } = context;
  if (!args.flag('peer-is-off'))
    throw usageFailure(
      'Say that the other host is switched off, with --peer-is-off. Two masters would be the worst that can happen.',
      command.name,
    );
  const { contact, status } = await openContact(context);
  const named = args.text('host');
  const target = named === undefined ? selfOf(status) : findHost(named, status, command.name);
  const peer = status.hosts.find(({ id }) => id !== target?.id);
  if (status.mode === 'single' || target === undefined || peer === undefined)
    throw refused('There is no pair, so there is nothing to promote.');
  await confirm(
    {
      explains: [
        `${visible(target.name)} becomes master because you say that ${visible(peer.name)} is switched off.`,
        `  If ${visible(peer.name)} still runs somewhere, both act as master: jobs run twice, and one side's data is thrown away later.`,
        '  Switched off means: you have cut its power or stopped its virtual machine. That it does not answer proves nothing.',
      ],
      question: `Is ${visible(peer.name)} switched off? Type its name:`,
      word: peer.name,
      command: `nezuban pair promote --peer-is-off${named === undefined ? '' : ` --host ${shellWord(named)}`} --yes`,
    },
    context,
  );
  const order = { host: target.id, operator: { do: 'promote', peerIsOff: true } } as const;
  const serving = { contact, target, before: status, order };
  await sayServed(context, serving, await orderUntilServing(context, serving));
};
