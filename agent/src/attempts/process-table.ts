// What /proc says of processes: the boot id, and what still runs of an attempt whose waiter is gone.
// Responsible for reading. Not responsible for the identity of one process (platform/process-identity), nor for members while the waiter lives:
// it knows them better (spawner/Nezuban/Members.pm).
import fs from 'node:fs';
import { attemptIdSchema, type AttemptId } from '@nezuban/protocol/ids';
import { AGENT_MARK_VARIABLE } from '../agent-mark.ts';
import type { Leftover } from './attempt-record.ts';

/** What is listed is for people; a fork bomb must not fill the receipt. */
const listedMax = 20;
const commandLengthMax = 200;

/** Changes with each start of the kernel. */
export function readBootId(): string {
  return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/**
 * Processes that carry the attempt's mark, stand in its cgroup, or are in the session that its command opened; and those that have become
 * children of the spawner since their waiter died and carry no mark of another attempt: they changed their environment and their session.
 * `sessionPid` must be null unless the command was seen to start in this boot.
 */
export function findLeftovers(attempt: {
  readonly id: AttemptId;
  readonly cgroup: string | null;
  readonly sessionPid: number | null;
  readonly spawnerPid: number | null;
}): Leftover[] {
  const inCgroup = new Set(readText(`${attempt.cgroup ?? ''}/cgroup.procs`)?.split('\n'));
  const anyMark = '\0NEZUBAN_ATTEMPT_ID=';
  const mark = `\0NEZUBAN_ATTEMPT_ID=${attempt.id}\0`;
  const found: Leftover[] = [];
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const stat = readStat(name);
    if (!stat || stat.state === 'Z') continue;
    const environment = `\0${readText(`/proc/${name}/environ`) ?? ''}\0`;
    const belongs =
      inCgroup.has(name) ||
      stat.session === attempt.sessionPid ||
      environment.includes(mark) ||
      (stat.parent === attempt.spawnerPid && !environment.includes(anyMark) && !isWaiter(name));
    if (!belongs) continue;
    found.push({ pid: Number(name), command: commandLine(name) });
    if (found.length === listedMax) break;
  }
  return found;
}

/** A fork of the spawner that has claimed an attempt, or is about to. */
const isWaiter = (pid: string): boolean => /^nezuban-(?:waiter|spawner) /.test(commandLine(pid));

type Stat = { readonly state: string; readonly parent: number; readonly session: number };
const MARK = /\0NEZUBAN_ATTEMPT_ID=([^\0]+)\0/;
const AGENT_MARK = new RegExp(`\\0${AGENT_MARK_VARIABLE}=([^\\0]+)\\0`);

/**
 * One process of each attempt that this agent has started, that has living processes here and is not `known`: the first that is found with its mark.
 * Another agent on this host has attempts of its own, which are nobody's business here.
 */
export function findMarked(
  { max, agentMark }: { readonly max: number; readonly agentMark: string },
  isKnown: (id: AttemptId) => boolean,
): { attemptId: AttemptId; pid: number; command: string }[] {
  const found = new Map<AttemptId, { attemptId: AttemptId; pid: number; command: string }>();
  for (const [name, attemptId, by] of marked()) {
    if (found.size === max) break;
    // Attempts of a release that did not set it yet count as ours.
    if (by !== undefined && by !== agentMark) continue;
    if (!found.has(attemptId) && !isKnown(attemptId))
      found.set(attemptId, { attemptId, pid: Number(name), command: commandLine(name) });
  }
  return [...found.values()];
}

/** TERM to everything with the mark of an attempt, KILL to what is left after the time. For attempts without a record: no waiter of ours has them. */
export function endMarked(id: AttemptId, killAfterMs: number): void {
  const send = (signal: 'SIGTERM' | 'SIGKILL'): boolean => {
    const pids = [...marked()].flatMap(([name, attemptId]) => (attemptId === id ? [Number(name)] : []));
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has just ended, or is another user's.
      }
    }
    return pids.length > 0;
  };
  if (send('SIGTERM')) setTimeout(() => send('SIGKILL'), killAfterMs).unref();
}

function* marked(): Generator<[string, AttemptId, string | undefined]> {
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const environment = `\0${readText(`/proc/${name}/environ`) ?? ''}\0`;
    const id = MARK.exec(environment)?.[1];
    const parsed = id === undefined ? null : attemptIdSchema.safeParse(id);
    if (parsed?.success === true && readStat(name)?.state !== 'Z')
      yield [name, parsed.data, AGENT_MARK.exec(environment)?.[1]];
  }
}

function readStat(pid: string): Stat | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', parent: Number(fields[1]), session: Number(fields[3]) };
}

function commandLine(pid: string): string {
  const words = (readText(`/proc/${pid}/cmdline`) ?? '').replace(/\0+$/, '').replaceAll('\0', ' ');
  return words === ''
    ? `[${(readText(`/proc/${pid}/comm`) ?? '?').trim()}]`
    : words.slice(0, commandLengthMax);
}

/** Null for a process that has just ended, or that an ordinary user may not look into. */
function readText(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
