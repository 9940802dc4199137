// Writes the deliveries that notification rules demand for new events, in the transaction of the events.
// What a maintenance window keeps back is written too, as suppressed, so that it can be seen and counted. Called by the event sink.
import { matchRules } from '@nezuban/core/events/match-rules';
import type { DeliveryPlanner } from '../events/event-sink.ts';
import { insertDeliveries } from './delivery-store.ts';
import type { DeliveryDraft } from './delivery-store.ts';
import type { RuleStore } from './rule-store.ts';
import { kindOf } from './channels/registry.ts';

export const createDeliveryPlanner = (
  store: Pick<RuleStore, 'rules'>,
  wake: () => void,
): DeliveryPlanner => ({
  async plan(transaction, events) {
    const enabled = [...store.rules().values()].map(({ rule }) => rule).filter((rule) => rule.enabled);
    if (enabled.length === 0) return false;
    const channels = new Map(
      enabled.map(({ name, channel }) => [
        name,
        channel === undefined ? '' : kindOf(channel).describe(channel),
      ]),
    );
    const drafts: DeliveryDraft[] = [];
    for (const event of events) {
      for (const { name } of matchRules(event, enabled)) {
        // A rule is never told of its own failure: that message would fail too.
        if (event.code === 'notification_failed' && event.details['rule'] === name) continue;
        const window = event.details['mutedBy'];
        drafts.push({
          event,
          rule: name,
          channel: channels.get(name) ?? '',
          suppressedBy: typeof window === 'string' ? window : null,
        });
      }
    }
    if (drafts.length === 0) return false;
    await insertDeliveries(transaction, drafts);
    return drafts.some(({ suppressedBy }) => suppressedBy === null);
  },
  wake,
});
