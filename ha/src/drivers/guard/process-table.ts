/**
 * All processes of this host at one moment: who is whose child.
 *
 * Responsible for reading them without help from the disk. Not responsible for judging them. Called by the guard alone, which stays small:
 * nothing but Node's own modules is imported, and `child_process` only where there is no /proc.
 */
import fs from 'node:fs';
import process from 'node:process';

export type ProcessEntry = {
  readonly pid: number;
  readonly parent: number;
  /** As in `@nezuban/platform/process-identity`: with the pid it names a process for good. */
  readonly startTime: string;
  /** Of its program, at most 15 characters. */
  readonly name: string;
  /** A zombie does nothing any more; where nobody reaps orphans it stays for ever. */
  readonly isGone: boolean;
  /** It runs no instruction before it is continued or killed. */
  readonly isStopped: boolean;
};

/** Fields of /proc/PID/stat after the name, which may hold spaces and brackets itself (proc(5)). */
const STATE_FIELD = 0;
const PARENT_FIELD = 1;
const START_TIME_FIELD = 19;

const PS_TIMEOUT_MS = 2_000;
const PS_LINE = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/;

export function readProcessTable(): readonly ProcessEntry[] {
  return process.platform === 'linux' ? fromProc() : fromPs();
}

/** One of them. */
export function readProcess(pid: number): ProcessEntry | null {
  if (process.platform === 'linux') return readEntry(String(pid));
  return fromPs().find((entry) => entry.pid === pid) ?? null;
}

/** Where a process works; null if it is gone or not ours to look at. Does not touch the disk. */
export function workingDirectory(pid: number): string | null {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

function fromProc(): readonly ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of fs.readdirSync('/proc')) {
    const first = name.charCodeAt(0);
    if (first < 48 || first > 57) continue;
    const entry = readEntry(name);
    if (entry !== null) entries.push(entry);
  }
  return entries;
}

function readEntry(pid: string): ProcessEntry | null {
  let stat: string;
  try {
    stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    // It has ended meanwhile.
    return null;
  }
  const nameEnd = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnd + 2).split(' ');
  return {
    pid: Number(pid),
    parent: Number(fields[PARENT_FIELD]),
    startTime: fields[START_TIME_FIELD] ?? '',
    name: stat.slice(stat.indexOf('(') + 1, nameEnd),
    ...judgeState(fields[STATE_FIELD] ?? '?'),
  };
}

function judgeState(letter: string): Pick<ProcessEntry, 'isGone' | 'isStopped'> {
  return { isGone: letter === 'Z' || letter === 'X', isStopped: letter === 'T' || letter === 't' };
}

function fromPs(): readonly ProcessEntry[] {
  const { execFileSync } = process.getBuiltinModule('node:child_process');
  const lines = execFileSync('/bin/ps', ['-axo', 'pid=,ppid=,stat=,lstart=,comm='], {
    encoding: 'utf8',
    timeout: PS_TIMEOUT_MS,
  }).split('\n');
  return lines.flatMap((line) => {
    const [, pid, parent, state = '?', startTime = '', command = ''] = PS_LINE.exec(line) ?? [];
    if (pid === undefined) return [];
    const name = command.slice(command.lastIndexOf('/') + 1);
    return [{ pid: Number(pid), parent: Number(parent), startTime, name, ...judgeState(state.slice(0, 1)) }];
  });
}
