/**
 * One host under test: its home, its programs, its log, its disk.
 *
 * Responsible for starting programs on it as a service manager would (their output in a file, no terminal, nothing of npm's environment)
 * and for the condition of its home. Not responsible for what the programs are (`pair.ts`). Called by `pair.ts`.
 */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../acceptance/product.ts';
import { waitFor } from '../support/wait-for.ts';
import { createHostProcesses, type HostProcesses } from './host-processes.ts';
import type { HostName, Overlay, Place } from './network.ts';

export const NEZUBAN = path.join(repositoryRoot, 'cli/bin/nezuban');

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface HostProgram {
  readonly pid: number;
  /** Everything it printed so far. */
  output(): string;
  /** Fails at once when the program ends without it. */
  waitForOutput(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray>;
  waitForEnd(timeoutMs: number, signal?: AbortSignal): Promise<ProgramEnd>;
  ended(): ProgramEnd | null;
  kill(signal: NodeJS.Signals): void;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly overlays?: readonly Overlay[];
}

export interface Host {
  readonly name: HostName;
  readonly place: Place;
  readonly home: string;
  readonly processes: HostProcesses;
  start(command: readonly string[], options?: ProgramOptions): HostProgram;
  /** Runs a command to its end and gives what it printed. */
  run(
    command: readonly string[],
    options?: ProgramOptions & { readonly timeoutMs?: number },
  ): Promise<RunResult>;
  /** Puts the home on a small file system of its own. Only while nothing runs. */
  useSmallDisk(megabytes: number): void;
  /** Takes all free space of that file system. */
  fillDisk(): void;
  emptyDisk(): void;
  /** Unmounts what was mounted. */
  release(): void;
}

export interface RunResult {
  readonly code: number | null;
  /** Both streams. */
  readonly output: string;
}

const RUN_TIMEOUT_MS = 300_000;
const BALLAST = 'ballast';
const MIB = 1024 * 1024;

export function createHost(place: Place, scratch: string): Host {
  const home = path.join(scratch, place.name);
  const logs = path.join(scratch, 'output');
  fs.mkdirSync(logs, { recursive: true });
  const processes = createHostProcesses(place);
  let started = 0;
  let mounted = false;

  const start = (command: readonly string[], options: ProgramOptions = {}): HostProgram => {
    started += 1;
    const file = path.join(logs, `${place.name}-${started}.log`);
    fs.writeFileSync(file, `$ ${command.join(' ')}\n`);
    const [program, ...args] = place.enter(command, options.overlays);
    const descriptor = fs.openSync(file, 'a');
    const child = spawn(program, args, {
      cwd: repositoryRoot,
      env: { ...withoutNpm(process.env), NEZUBAN_HOME: home, ...options.env },
      // As under a supervisor: a Ctrl-C for the harness is none for the hosts.
      detached: true,
      stdio: ['ignore', descriptor, descriptor],
    });
    fs.closeSync(descriptor);
    const state: { ended: ProgramEnd | null; failed: Error | null } = { ended: null, failed: null };
    child.once('exit', (code, signal) => (state.ended = { code, signal }));
    child.once('error', (error) => (state.failed = error));
    const output = () => fs.readFileSync(file, 'utf8');
    const tail = () => output().slice(-3_000);
    return {
      pid: child.pid ?? -1,
      output,
      ended: () => state.ended,
      async waitForOutput(pattern, timeoutMs) {
        const found = await waitFor(
          () => {
            const over = state.failed ?? state.ended;
            return pattern.exec(output()) ?? (over && 'over');
          },
          { timeoutMs, message: () => `${pattern} in the output on ${place.name}: ${tail()}` },
        );
        if (found === 'over')
          throw new Error(
            `it ended on ${place.name} with ${JSON.stringify(state.ended)} without ${pattern}: ${tail()}`,
          );
        return found;
      },
      async waitForEnd(timeoutMs, signal) {
        await waitFor(() => state.failed ?? state.ended, {
          timeoutMs,
          message: () => `the end of ${tail()}`,
          ...(signal && { signal }),
        });
        if (state.failed) throw state.failed;
        return state.ended ?? { code: null, signal: null };
      },
      kill(signal) {
        if (state.ended === null && child.pid !== undefined) child.kill(signal);
      },
    };
  };

  return {
    name: place.name,
    place,
    home,
    processes,
    start,
    async run(command, options = {}) {
      const program = start(command, options);
      try {
        const { code } = await program.waitForEnd(options.timeoutMs ?? RUN_TIMEOUT_MS);
        return { code, output: program.output().split('\n').slice(1).join('\n') };
      } finally {
        program.kill('SIGKILL');
      }
    },
    useSmallDisk(megabytes) {
      fs.mkdirSync(home, { recursive: true });
      // As a plain folder would be: PostgreSQL's own user passes through.
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', home]);
      mounted = true;
    },
    fillDisk: () => fillDisk(path.join(home, BALLAST)),
    emptyDisk: () => fs.rmSync(path.join(home, BALLAST), { force: true }),
    release() {
      if (!mounted) return;
      mounted = false;
      execFileSync('umount', ['--lazy', home]);
    },
  };
}

function fillDisk(file: string): void {
  const block = Buffer.alloc(MIB);
  const descriptor = fs.openSync(file, 'a', 0o600);
  try {
    for (;;) fs.writeSync(descriptor, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Started by npm, a program behaves as under a terminal: it watches its parent. */
function withoutNpm(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(npm_|INIT_CWD$|NODE$|NEZUBAN_)/.test(name) || name === 'NEZUBAN_TEST_RUN',
    ),
  );
}
