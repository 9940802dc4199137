/**
 * The processes of one host under test: what each one is, and signals to all of them at once.
 *
 * Responsible for finding them by the host's identity (never by name) and for leaving nothing out: PostgreSQL's children call `setsid`, a
 * dying tree still forks. Names only tell kinds apart among the host's own processes. Not responsible for starting them (`host.ts`).
 */
import { type MarkedProcess, processesThat, signalMarked } from '../support/processes.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Place } from './network.ts';

export const processKinds = [
  'keeper',
  'guard',
  'manager',
  'link',
  'intake',
  'agent',
  'witness',
  'postgres',
  'wal-receiver',
  'job',
  'other',
] as const;
export type ProcessKind = (typeof processKinds)[number];

export interface HostProcess extends MarkedProcess {
  readonly kind: ProcessKind;
}

/** `everything`: as if the power were cut. `tree`: what the keeper answers for; job commands and what watches over them live on. */
export type Share = 'everything' | 'tree';

export interface HostProcesses {
  list(): HostProcess[];
  ofKind(kind: ProcessKind): HostProcess[];
  /** SIGKILL, until nothing of it is left. */
  kill(share: Share): Promise<void>;
  /** SIGKILL to all processes of a kind that live now; at least one must. */
  killKind(kind: ProcessKind): Promise<void>;
  /** SIGSTOP, until everything stands still. */
  pause(kinds?: readonly ProcessKind[]): Promise<void>;
  /** SIGCONT to whatever stands still. */
  resume(): void;
  /** The process is the harness's own: it watches from this host, and is neither killed nor paused. */
  exempt(pid: number): void;
}

/** In order: the first that fits counts. */
const PATTERNS: readonly (readonly [ProcessKind, RegExp])[] = [
  ['job', /^nezuban-(spawner|waiter) /],
  ['keeper', /ha\/src\/keeper\/main\.ts/],
  ['guard', /guard[^ /]*\.(ts|sh|pl)/],
  ['link', /ha\/src\/(drivers\/)?link\//],
  ['witness', /ha\/src\/witness\//],
  ['intake', /intake\/src\/main\.ts/],
  ['manager', /manager\/src\/main\.ts/],
  ['agent', /agent\/src\/main\.ts/],
  ['wal-receiver', /^postgres: .*wal ?receiver/],
  ['postgres', /^postgres: |\/bin\/postgres -D/],
];
const GONE_TIMEOUT_MS = 300_000;
const RESCAN_MS = 5;

export function createHostProcesses(place: Place): HostProcesses {
  const own = new Set<number>([process.pid]);

  const list = (): HostProcess[] => {
    const found = processesThat((pid) => !own.has(pid) && place.holds(pid));
    const byPid = new Map(found.map((one) => [one.pid, one]));
    // What a waiter started is a job, whatever it is called.
    const isJob = (one: MarkedProcess | undefined, depth = 0): boolean =>
      one !== undefined &&
      depth < 20 &&
      (kindOf(one) === 'job' || isJob(byPid.get(one.parentPid), depth + 1));
    return found.map((one) => ({ ...one, kind: isJob(one) ? 'job' : kindOf(one) }));
  };
  const shareOf = (share: Share) => list().filter((one) => share === 'everything' || one.kind !== 'job');
  const describe = (found: readonly HostProcess[]) =>
    found.map((one) => `${one.pid} ${one.command}`).join('; ');

  return {
    list,
    ofKind: (kind) => list().filter((one) => one.kind === kind),
    async kill(share) {
      let left: HostProcess[] = [];
      await waitFor(
        () => {
          left = shareOf(share);
          for (const one of left) signalMarked(one, 'SIGKILL');
          return left.length === 0;
        },
        { timeoutMs: GONE_TIMEOUT_MS, intervalMs: RESCAN_MS, message: () => `the end of ${describe(left)}` },
      );
    },
    async killKind(kind) {
      const found = list().filter((one) => one.kind === kind);
      if (found.length === 0)
        throw new Error(`no ${kind} process runs on ${place.name}: ${describe(list())}`);
      for (const one of found) signalMarked(one, 'SIGKILL');
    },
    async pause(kinds) {
      let running: HostProcess[] = [];
      await waitFor(
        () => {
          running = list().filter((one) => one.state !== 'T' && (kinds?.includes(one.kind) ?? true));
          for (const one of running) signalMarked(one, 'SIGSTOP');
          return running.length === 0;
        },
        {
          timeoutMs: GONE_TIMEOUT_MS,
          intervalMs: RESCAN_MS,
          message: () => `standstill of ${describe(running)}`,
        },
      );
    },
    resume() {
      for (const one of list()) if (one.state === 'T') signalMarked(one, 'SIGCONT');
    },
    exempt: (pid) => void own.add(pid),
  };
}

function kindOf({ command }: MarkedProcess): ProcessKind {
  return PATTERNS.find(([, pattern]) => pattern.test(command))?.[0] ?? 'other';
}
