// Notification rules: which events go out by which channel.
import * as z from 'zod';
import { eventCodeSchema } from '../events/event.ts';
import { nameSchema } from '../ids.ts';
import { prioritySchema } from '../priority.ts';
import { channelSchema } from './channel.ts';

/** Kind `notification` in YAML files. An empty list matches everything. */
export const notificationRuleSchema = z.strictObject({
  kind: z.literal('notification'),
  name: nameSchema,
  enabled: z.boolean().default(true),
  priorities: z.array(prioritySchema).default([]),
  codes: z.array(eventCodeSchema).default([]),
  /** Job nets by name; `*` at the end matches any rest (`night/*`). */
  nets: z.array(z.string().min(1).max(201)).max(1000).default([]),
  channel: channelSchema,
});
export type NotificationRule = z.infer<typeof notificationRuleSchema>;

/** `suppressed`: kept back by a maintenance window, and never sent. */
export const deliveryStates = ['pending', 'sent', 'failed', 'suppressed'] as const;
