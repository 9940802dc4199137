// What this browser remembers between visits: language, colour scheme, views. Storage may be denied, full, or hold what an older
// release wrote: each read is checked, and a failed write only means that nothing is remembered.

export type SettingName =
  | 'language'
  | 'color-scheme'
  | 'session-view'
  | 'output-wrap'
  | 'shortcuts'
  | 'net-folders';

export type Settings = {
  read<Value extends string>(name: SettingName, allowed: readonly Value[]): Value | null;
  write(name: SettingName, value: string): void;
};

const keyOf = (name: SettingName) => `nezuban.${name}`;

/** `openStorage` may throw: browsers deny storage by throwing at the mere mention of it. */
export const createSettings = (openStorage: () => Pick<Storage, 'getItem' | 'setItem'>): Settings => ({
  read: (name, allowed) => {
    try {
      const stored = openStorage().getItem(keyOf(name));
      return allowed.find((value) => value === stored) ?? null;
    } catch {
      // Denied: as if nothing had been remembered.
      return null;
    }
  },
  write: (name, value) => {
    try {
      openStorage().setItem(keyOf(name), value);
    } catch {
      // Denied or full: the choice holds until the page is closed.
    }
  },
});
