// The manager watches itself and tells before it hurts.
// Responsible for looking in turn, for keeping what was measured of the disks, for writing what changes together with its event in one
// transaction, and for the view of the API. When something is told is decided in core/self-watch. Made by master.ts: only who is on duty tells.
import { judge, quiet, watchRules, type Thresholds, type WatchState } from '@nezuban/core/self-watch/judge';
import type { DiskSample } from '@nezuban/core/self-watch/forecast';
import { tellCleared, tellGone, tellRaised } from '@nezuban/core/self-watch/sentences';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { SelfWatchView, WatchItem, WatchLevel } from '@nezuban/protocol/self-watch/self-watch';
import type { Database } from '../database/database.ts';
import type { DatabaseFigureSource } from '../metrics/database-figures.ts';
import type { EventDraft, EventSink, Handlers } from '../ports.ts';
import type { SettingsPort } from '../settings/settings.ts';
import type { DiskUsage } from './disk-usage.ts';
import { standbyDiskName, toReadings, type Measured, type Reading } from './readings.ts';
import { loadTold, writeTold } from './self-watch-store.ts';

export type SelfWatchPorts = {
  readonly database: Database;
  readonly events: EventSink;
  readonly settings: Pick<SettingsPort, 'of' | 'onChange'>;
  readonly figures: DatabaseFigureSource;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly disks: () => Promise<readonly DiskUsage[]>;
  /** What is in memory anyway. */
  readonly measure: () => Pick<
    Measured,
    'standbyDisk' | 'queues' | 'lagMs' | 'certificates' | 'clock' | 'line'
  >;
};

export type SelfWatch = {
  /** Takes up what was told before, looks once, then again and again. */
  readonly start: () => Promise<void>;
  /** One look; the loop's own, and that of tests. */
  readonly look: () => Promise<void>;
  readonly view: () => SelfWatchView;
  readonly routes: Pick<Handlers, 'getSelfWatch'>;
  readonly stop: () => Promise<void>;
};

/** A disk that fills at 100 MB/s loses 3 GB in this time; more often would only make noise of bursts. */
export const LOOK_EVERY_MS = 30_000;
/** A sample of each disk so often, and for so long: a slope over six hours. */
const SAMPLE_EVERY_MS = 60_000;
const SAMPLES_MAX = 360;
/** After a start not everything is known at once (the pair's status comes from the keeper). */
const GONE_AFTER_LOOKS = 10;
/** Disks whose samples are kept; a host that has left the pair is forgotten. */
const DISKS_MAX = 8;

const order: Readonly<Record<WatchLevel, number>> = { ok: 0, warning: 1, critical: 2 };

export const createSelfWatch = (ports: SelfWatchPorts): SelfWatch => {
  const { database, events, settings, figures, clock, timers } = ports;
  const logger = ports.logger.child({ domain: 'self-watch' });
  const states = new Map<string, WatchState>();
  const since = new Map<string, Date>();
  const samples = new Map<string, DiskSample[]>();
  /** Looks in which something that was told has not been there. */
  const missing = new Map<string, number>();
  let readings: readonly Reading[] = [];
  let lookedAt: Date | null = null;
  let looking: Promise<void> | undefined;
  let cancel: (() => void) | undefined;

  const sample = (name: string, freeBytes: number): void => {
    const list = samples.get(name) ?? [];
    const atMs = clock.monotonicMs();
    const last = list.at(-1);
    if (last !== undefined && atMs - last.atMs < SAMPLE_EVERY_MS) return;
    list.push({ atMs, freeBytes });
    if (list.length > SAMPLES_MAX) list.shift();
    samples.set(name, list);
    for (const oldest of samples.keys()) if (samples.size > DISKS_MAX) samples.delete(oldest);
  };

  const measure = async (): Promise<Measured> => {
    const [disks] = await Promise.all([
      ports.disks(),
      figures.refresh().catch((error: unknown) => {
        // What it told last is judged again; that it is away is told by others.
        logger.debug({ err: error }, 'The database has not told its figures');
      }),
    ]);
    for (const { name, freeBytes } of disks) sample(name, freeBytes);
    const held = ports.measure();
    if (held.standbyDisk !== null) sample(standbyDiskName(held.standbyDisk.host), held.standbyDisk.freeBytes);
    const told = figures.latest();
    return {
      ...held,
      disks,
      samples,
      nowMs: clock.epochMs(),
      databaseBytes: told?.databaseBytes ?? null,
      agentCertificate: told?.agentCertificate ?? null,
    };
  };

  const lookOnce = async (): Promise<void> => {
    const found = toReadings(await measure(), settings.of('self_watch'));
    const now = new Date(clock.epochMs());
    const steps = found.map((reading) => ({
      reading,
      step: !reading.known
        ? { state: states.get(reading.id) ?? quiet, change: null }
        : judge(states.get(reading.id) ?? quiet, reading.value, {
            rule: watchRules[reading.kind],
            thresholds: toldThresholds(reading),
          }),
    }));
    const changes = steps.flatMap(({ reading, step: { state, change } }) =>
      change === null
        ? []
        : [
            {
              id: reading.id,
              level: state.level,
              draft: change === 'eased' ? null : toDraft(reading, state.level, now),
            },
          ],
    );
    const ids = new Set(found.map(({ id }) => id));
    const gone = noteMissing(ids).map((id) => ({ id, level: 'ok' as const, draft: goneDraft(id, now) }));
    if (changes.length + gone.length > 0) await tell([...changes, ...gone], now);
    // Only what is committed is remembered: what could not be written is told at the next look.
    for (const { id } of gone) {
      states.delete(id);
      missing.delete(id);
    }
    for (const { reading, step } of steps) states.set(reading.id, step.state);
    readings = found;
    lookedAt = now;
  };

  /** What was told of things that have not been there for a while: a host has left, a node was removed. */
  const noteMissing = (there: ReadonlySet<string>): string[] => {
    for (const [id, { level }] of states) {
      if (level === 'ok' || there.has(id)) missing.delete(id);
      else missing.set(id, (missing.get(id) ?? 0) + 1);
    }
    return [...missing].filter(([, looks]) => looks >= GONE_AFTER_LOOKS).map(([id]) => id);
  };

  const tell = async (
    changes: readonly {
      readonly id: string;
      readonly level: WatchLevel;
      readonly draft: EventDraft | null;
    }[],
    now: Date,
  ): Promise<void> => {
    const publish = await database.inTransaction(async (transaction) => {
      for (const { id, level } of changes) await writeTold(transaction, { id, level, since: now });
      return await events.append(
        transaction,
        changes.flatMap(({ draft }) => (draft === null ? [] : [draft])),
      );
    });
    publish();
    for (const { id, level, draft } of changes) {
      since.set(id, now);
      if (draft !== null) logger[level === 'ok' ? 'info' : 'warn']({ item: id, level }, draft.message);
    }
  };

  const look = async (): Promise<void> => {
    looking ??= lookOnce()
      .catch((error: unknown) =>
        logger.warn({ err: error }, 'The manager could not look at itself; it looks again'),
      )
      .finally(() => (looking = undefined));
    await looking;
  };

  const view = (): SelfWatchView => {
    const items = readings.map((reading) =>
      toItem(reading, states.get(reading.id)?.level ?? 'ok', since.get(reading.id)),
    );
    const worst = items.reduce<WatchLevel>(
      (level, item) => (order[item.level] > order[level] ? item.level : level),
      'ok',
    );
    return { at: lookedAt?.toISOString() ?? null, level: worst, items };
  };

  return {
    look,
    view,
    routes: { getSelfWatch: async () => ({ body: view() }) },
    async start() {
      for (const { id, level, since: at } of await loadTold(database)) {
        states.set(id, { level, leaning: null });
        since.set(id, at);
      }
      cancel = timers.every(LOOK_EVERY_MS, () => void look());
      void look();
    },
    async stop() {
      cancel?.();
      cancel = undefined;
      await looking;
    },
  };
};

/** Each agent's clock is told by itself (`agent_clock_differs`); here only what is so far off that nothing fits together any more. */
const toldThresholds = ({ kind, thresholds }: Reading): Thresholds =>
  kind === 'clock_difference_s' ? { warning: null, critical: thresholds.critical } : thresholds;

const toDraft = (reading: Reading, level: WatchLevel, at: Date): EventDraft => {
  const { message, details } = level === 'ok' ? tellCleared(reading) : tellRaised(reading);
  return {
    at,
    node: null,
    code: level === 'ok' ? 'self_watch_cleared' : 'self_watch_raised',
    priority: level === 'ok' ? 'info' : level,
    message,
    details: { ...details, item: reading.id },
  };
};

const goneDraft = (id: string, at: Date): EventDraft => {
  const { message, details } = tellGone(id);
  return {
    at,
    node: null,
    code: 'self_watch_cleared',
    priority: 'info',
    message,
    details: { ...details, item: id },
  };
};

const toItem = (reading: Reading, level: WatchLevel, since: Date | undefined): WatchItem => ({
  id: reading.id,
  kind: reading.kind,
  subject: reading.subject,
  value: reading.value === null ? null : Math.round(reading.value * 100) / 100,
  level,
  since: since?.toISOString() ?? null,
  worse: watchRules[reading.kind].worse,
  warning: reading.thresholds.warning,
  critical: reading.thresholds.critical,
  facts: { ...reading.facts },
});
