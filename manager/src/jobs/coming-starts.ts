// Which coming start somebody means: the next of a schedule, one that was moved, or one further ahead; with what was said of it beforehand.
// Read from the database, because the loop of schedules hears of a change a moment later. Called by `planned-starts.ts` and `preparations/`.
import { say } from '@nezuban/protocol/sentences/sentence';
import { withoutTimes } from '@nezuban/core/schedules/prepared-starts';
import type { Clock } from '@nezuban/platform/clock';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import {
  loadPreparations,
  preparationRevisionOf,
  type StoredPreparation,
} from './preparations/preparation-store.ts';
import type { PlannedStart, ScheduleLoop } from './schedule-loop.ts';

export type MovedStart = {
  readonly id: number;
  readonly net: string;
  readonly schedule: string;
  /** When the schedule had it, and when it is to begin; milliseconds since 1970. */
  readonly plannedAt: number;
  readonly at: number;
  readonly movedBy: string;
  readonly movedAt: number;
  readonly reason: string | null;
};
export type WantedStart = {
  readonly net: string;
  readonly schedule: string;
  /** Which one, by the schedule or as it was moved, milliseconds since 1970; null: the next. */
  readonly at: number | null;
};
/** `at`: when the schedule has it. */
export type ChosenStart = Omit<PlannedStart, 'at'> & {
  readonly net: string;
  readonly at: number;
  readonly moved: MovedStart | null;
  readonly preparation: StoredPreparation | null;
  /** Nothing was said of any start of the schedule since, as long as it is this. */
  readonly preparationRevision: number;
};
export type ComingStarts = {
  /** Throws `not_found`, `precondition_failed` (there is none at that time, or it was left out). */
  readonly choose: (wanted: WantedStart) => Promise<ChosenStart>;
};

/** Moved starts at one time: more than operators move in a night. */
const MOVED_MAX = 10_000;
/** A year and what people add to it. Further ahead nobody knows the calendar, and a slip of the year is no wish. */
const aheadMaxDays = 400;

/** Of all nets, or of one: who asks for one start must not read those of all others. */
export const loadMovedStarts = async (
  database: Database,
  net: string | null = null,
): Promise<readonly MovedStart[]> =>
  await database.query<MovedStart>({
    name: 'load_moved_starts',
    text: `SELECT id, net, schedule, round(extract(epoch FROM planned_at) * 1000)::float8 AS "plannedAt", round(extract(epoch FROM at) * 1000)::float8 AS at, moved_by AS "movedBy",
             round(extract(epoch FROM moved_at) * 1000)::float8 AS "movedAt", reason
           FROM moved_start WHERE $2::text IS NULL OR net = $2 ORDER BY at, id LIMIT $1`,
    values: [MOVED_MAX, net],
  });

export const createComingStarts = ({
  database,
  schedules,
  clock,
}: {
  readonly database: Database;
  readonly schedules: () => Pick<ScheduleLoop, 'planned'>;
  readonly clock: Clock;
}): ComingStarts => ({
  async choose({ net, schedule, at }) {
    const planned = schedules().planned(net, schedule);
    // Before what it guards.
    const preparationRevision = await preparationRevisionOf(database, { net, schedule });
    if (planned === null || preparationRevision === null)
      throw new CodedError('not_found', say('later_no_schedule', { net, schedule }));
    const prepared = (await loadPreparations(database, [net])).filter((each) => each.schedule === schedule);
    const moved = (await loadMovedStarts(database, net)).filter((each) => each.schedule === schedule);
    const leftOut = new Set(prepared.filter((each) => each.leftOut).map((each) => each.at));
    const times = withoutTimes(planned.times, leftOut);
    const next = planned.at !== null && leftOut.has(planned.at) ? times.next(planned.at) : planned.at;
    const soonest = [...moved.map((each) => each.at), ...(next === null ? [] : [next])].toSorted(
      (a, b) => a - b,
    );
    const wanted = at ?? soonest[0];
    if (wanted === undefined)
      throw new CodedError('not_found', say('later_no_more_starts', { schedule, net }));
    const isOwn = next === wanted || comesLater(wanted);
    const ofRow = movedOf(wanted);
    if (ofRow === null && !isOwn) throw noStart(wanted);
    const startAt = ofRow?.plannedAt ?? wanted;
    return {
      ...planned,
      net,
      at: startAt,
      moved: ofRow,
      preparation: prepared.find((each) => each.at === startAt) ?? null,
      preparationRevision,
    };

    /** Where one was moved to the time of another, that time means the other: the moved one is had by its own. */
    function movedOf(time: number): MovedStart | null {
      const own = moved.find((each) => each.plannedAt === time && at !== null);
      return own ?? (isOwn && at !== null ? null : (moved.find((each) => each.at === time) ?? null));
    }
    function comesLater(time: number): boolean {
      if (next === null || time < next || time > clock.epochMs() + aheadMaxDays * 86_400_000) return false;
      return times.next(time - 1) === time;
    }
    function noStart(time: number): CodedError {
      const [first] = soonest;
      return new CodedError(
        'precondition_failed',
        say(leftOut.has(time) ? 'later_left_out_already' : 'later_no_start_at', {
          schedule,
          net,
          at: instant(time),
          next: first === undefined ? { code: 'later_never' } : instant(first),
        }),
      );
    }
  },
});

export type ListedStart = {
  readonly net: string;
  readonly schedule: string;
  readonly at: number;
  readonly movedFrom?: number;
  readonly prepared?: StoredPreparation;
};

/** As of the last look: the next start of each schedule, moved ones, and later ones that were prepared. Soonest first. */
export const listComing = (
  {
    coming,
    moved,
  }: {
    readonly coming: Pick<ScheduleLoop, 'comingStarts' | 'prepared'>;
    readonly moved: readonly MovedStart[];
  },
  { shows, limit }: { readonly shows: (net: string) => boolean; readonly limit: number },
): ListedStart[] => {
  const prepared = new Map(
    coming
      .prepared()
      .filter(({ net, hasWish }) => hasWish && shows(net))
      .map((each) => [placeOf(each), each]),
  );
  const listed = [
    ...coming.comingStarts(limit, shows),
    ...moved
      .filter(({ net }) => shows(net))
      .map(({ net, schedule, at, plannedAt }) => ({ net, schedule, at, movedFrom: plannedAt })),
  ].map((start: ListedStart): ListedStart => {
    const place = placeOf({ ...start, at: start.movedFrom ?? start.at });
    const said = prepared.get(place);
    prepared.delete(place);
    return said === undefined ? start : { ...start, prepared: said };
  });
  const later = [...prepared.values()]
    .filter(({ leftOut, moved: isMoved }) => !leftOut && !isMoved)
    .map((said) => ({ net: said.net, schedule: said.schedule, at: said.at, prepared: said }));
  return [...listed, ...later].toSorted((a, b) => a.at - b.at).slice(0, limit);
};

const placeOf = ({ net, schedule, at }: Pick<ListedStart, 'net' | 'schedule' | 'at'>): string =>
  JSON.stringify([net, schedule, at]);

const instant = (ms: number): string => new Date(ms).toISOString();
