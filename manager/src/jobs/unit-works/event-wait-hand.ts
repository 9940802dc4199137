// Waits for events in the place of units of type "event_wait".
// Follows events from the place that the unit has stored at its start and answers with the first that fits. Called by `unit-works.ts`.
import { compilePattern } from '@nezuban/core/traps/rules/bounded-pattern';
import type { CapturedEvent } from '@nezuban/core/jobs/unit-work';
import type { EventView } from '@nezuban/protocol/events/event';
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';
import type { EventWatch } from '../../ports.ts';
import type { Answer, OpenWork, WorkHand } from './unit-works.ts';

/** What a unit carries of an event: it goes into the session's row and into the environment of commands. */
const captured = { textCharsMax: 2_000, fieldsMax: 50 } as const;

export const createEventWaitHand = ({
  watch,
  answer,
}: {
  readonly watch: Pick<EventWatch, 'follow'>;
  readonly answer: Answer;
}): WorkHand<'event_wait'> => {
  const ends = new Map<OpenWork, () => void>();
  return {
    begin(open) {
      const { match, afterId, sinceMs } = open.work;
      const stop = watch.follow({
        matches: [match],
        afterId,
        sinceMs,
        async take(events) {
          // What the session writes itself is not what it waits for.
          const found = events.find(({ event }) => event.details['session'] !== open.sessionId);
          if (found === undefined) return false;
          await answer(open, { kind: 'event_wait', event: captureEvent(found.event, match) });
          return true;
        },
      });
      ends.set(open, stop);
    },
    end(open) {
      ends.get(open)?.();
      ends.delete(open);
    },
  };
};

/** What is kept of an event that has ended a wait or started a session. Pure. */
export const captureEvent = (event: EventView, match: EventMatch): CapturedEvent => {
  const { id, code, priority, node, monitor, key, message } = event;
  return {
    id,
    at: Date.parse(event.at),
    code,
    priority,
    node,
    monitor,
    key,
    message: cut(message),
    fields: Object.fromEntries(
      Object.entries(event.fields)
        .slice(0, captured.fieldsMax)
        .map(([name, value]) => [name, cut(value)]),
    ),
    groups: namedGroups(event, match),
  };
};

const namedGroups = ({ message }: EventView, { text }: EventMatch): Record<string, string> => {
  if (text?.matches === undefined) return {};
  const compiled = compilePattern(text.matches, text.ignore_case ?? false);
  const spans = compiled.ok ? compiled.pattern.find(message) : null;
  if (!compiled.ok || spans === null) return {};
  return Object.fromEntries(
    Object.entries(compiled.pattern.names).flatMap(([name, group]) => {
      const span = spans[group];
      return span == null ? [] : [[name, cut(message.slice(span.start, span.end))] as const];
    }),
  );
};

const cut = (text: string): string => text.slice(0, captured.textCharsMax).toWellFormed();
