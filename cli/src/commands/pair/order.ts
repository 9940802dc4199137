// Gives the pair a command and says how it was answered. The keeper's sentences are shown as they are.
import type { CommandResult } from '@nezuban/protocol/pair/pair-link';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { visible } from '../../output/visible.ts';
import type { CommandContext } from '../command.ts';
import type { PairContact, PairOrder } from './pair-contact.ts';

/** The keeper's sentence; a Failure with it when it refused. */
export const giveOrder = async (contact: PairContact, order: PairOrder): Promise<CommandResult> => {
  const result = await contact.order(order);
  if (!result.ok) throw refused(result.says);
  return result;
};

export const refused = (says: string, hints: readonly string[] = []): Failure =>
  new Failure(visible(says), { exitCode: exitCodes.refused, code: 'pair_refused', hints });

/** For commands that are done when they are answered. */
export const orderAndSay = async (
  contact: PairContact,
  order: PairOrder,
  { out }: CommandContext,
): Promise<void> => {
  const result = await giveOrder(contact, order);
  await out.result(result, () => visible(result.says));
};
