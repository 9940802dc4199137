// `nezuban notify rules`: which events go where.
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import { collect, listItemsMax } from '../../api/pages.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const api = await context.api();
  const page = await collect((query) => api.call('listRules', { query }), listItemsMax);
  await out.result(page, () => {
    if (page.items.length === 0)
      return 'No notification rule yet. Write one as "kind: notification" in a YAML file, and apply it with: nezuban apply FILE';
    return out.table(
      [{ title: 'RULE' }, { title: 'ENABLED' }, { title: 'EVENTS', flexible: true }, { title: 'GOES TO' }],
      page.items.map(({ rule }) => [
        rule.name,
        rule.enabled ? 'yes' : { text: 'no', style: 'dim' },
        matchText(rule),
        receiverText(rule),
      ]),
    );
  });
};

const matchText = ({ priorities, codes, nets }: NotificationRule): string => {
  const parts = [priorities, codes, nets].filter((list) => list.length > 0).map((list) => list.join(', '));
  return parts.length === 0 ? 'all' : parts.join('; ');
};

const receiverText = ({ channel }: NotificationRule): string =>
  channel.type === 'mail' ? `mail ${channel.to.join(', ')}` : `webhook ${channel.url}`;
