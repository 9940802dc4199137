// `nezuban pair force-master`: the last resort. This host goes on with what it has; every voter that does not answer must be named as off.
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { usageFailure } from '../../failure.ts';
import { visible } from '../../output/visible.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { confirm } from '../shared/confirm.ts';
import { findHost, findNamed, selfOf } from './find-host.ts';
import { refused } from './order.ts';
import { forceCommand, otherVoters, type PairVoter } from './other-voters.ts';
import { openContact } from './pair-contact.ts';
import { orderUntilServing, sayServed } from './serving.ts';

export const run: CommandRun = async (context) => {
  const { args, command } = context;
  const { contact, status } = await openContact(context);
  const named = args.text('host');
  const target = named === undefined ? selfOf(status) : findHost(named, status, command.name);
  if (status.mode === 'single' || target === undefined)
    throw refused('There is no pair, so there is nothing to force.');
  const others = otherVoters(target.id, status);
  const confirmed = args
    .texts('confirm-off')
    .map((name) => findNamed(name, others, { what: 'other voter', command: command.name }));
  const silent = others.filter(({ reachable }) => !reachable);
  const missing = silent.filter(({ id }) => !confirmed.some((one) => one.id === id));
  const wholeCommand = forceCommand(others, named);
  if (missing.length > 0)
    throw usageFailure(
      `Each voter that does not answer must be confirmed as off; not yet: ${missing.map(({ name }) => visible(name)).join(', ')}. When that is so, type: ${wholeCommand}`,
      command.name,
    );
  await confirm(
    {
      explains: dangerWords(target.name, confirmed, status),
      question: `Go on with what ${visible(target.name)} has? Type its name:`,
      word: target.name,
      command: `${wholeCommand} --yes`,
    },
    context,
  );
  const order = {
    host: target.id,
    operator: { do: 'force-master', confirmedOff: confirmed.map(({ id }) => id) },
  } as const;
  const serving = { contact, target, before: status, order };
  await sayServed(context, serving, await orderUntilServing(context, serving));
  sayWhatFollows(context);
};

const dangerWords = (
  target: string,
  confirmed: readonly PairVoter[],
  { voters }: PairStatus,
): readonly string[] => [
  `DANGER: ${visible(target)} becomes master with the data that it has, without asking the other voters.`,
  `  Work that was acknowledged by the other host and had not reached ${visible(target)} is lost: job states, events, definitions.`,
  '  If another host still acts as master, both do: jobs run twice, and the data of one side is thrown away later.',
  ...(confirmed.length === 0
    ? [`  All other voters of ${voters.length} answer and agree that there is no master.`]
    : [
        '  You confirm that these are switched off, and will be started again only with a connection to this host:',
        ...confirmed.map(({ name, kind }) => `    ${visible(name)}${kind === 'witness' ? ' (witness)' : ''}`),
      ]),
];

const sayWhatFollows = ({ out }: CommandContext): void => {
  out.note('The pair is marked as forced until a majority of the former voters has agreed.');
  out.note('Start the other hosts again with a connection to this one, then see: nezuban pair status');
};
