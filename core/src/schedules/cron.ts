// Cron expressions: opened with the one set of rules that the product uses, and judged with a message that names the field.
//
// Summer time. An expression whose hour, minute and second are numbers, lists or ranges names times of day: one that the clocks skip runs
// once at the first instant after the gap, one that the clocks pass twice runs once, the first time. An expression with `*` or a step in
// one of these names a rhythm: it keeps its beat in elapsed time, so it skips what does not exist and runs in both passes.
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { Cron } from 'croner';

const cronFields = [
  { name: 'cron_second', range: 'cron_seconds_go' },
  { name: 'cron_minute', range: 'cron_minutes_go' },
  { name: 'cron_hour', range: 'cron_hours_go' },
  { name: 'cron_day', range: 'cron_days_go' },
  { name: 'cron_month', range: 'cron_months_go' },
  { name: 'cron_weekday', range: 'cron_weekdays_go' },
] as const;
/** From here a first run is searched; any fixed instant will do, since no expression names a year. */
const searchFrom = Date.UTC(2000, 0, 1);

/** Throws on an expression that `judgeCron` refuses. */
export function openCron(expression: string, zone: string): Cron {
  return new Cron(expression, {
    paused: true,
    timezone: zone,
    mode: '5-or-6-parts',
    fixedTimeRule: 'no-wildcard',
  });
}

/** What is wrong with the expression, and what would be right; null if it can be read and fires some day. */
export function judgeCron(expression: string, zone: string): Said | null {
  const fields = expression.trim().split(/\s+/);
  if (expression.trim().startsWith('@')) return say('cron_at', { cron: expression });
  if (fields.length !== 5 && fields.length !== 6) {
    return fields.length === 1
      ? say('cron_field_count_one')
      : say('cron_field_count', { count: fields.length });
  }
  const known = fields.length === 6 ? cronFields : cronFields.slice(1);
  for (const [index, field] of fields.entries()) {
    const alone = fields.map((_, other) => (other === index ? field : '*')).join(' ');
    const wrong = errorOf(alone);
    if (wrong === null) continue;
    const part = known[index] ?? cronFields[0];
    // The library counts days and months from 0 when it names a value.
    const why = /^Invalid value|illegal characters/.test(wrong)
      ? { code: part.range }
      : wrong.replace(/\.$/, '');
    return say('cron_field_wrong', { name: { code: part.name }, field, why });
  }
  const whole = errorOf(expression);
  if (whole !== null) return say('cron_unreadable', { why: whole });
  return openCron(expression, zone).nextRun(new Date(searchFrom)) === null ? say('cron_never') : null;
}

function errorOf(expression: string): string | null {
  try {
    openCron(expression, 'UTC');
    return null;
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError)
      return error.message.replace(/^CronPattern: (configuration entry \d+ \(.*?\) )?/, '');
    throw error;
  }
}
