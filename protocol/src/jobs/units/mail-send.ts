// Form of the unit type "mail_send".
import * as z from 'zod';
import { nameSchema } from '../../ids.ts';
import { textSchema, unitBase } from './unit-base.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';

const recipientsMax = 100;
const addressSchema = z
  .string()
  .min(3)
  .max(320)
  .refine((text) => /^[^\s@<>"]+@[^\s@<>"]+$/.test(text), schemaText('mail_address'));

/** Sends a mail by a named channel of type mail, and ends when a mail server has taken it or the outbox has given up. */
export const mailSendUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('mail_send'),
  /** Named channel of type mail: server, sender, and the recipients where none are given here. */
  channel: nameSchema,
  to: z.array(addressSchema).min(1).max(recipientsMax).optional(),
  cc: z.array(addressSchema).max(recipientsMax).optional(),
  /** With places as in `event_send`; so has the body. */
  subject: textSchema.min(1).max(500),
  body: textSchema,
});
export type MailSendUnit = z.infer<typeof mailSendUnitSchema>;
