// The event that a test message speaks of. Pure. Called by the routes that try rules and channels out.
import { newEvent, type EventView } from '@nezuban/protocol/events/event';

/** `what` is tried, such as `channel "night"`. */
export const testEventOf = (what: string, nowMs: number): EventView => ({
  ...newEvent,
  id: 0,
  at: new Date(nowMs).toISOString(),
  priority: 'info',
  code: 'definition_changed',
  node: null,
  message: `Test of the ${what}`,
  details: {},
});
