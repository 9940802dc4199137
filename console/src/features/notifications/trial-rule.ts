// A rule that is still being written, as far as it can be tried with past events. Pure. Called by the panel beside its form.
import { notificationRuleSchema, type NotificationRule } from '@nezuban/protocol/notifications/rule';
import { valueAt, type Draft } from './form/draft.ts';

/** The rule as far as it can be tried: whom it tells is not asked, and its name may come later. Null: something else is wrong. */
export const toTrial = (draft: Draft): NotificationRule | null => {
  const { channel: _own, ...rest } = draft;
  const isAddressed = rest['channels'] !== undefined || rest['escalation'] !== undefined;
  const parsed = notificationRuleSchema.safeParse({
    ...rest,
    kind: 'notification',
    enabled: true,
    name: notificationRuleSchema.shape.name.safeParse(valueAt(draft, 'name')).success
      ? valueAt(draft, 'name')
      : 'trial',
    ...(isAddressed ? {} : { channels: ['trial'] }),
  });
  return parsed.success ? parsed.data : null;
};
