// `nezuban notify rules`: which events go where.
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import type { Channel } from '@nezuban/protocol/notifications/channel';
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

const matchText = (rule: NotificationRule): string => {
  const { priorities, codes, nets, monitors, scopes, nodes, keys, text } = rule;
  const lists = [priorities, codes, nets, monitors ?? [], scopes ?? [], nodes ?? [], keys ?? []];
  const parts = lists.filter((list) => list.length > 0).map((list) => list.join(', '));
  if (text !== undefined) parts.push(`text ${text.contains ?? text.matches ?? ''}`);
  return parts.length === 0 ? 'all' : parts.join('; ');
};

const receiverText = ({ channel, channels, escalation }: NotificationRule): string =>
  [
    ...(channel === undefined ? [] : [inlineText(channel)]),
    ...(channels ?? []),
    ...(escalation === undefined ? [] : [`escalation ${escalation}`]),
  ].join(', ');

const inlineText = (channel: Channel): string => {
  if (channel.type === 'mail') return `mail ${channel.to.join(', ')}`;
  return channel.type === 'webhook' ? `webhook ${channel.url}` : 'own channel';
};
