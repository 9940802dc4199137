// `nezuban pair switch`: moves the service to the standby, shows it moving, and says how long it took.
import { visible } from '../../output/visible.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { CommandRun } from '../command.ts';
import { confirm } from '../shared/confirm.ts';
import { masterOf, standbyOf } from './find-host.ts';
import { refused } from './order.ts';
import { openContact } from './pair-contact.ts';
import { orderUntilServing, sayServed } from './serving.ts';
import { hostWords } from './words.ts';

export const run: CommandRun = async (context) => {
  const { contact, status } = await openContact(context);
  if (status.mode === 'single')
    throw refused('There is no second host to switch to.', ['Make a pair with: nezuban pair create']);
  const from = masterOf(status);
  const target = standbyOf(status);
  if (from === undefined || target === undefined)
    throw refused('There is no master whose service could be moved.', ['See: nezuban pair status']);
  if (!target.inSync)
    throw refused(`${target.name} cannot take over now: it ${standsAs(target)}.`, [
      'See what is missing with: nezuban pair status',
    ]);
  await confirm(
    {
      explains: [
        `The service moves from ${visible(from.name)} to ${visible(target.name)}:`,
        `  ${visible(from.name)} stops taking work and stops its database; ${visible(target.name)} has its last byte before it begins.`,
        '  Running jobs go on. Console, agents and commands find the new master by themselves; requests wait for about a second.',
        `  ${visible(from.name)} then becomes the standby.`,
      ],
      question: `Move the service to ${visible(target.name)}?`,
      command: 'nezuban pair switch --yes',
    },
    context,
  );
  const serving = {
    contact,
    target,
    before: status,
    order: { host: null, operator: { do: 'switch' } },
  } as const;
  await sayServed(context, serving, await orderUntilServing(context, serving));
  return exitCodes.ok;
};

const standsAs = (target: Parameters<typeof hostWords>[0]): string =>
  target.view === null || !target.reachable ? hostWords(target).says : `is ${hostWords(target).says}`;
