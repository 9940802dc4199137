// A logger that counts its lines by level. Made by main.ts around the real one.
import type { Logger } from '@nezuban/platform/logger';
import type { MetricsRegistry } from './registry.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
type Level = (typeof levels)[number];

export const countLines = (logger: Logger, registry: Pick<MetricsRegistry, 'counter'>): Logger => {
  const lines = registry.counter('nezuban_log_lines_total', 'Lines that were given to the log, by level');
  // A level that never spoke is zero, not missing: alerts on its growth need a beginning.
  for (const level of levels) lines.add({ level }, 0);
  const wrap = (inner: Logger): Logger => {
    const counting =
      (level: Level): Logger[Level] =>
      (...args: [string] | [object, string]) => {
        lines.add({ level });
        (inner[level] as (...given: typeof args) => void)(...args);
      };
    return {
      trace: counting('trace'),
      debug: counting('debug'),
      info: counting('info'),
      warn: counting('warn'),
      error: counting('error'),
      child: (bindings) => wrap(inner.child(bindings)),
    };
  };
  return wrap(logger);
};
