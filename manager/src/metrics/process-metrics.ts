// What every manager says of itself as a process, on duty or not, and of the pair as its keeper sees it.
// Names of the process's own metrics are those that dashboards know. Made by manager.ts.
import { readdirSync } from 'node:fs';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import type { EventLoopWatch } from './event-loop-watch.ts';
import type { MetricsRegistry, Sample } from './registry.ts';

export type ProcessMetricsPorts = {
  readonly registry: MetricsRegistry;
  readonly lag: EventLoopWatch['lag'];
  readonly pairStatus: () => PairStatus | null;
  readonly onDuty: () => boolean;
  readonly connectedAgents: () => number;
};

const MILLISECONDS = 1000;
const MICROSECONDS = 1e6;

export const registerProcessMetrics = (
  ports: ProcessMetricsPorts,
  options: { readonly version: string },
): void => {
  const { registry } = ports;
  const { gauge, counted } = registry;
  gauge('nezuban_build_info', 'Release of this manager and of its runtime', () => [
    { labels: { version: options.version, node: process.versions.node }, value: 1 },
  ]);
  const startedAt = Date.now() / MILLISECONDS - process.uptime();
  gauge('process_start_time_seconds', 'When this process started, as seconds since 1970', () => startedAt);
  counted('process_cpu_seconds_total', 'Processor time of this process', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / MICROSECONDS;
  });
  gauge('process_resident_memory_bytes', 'Memory of this process', () => process.memoryUsage.rss());
  gauge('process_open_fds', 'Open file descriptors of this process', () => countDescriptors());
  gauge('nodejs_heap_size_used_bytes', 'Heap that is in use', () => process.memoryUsage().heapUsed);
  gauge(
    'nodejs_external_memory_bytes',
    'Memory of buffers outside the heap',
    () => process.memoryUsage().external,
  );
  gauge('nezuban_event_loop_lag_seconds', 'How late the event loop was, over the last 15 s', () => {
    const { meanMs, p99Ms, maxMs } = ports.lag();
    return Object.entries({ mean: meanMs, p99: p99Ms, max: maxMs }).map(([quantile, ms]) => ({
      labels: { quantile },
      value: ms / MILLISECONDS,
    }));
  });
  gauge('nezuban_on_duty', '1: this manager is the master and serves; 0: it stands by', () =>
    Number(ports.onDuty()),
  );
  gauge('nezuban_agents_connected', 'Agents that are connected to this manager', ports.connectedAgents);
  registerPair(registry, ports.pairStatus);
};

const registerPair = ({ gauge }: MetricsRegistry, pairStatus: () => PairStatus | null): void => {
  const ofPair = (read: (status: PairStatus) => readonly Sample[] | number | null) => () => {
    const status = pairStatus();
    return status === null || status.mode === 'single' ? null : read(status);
  };
  const self = ({ hosts }: PairStatus) => hosts.find(({ isSelf }) => isSelf)?.view ?? null;
  gauge(
    'nezuban_pair_redundancy',
    'How the pair is: 1 for the state that holds',
    ofPair(({ redundancy }) =>
      ['redundant', 'preparing', 'alone', 'no-master'].map((state) => ({
        labels: { state },
        value: Number(state === redundancy),
      })),
    ),
  );
  gauge(
    'nezuban_pair_term',
    'Term of the pair; it rises with each change of the master',
    ofPair(({ master }) => master?.term ?? null),
  );
  gauge(
    'nezuban_pair_host_reachable',
    'Whether this host hears the other hosts of the pair and itself',
    ofPair(({ hosts }) =>
      hosts.map(({ name, reachable }) => ({ labels: { host: name }, value: Number(reachable) })),
    ),
  );
  gauge(
    'nezuban_pair_voters_reachable',
    'Voters that are heard',
    ofPair(({ voters }) => voters.filter(({ reachable }) => reachable).length),
  );
  gauge(
    'nezuban_pair_voters',
    'Voters of the pair',
    ofPair(({ voters }) => voters.length),
  );
  gauge(
    'nezuban_pair_replication_lag_bytes',
    'As the master: how far the standby is behind',
    ofPair((status) => self(status)?.lagBytes ?? null),
  );
  gauge(
    'nezuban_pair_commits_wait',
    'As the master: whether commits wait for the standby',
    ofPair((status) => {
      const view = self(status);
      return view === null ? null : Number(view.commitsWait);
    }),
  );
  gauge(
    'nezuban_pair_advice',
    'What the pair wants somebody to do, by urgency',
    ofPair(({ advice }) =>
      (['info', 'warning', 'critical'] as const).map((priority) => ({
        labels: { priority },
        value: advice.filter((one) => one.priority === priority).length,
      })),
    ),
  );
};

/** Null where there is no /proc. */
const countDescriptors = (): number | null => {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
};
