// How what is watched reads as an event. Pure.
// Responsible for the English sentence and for the details by which the console says the same in Japanese (their keys choose the sentence
// there). Called by manager/src/self-watch.
import type { WatchKind } from '@nezuban/protocol/self-watch/self-watch';

export type Watched = {
  readonly kind: WatchKind;
  readonly subject: string;
  readonly value: number | null;
  readonly facts: Readonly<Record<string, string | number>>;
};
export type Told = {
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
};

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
const UNIT_STEP = 1000;

/** `12.3 GB`: three digits, as disks are sold. */
export const formatBytes = (bytes: number): string => {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= UNIT_STEP && unit < UNITS.length - 1) {
    value /= UNIT_STEP;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${bytes < 0 ? '-' : ''}${value.toFixed(digits)} ${UNITS[unit] ?? ''}`;
};

export const tellRaised = (watched: Watched): Told => {
  const { subject } = watched;
  const details = detailsOf(watched);
  switch (watched.kind) {
    case 'disk_free_percent':
      return {
        message: `The disk of ${subject} has ${details['freePercent']}% free (${details['free']} of ${details['total']})`,
        details,
      };
    case 'inodes_free_percent':
      return {
        message: `The disk of ${subject} has ${details['freeInodesPercent']}% of its inodes free`,
        details,
      };
    case 'disk_full_in_hours':
      return {
        message: `The disk of ${subject} will be full in about ${details['fullInHours']} h if it goes on like this (${details['free']} free)`,
        details,
      };
    case 'database_bytes':
      return { message: `The database has grown to ${details['databaseSize']}`, details };
    case 'queue_percent':
      return {
        message: `The queue "${subject}" is ${details['queuePercent']}% full (${details['length']} of at most ${details['lengthMax']})`,
        details,
      };
    case 'event_loop_lag_ms':
      return {
        message: `The manager answers late: its event loop lags by ${details['lagMs']} ms`,
        details,
      };
    case 'certificate_days':
      return {
        message: `The certificate "${subject}" expires in ${details['days']} days (${details['expiresAt']})`,
        details,
      };
    case 'clock_difference_s':
      return {
        message: `The clock of "${subject}" is ${details['differenceS']} s away from the manager's`,
        details,
      };
    case 'line_stands_minutes':
      return {
        message: `The line for the ${details['placeKind']} "${details['place']}" has not moved for ${details['standsMinutes']} minutes: ${details['waiting']} wait for it, and nobody gets a place. Look who holds it with "nezuban queues"`,
        details,
      };
  }
};

export const tellCleared = (watched: Watched): Told => {
  const { subject } = watched;
  const details = detailsOf(watched);
  switch (watched.kind) {
    case 'disk_free_percent':
      return { message: `The disk of ${subject} has ${details['freePercent']}% free again`, details };
    case 'inodes_free_percent':
      return {
        message: `The disk of ${subject} has ${details['freeInodesPercent']}% of its inodes free again`,
        details,
      };
    case 'disk_full_in_hours':
      return { message: `The disk of ${subject} is not about to be full any more`, details };
    case 'database_bytes':
      return { message: `The database is back at ${details['databaseSize']}`, details };
    case 'queue_percent':
      return {
        message: `The queue "${subject}" has emptied (${details['length']} of at most ${details['lengthMax']})`,
        details,
      };
    case 'event_loop_lag_ms':
      return { message: `The manager answers in time again (lag ${details['lagMs']} ms)`, details };
    case 'certificate_days':
      return { message: `The certificate "${subject}" was renewed (${details['expiresAt']})`, details };
    case 'clock_difference_s':
      return { message: `The clock of "${subject}" agrees with the manager's again`, details };
    case 'line_stands_minutes':
      return { message: 'All lines for queues, locks and nodes move again', details };
  }
};

/** What was told of something that is watched no more, such as the disk of a host that has left. */
export const tellGone = (subject: string): Told => ({
  message: `"${subject}" is not watched any more`,
  details: { subject },
});

const detailsOf = ({ kind, subject, value, facts }: Watched): Told['details'] => {
  switch (kind) {
    case 'disk_free_percent':
      return {
        path: subject,
        freePercent: rounded(value),
        free: bytesOf(facts['freeBytes']),
        total: bytesOf(facts['totalBytes']),
      };
    case 'inodes_free_percent':
      return { path: subject, freeInodesPercent: rounded(value) };
    case 'disk_full_in_hours':
      return {
        path: subject,
        ...(value === null ? {} : { fullInHours: rounded(value) }),
        free: bytesOf(facts['freeBytes']),
      };
    case 'database_bytes':
      return { databaseSize: bytesOf(value ?? 0), databaseBytes: Math.round(value ?? 0) };
    case 'queue_percent':
      return {
        queue: subject,
        queuePercent: rounded(value),
        length: facts['length'] ?? 0,
        lengthMax: facts['lengthMax'] ?? 0,
      };
    case 'event_loop_lag_ms':
      return { lagMs: Math.round(value ?? 0) };
    case 'certificate_days':
      return {
        certificate: subject,
        days: Math.floor(value ?? 0),
        expiresAt: String(facts['expiresAt'] ?? '').slice(0, 10),
      };
    case 'clock_difference_s':
      return { clockNode: subject, differenceS: rounded(value) };
    case 'line_stands_minutes':
      return {
        placeKind: String(facts['placeKind'] ?? 'queue'),
        place: subject,
        standsMinutes: Math.round(value ?? 0),
        waiting: facts['waiting'] ?? 0,
      };
  }
};

const bytesOf = (value: string | number | undefined): string => formatBytes(Number(value ?? 0));

/** One digit behind the point below ten, none above. */
const rounded = (value: number | null): number => {
  const number = value ?? 0;
  return Math.abs(number) < 10 ? Math.round(number * 10) / 10 : Math.round(number);
};
