// Cron expressions: opened with the one set of rules that the product uses, and judged with a message that names the field.
//
// Summer time. An expression whose hour, minute and second are numbers, lists or ranges names times of day: one that the clocks skip runs
// once at the first instant after the gap, one that the clocks pass twice runs once, the first time. An expression with `*` or a step in
// one of these names a rhythm: it keeps its beat in elapsed time, so it skips what does not exist and runs in both passes.
import { Cron } from 'croner';

const cronFields = [
  { name: 'second', range: 'seconds go from 0 to 59' },
  { name: 'minute', range: 'minutes go from 0 to 59' },
  { name: 'hour', range: 'hours go from 0 to 23' },
  { name: 'day of month', range: 'days go from 1 to 31, or L for the last' },
  { name: 'month', range: 'months go from 1 to 12, or JAN to DEC' },
  { name: 'day of week', range: 'days go from 0 (Sunday) to 7 (Sunday), or SUN to SAT' },
];
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
export function judgeCron(expression: string, zone: string): string | null {
  const fields = expression.trim().split(/\s+/);
  if (expression.trim().startsWith('@'))
    return `"${expression}" is not read; write 5 fields, such as "0 22 * * *" for every day at 22:00`;
  if (fields.length !== 5 && fields.length !== 6) {
    return `has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}; it must have 5 (minute, hour, day of month, month, day of week) or 6 with seconds first`;
  }
  const known = fields.length === 6 ? cronFields : cronFields.slice(1);
  for (const [index, field] of fields.entries()) {
    const alone = fields.map((_, other) => (other === index ? field : '*')).join(' ');
    const wrong = errorOf(alone);
    if (wrong === null) continue;
    const { name, range } = known[index] ?? { name: 'field', range: wrong };
    // The library counts days and months from 0 when it names a value.
    const why = /^Invalid value|illegal characters/.test(wrong) ? range : wrong.replace(/\.$/, '');
    return `the ${name} "${field}" is wrong: ${why}`;
  }
  const whole = errorOf(expression);
  if (whole !== null) return `cannot be read: ${whole}`;
  return openCron(expression, zone).nextRun(new Date(searchFrom)) === null
    ? 'never fires: there is no such day'
    : null;
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
