// What has failed and nobody has dealt with yet: the unconfirmed events of sessions, one entry for each session. Pure.
// Called by home-failures.tsx.
import type { EventView } from '@nezuban/protocol/events/event';

export type Failure = {
  readonly session: number;
  readonly net: string | null;
  /** Path of the unit that failed first; null if only the session as a whole is known to have. */
  readonly unit: string | null;
  readonly exitCode: number | null;
  /** Newest first, as they were given. */
  readonly events: readonly EventView[];
};

/** Newest failure first. `events` newest first. */
export const groupFailures = (events: readonly EventView[]): readonly Failure[] => {
  const groups = new Map<number, EventView[]>();
  for (const event of events) {
    const session = event.details['session'];
    if (typeof session !== 'number') continue;
    const known = groups.get(session);
    if (known === undefined) groups.set(session, [event]);
    else known.push(event);
  }
  return [...groups].map(([session, its]) => {
    // What failed first is the cause; what follows is often only its consequence.
    const cause = its.findLast(({ details }) => typeof details['unit'] === 'string');
    const net = its[0]?.details['net'];
    const { unit, exitCode } = cause?.details ?? {};
    return {
      session,
      net: typeof net === 'string' ? net : null,
      unit: typeof unit === 'string' ? unit : null,
      exitCode: typeof exitCode === 'number' ? exitCode : null,
      events: its,
    };
  });
};

/** Those that are about no session: agents, the pair, the manager itself. */
export const withoutSession = (events: readonly EventView[]): readonly EventView[] =>
  events.filter(({ details }) => typeof details['session'] !== 'number');
