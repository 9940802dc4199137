// What start conditions of a net bring about: which are fulfilled, what is due, and whether it may start now. Pure.
// The state is stored in the transaction of each start, with the number up to which events have been looked at: so that over restarts and
// switches each fulfilment starts one session. Called by the manager's loop of start conditions.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import {
  startConditionLimits,
  type StartConditions,
  type StartWatcher,
} from '@nezuban/protocol/jobs/start-conditions';

export type Fulfilled = {
  readonly condition: string;
  /** Number of the event. */
  readonly event: number | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly parameters: Readonly<Record<string, string>>;
  /** What it was, where it was no event: the path of a file. */
  readonly what?: string;
  /** People behind the session whose end it is. */
  readonly startedBy?: readonly string[];
  /** What the event says, by the name of a place. */
  readonly says?: Readonly<Record<string, string>>;
};

/** JSON. */
export type WatchState = {
  /** With `all`: by name, the newest each. */
  readonly met: Readonly<Record<string, Fulfilled>>;
  /** Starts that are due, oldest first. */
  readonly due: readonly (readonly Fulfilled[])[];
  /** How many were started. */
  readonly generation: number;
  /** The newest sessions that were started, rising. */
  readonly sessions: readonly number[];
  readonly lastStartAt: number | null;
  /** The bad end of this session has been accepted by somebody. */
  readonly released: number | null;
  /** It was told that starts wait because of the bad end of this session. */
  readonly heldTold?: number;
  /** By name: how far watches of files have been taken up. Absent: none has begun. */
  readonly files?: Readonly<Record<string, FileState>>;
  /** By name: up to which instant times have been taken up. Absent: from the begin of the monitoring. */
  readonly times?: Readonly<Record<string, number>>;
  /** By name: since when watches of files are what they are, where that is before the begin of this monitoring. */
  readonly origins?: Readonly<Record<string, number>>;
};

/** `seq`: of the last find that was taken. `begun`: when the first look had been taken, by the clock of the manager. `seenAt`: the last sign of it that was stored. */
export type FileState = { readonly seq: number; readonly begun: number; readonly seenAt: number };

export const newWatchState: WatchState = {
  met: {},
  due: [],
  generation: 0,
  sessions: [],
  lastStartAt: null,
  released: null,
};

/** Sessions that are remembered, to know whether they still run. */
const sessionsMax = 100;

export const watchersOf = (conditions: StartConditions): readonly StartWatcher[] =>
  conditions.any ?? conditions.all ?? [];

/** So many more starts may wait for their turn. */
export const roomOf = ({ due }: WatchState): number =>
  Math.max(startConditionLimits.waitingMax - due.length, 0);

/** When the monitoring ends by itself; null: never. */
export const validUntil = (
  { valid_for_s: seconds, valid_until: until }: StartConditions,
  since: number,
): number | null => {
  const ends = [
    ...(seconds === undefined ? [] : [since + Math.round(seconds * 1000)]),
    ...(until === undefined ? [] : [Date.parse(until)]),
  ];
  return ends.length === 0 ? null : Math.min(...ends);
};

/** A condition has been fulfilled. `dropped`: too many starts wait already. */
export const fulfil = (
  conditions: StartConditions,
  state: WatchState,
  fulfilled: Fulfilled,
): { readonly state: WatchState; readonly dropped: boolean } => {
  if (conditions.any !== undefined) return addDue(state, [fulfilled]);
  const names = watchersOf(conditions).map(({ name }) => name);
  const oldest =
    conditions.within_s === undefined ? -Infinity : fulfilled.at - Math.round(conditions.within_s * 1000);
  const met = Object.fromEntries(
    Object.entries({ ...state.met, [fulfilled.condition]: fulfilled }).filter(
      ([name, { at }]) => names.includes(name) && at >= oldest,
    ),
  );
  const all = names.flatMap((name) => met[name] ?? []);
  return all.length < names.length
    ? { state: { ...state, met }, dropped: false }
    : addDue({ ...state, met: {} }, all);
};

const addDue = (
  state: WatchState,
  fulfilled: readonly Fulfilled[],
): { readonly state: WatchState; readonly dropped: boolean } =>
  state.due.length >= startConditionLimits.waitingMax
    ? { state, dropped: true }
    : { state: { ...state, due: [...state.due, fulfilled] }, dropped: false };

export type Situation = {
  /** Sessions of the state that have not ended. */
  readonly open: readonly number[];
  /** How the newest of them has ended; null: it has not, or there is none. */
  readonly lastEnd: EndStatus | null;
  /** Why the net may not start now; null: it may. */
  readonly frozen: string | null;
  /** Their time is over: what is due still starts, and nothing more comes. */
  readonly isOver?: boolean;
};

export type StartDecision =
  | { readonly type: 'nothing' }
  | { readonly type: 'start'; readonly fulfilled: readonly Fulfilled[] }
  /** `heldBy`: the session after whose bad end somebody has to release them. */
  | { readonly type: 'wait'; readonly reason: string; readonly heldBy?: number }
  /** The oldest that is due is given up. */
  | { readonly type: 'drop'; readonly state: WatchState; readonly reason: Said }
  /** Nothing more is watched. */
  | { readonly type: 'end'; readonly reason: Said };

/** About the oldest start that is due. */
export const decideStart = (
  conditions: StartConditions,
  state: WatchState,
  { open, lastEnd, frozen, isOver }: Situation,
): StartDecision => {
  const last = state.sessions.at(-1) ?? null;
  const isBad = (lastEnd === 'abnormal' || lastEnd === 'unknown') && last !== state.released;
  if (isBad && conditions.after_abnormal === 'stop')
    return {
      type: 'end',
      reason: say('monitoring_after_end', { session: last ?? '', status: { code: `status_${lastEnd}` } }),
    };
  if (conditions.starts_max !== undefined && state.generation >= conditions.starts_max)
    return { type: 'end', reason: say('monitoring_starts_reached', { count: state.generation }) };
  const [next] = state.due;
  if (next === undefined)
    return isOver === true ? { type: 'end', reason: say('monitoring_time_over') } : { type: 'nothing' };
  if (frozen !== null) return { type: 'wait', reason: frozen };
  if (isBad && conditions.after_abnormal === 'hold' && last !== null)
    return {
      type: 'wait',
      heldBy: last,
      reason: say(lastEnd === 'abnormal' ? 'starts_held_abnormal' : 'starts_held_unknown', {
        session: last,
      }).message,
    };
  if (open.length === 0 || conditions.overlap === 'parallel') return { type: 'start', fulfilled: next };
  const session = open[0] ?? '';
  return conditions.overlap === 'wait'
    ? { type: 'wait', reason: say('starts_wait', { session }).message }
    : {
        type: 'drop',
        state: withoutFirst(state),
        reason: say('start_still_runs', { session }),
      };
};

export const withoutFirst = (state: WatchState): WatchState => ({ ...state, due: state.due.slice(1) });

/** The oldest that was due has become this session. */
export const started = (
  state: WatchState,
  { session, at, open }: { readonly session: number; readonly at: number; readonly open: readonly number[] },
): WatchState => ({
  ...withoutFirst(state),
  generation: state.generation + 1,
  sessions: [...state.sessions.filter((id) => open.includes(id)), session].slice(-sessionsMax),
  lastStartAt: at,
});

/** Values of the session: those of later conditions win. */
export const parametersOf = (fulfilled: readonly Fulfilled[]): Record<string, string> =>
  Object.assign({}, ...fulfilled.map(({ parameters }) => parameters)) as Record<string, string>;
