// The sentence of an event for its reader, with the sentences among its facts; the table of these comes with the Japanese texts (said.ts).
import { eventText } from '@nezuban/protocol/events/event-text';
import { saidIn } from './said.ts';

export const eventTextIn = (event: Parameters<typeof eventText>[0], language: string): string =>
  eventText(event, language, saidIn);
