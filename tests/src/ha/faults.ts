/**
 * Faults of a host that are neither a kill nor a cut: slow and failing disks, wall clocks that are off, directories that are lost.
 *
 * Responsible for doing and undoing them on the host alone: nothing here touches the machine's clock or another host. Called by the scenarios.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { waitFor } from '../support/wait-for.ts';
import type { Host, ProgramOptions } from './host.ts';
import type { ProcessKind } from './host-processes.ts';

/** One sentence if system calls of other processes cannot be tampered with here, else null. */
export function whyNoStrace(): string | null {
  const found = (process.env['PATH'] ?? '')
    .split(':')
    .some((folder) => folder !== '' && fs.existsSync(path.join(folder, 'strace')));
  return found ? null : 'strace is not installed';
}

export type DiskFault = { readonly slowMs: number } | { readonly error: 'EIO' | 'ENOSPC' };

export interface RunningFault {
  stop(): Promise<void>;
}

const ATTACH_TIMEOUT_MS = 15_000;
const DETACH_TIMEOUT_MS = 10_000;

/** Every fsync and fdatasync of the host's processes of these kinds, and of what they start, is late or fails. */
export async function breakSyncs(
  host: Host,
  fault: DiskFault,
  kinds: readonly ProcessKind[],
): Promise<RunningFault> {
  const targets = host.processes.list().filter((one) => kinds.includes(one.kind));
  if (targets.length === 0) throw new Error(`no ${kinds.join(' or ')} process runs on ${host.name}`);
  const how = 'slowMs' in fault ? `delay_enter=${fault.slowMs * 1000}` : `error=${fault.error}`;
  const child: ChildProcess = spawn(
    'strace',
    [
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      'trace=fsync,fdatasync',
      '-e',
      `inject=fsync,fdatasync:${how}`,
      ...targets.flatMap(({ pid }) => ['-p', String(pid)]),
    ],
    { stdio: 'ignore', detached: true },
  );
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const isTraced = (pid: number) =>
    !fs.existsSync(`/proc/${pid}/status`) ||
    !/^TracerPid:\t0$/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  await waitFor(() => targets.every(({ pid }) => isTraced(pid)), {
    timeoutMs: ATTACH_TIMEOUT_MS,
    message: `strace to hold the processes of ${host.name}`,
  });
  return {
    async stop() {
      // It lets go of what it holds; killed, it might leave something stopped.
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), DETACH_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

const clockFile = (scratch: string, host: string): string => path.join(scratch, `clock-${host}`);

/** What the programs of a host get so that `setWallClock` reaches them. */
export function shiftableClock(scratch: string, host: string): ProgramOptions {
  return {
    env: {
      NODE_OPTIONS: `--require=${path.join(import.meta.dirname, 'clock-shift.cjs')}`,
      NEZUBAN_HA_CLOCK: clockFile(scratch, host),
    },
  };
}

/** The wall clock of that host's Node processes is off by so much from now on. */
export function setWallClock(scratch: string, host: string, offsetMs: number): void {
  fs.writeFileSync(clockFile(scratch, host), String(offsetMs));
}

export const dataDirectory = (host: Host): string => path.join(host.home, 'postgres/data');

/** A copy of the data directory as it is now, with owners and times. Only while nothing runs there. */
export function saveDirectory(host: Host, name: string): string {
  const copy = path.join(path.dirname(host.home), `${host.name}-${name}`);
  fs.cpSync(dataDirectory(host), copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  copyOwners(dataDirectory(host), copy);
  return copy;
}

/** Puts a saved directory in the place of the present one. */
export function putDirectory(host: Host, saved: string): void {
  const target = dataDirectory(host);
  fs.rmSync(target, { recursive: true, force: true });
  fs.cpSync(saved, target, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  copyOwners(saved, target);
}

function copyOwners(from: string, to: string): void {
  const { uid, gid, mode } = fs.lstatSync(from);
  fs.lchownSync(to, uid, gid);
  if (!fs.lstatSync(to).isSymbolicLink()) fs.chmodSync(to, mode & 0o7777);
  if (!fs.lstatSync(from).isDirectory()) return;
  for (const name of fs.readdirSync(from)) copyOwners(path.join(from, name), path.join(to, name));
}

export function removeDirectory(host: Host): void {
  fs.rmSync(dataDirectory(host), { recursive: true, force: true });
}
