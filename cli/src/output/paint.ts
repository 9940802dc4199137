// Colours of states, end statuses and priorities, the same words in the same colour everywhere. Pure.

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;
export type Style = keyof typeof codes;
export type Paint = (style: Style, text: string) => string;

/** Colours the text, or leaves it when colours are off. */
export const createPaint =
  (enabled: boolean): Paint =>
  (style, text) =>
    enabled && text !== '' ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;

const styles: Readonly<Record<string, Style>> = {
  normal: 'green',
  warning: 'yellow',
  abnormal: 'red',
  unknown: 'magenta',
  critical: 'red',
  info: 'dim',
  running: 'cyan',
  starting: 'cyan',
  stopping: 'yellow',
  retry_wait: 'yellow',
  queued: 'blue',
  held: 'blue',
  stopped: 'yellow',
  skipped: 'dim',
  not_run: 'dim',
  waiting: 'dim',
  connected: 'green',
  disconnected: 'red',
  created: 'green',
  updated: 'yellow',
  unchanged: 'dim',
};

/** The style of a state's word, if it has one. */
export const styleOf = (word: string): Style | undefined => styles[word];
