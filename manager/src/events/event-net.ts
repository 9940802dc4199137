// Which net, or folder of nets, an event is about: who may not see it there does not see the event. Pure. Called by the event routes and the
// live stream; lists ask the same of the database (`eventsIn` in access/actor-permissions.ts).
import type { EventView } from '@nezuban/protocol/events/event';

export const netOfEvent = (details: EventView['details']): string | null => {
  const about = details['net'] ?? details['folder'];
  return about === undefined ? null : String(about);
};
