// Starts sessions when their schedules say so.
// Responsible for the timer to the next due instant, for committing each decision together with the session that it starts, and for saying
// what was missed. Releases of nets that are due come first (`releaseDue`): what starts at the instant of one runs what was released. Starts of a frozen net are not decided: at the resume they are missed ones, and treated so. Not responsible for deciding (core/schedules). A clock that is set is noticed within `clockCheckMs`.
import { decideDue, type DueDecision } from '@nezuban/core/schedules/decide-due';
import { openRunTimes } from '@nezuban/core/schedules/next-runs';
import { lossOf, preparationsOf, withoutTimes, type Loss } from '@nezuban/core/schedules/prepared-starts';
import type { RunTimes } from '@nezuban/core/schedules/run-times';
import type { SessionEvent } from '@nezuban/core/jobs/session-inputs';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { HeldStart } from '@nezuban/protocol/api/operate-operations';
import { CodedError, saidOfError } from '@nezuban/protocol/errors';
import { reasonFacts } from '@nezuban/protocol/events/event-facts';
import type { Said } from '@nezuban/protocol/sentences/sentence';
import type { ScheduleDefinition } from '@nezuban/protocol/jobs/schedule';
import type { Database } from '../database/database.ts';
import type { Calendars, EventDraft, EventSink, Freezes, Transaction } from '../ports.ts';
import type { DefinitionCache } from './definition-cache.ts';
import type { Engine } from './engine.ts';
import { jobsLimits } from './jobs-limits.ts';
import { spendPreparation, type StoredPreparation } from './preparations/preparation-store.ts';
import type { Preparations } from './preparations/preparations.ts';
import { AlreadyDecidedError, loadSchedules, saveDecided, type Decided } from './schedule-store.ts';

export type ScheduleLoopPorts = {
  readonly database: Database;
  readonly engine: Pick<Engine, 'run'>;
  readonly definitions: DefinitionCache;
  readonly freezes: Pick<Freezes, 'startRefusal' | 'heldUntil'>;
  readonly calendars: Pick<Calendars, 'book' | 'catchUp'>;
  readonly events: EventSink;
  /** Puts planned releases of nets into force that are due; gives the time of the next one. Throws while it cannot. */
  readonly releaseDue: () => Promise<number | null>;
  /** Begins starts that were moved by hand and are due; gives the time of the next one. Throws while it cannot. */
  readonly movedDue: () => Promise<number | null>;
  readonly preparations: Pick<Preparations, 'load' | 'opened' | 'drop'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};

export type ScheduleLoop = {
  readonly start: () => Promise<void>;
  /** The schedules of these nets may have changed, or calendars that they go by; null: those of all nets. */
  readonly refresh: (nets: readonly string[] | null) => void;
  /** Nets were frozen or resumed. */
  readonly freezesChanged: () => void;
  /** Starts that have fallen due in a freeze and wait for its end: of each schedule the first, by their time. */
  readonly heldStarts: () => readonly HeldStart[];
  /** Milliseconds since 1970; null if it never starts. */
  readonly nextRunAt: (of: ScheduleOfNet) => number | null;
  /** The next start of a schedule; null: there is none of that name, or it is disabled. */
  readonly planned: (net: string, schedule: string) => PlannedStart | null;
  /** What was said of coming starts, as of the last look. */
  readonly prepared: () => readonly StoredPreparation[];
  /** The next start of each schedule of the nets that `shows` lets through, soonest first. */
  readonly comingStarts: (
    limit: number,
    shows: (net: string) => boolean,
  ) => readonly { readonly net: string; readonly schedule: string; readonly at: number }[];
  /** Starts nothing more until `resume`, and waits for what it is starting. */
  readonly pause: () => Promise<void>;
  readonly resume: () => void;
  /** Starts nothing more and waits for what it is starting. Idempotent. */
  readonly stop: () => Promise<void>;
};

/** A schedule as a revision of its net has it. `zone` is the net's. */
export type ScheduleOfNet = {
  readonly net: string;
  readonly revision: number;
  readonly zone: string;
  readonly schedule: ScheduleDefinition;
};

/** What an operator can skip, move or begin at once. `at`: milliseconds since 1970; null: it starts nothing any more. */
export type PlannedStart = {
  readonly revision: number;
  /** Who has brought that revision into force. */
  readonly author: string;
  readonly schedule: ScheduleDefinition;
  readonly at: number | null;
  /** All its times, those included that were left out. */
  readonly times: RunTimes;
};

type Entry = {
  readonly net: string;
  readonly revision: number;
  readonly author: string;
  readonly zone: string;
  readonly schedule: ScheduleDefinition;
  /** The change of a calendar that moved it last. */
  readonly calendarRevision: number;
  readonly preparationRevision: number;
  /** By their time. Those whose start has been decided are taken out. */
  prepared: readonly StoredPreparation[];
  readonly leftOut: ReadonlySet<number>;
  lastChecked: number;
  nextAt?: number | null;
};

const none: ReadonlySet<number> = new Set();

/** A start that was left out is past, and nothing says so in the database yet: it must, before what was said of it goes, or the start would be a missed one. */
const passesLeftOut = (
  { leftOut, lastChecked }: Entry,
  { starts, events }: DueDecision,
  now: number,
): boolean =>
  // Said already, with what else there was to say.
  (starts.length > 0 || events.length === 0) && [...leftOut].some((at) => at > lastChecked && at <= now);

export const createScheduleLoop = (ports: ScheduleLoopPorts): ScheduleLoop => {
  const { calendars, clock, database, definitions, engine, events, freezes, logger, preparations, timers } =
    ports;
  const nets = new Map<string, Map<string, Entry>>();
  let stale = new Set<string>();
  let nextReleaseAt: number | null = null;
  let nextMovedAt: number | null = null;
  let running: Promise<void> | undefined;
  let again = false;
  let cancelTimer: CancelTimer = () => undefined;
  let stopped = false;
  let paused = false;

  const load = async (names: readonly string[] | null): Promise<void> => {
    const loaded = await loadSchedules(database, names);
    // After the revisions that guard them: what is said in between is found when a start is stored.
    const prepared = await preparations.load(names);
    const revisions = loaded.flatMap(({ calendarRevisions }) => Object.values(calendarRevisions));
    // What they go by must not be older than they are.
    await calendars.catchUp(revisions.reduce((newest, each) => Math.max(newest, each), 0));
    for (const name of names ?? nets.keys()) nets.delete(name);
    for (const one of loaded) {
      const { net, revision, author, timezone, schedules, lastChecked, calendarRevisions } = one;
      const ofNet = prepared.filter((each) => each.net === net);
      const entries = schedules.map((schedule): [string, Entry] => {
        const last = lastChecked[schedule.name];
        if (last === undefined) throw new Error(`schedule "${schedule.name}" of ${net} has no state`);
        const said = ofNet.filter((each) => each.schedule === schedule.name);
        return [
          schedule.name,
          {
            net,
            revision,
            author,
            zone: timezone,
            schedule,
            calendarRevision: calendarRevisions[schedule.name] ?? 0,
            preparationRevision: one.preparationRevisions[schedule.name] ?? 0,
            prepared: said,
            leftOut: new Set(said.filter(({ leftOut }) => leftOut).map(({ at }) => at)),
            lastChecked: last,
          },
        ];
      });
      nets.set(net, new Map(entries));
    }
    await preparations.drop(
      prepared.flatMap((preparation) => {
        const entry = nets.get(preparation.net)?.get(preparation.schedule);
        const loss = entry === undefined ? 'gone' : lossNow(preparation, entry);
        return loss === null ? [] : [{ preparation, loss }];
      }),
    );
  };
  const lossNow = (preparation: StoredPreparation, { schedule, zone, lastChecked }: Entry): Loss | null => {
    // One that has been begun already must not come again, should the schedule be changed back.
    const hasBegun = preparation.leftOutAs === 'begun' || preparation.leftOutAs === 'moved';
    const times = schedule.enabled && !hasBegun ? openRunTimes(schedule, zone, calendars.book()) : null;
    return lossOf(preparation, {
      decidedUntil: lastChecked,
      ...(times === null ? {} : { isStart: (at) => times.next(at - 1) === at }),
    });
  };
  /** Their starts were decided and did not come: missed, or skipped. */
  const dropPast = async (entries: readonly Entry[]): Promise<void> => {
    for (const entry of entries) {
      if (entry.prepared.length === 0) continue;
      const lost = entry.prepared.flatMap((preparation) => {
        const loss = lossOf(preparation, { decidedUntil: entry.lastChecked });
        return loss === null ? [] : [{ preparation, loss }];
      });
      await preparations.drop(lost);
      const gone = new Set(lost.map(({ preparation }) => preparation));
      entry.prepared = entry.prepared.filter((each) => !gone.has(each));
    }
  };

  const start = async (entry: Entry, { starts, events: said }: DueDecision): Promise<void> => {
    const { net, revision, author, schedule, calendarRevision, preparationRevision } = entry;
    const plan = await definitions.loadPlan({ net, revision });
    const prepared = preparationsOf(starts, entry.prepared, schedule.missed === 'run_once');
    for (const [index, { dueAt }] of starts.entries()) {
      const decided = { net, schedule: schedule.name, until: dueAt, calendarRevision, preparationRevision };
      const preparation = prepared[index] ?? null;
      let publish: () => void = () => undefined;
      await engine.run({
        plan,
        netRevision: revision,
        parameters: schedule.parameters ?? {},
        trigger: {
          type: 'schedule',
          schedule: schedule.name,
          dueAt: new Date(dueAt).toISOString(),
          onBehalfOf: author,
        },
        ...(await preparations.opened(preparation)),
        async alsoWrite(transaction) {
          await saveDecided(transaction, decided);
          if (preparation !== null) await spendPreparation(transaction, preparation);
          if (index === 0) publish = await append(transaction, said);
        },
      });
      publish();
      entry.lastChecked = dueAt;
      entry.prepared = entry.prepared.filter((each) => each !== preparation);
    }
  };
  const append = async (transaction: Transaction, said: readonly SessionEvent[]): Promise<() => void> => {
    const at = new Date(clock.epochMs());
    return said.length === 0
      ? () => undefined
      : await events.append(
          transaction,
          said.map((event): EventDraft => ({ at, ...event })),
        );
  };
  const sayOnly = async (decided: Decided, said: readonly SessionEvent[]): Promise<void> => {
    const publish = await database.inTransaction(async (transaction) => {
      await saveDecided(transaction, decided);
      return await append(transaction, said);
    });
    publish();
  };

  /** False if it has to be tried again. */
  const carryOut = async (entry: Entry, decision: DueDecision, now: number): Promise<boolean> => {
    const { net, calendarRevision, preparationRevision } = entry;
    const decided = { net, schedule: entry.schedule.name, until: now, calendarRevision, preparationRevision };
    try {
      if (decision.starts.length > 0) await start(entry, decision);
      else if (decision.events.length > 0) await sayOnly(decided, decision.events);
      if (passesLeftOut(entry, decision, now)) await sayOnly(decided, []);
      entry.lastChecked = Math.max(entry.lastChecked, now);
      entry.nextAt = decision.nextAt;
      return true;
    } catch (error) {
      return await carryOutFailure(entry, { decided, error, nextAt: decision.nextAt });
    }
  };
  const carryOutFailure = async (
    entry: Entry,
    {
      decided,
      error,
      nextAt,
    }: { readonly decided: Decided; readonly error: unknown; readonly nextAt: DueDecision['nextAt'] },
  ): Promise<boolean> => {
    delete entry.nextAt;
    // It was frozen in this moment: held, and decided at the resume.
    if (error instanceof CodedError && error.code === 'frozen') return true;
    if (error instanceof AlreadyDecidedError) {
      stale.add(entry.net);
      return true;
    }
    if (
      error instanceof CodedError &&
      (error.code === 'database_unavailable' || error.code === 'shutting_down')
    ) {
      logger.warn(
        { err: error, net: entry.net, schedule: entry.schedule.name },
        'A scheduled start has to wait for the database',
      );
      return false;
    }
    // It can never start like this: said once, and not tried again.
    const why = saidOfError(error);
    logger.error({ err: error, net: entry.net, schedule: entry.schedule.name }, 'A scheduled start failed');
    try {
      const skipped = error instanceof CodedError && error.code === 'net_overlap';
      await sayOnly(decided, [skipped ? skippedEvent(entry, why) : failedEvent(entry, why)]);
    } catch (cause) {
      logger.warn({ err: cause, net: entry.net }, 'The failure of a scheduled start could not be stored yet');
      return cause instanceof AlreadyDecidedError;
    }
    entry.lastChecked = decided.until;
    entry.nextAt = nextAt;
    return true;
  };

  /** False if something has to be tried again. */
  const tick = async (): Promise<boolean> => {
    try {
      nextReleaseAt = await ports.releaseDue();
    } catch (error) {
      logger.warn({ err: error }, 'Planned releases of job nets could not be carried out yet');
      return false;
    }
    const names = [...stale];
    stale = new Set();
    try {
      if (names.length > 0) await load(names);
    } catch (error) {
      stale = new Set([...stale, ...names]);
      logger.warn({ err: error }, 'Schedules could not be read');
      return false;
    }
    try {
      nextMovedAt = await ports.movedDue();
    } catch (error) {
      logger.warn({ err: error }, 'Moved starts could not be carried out yet');
      return false;
    }
    const now = clock.epochMs();
    const entries = [...nets]
      .filter(([net]) => freezes.startRefusal(net) === null)
      .flatMap(([, schedules]) => [...schedules.values()]);
    const decisions = decideDue(
      entries.map((entry) => ({ ...entry, heldUntil: freezes.heldUntil(entry.net) })),
      { now, lateLimitMs: jobsLimits.scheduleLateMs, calendars: calendars.book() },
    );
    const outcomes = await Promise.all(
      decisions.map(async (decision, index) => {
        const entry = entries[index];
        return entry === undefined || (await carryOut(entry, decision, now));
      }),
    );
    try {
      await dropPast(entries);
    } catch (error) {
      logger.warn({ err: error }, 'Preparations of starts that did not come could not be told yet');
      return false;
    }
    return outcomes.every(Boolean);
  };

  const wake = (): void => {
    if (stopped || paused) return;
    if (running !== undefined) {
      again = true;
      return;
    }
    cancelTimer();
    running = tick().then(
      (done) => arm(done ? 0 : jobsLimits.scheduleRetryMs),
      (error: unknown) => {
        logger.error({ err: error }, 'Schedules could not be decided');
        arm(jobsLimits.scheduleRetryMs);
      },
    );
  };
  const arm = (pauseMs: number): void => {
    running = undefined;
    if (stopped || paused) return;
    if (again && pauseMs === 0) {
      again = false;
      wake();
      return;
    }
    again = false;
    cancelTimer = timers.after(pauseMs > 0 ? pauseMs : untilNext(), wake);
  };
  /** Milliseconds until a schedule is due or has to be read anew. */
  const untilNext = (): number => {
    if (stale.size > 0) return 0;
    let waitMs: number = jobsLimits.clockCheckMs;
    const now = clock.epochMs();
    if (nextReleaseAt !== null) waitMs = Math.min(waitMs, nextReleaseAt - now);
    if (nextMovedAt !== null) waitMs = Math.min(waitMs, nextMovedAt - now);
    for (const [net, schedules] of nets) {
      // It is looked at again when it is resumed.
      if (freezes.startRefusal(net) !== null) continue;
      for (const { nextAt } of schedules.values())
        if (nextAt != null) waitMs = Math.min(waitMs, nextAt - now);
    }
    return Math.max(0, waitMs);
  };
  const firstRun = (
    {
      schedule,
      zone,
      leftOut = none,
    }: Pick<ScheduleOfNet, 'schedule' | 'zone'> & { readonly leftOut?: ReadonlySet<number> | undefined },
    after: number,
  ): number | null => withoutTimes(openRunTimes(schedule, zone, calendars.book()), leftOut).next(after);
  const heldOf = (entry: Entry): HeldStart[] => {
    const { net, schedule, lastChecked, nextAt } = entry;
    if (!schedule.enabled) return [];
    const dueAt = nextAt === undefined ? firstRun(entry, lastChecked) : nextAt;
    return dueAt == null || dueAt > clock.epochMs()
      ? []
      : [
          {
            net,
            schedule: schedule.name,
            dueAt: new Date(dueAt).toISOString(),
            missed: schedule.missed,
          },
        ];
  };

  return {
    async start() {
      await load(null);
      wake();
    },
    refresh(names) {
      for (const name of names ?? nets.keys()) stale.add(name);
      wake();
    },
    freezesChanged: wake,
    heldStarts: () =>
      [...nets]
        .filter(([net]) => freezes.startRefusal(net) !== null)
        .flatMap(([, schedules]) => [...schedules.values()].flatMap(heldOf))
        .toSorted((a, b) => a.dueAt.localeCompare(b.dueAt)),
    nextRunAt({ net, revision, zone, schedule }) {
      const entry = nets.get(net)?.get(schedule.name);
      if (entry?.revision === revision && entry.nextAt !== undefined) return entry.nextAt;
      // A change that has just been committed and not been taken up here yet.
      return schedule.enabled ? firstRun({ schedule, zone, leftOut: entry?.leftOut }, clock.epochMs()) : null;
    },
    planned(net, name) {
      const entry = nets.get(net)?.get(name);
      if (entry?.schedule.enabled !== true) return null;
      const { revision, author, schedule, zone, lastChecked } = entry;
      const at = entry.nextAt ?? firstRun(entry, Math.max(lastChecked, clock.epochMs()));
      const times = openRunTimes(schedule, zone, calendars.book());
      return { revision, author, schedule, at, times };
    },
    prepared: () =>
      [...nets.values()].flatMap((entries) => [...entries.values()].flatMap(({ prepared }) => prepared)),
    comingStarts: (limit, shows) =>
      [...nets]
        .filter(([net]) => shows(net))
        .flatMap(([net, entries]) =>
          [...entries].flatMap(([schedule, { nextAt }]) =>
            typeof nextAt === 'number' ? { net, schedule, at: nextAt } : [],
          ),
        )
        .sort((a, b) => a.at - b.at)
        .slice(0, limit),
    async pause() {
      paused = true;
      cancelTimer();
      await running;
    },
    resume() {
      if (!paused) return;
      paused = false;
      wake();
    },
    async stop() {
      stopped = true;
      cancelTimer();
      await running;
    },
  };
};

/** Other sessions of it have not ended, and its definition says to skip then. */
const skippedEvent = ({ net, schedule }: Entry, why: Said): SessionEvent => ({
  code: 'schedule_skipped',
  priority: 'warning',
  node: null,
  message: `The start of ${net} by schedule "${schedule.name}" was skipped: ${why.message}`,
  details: { net, schedule: schedule.name, ...reasonFacts(why) },
});

const failedEvent = ({ net, schedule }: Entry, why: Said): SessionEvent => ({
  code: 'schedule_failed',
  priority: 'critical',
  node: null,
  message: `The start of ${net} by schedule "${schedule.name}" failed: ${why.message}`,
  details: { net, schedule: schedule.name, ...reasonFacts(why) },
});
