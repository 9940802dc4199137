// Notification rules: which events go out by which channel. More channels are more members of the union.
import * as z from 'zod';
import { eventCodeSchema } from '../events/event.ts';
import { nameSchema } from '../ids.ts';
import { prioritySchema } from '../priority.ts';

export const mailChannelSchema = z.strictObject({
  type: z.literal('mail'),
  smtp: z.strictObject({
    host: z.string().min(1).max(255),
    port: z.int().min(1).max(65535).default(25),
    /** `none`: plain; `starttls`: required upgrade; `tls`: TLS from the first byte. */
    security: z.enum(['none', 'starttls', 'tls']).default('starttls'),
    user: z.string().max(255).optional(),
    /** Write-only: the API never returns it; leaving it out keeps the stored one. */
    password: z.string().max(1024).optional(),
  }),
  from: z.string().min(3).max(320),
  to: z.array(z.string().min(3).max(320)).min(1).max(100),
});

export const webhookChannelSchema = z.strictObject({
  type: z.literal('webhook'),
  url: z.url({ protocol: /^https?$/ }).max(2048),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]{1,100}$/),
      z
        .string()
        .max(4096)
        .regex(/^[^\r\n]*$/, 'must not hold line breaks'),
    )
    .default({}),
});

export const channelSchema = z.discriminatedUnion('type', [mailChannelSchema, webhookChannelSchema]);
export type Channel = z.infer<typeof channelSchema>;

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

export const deliveryStates = ['pending', 'sent', 'failed'] as const;
