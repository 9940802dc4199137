// Single keys that act on a page, as operators who confirm hundreds of events want them. They can be switched off (the user may dictate,
// or share the keyboard with a screen reader); never taken from a field, a dialog or a menu.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { Settings } from '../api/settings.ts';
import { useBackend } from '../app/backend.tsx';

export type Shortcuts = Readonly<Record<string, (() => void) | undefined>>;

const offered = ['on', 'off'] as const;
const listeners = new Set<() => void>();
/** What this page was told last: a browser that remembers nothing must still obey. */
let told: (typeof offered)[number] | null = null;

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const isOn = (settings: Settings) => (told ?? settings.read('shortcuts', offered) ?? 'on') === 'on';

export const useShortcutsSwitch = (): readonly [on: boolean, change: (on: boolean) => void] => {
  const { settings } = useBackend();
  const on = useSyncExternalStore(subscribe, () => isOn(settings));
  const change = (next: boolean) => {
    told = next ? 'on' : 'off';
    settings.write('shortcuts', told);
    for (const each of listeners) each();
  };
  return [on, change];
};

const isTaken = (target: EventTarget | null): boolean =>
  !(target instanceof Element) ||
  target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable], [role="listbox"]') !==
    null ||
  document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null;

/** Keys by `KeyboardEvent.key`. `?` works even when the others are switched off: it shows how to switch them on. */
export const useShortcuts = (shortcuts: Shortcuts): void => {
  const [on] = useShortcutsSwitch();
  const latest = useRef({ shortcuts, on });
  useEffect(() => {
    latest.current = { shortcuts, on };
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!latest.current.on && event.key !== '?') return;
      const act = latest.current.shortcuts[event.key];
      if (act === undefined || isTaken(event.target)) return;
      event.preventDefault();
      act();
    };
    globalThis.addEventListener('keydown', onKeyDown);
    return () => globalThis.removeEventListener('keydown', onKeyDown);
  }, []);
};
