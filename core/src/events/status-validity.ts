// How long an entry of the status view holds. Pure. Called by the manager when it writes one.
import type { StatusSettings } from '@nezuban/protocol/events/event-settings';

export type { StatusSettings };

export type HeldStatus = {
  readonly monitor: string;
  readonly key: string;
  readonly isCleared: boolean;
  readonly atMs: number;
};

/** What Nezuban tells of itself it takes back itself, so that does not run out. */
export const validityOf = (
  { monitor, key, isCleared, atMs }: HeldStatus,
  settings: StatusSettings,
): { readonly expiresAtMs: number | null; readonly onExpiry: 'remove' | 'unknown' } => {
  const until = (minutes: number | null): number | null =>
    minutes === null ? null : atMs + minutes * 60_000;
  // How a job net ended last is worth knowing for as long as there is the net.
  if (monitor === '' && (key === 'agent' || key.startsWith('net:')))
    return { expiresAtMs: null, onExpiry: 'remove' };
  if (isCleared) return { expiresAtMs: until(settings.cleared_minutes), onExpiry: 'remove' };
  if (monitor === '') return { expiresAtMs: null, onExpiry: 'remove' };
  const own = settings.monitors.find((item) => item.monitor === monitor);
  if (own !== undefined) return { expiresAtMs: until(own.minutes), onExpiry: own.on_expiry };
  return {
    expiresAtMs: until(key === '' ? settings.unkeyed_minutes : settings.keyed_minutes),
    onExpiry: settings.on_expiry,
  };
};
