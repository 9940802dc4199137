// Form of the unit type "event_send".
import * as z from 'zod';
import { prioritySchema } from '../../priority.ts';
import { textSchema, unitBase } from './unit-base.ts';

/** Writes an event. */
export const eventSendUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('event_send'),
  priority: prioritySchema.default('info'),
  /** With places: `{{parameter.NAME}}`, `{{net}}`, `{{session}}`, `{{unit}}`. */
  message: textSchema.min(1).max(2000),
  /** What state it is about; an event with the same key can end it. Has places, too. */
  key: textSchema.min(1).max(500).optional(),
  /** It ends what earlier events with this key have raised. */
  clears: z.boolean().default(false),
});
export type EventSendUnit = z.infer<typeof eventSendUnitSchema>;
