/**
 * The peers and their settings, as data: as shipped, and as fast as their documentation lets them be.
 *
 * Responsible for the values and where they come from. Read by `main.ts`.
 */
import { type AutoFailoverTiming, createAutoFailover } from './auto-failover.ts';
import { createPatroni, type PatroniTiming } from './patroni.ts';
import type { PeerSettings } from './peer.ts';

function patroni(
  name: string,
  timing: PatroniTiming,
  more: Pick<PeerSettings, 'says' | 'deaths'>,
): PeerSettings {
  return {
    name,
    product: 'Patroni',
    ...more,
    loopMs: timing.loopWait * 1000,
    giveUpMs: (timing.ttl + 2 * timing.loopWait + 60) * 1000,
    create: (lab) => createPatroni(lab, timing),
  };
}

function autoFailover(
  name: string,
  more: Pick<PeerSettings, 'says' | 'deaths' | 'loopMs'> & { readonly timing: AutoFailoverTiming },
): PeerSettings {
  const { timing, ...rest } = more;
  return {
    name,
    product: 'pg_auto_failover',
    ...rest,
    giveUpMs: 180_000,
    create: (lab) => createAutoFailover(lab, timing),
  };
}

const DEFAULT_DEATHS = 5;
const FAST_DEATHS = 10;
/** pg_autoctl takes whole seconds; 0 would mean that a master which is cut off never ends itself. */
const LEAST_PARTITION_S = 1;

export const peerSettings: readonly PeerSettings[] = [
  patroni(
    'patroni-default',
    { ttl: 30, loopWait: 10, retryTimeout: 10 },
    { says: 'as shipped: ttl 30, loop_wait 10, retry_timeout 10', deaths: DEFAULT_DEATHS },
  ),
  // The least that its documentation allows; later releases refuse less (validator.py: IntValidator(min=20), (min=1), (min=3)).
  patroni(
    'patroni-aggressive',
    { ttl: 20, loopWait: 1, retryTimeout: 3 },
    { says: 'least documented: ttl 20, loop_wait 1, retry_timeout 3', deaths: FAST_DEATHS },
  ),
  // Debian's 3.0.2 asks for whole numbers only; this obeys its own rule ttl >= loop_wait + 2 * retry_timeout.
  patroni(
    'patroni-below',
    { ttl: 5, loopWait: 1, retryTimeout: 2 },
    { says: 'below what it documents: ttl 5, loop_wait 1, retry_timeout 2', deaths: FAST_DEATHS },
  ),
  autoFailover('autofailover-default', {
    says: 'as shipped: unhealthy after 20 s, demote 30 s, health check every 5 s',
    deaths: DEFAULT_DEATHS,
    timing: { monitor: {}, networkPartitionTimeout: null },
    loopMs: 5000,
  }),
  autoFailover('autofailover-aggressive', {
    says: 'unhealthy after 1 s, demote 1 s, health check every 0.5 s, no retries',
    deaths: FAST_DEATHS,
    timing: {
      monitor: {
        'pgautofailover.node_considered_unhealthy_timeout': '1s',
        'pgautofailover.primary_demote_timeout': '1s',
        'pgautofailover.health_check_period': '500ms',
        'pgautofailover.health_check_timeout': '500ms',
        'pgautofailover.health_check_retry_delay': '200ms',
        'pgautofailover.health_check_max_retries': '0',
        'pgautofailover.startup_grace_period': '1s',
      },
      networkPartitionTimeout: LEAST_PARTITION_S,
    },
    loopMs: 1000,
  }),
  // Promotes before a cut-off master must have ended itself (1 s): two may act for a while. The data is safe, since commits wait.
  autoFailover('autofailover-lowest', {
    says: 'as low as it goes: unhealthy after 0.2 s, demote 0.1 s, health check every 0.1 s',
    deaths: FAST_DEATHS,
    timing: {
      monitor: {
        'pgautofailover.node_considered_unhealthy_timeout': '200ms',
        'pgautofailover.primary_demote_timeout': '100ms',
        'pgautofailover.health_check_period': '100ms',
        'pgautofailover.health_check_timeout': '200ms',
        'pgautofailover.health_check_retry_delay': '50ms',
        'pgautofailover.health_check_max_retries': '0',
        'pgautofailover.startup_grace_period': '100ms',
      },
      networkPartitionTimeout: LEAST_PARTITION_S,
    },
    loopMs: 1000,
  }),
];
