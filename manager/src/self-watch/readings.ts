// What was measured, as things that are watched. Pure.
// Responsible for which there are, their names and values. Not responsible for measuring (`self-watch.ts`) and for judging (core/self-watch).
import { forecastDisk, type DiskSample } from '@nezuban/core/self-watch/forecast';
import type { Watched } from '@nezuban/core/self-watch/sentences';
import type { Thresholds } from '@nezuban/core/self-watch/judge';
import type { Settings } from '@nezuban/protocol/settings/settings';
import type { DiskUsage } from './disk-usage.ts';

export type QueueLength = { readonly name: string; readonly length: number; readonly max: number };
export type CertificateLife = { readonly name: string; readonly expiresAt: Date };
export type StandbyDisk = { readonly host: string; readonly freeBytes: number };

export type Measured = {
  readonly nowMs: number;
  readonly disks: readonly DiskUsage[];
  readonly standbyDisk: StandbyDisk | null;
  /** By the name of the disk; oldest first. */
  readonly samples: ReadonlyMap<string, readonly DiskSample[]>;
  readonly databaseBytes: number | null;
  readonly queues: readonly QueueLength[];
  readonly lagMs: number;
  readonly certificates: readonly CertificateLife[];
  readonly agentCertificate: { readonly node: string; readonly expiresAt: Date } | null;
  /** The agent whose clock is farthest away. */
  readonly clock: { readonly node: string; readonly differenceMs: number } | null;
  /** The line for places that has not moved for the longest time; null: all move. */
  readonly line: StandingLine | null;
};
export type StandingLine = {
  readonly kind: string;
  readonly name: string;
  readonly waiting: number;
  readonly standsMs: number;
};

export type Reading = Watched & {
  readonly id: string;
  readonly thresholds: Thresholds;
  /** False: it could not be measured yet; what was told of it before stands. */
  readonly known: boolean;
};
type SelfWatchSettings = Settings['self_watch'];

const PERCENT = 100;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/**
 * Agents renew when a third of the life of their certificates is left, 30 days. What the settings say of certificates concerns those that
 * people look after; of an agent's it is halved, so that one which renews in time is never told.
 */
const AGENT_CERTIFICATE_SHARE = 0.5;

export const standbyDiskName = (host: string): string => `standby-${host}`;

export const toReadings = (measured: Measured, settings: SelfWatchSettings): readonly Reading[] => [
  ...measured.disks.flatMap((disk) => ofDisk(disk, measured, settings)),
  ...ofStandbyDisk(measured, settings),
  {
    id: 'database_bytes:database',
    kind: 'database_bytes',
    subject: 'database',
    value: measured.databaseBytes,
    known: measured.databaseBytes !== null,
    facts: {},
    thresholds: settings.database_bytes,
  },
  ...measured.queues.map(({ name, length, max }): Reading => ({
    id: `queue_percent:${name}`,
    kind: 'queue_percent',
    subject: name,
    value: (length / max) * PERCENT,
    known: true,
    facts: { length, lengthMax: max },
    thresholds: settings.queue_percent,
  })),
  {
    id: 'event_loop_lag_ms:manager',
    kind: 'event_loop_lag_ms',
    subject: 'manager',
    value: measured.lagMs,
    known: true,
    facts: {},
    thresholds: settings.event_loop_lag_ms,
  },
  ...measured.certificates.map((certificate) =>
    ofCertificate({ ...certificate, id: certificate.name }, measured.nowMs, settings.certificate_days),
  ),
  ...ofAgents(measured, settings),
  {
    id: 'line_stands_minutes:lines',
    kind: 'line_stands_minutes',
    subject: measured.line?.name ?? 'lines',
    value: measured.line === null ? null : measured.line.standsMs / MINUTE_MS,
    known: true,
    facts: measured.line === null ? {} : { placeKind: measured.line.kind, waiting: measured.line.waiting },
    thresholds: settings.line_stands_minutes,
  },
];

const ofDisk = (disk: DiskUsage, { samples }: Measured, settings: SelfWatchSettings): Reading[] => {
  const { name, folder, freeBytes, totalBytes, freeInodesPercent } = disk;
  const forecast = forecastDisk(samples.get(name) ?? []);
  return [
    {
      id: `disk_free_percent:${name}`,
      kind: 'disk_free_percent',
      subject: folder,
      value: totalBytes === 0 ? null : (freeBytes / totalBytes) * PERCENT,
      known: true,
      facts: { freeBytes, totalBytes },
      thresholds: settings.disk_free_percent,
    },
    {
      id: `inodes_free_percent:${name}`,
      kind: 'inodes_free_percent',
      subject: folder,
      value: freeInodesPercent,
      known: true,
      facts: {},
      thresholds: settings.disk_free_percent,
    },
    {
      id: `disk_full_in_hours:${name}`,
      kind: 'disk_full_in_hours',
      subject: folder,
      value: forecast?.fullInHours ?? null,
      known: forecast !== null,
      facts: { freeBytes, ...(forecast === null ? {} : { bytesPerHour: Math.round(forecast.bytesPerHour) }) },
      thresholds: settings.disk_full_in_hours,
    },
  ];
};

/** Its keeper tells how much is free, not of how much; that it is low is told by the pair itself. */
const ofStandbyDisk = ({ standbyDisk, samples }: Measured, settings: SelfWatchSettings): Reading[] => {
  if (standbyDisk === null) return [];
  const name = standbyDiskName(standbyDisk.host);
  const forecast = forecastDisk(samples.get(name) ?? []);
  return [
    {
      id: `disk_full_in_hours:${name}`,
      kind: 'disk_full_in_hours',
      subject: standbyDisk.host,
      value: forecast?.fullInHours ?? null,
      known: forecast !== null,
      facts: {
        freeBytes: standbyDisk.freeBytes,
        ...(forecast === null ? {} : { bytesPerHour: Math.round(forecast.bytesPerHour) }),
      },
      thresholds: settings.disk_full_in_hours,
    },
  ];
};

const ofCertificate = (
  { id, name, expiresAt }: CertificateLife & { readonly id: string },
  nowMs: number,
  thresholds: Thresholds,
): Reading => ({
  id: `certificate_days:${id}`,
  kind: 'certificate_days',
  subject: name,
  value: (expiresAt.getTime() - nowMs) / DAY_MS,
  known: true,
  facts: { expiresAt: expiresAt.toISOString() },
  thresholds,
});

const ofAgents = ({ agentCertificate, clock, nowMs }: Measured, settings: SelfWatchSettings): Reading[] => {
  const { warning, critical } = settings.certificate_days;
  return [
    ...(agentCertificate === null
      ? []
      : [
          ofCertificate(
            { id: 'agents', name: agentCertificate.node, expiresAt: agentCertificate.expiresAt },
            nowMs,
            { warning: warning * AGENT_CERTIFICATE_SHARE, critical: critical * AGENT_CERTIFICATE_SHARE },
          ),
        ]),
    {
      id: 'clock_difference_s:agents',
      kind: 'clock_difference_s',
      subject: clock?.node ?? 'agents',
      value: clock === null ? null : Math.abs(clock.differenceMs) / 1000,
      known: true,
      facts: {},
      thresholds: settings.clock_difference_s,
    },
  ];
};
