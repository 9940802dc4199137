/**
 * The peers and their settings, as data: as shipped, and as fast as their documentation lets them be.
 *
 * Responsible for the values and where they come from. Read by `main.ts`.
 */
import { createAutoFailover } from './auto-failover.ts';
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

const DEFAULT_DEATHS = 5;
const FAST_DEATHS = 10;

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
  {
    name: 'autofailover-default',
    product: 'pg_auto_failover',
    says: 'as shipped: unhealthy after 20 s, demote 30 s, health check 5 s',
    deaths: DEFAULT_DEATHS,
    loopMs: 5000,
    giveUpMs: 180_000,
    create: (lab) => createAutoFailover(lab, { monitor: {}, networkPartitionTimeout: null }),
  },
  {
    name: 'autofailover-aggressive',
    product: 'pg_auto_failover',
    says: 'unhealthy after 1 s, demote 1 s, health check every 500 ms, no retries',
    deaths: FAST_DEATHS,
    loopMs: 1000,
    giveUpMs: 120_000,
    create: (lab) =>
      createAutoFailover(lab, {
        monitor: {
          'pgautofailover.node_considered_unhealthy_timeout': '1s',
          'pgautofailover.primary_demote_timeout': '1s',
          'pgautofailover.health_check_period': '500ms',
          'pgautofailover.health_check_timeout': '500ms',
          'pgautofailover.health_check_retry_delay': '200ms',
          'pgautofailover.health_check_max_retries': '0',
          'pgautofailover.startup_grace_period': '1s',
        },
        // A cut-off master must be gone when the other is promoted; the least that whole seconds allow.
        networkPartitionTimeout: 1,
      }),
  },
];
