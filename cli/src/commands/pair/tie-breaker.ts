// `nezuban pair tie-breaker`: what stands for the missing vote when a host is lost.
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { usageFailure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';
import { orderAndSay } from './order.ts';
import { openContact } from './pair-contact.ts';

const choices: readonly string[] = ['witness', 'fence', 'manual'] satisfies PairStatus['tieBreaker'][];
const isChoice = (word: string): word is PairStatus['tieBreaker'] => choices.includes(word);

export const run: CommandRun = async (context) => {
  const { args, command } = context;
  const word = args.positional('WHICH');
  if (!isChoice(word))
    throw usageFailure(`A tie-breaker is one of ${choices.join(', ')}, not "${word}".`, command.name);
  const { contact } = await openContact(context);
  await orderAndSay(contact, { host: null, operator: { do: 'tie-breaker', tieBreaker: word } }, context);
};
