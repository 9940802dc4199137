// When the next backup is due. Pure.
// A day whose time has passed without a backup (the manager was away, or it failed) is made up at once; a failure is tried again after a pause.

/** What has failed is tried again: a folder that is away for a night is back in the morning. */
export const RETRY_MS = 30 * 60_000;

export type BackupTimes = {
  /** `HH:MM`; null: never by itself. */
  readonly dailyAt: string | null;
  readonly timezone: string;
  /** Since when the schedule stands (`scheduleSince`): days before it are not made up. */
  readonly since: number;
  /** Start of the last one that was made, and of the last that failed; null: none. */
  readonly lastMade: number | null;
  readonly lastFailed: number | null;
};

/**
 * Since when the schedule stands: since the settings were last changed or, if that was later, a restored manager was resumed. A start of the
 * manager counts for nothing: else a first backup whose time passes while it starts would slip by a day, each time.
 */
export const scheduleSince = ({
  changedAt,
  resumedAt,
}: {
  /** As the settings are stored; null: never, all are defaults. */
  readonly changedAt: string | null;
  readonly resumedAt: number | null;
}): number => Math.max(changedAt === null ? 0 : Date.parse(changedAt), resumedAt ?? 0);

/** Milliseconds since 1970, at or before `now` if it is due; null: never. */
export const nextBackupAt = (times: BackupTimes, now: number): number | null => {
  const { dailyAt, timezone, lastMade, lastFailed, since } = times;
  if (dailyAt === null) return null;
  const due = firstDailyAfter(Math.max(lastMade ?? 0, lastMade === null ? since : 0), { dailyAt, timezone });
  if (due > now || lastFailed === null || lastFailed < due) return due;
  return lastFailed + RETRY_MS;
};

const firstDailyAfter = (
  ms: number,
  { dailyAt, timezone }: { readonly dailyAt: string; readonly timezone: string },
): number => {
  const from = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone);
  const today = from.withPlainTime(Temporal.PlainTime.from(dailyAt));
  const next =
    Temporal.ZonedDateTime.compare(today, from) > 0
      ? today
      : from.add({ days: 1 }).withPlainTime(Temporal.PlainTime.from(dailyAt));
  return next.epochMilliseconds;
};
