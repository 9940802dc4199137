// What a manager on duty adds to its metrics: the engine, sessions, the outbox, the database, live streams, the self-watch.
// Made by master.ts, once in the life of a process.
import type { SelfWatchView } from '@nezuban/protocol/self-watch/self-watch';
import type { DatabaseStats } from '../database/database.ts';
import type { EngineStats } from '../jobs/engine.ts';
import type { JobsFigures } from '../jobs/jobs-port.ts';
import type { DatabaseFigures, DatabaseFigureSource } from './database-figures.ts';
import type { MonitorFigure } from '../trap-monitors/trap-monitors.ts';
import type { TrapsStats } from '../traps/traps.ts';
import type { MetricsRegistry, Sample } from './registry.ts';

export type MasterMetricsPorts = {
  readonly registry: MetricsRegistry;
  readonly figures: DatabaseFigureSource;
  readonly engine: () => EngineStats;
  readonly jobs: () => JobsFigures;
  readonly databaseStats: () => DatabaseStats;
  readonly liveClients: () => number;
  readonly nodes: () => number;
  readonly selfWatch: () => SelfWatchView;
  readonly traps: () => TrapsStats;
  readonly trapMonitors: () => readonly MonitorFigure[];
};

const SESSION_STATES = ['running', 'stopping'] as const;

export const registerMasterMetrics = (ports: MasterMetricsPorts): void => {
  const { registry, figures } = ports;
  registry.beforeReading(figures.refresh);
  registerEngine(registry, ports.engine);
  registerOutput(registry, ports.jobs);
  registerPlaces(registry, ports.jobs);
  registerDatabase(registry, ports);
  registerTraps(registry, ports.traps);
  registerTrapMonitors(registry, ports.trapMonitors);
  const { gauge } = registry;
  gauge('nezuban_nodes', 'Nodes that this manager knows', ports.nodes);
  gauge('nezuban_live_streams', 'Browsers and commands that follow live', ports.liveClients);
  gauge(
    'nezuban_self_watch_level',
    'What the manager watches about itself: 0 ok, 1 warning, 2 critical',
    () =>
      ports.selfWatch().items.map(({ id, level }) => ({
        labels: { item: id },
        value: level === 'ok' ? 0 : level === 'warning' ? 1 : 2,
      })),
  );
};

const registerOutput = ({ gauge, counted }: MetricsRegistry, figures: () => JobsFigures): void => {
  gauge('nezuban_output_kept_bytes', 'Output of commands on the disk', () => figures().output.keptBytes);
  counted(
    'nezuban_output_stored_bytes_total',
    'Output of commands that was stored, packed',
    () => figures().output.storedBytes,
  );
  counted(
    'nezuban_output_held_back_total',
    'Streams of output that found a quota full',
    () => figures().output.heldBack,
  );
  gauge(
    'nezuban_reconciliation_strays',
    'Attempts that agents run and nobody waits for',
    () => figures().reconciliation.strays,
  );
  gauge(
    'nezuban_agents_silent',
    'Agents with running attempts that are not connected',
    () => figures().reconciliation.silent,
  );
  counted(
    'nezuban_reconciliation_comparisons_total',
    'Comparisons with an agent',
    () => figures().reconciliation.comparisons,
  );
  counted(
    'nezuban_reconciliation_repaired_total',
    'Attempts that an agent did not run any more and was asked for',
    () => figures().reconciliation.repaired,
  );
};

/** Of queues, locks and limits of nodes: the line of each, as of the last look some seconds ago. */
const registerPlaces = ({ gauge }: MetricsRegistry, figures: () => JobsFigures): void => {
  const ofEach = (value: (line: JobsFigures['places']['lines'][number]) => number | null) => (): Sample[] =>
    figures().places.lines.flatMap((line) => {
      const sample = value(line);
      return sample === null ? [] : [{ labels: { kind: line.kind, name: line.name }, value: sample }];
    });
  gauge(
    'nezuban_places_limit',
    'Places of a queue, lock or node at this time of day; none while it is paused',
    ofEach(({ places }) => (Number.isFinite(places) ? places : null)),
  );
  gauge(
    'nezuban_places_used',
    'Places in use',
    ofEach(({ used }) => used),
  );
  gauge(
    'nezuban_places_waiting',
    'Units and sessions that wait for a place',
    ofEach(({ waiting }) => waiting),
  );
  gauge(
    'nezuban_places_oldest_wait_seconds',
    'For how long the one that waits longest has waited',
    ofEach(({ oldestWaitMs }) => oldestWaitMs / 1000),
  );
  gauge(
    'nezuban_places_standing_seconds',
    'For how long nobody has got a place although somebody waits and there are places; 0: the line moves',
    ofEach(({ standsMs }) => standsMs / 1000),
  );
  gauge(
    'nezuban_waiting_circles',
    'Circles of units that wait for each other, of which none goes on by itself',
    () => figures().places.circles,
  );
};

const registerEngine = ({ gauge, counted }: MetricsRegistry, stats: () => EngineStats): void => {
  gauge('nezuban_engine_queue_length', 'Jobs that wait for the engine', () => stats().queuedJobs);
  gauge(
    'nezuban_engine_sessions_in_memory',
    'Sessions that the engine has in memory',
    () => stats().sessionsInMemory,
  );
  counted('nezuban_engine_batches_total', 'Transactions of the engine', () => {
    const { batches, batchesFailed } = stats();
    return [
      { labels: { outcome: 'committed' }, value: batches },
      { labels: { outcome: 'failed' }, value: batchesFailed },
    ];
  });
  counted('nezuban_engine_jobs_total', 'What the engine was asked for and has done', () => stats().jobs);
  counted('nezuban_engine_changes_total', 'Changes that the engine has committed', () => {
    const { sessionChanges, unitChanges, attemptChanges } = stats();
    return Object.entries({ session: sessionChanges, unit: unitChanges, attempt: attemptChanges }).map(
      ([of, value]) => ({ labels: { of }, value }),
    );
  });
};

const registerTraps = ({ gauge, counted }: MetricsRegistry, stats: () => TrapsStats): void => {
  counted('nezuban_traps_total', 'Messages of devices, by what became of them', () => {
    const { traps, copies, unmatched, malformed, perhaps } = stats();
    return Object.entries({ stored: traps, copy: copies, unmatched, malformed, perhaps_repeat: perhaps }).map(
      ([outcome, value]) => ({ labels: { outcome }, value }),
    );
  });
  counted('nezuban_traps_not_kept_total', 'Messages of devices that were counted alone', () => {
    const { summarised, dropped, refusedFull } = stats();
    return Object.entries({ summarised, kernel_drop: dropped, journal_full: refusedFull }).map(
      ([why, value]) => ({ labels: { why }, value }),
    );
  });
  counted('nezuban_trap_commits_total', 'Transactions that stored traps', () => {
    const { commits, failures } = stats();
    return [
      { labels: { outcome: 'committed' }, value: commits },
      { labels: { outcome: 'failed' }, value: failures },
    ];
  });
  gauge('nezuban_trap_backlog', 'Messages in the journals that are not stored', () => stats().backlog);
  gauge(
    'nezuban_trap_lag_seconds',
    'Age of the oldest message that was read and is not stored',
    () => stats().lagS,
  );
  gauge(
    'nezuban_trap_unpaired',
    'Messages that wait for their copy from the other host',
    () => stats().marks.stored,
  );
  gauge('nezuban_intake_connected', 'Whether the intake of a host is read', () =>
    stats().intakes.map(({ role, connected }) => ({ labels: { role }, value: connected ? 1 : 0 })),
  );
  gauge('nezuban_intake_journal_bytes', 'Size of the journals of the intakes', () =>
    stats().intakes.flatMap(({ role, status }) =>
      status === null ? [] : [{ labels: { role }, value: status.journalBytes }],
    ),
  );
};

/** At most as many monitors as there may be (trap-monitors/trap-monitor-limits.ts), which is fewer than series. */
const registerTrapMonitors = (
  { counted }: MetricsRegistry,
  figures: () => readonly MonitorFigure[],
): void => {
  counted('nezuban_trap_monitor_taken_total', 'Traps that rules of a monitor took', () =>
    figures().map(({ monitor, matched }) => ({ labels: { monitor }, value: matched })),
  );
  counted('nezuban_trap_monitor_pattern_seconds_total', 'Time that the patterns of a monitor took', () =>
    figures().map(({ monitor, spentMs }) => ({ labels: { monitor }, value: spentMs / 1000 })),
  );
};

const registerDatabase = (
  { gauge }: MetricsRegistry,
  { figures, databaseStats }: MasterMetricsPorts,
): void => {
  const told = (read: (known: DatabaseFigures) => readonly Sample[] | number) => () => {
    const known = figures.latest();
    return known === null ? null : read(known);
  };
  gauge(
    'nezuban_sessions',
    'Sessions that have not ended, by state',
    told(({ sessions }) =>
      SESSION_STATES.map((state) => ({ labels: { state }, value: sessions[state] ?? 0 })),
    ),
  );
  gauge(
    'nezuban_attempts_open',
    'Attempts that have not ended, by state',
    told(({ attempts }) => Object.entries(attempts).map(([state, value]) => ({ labels: { state }, value }))),
  );
  gauge(
    'nezuban_outbox_deliveries',
    'Notifications that wait, or that were given up; counted up to 10000',
    told(({ deliveriesPending, deliveriesFailed }) => [
      { labels: { state: 'pending' }, value: deliveriesPending },
      { labels: { state: 'failed' }, value: deliveriesFailed },
    ]),
  );
  gauge(
    'nezuban_database_size_bytes',
    'Size of the database',
    told(({ databaseBytes }) => databaseBytes),
  );
  gauge(
    'nezuban_database_partitions',
    'Partitions of its tables',
    told(({ partitions }) => partitions),
  );
  gauge(
    'nezuban_database_stray_events',
    'Events that no month was made for; 0 is right',
    told(({ strayEvents }) => strayEvents),
  );
  gauge('nezuban_database_connections', 'Connections of the request pool', () => {
    const { open, idle, waiting } = databaseStats();
    return [
      { labels: { state: 'busy' }, value: open - idle },
      { labels: { state: 'idle' }, value: idle },
      { labels: { state: 'waiting' }, value: waiting },
    ];
  });
};
