// Remembers light, dark or "as the system" through the settings helper. Called by providers.tsx.
import type { MantineColorScheme, MantineColorSchemeManager } from '@mantine/core';
import type { Settings } from '../api/settings.ts';

const schemes = ['light', 'dark', 'auto'] as const satisfies readonly MantineColorScheme[];

export const createColorSchemeManager = (settings: Settings): MantineColorSchemeManager => ({
  get: (fallback) => settings.read('color-scheme', schemes) ?? fallback,
  set: (scheme) => settings.write('color-scheme', scheme),
  subscribe: () => {},
  unsubscribe: () => {},
  clear: () => settings.write('color-scheme', 'auto'),
});
