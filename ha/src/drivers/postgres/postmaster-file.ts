// `postmaster.pid` in the data directory: what a running (or dead) server says of itself.
// Pure parsing (format: src/include/utils/pidfile.h of PostgreSQL: pid, data directory, start time, port, socket directory, address, shared memory, status).
export type PostmasterFile = { readonly pid: number; readonly ready: boolean };

const PID_LINE = 0;
const STATUS_LINE = 7;

export function parsePostmasterFile(text: string): PostmasterFile | null {
  const lines = text.split('\n');
  // A stand-alone backend writes its pid negated.
  const pid = Math.abs(Number.parseInt(lines[PID_LINE] ?? '', 10));
  if (!Number.isSafeInteger(pid) || pid === 0) return null;
  return { pid, ready: lines[STATUS_LINE]?.trim() === 'ready' };
}
