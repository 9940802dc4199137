// Colours, sizes and fonts of the console. Calm and dense: operators look at it for hours.
import {
  Alert,
  Badge,
  Button,
  createTheme,
  Drawer,
  Menu,
  Modal,
  Tooltip,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';

/** The blue of a night sky. */
const night: MantineColorsTuple = [
  '#eef2fb',
  '#dbe2f3',
  '#b4c2e6',
  '#8a9fd9',
  '#6882ce',
  '#526fc7',
  '#4764c3',
  '#3853ac',
  '#30499b',
  '#233a82',
];

/** The header element of a dialog would count as a second banner of the page. */
const noBanner = { role: 'presentation' };

export const theme = createTheme({
  primaryColor: 'night',
  primaryShade: { light: 7, dark: 6 },
  colors: { night },
  autoContrast: true,
  defaultRadius: 'sm',
  fontFamily: "'Noto Sans JP Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, 'Noto Sans JP Variable', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // The colour of an alert is told by its icon and ground; as a colour of letters it is too pale to be read.
    Alert: Alert.extend({ styles: { title: { color: 'var(--mantine-color-text)' } } }),
    Badge: Badge.extend({ defaultProps: { tt: 'none' } }),
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    Modal: Modal.extend({
      defaultProps: { transitionProps: { duration: 120 }, attributes: { header: noBanner } },
      styles: { title: { fontWeight: 600 } },
    }),
    Drawer: Drawer.extend({
      defaultProps: { transitionProps: { duration: 120 }, attributes: { header: noBanner } },
      styles: { title: { fontWeight: 600 } },
    }),
    Menu: Menu.extend({ defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300 } }),
  },
});

/** The grounds of alerts and badges are those of states (status.css): Mantine's own shout, above all in the dark. */
const grounds = {
  '--mantine-color-red-light': 'var(--nz-critical-bg)',
  '--mantine-color-yellow-light': 'var(--nz-warning-bg)',
  '--mantine-color-orange-light': 'var(--nz-stopped-bg)',
  '--mantine-color-gray-light': 'var(--nz-neutral-bg)',
};

/** Mantine's own dimmed grey is below the contrast of WCAG AA. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...grounds,
    '--mantine-color-dimmed': '#525b66',
    '--mantine-color-placeholder': '#68717c',
    '--mantine-color-error': '#c22525',
    '--mantine-color-anchor': 'var(--mantine-color-night-7)',
  },
  dark: {
    ...grounds,
    '--mantine-color-dimmed': '#a9b0b9',
    '--mantine-color-placeholder': '#8f969f',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': 'var(--mantine-color-night-2)',
  },
});
