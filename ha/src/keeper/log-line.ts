// What of a child's log is worth a line on the terminal, and how that reads. Pure.
// Called by the log collector. The whole log lies in HOME/log.
import * as z from 'zod';

const jsonLineSchema = z.object({
  level: z.string(),
  msg: z.string(),
  err: z.object({ message: z.string() }).partial().optional(),
});

const TERMINAL_LINE_MAX = 400;
/** Backends of PostgreSQL say FATAL when a client is turned away, for instance while it starts; that is its client's matter. */
const POSTGRES_ALARM = /\b(PANIC|could not write|No space left|could not fsync|invalid page|checksum)\b/;

/** One readable line, or null if the line is nothing for the terminal. */
export function toTerminalLine(processName: string, line: string): string | null {
  const text = processName === 'postgres' ? postgresLine(line) : jsonLine(line);
  if (text === null) return null;
  const flat = (processName === 'keeper' ? text : `${processName}: ${text}`).replaceAll(
    /[\p{Cc}\p{Cf}]+/gu,
    ' ',
  );
  return flat.length > TERMINAL_LINE_MAX ? `${flat.slice(0, TERMINAL_LINE_MAX)}...` : flat;
}

function postgresLine(line: string): string | null {
  if (!POSTGRES_ALARM.test(line)) return null;
  return line.replace(/^\S+ \S+ \S+ \[\d+\] /, '').trim();
}

/** The most telling of the last lines of a process that died, or null. */
export function tellingLine(lines: readonly string[]): string | null {
  const found = lines.findLast((line) =>
    /^(\w*Error\b.*|Error: .*)|\b(FATAL|PANIC): |"level":"(error|fatal)"/.test(line),
  );
  if (found === undefined) return null;
  const parsed = jsonLineSchema.safeParse(parseJson(found));
  const text = parsed.success ? parsed.data.msg : found.replace(/^\S+ \S+ \S+ \[\d+\] /, '');
  return text.length > TERMINAL_LINE_MAX ? `${text.slice(0, TERMINAL_LINE_MAX)}...` : text;
}

function jsonLine(line: string): string | null {
  // What is no log line is the stack trace of a crash; the keeper says in one line that and why a process died.
  const parsed = jsonLineSchema.safeParse(parseJson(line));
  if (!parsed.success) return null;
  const { level, msg, err } = parsed.data;
  if (level !== 'warn' && level !== 'error' && level !== 'fatal') return null;
  const cause = err?.message === undefined || msg.includes(err.message) ? '' : ` (${err.message})`;
  return `${level === 'warn' ? 'warning' : 'error'}: ${msg}${cause}`;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
