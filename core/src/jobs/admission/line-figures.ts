// How the lines of queues, locks and nodes stand, in figures: for metrics, and for who warns of a line that does not move.
// Reads the admission book; decides nothing. Called by the manager between two commits.
import type { LimitKind } from '@nezuban/protocol/jobs/control/limit';
import { recordAt } from '../step.ts';
import { partsOf, type ResourceId } from './claims.ts';
import type { PlaceContext } from './place-views.ts';
import { useOf } from './resources.ts';
import { resourcesOf } from './waiting-lines.ts';

export type LineFigure = {
  readonly kind: LimitKind;
  readonly name: string;
  /** Places in use. Of a lock that is held as a whole: all of them. */
  readonly used: number;
  /** Places at this time of day; paused, none. */
  readonly places: number;
  readonly waiting: number;
  /** Of who waits longest; 0: nobody waits. */
  readonly oldestWaitMs: number;
  /** For how long nobody has got a place for whom there could be one: not while it is paused or closed at this time of day. 0: it moves. */
  readonly standsMs: number;
};

/** The line that has not moved for the longest time; null: all move. */
export function standingLine(lines: readonly LineFigure[]): LineFigure | null {
  const [longest] = lines.toSorted((a, b) => b.standsMs - a.standsMs);
  return longest === undefined || longest.standsMs === 0 ? null : longest;
}

/** Lines told of, those with the longest waits first: each is a series of figures. */
export const lineFiguresMax = 500;

/** `sinceMs`: what was given before that is not known. */
export function lineFigures({ book, session, now }: PlaceContext, sinceMs: number): LineFigure[] {
  const oldest = new Map<ResourceId, { waiting: number; since: number }>();
  for (const { wish, waiters } of book.lines().all())
    for (const { sessionId, unit } of waiters) {
      const owner = session(sessionId);
      const since = (owner === null ? null : recordAt(owner, unit).control?.queued?.since) ?? now;
      for (const resource of new Set(resourcesOf(wish))) {
        const line = oldest.get(resource) ?? { waiting: 0, since: now };
        oldest.set(resource, { waiting: line.waiting + 1, since: Math.min(line.since, since) });
      }
    }
  const resources = new Set<ResourceId>([
    ...book.limits().ids,
    ...oldest.keys(),
    ...[...book.uses().keys()].filter((resource) => partsOf(resource).kind === 'lock'),
  ]);
  const figures = [...resources].flatMap((resource): LineFigure[] => {
    const { kind, name } = partsOf(resource);
    if (kind === 'net') return [];
    const { used, whole } = useOf(book.uses(), resource);
    const places = book.limits().places(resource, now);
    const { waiting, since } = oldest.get(resource) ?? { waiting: 0, since: now };
    const movedAt = Math.max(book.movedAt(resource) ?? sinceMs, since);
    return [
      {
        kind,
        name,
        used: whole > 0 && Number.isFinite(places) ? places : used,
        places,
        waiting,
        oldestWaitMs: now - since,
        standsMs: waiting > 0 && places > 0 && Number.isFinite(places) ? Math.max(0, now - movedAt) : 0,
      },
    ];
  });
  return figures.toSorted((a, b) => b.oldestWaitMs - a.oldestWaitMs).slice(0, lineFiguresMax);
}
