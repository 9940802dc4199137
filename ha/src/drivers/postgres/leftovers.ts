// What an earlier server left behind, when its keeper was killed or the host went down.
// Responsible for: no process works on the data directory any more, and no stale pid file stands in the way, before a new server starts.
// Two servers on one directory would destroy it; PostgreSQL's own check (pid file and shared memory) stays as the second line.
// Called by the keeper before every start, also after a crash: the children of a killed postmaster end by themselves, but not at once.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Logger } from '@nezuban/platform/logger';
import { identifyProcess } from '@nezuban/platform/process-identity';
import type { Timers } from '@nezuban/platform/timers';
import { parsePostmasterFile } from './postmaster-file.ts';

export type LeftoverPorts = { readonly timers: Timers; readonly logger: Logger };

/** What is tried in turn, and how long each may take. A fast shutdown writes a checkpoint; an immediate one does not; KILL always works. */
const STEPS = [
  { signal: null, waitMs: 1_500 },
  { signal: 'SIGINT', waitMs: 8_000 },
  { signal: 'SIGQUIT', waitMs: 3_000 },
  { signal: 'SIGKILL', waitMs: 3_000 },
] as const;
const POLL_MS = 20;

/** Ends every process that works on `data` and removes a pid file that means nothing any more. */
export async function clearLeftovers(ports: LeftoverPorts, data: string): Promise<void> {
  for (const { signal, waitMs } of STEPS) {
    const pids = serversOn(data);
    if (pids.length === 0) break;
    if (signal !== null) {
      ports.logger.warn(
        { pids, signal },
        'an earlier PostgreSQL still works on the data directory; it is being ended',
      );
      // The postmaster ends its children; children without one are told themselves.
      for (const pid of pids) send(pid, signal);
    }
    await waitUntilGone(ports.timers, data, waitMs);
  }
  const left = serversOn(data);
  if (left.length > 0)
    throw new Error(`PostgreSQL processes of an earlier run do not end (pid ${left.join(', ')})`);
  removeStalePidFile(ports.logger, data);
}

async function waitUntilGone(timers: Timers, data: string, waitMs: number): Promise<void> {
  for (let waited = 0; waited < waitMs && serversOn(data).length > 0; waited += POLL_MS)
    await timers.sleep(POLL_MS);
}

/** Processes of PostgreSQL on this data directory, the postmaster first. */
export function serversOn(data: string): readonly number[] {
  return process.platform === 'linux' ? serversFromProc(data) : serversFromPidFile(data);
}

/** Every process of a server has the data directory as its working directory; nobody else has a reason to. */
function serversFromProc(data: string): readonly number[] {
  const real = realPath(data);
  if (real === null) return [];
  const pids: number[] = [];
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    if (readLink(`/proc/${name}/cwd`) !== real) continue;
    if (path.basename(readLink(`/proc/${name}/exe`) ?? '').startsWith('postgres')) pids.push(Number(name));
  }
  const postmaster = readPidFile(data)?.pid;
  return pids.toSorted((a, b) => Number(b === postmaster) - Number(a === postmaster));
}

function serversFromPidFile(data: string): readonly number[] {
  const pid = readPidFile(data)?.pid;
  if (pid === undefined || identifyProcess(pid) === null) return [];
  return commandOf(pid).includes(data) ? [pid] : [];
}

function commandOf(pid: number): string {
  try {
    return execFileSync('/bin/ps', ['-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 5_000,
    });
  } catch {
    return '';
  }
}

/**
 * A pid file of a server that is gone. If another process has got its pid since, PostgreSQL would refuse to start; nothing works on the
 * directory (checked above), so the file can go.
 */
export function removeStalePidFile(logger: Logger, data: string): void {
  const found = readPidFile(data);
  if (found === null || identifyProcess(found.pid) === null) return;
  logger.warn(
    { pid: found.pid },
    'the pid of an earlier PostgreSQL belongs to another process now; its stale pid file is removed',
  );
  fs.rmSync(path.join(data, 'postmaster.pid'), { force: true });
}

export function readPidFile(data: string): ReturnType<typeof parsePostmasterFile> {
  try {
    return parsePostmasterFile(fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8'));
  } catch {
    return null;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile, which is what we want; one that we may not signal is reported by the caller.
  }
}

function realPath(file: string): string | null {
  try {
    return fs.realpathSync(file);
  } catch {
    return null;
  }
}

function readLink(file: string): string | null {
  try {
    return fs.readlinkSync(file);
  } catch {
    return null;
  }
}
