// `nezuban pair witness`: appoints the agent that votes and holds no data.
import type { CommandRun } from '../command.ts';
import { orderAndSay } from './order.ts';
import { openContact } from './pair-contact.ts';

export const run: CommandRun = async (context) => {
  const { contact } = await openContact(context);
  const node = context.args.text('node') ?? null;
  await orderAndSay(contact, { host: null, operator: { do: 'witness', node } }, context);
};
