// The channel that stands in a rule itself, if there is one: its secrets taken out, put back and masked. Pure.
// Called by what stores, shows and compares rules. Named channels have secrets of their own elsewhere.
import type { Issue } from '@nezuban/protocol/errors';
import type { OwnChannel } from '@nezuban/protocol/notifications/channel';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import type { Secrets } from './channels/channel.ts';
import { kindOf } from './channels/registry.ts';

type WithChange = (channel: OwnChannel) => OwnChannel;

export const changeChannel = (rule: NotificationRule, change: WithChange): NotificationRule =>
  rule.channel === undefined ? rule : { ...rule, channel: change(rule.channel) };

export const splitRuleSecrets = (
  rule: NotificationRule,
  before: NotificationRule | null,
): { readonly rule: NotificationRule; readonly secrets: Secrets; readonly issues: readonly Issue[] } => {
  const { channel } = rule;
  if (channel === undefined) return { rule, secrets: {}, issues: [] };
  const same = before?.channel !== undefined && before.channel.type === channel.type ? before.channel : null;
  const split = kindOf(channel).splitSecrets(channel, same);
  return { rule: { ...rule, channel: split.channel }, secrets: split.secrets, issues: split.issues };
};

export const joinRuleSecrets = (rule: NotificationRule, secrets: Secrets): NotificationRule =>
  changeChannel(rule, (channel) => kindOf(channel).joinSecrets(channel, secrets));

export const maskRule = (rule: NotificationRule): NotificationRule =>
  changeChannel(rule, (channel) => kindOf(channel).mask(channel));
