// `nezuban notify try`: what a rule would have told of the last hours. Sends nothing.
import { collect, listItemsMax } from '../../api/pages.ts';
import { didYouMean } from '../../arguments/suggest.ts';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

const hoursDefault = 24;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('RULE');
  const hours = args.integer('hours') ?? hoursDefault;
  const api = await context.api();
  const { items } = await collect((query) => api.call('listRules', { query }), listItemsMax);
  const found = items.find(({ rule }) => rule.name === name);
  if (found === undefined)
    throw new Failure(
      `There is no notification rule "${name}".${didYouMean(
        name,
        items.map(({ rule }) => rule.name),
      )}`,
      { exitCode: exitCodes.refused, code: 'not_found' },
    );
  const answer = await api.call('simulateRule', { body: { rule: found.rule, hours } });
  await out.result(answer, () => {
    const told = answer.messages.filter(({ type }) => type === 'message').length;
    const summary = `Of ${answer.events} events in ${hours} h, ${name} would have sent ${told} messages${answer.isCut ? '; there is more than is shown' : ''}.`;
    if (answer.messages.length === 0) return summary;
    const rows = out.table(
      [
        { title: 'AT' },
        { title: 'WHAT' },
        { title: 'EVENTS', align: 'right' },
        { title: 'FIRST', flexible: true },
      ],
      answer.messages.map((message) => [
        formatInstant(message.at),
        whatOf(message),
        message.count,
        message.events[0]?.message ?? '',
      ]),
    );
    return [...rows, '', summary];
  });
  return exitCodes.ok;
};

type Simulated = {
  readonly cause: string | null;
  readonly recovered: boolean;
  readonly reminder: boolean;
  readonly overflow: boolean;
  readonly escalationStep: number | null;
};

const whatOf = ({ cause, recovered, reminder, overflow, escalationStep }: Simulated): string => {
  if (cause !== null) return `kept back (${cause})`;
  if (escalationStep !== null) return `escalation step ${escalationStep}`;
  if (recovered) return 'recovered';
  if (reminder) return 'still';
  return overflow ? 'gathered' : 'message';
};
