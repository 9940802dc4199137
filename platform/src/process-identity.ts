// Which process a pid means: a pid alone is reused, a pid with its start time is not.
// Responsible for reading the start time. Called by whoever remembers a pid longer than it holds the process.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

export type ProcessIdentity = {
  readonly pid: number;
  /** Opaque: ticks since boot on Linux, a date elsewhere. Equal means the same process, within one boot. */
  readonly startTime: string;
};

/** Fields of /proc/PID/stat after the command name, which may hold spaces and brackets itself (proc(5)). */
const STATE_INDEX = 0;
const START_TIME_INDEX = 19;

/** Names the present boot: start times of different boots do not compare. Empty where the system has none. */
export function bootId(): string {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}

/** Null if there is no such process, or only its zombie, which holds nothing any more. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  const startTime = process.platform === 'linux' ? startTimeFromProc(pid) : startTimeFromPs(pid);
  return startTime === null ? null : { pid, startTime };
}

/** Whether exactly this process still lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startTime === identity.startTime;
}

function startTimeFromProc(pid: number): string | null {
  let stat: string;
  try {
    stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[STATE_INDEX];
  return state === 'Z' || state === 'X' ? null : (fields[START_TIME_INDEX] ?? null);
}

function startTimeFromPs(pid: number): string | null {
  try {
    const text = execFileSync('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5_000,
    }).trim();
    return text === '' || text.startsWith('Z') ? null : text.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}
