// Form of the unit type "event_wait".
import * as z from 'zod';
import { eventMatchSchema } from '../../notifications/event-match.ts';
import { unitBase } from './unit-base.ts';
import { waitLimitShape, waitSecondsMax } from './wait-limit.ts';

/** Waits for an event: one that is written after the unit has begun, or that is not older than the look-back. Traps come as events of their monitor. */
export const eventWaitUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('event_wait'),
  /** Which event; conditions as in notification rules. Named groups of `text.matches` are kept. */
  event: eventMatchSchema,
  /** An event counts as well that happened so many seconds before the unit began. */
  look_back_s: z.number().nonnegative().max(waitSecondsMax).default(0),
  ...waitLimitShape,
});
export type EventWaitUnit = z.infer<typeof eventWaitUnitSchema>;
