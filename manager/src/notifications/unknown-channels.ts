// Channels that an escalation names and that are not there, each with its place. Reads in the transaction of the change. Called by the changes
// of escalations.
import type { Issue } from '@nezuban/protocol/errors';
import type { Escalation } from '@nezuban/protocol/notifications/escalation';
import { say } from '@nezuban/protocol/sentences/sentence';
import type { Transaction } from '../ports.ts';
import type { NamedChannels } from './channels/channel.ts';

export const unknownChannels = async (
  transaction: Transaction,
  escalation: Escalation,
  channels: Pick<NamedChannels, 'exists'>,
): Promise<readonly Issue[]> => {
  const issues: Issue[] = [];
  for (const [step, { channels: names }] of escalation.steps.entries())
    for (const [index, name] of names.entries())
      if (!(await channels.exists(transaction, name)))
        issues.push({
          path: `steps[${step}].channels[${index}]`,
          ...say('no_channel', { name }),
        });
  return issues;
};
