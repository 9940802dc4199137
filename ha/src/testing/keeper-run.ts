// The keeper as a real process over a scratch home, with stand-in children, for the keeper's tests.
// Responsible for finding every process of a home, and for leaving none behind.
import fs from 'node:fs';
import path from 'node:path';
import {
  killMarked,
  type MarkedProcess,
  processesThat,
  processesWithMark,
  startProcess,
  type TestProcess,
} from '@nezuban/tests/support/processes';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { nodeFlags } from '../keeper/node-flags.ts';
import { keeperStatusSchema, type KeeperStatus } from '@nezuban/protocol/keeper/control';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
const MAIN = path.join(import.meta.dirname, 'stand-in-keeper-main.ts');
/** A first start with initdb on a busy machine. */
const READY_TIMEOUT_MS = 180_000;
/** What the stand-in agent leaves running, as real agents leave jobs. */
const JOB = '/bin/sleep 300';

export const ON_FREE_PORTS = ['--listen', '127.0.0.1:0', '--agent-listen', '127.0.0.1:0'] as const;

type StandIn = 'manager' | 'agent' | 'intake';

export type JournalLine = {
  readonly start?: { readonly pid: number; readonly starts?: number };
  readonly stop?: { readonly reason: string; readonly withinMs: number; readonly withJobs: boolean };
  readonly notice?: { readonly code: string; readonly process: string; readonly message: string };
};

export type KeeperRun = AsyncDisposable & {
  readonly home: string;
  /** Starts a keeper for this home; on free ports unless `args` say otherwise. */
  readonly start: (args?: readonly string[], options?: Parameters<typeof startProcess>[1]) => TestProcess;
  /** Starts one and waits until it has said that it runs. */
  readonly startUntilReady: (
    args?: readonly string[],
    options?: Parameters<typeof startProcess>[1],
  ) => Promise<TestProcess>;
  readonly command: (...args: string[]) => Promise<{ code: number | null; stdout: string; stderr: string }>;
  readonly status: () => Promise<KeeperStatus>;
  /** Pid of a child that runs now. */
  readonly pidOf: (name: string) => Promise<number>;
  /** What the stand-ins wrote down, oldest first. */
  readonly journal: (name: StandIn) => readonly JournalLine[];
  /** Why the stand-in was stopped last. */
  readonly stopReason: (name: StandIn) => string | undefined;
  /** How often a manager has started on this database. */
  readonly managerStarts: () => number;
  /** Processes of this home: those with its mark, and PostgreSQL, which overwrites its environment. Without the stand-in's job. */
  readonly processes: () => readonly number[];
  /** Fails with their names unless all of them go. What was killed is still being buried by the kernel for a moment. */
  readonly allGone: () => Promise<void>;
  readonly jobPid: () => number | null;
};

/** The command that is the keeper with stand-in children. */
export function keeperCommand(): [string, ...string[]] {
  return [process.execPath, ...nodeFlags(REPOSITORY), MAIN];
}

export function keeperRun(): KeeperRun {
  const scratch = createScratchHome();
  const home = scratch.path;
  const mark = `NEZUBAN_HOME=${home}` as const;

  const start: KeeperRun['start'] = (args = ON_FREE_PORTS, options = {}) =>
    startProcess([...keeperCommand(), ...args], {
      ...options,
      env: { npm_lifecycle_event: undefined, ...options.env, NEZUBAN_HOME: home },
    });

  const journal = (name: StandIn) =>
    readJournal(path.join(home, name === 'agent' ? 'agent' : '', `stand-in-${name}.jsonl`));

  const jobPid = (): number | null => {
    const file = path.join(home, 'agent/job.pid');
    return fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : null;
  };

  /** PostgreSQL is known by its data directory, in which it works; it overwrites its environment. */
  const found = (): readonly MarkedProcess[] => {
    const inHome = processesThat((pid) => fs.readlinkSync(`/proc/${pid}/cwd`).startsWith(`${home}/`));
    const marked = processesWithMark(mark).filter(({ pid }) => inHome.every((other) => other.pid !== pid));
    // The agent may be killed before it has noted the pid of its job: the job is known by its command.
    return [...marked, ...inHome].filter(({ pid, command }) => command !== JOB && pid !== process.pid);
  };
  const processes = () => found().map(({ pid }) => pid);
  const allGone = async () => {
    const names = () => found().map(({ pid, state, command }) => `${pid} ${state} ${command}`);
    await waitFor(() => found().length === 0, { message: () => `the end of ${names().join('; ')}` });
  };

  const command: KeeperRun['command'] = async (...args) => {
    const run = start(args);
    const { code } = await run.waitForEnd();
    return { code, stdout: run.stdout(), stderr: run.stderr() };
  };

  const status = async () => keeperStatusSchema.parse(JSON.parse((await command('status', '--json')).stdout));

  return {
    home,
    start,
    command,
    status,
    processes,
    allGone,
    jobPid,
    async startUntilReady(args, options) {
      const run = start(args, options);
      await run.waitForOutput(/is running\./, READY_TIMEOUT_MS);
      return run;
    },
    pidOf: (name) =>
      waitFor(
        async () =>
          (await status()).processes.find((one) => one.name === name && one.state === 'running')?.pid,
        {
          message: `${name} to run`,
        },
      ),
    journal,
    stopReason: (name) => journal(name).at(-1)?.stop?.reason,
    managerStarts: () => journal('manager').findLast((line) => line.start !== undefined)?.start?.starts ?? 0,
    async [Symbol.asyncDispose]() {
      await killMarked(mark);
      await waitFor(() => found().length === 0, { message: 'the end of PostgreSQL' });
      await scratch[Symbol.asyncDispose]();
    },
  };
}

function readJournal(file: string): JournalLine[] {
  if (!fs.existsSync(file)) return [];
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalLine);
}
