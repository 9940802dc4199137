// What the fake manager watches about itself: one thing of each kind, one of them not well.
import type { SelfWatchView, WatchItem } from '@nezuban/protocol/self-watch/self-watch';

const item = (
  given: Partial<WatchItem> & Pick<WatchItem, 'id' | 'kind' | 'subject' | 'value'>,
): WatchItem => ({
  level: 'ok',
  since: null,
  worse: 'low',
  warning: null,
  critical: null,
  facts: {},
  ...given,
});

export const selfWatchSample = (): SelfWatchView => ({
  at: new Date().toISOString(),
  level: 'warning',
  items: [
    item({
      id: 'disk_free_percent:home',
      kind: 'disk_free_percent',
      subject: '/var/lib/nezuban',
      value: 12.4,
      level: 'warning',
      since: new Date(Date.now() - 3_600_000).toISOString(),
      warning: 15,
      critical: 5,
      facts: { freeBytes: 12.4e9, totalBytes: 100e9 },
    }),
    item({
      id: 'disk_full_in_hours:home',
      kind: 'disk_full_in_hours',
      subject: '/var/lib/nezuban',
      value: 130,
      warning: 72,
      critical: 12,
      facts: { freeBytes: 12.4e9, bytesPerHour: 95e6 },
    }),
    item({
      id: 'database_bytes:database',
      kind: 'database_bytes',
      subject: 'database',
      value: 3.4e9,
      worse: 'high',
    }),
    item({
      id: 'queue_percent:engine',
      kind: 'queue_percent',
      subject: 'engine',
      value: 1.5,
      worse: 'high',
      warning: 50,
      critical: 90,
    }),
    item({
      id: 'event_loop_lag_ms:manager',
      kind: 'event_loop_lag_ms',
      subject: 'manager',
      value: 4.2,
      worse: 'high',
      warning: 200,
      critical: 1000,
    }),
    item({
      id: 'certificate_days:server',
      kind: 'certificate_days',
      subject: 'server',
      value: 311,
      warning: 30,
      critical: 7,
    }),
  ],
});
