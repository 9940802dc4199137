/**
 * Ends a PostgreSQL server at once and completely, whatever state it is in: frozen, overloaded, or already without its postmaster.
 *
 * The postmaster is stopped first so that it forks nobody while its children are listed; children have sessions of their own, so no
 * process group holds them. Whoever works in the data directory is found by its working directory. SIGKILL reaches stopped processes too.
 * Not responsible for a server that shall write a checkpoint first (`server.ts`). Called by the actor that owns the directory.
 */
import fs from 'node:fs';
import type { Timers } from '@nezuban/platform/timers';
import { serversOn } from './leftovers.ts';

/** Dead processes take a few milliseconds to let go of their memory. */
const RESCAN_MS = 3;

/** Resolves when nothing works on `data` any more. Without a bound: whoever asked has a deadline, and nothing else may start meanwhile. */
export async function killTree(timers: Timers, data: string, postmaster: number | null): Promise<void> {
  if (postmaster !== null) {
    send(postmaster, 'SIGSTOP');
    for (const pid of childrenOf(postmaster)) send(pid, 'SIGKILL');
    send(postmaster, 'SIGKILL');
  }
  for (;;) {
    const left = serversOn(data);
    if (left.length === 0) return;
    for (const pid of left) send(pid, 'SIGKILL');
    await timers.sleep(RESCAN_MS);
  }
}

/** Direct children; PostgreSQL's have none of their own. Empty where the kernel does not say: the working directory finds them then. */
function childrenOf(pid: number): readonly number[] {
  try {
    const text = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile; what may not be signalled is found again by the next look.
  }
}

/** Does a wal receiver live below this postmaster? PostgreSQL names its processes for `ps`. */
export function hasWalReceiver(postmaster: number | null): boolean {
  if (postmaster === null) return false;
  return childrenOf(postmaster).some((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('postgres: walreceiver');
    } catch {
      return false;
    }
  });
}
