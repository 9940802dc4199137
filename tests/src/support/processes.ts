/**
 * Processes in tests: start them with captured output, find them by a mark in their environment, end them by pid.
 *
 * Responsible for never touching a process that the test did not start: a process is known by the environment that it
 * inherited, and signalled by pid after its start time was compared. Not responsible for what the processes do.
 * Called by the acceptance tests and by the test runner's leak check.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { waitFor } from './wait-for.ts';

/** Enough for the output of any test; the beginning is dropped, since errors come last. */
const OUTPUT_CHARACTERS_MAX = 1_000_000;
/** The bound of a hang: what ends at a signal needs moments, on a machine busy with other work sometimes seconds. */
const END_TIMEOUT_MS = 60_000;

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface TestProcess extends AsyncDisposable {
  readonly pid: number;
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Waits until stdout or stderr matches, and returns the match. Fails at once when the process ends without it. */
  waitForOutput(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Waits for the end of the process itself; descendants may live on. */
  waitForEnd(timeoutMs?: number): Promise<ProcessEnd>;
  /** Signals this one process, unless it has ended. */
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after a bound. Idempotent; descendants are found by `processesWithMark`. */
  end(): Promise<ProcessEnd>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** A process group of its own, as under a shell or a supervisor. */
  readonly detached?: boolean;
  readonly uid?: number;
  readonly gid?: number;
  /** What it reads from standard input; without it there is none. */
  readonly input?: string;
}

/** Starts a command; its environment is ours plus `options.env`. */
export function startProcess(
  command: readonly [string, ...string[]],
  options: StartOptions = {},
): TestProcess {
  const { env, input, ...rest } = options;
  const [file, ...args] = command;
  const stdin = input === undefined ? 'ignore' : 'pipe';
  const child = spawn(file, args, {
    ...rest,
    env: { ...process.env, ...env },
    stdio: [stdin, 'pipe', 'pipe'],
  });
  if (input !== undefined) child.stdin?.end(input);
  const output = { stdout: capture(child.stdout), stderr: capture(child.stderr) };
  const state: { ended?: ProcessEnd; failed?: Error } = {};
  child.once('exit', (code, signal) => (state.ended = { code, signal }));
  child.once('error', (error) => (state.failed = error));

  const describe = () =>
    `${command.join(' ')}\n--- stdout\n${tail(output.stdout())}\n--- stderr\n${tail(output.stderr())}`;
  const assertStarted = () => {
    if (state.failed) throw new Error(`${command.join(' ')} did not start`, { cause: state.failed });
  };
  const kill = (signal: NodeJS.Signals) => {
    if (!state.ended && child.pid !== undefined) child.kill(signal);
  };
  const waitForEnd = async (timeoutMs = END_TIMEOUT_MS) => {
    const ended = await waitFor(() => state.failed ?? state.ended, {
      timeoutMs,
      message: () => `the end of ${describe()}`,
    });
    assertStarted();
    return ended as ProcessEnd;
  };
  const end = async () => {
    kill('SIGTERM');
    try {
      return await waitForEnd();
    } catch {
      kill('SIGKILL');
      return waitForEnd();
    }
  };
  const waitForOutput = async (pattern: RegExp, timeoutMs?: number) => {
    const found = await waitFor(
      () => {
        // Asked before the output is read: what a process says just before its end still counts.
        const over = state.failed ?? state.ended;
        const match = pattern.exec(output.stdout()) ?? pattern.exec(output.stderr());
        return match ?? (over && 'over');
      },
      {
        ...(timeoutMs !== undefined && { timeoutMs }),
        message: () => `${pattern} in the output of ${describe()}`,
      },
    );
    if (found !== 'over') return found;
    assertStarted();
    throw new Error(`it ended with ${JSON.stringify(state.ended)} and never said ${pattern}: ${describe()}`);
  };
  return {
    pid: child.pid ?? -1,
    child,
    ...output,
    waitForOutput,
    waitForEnd,
    kill,
    end,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}

function capture(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    text = (text + chunk).slice(-OUTPUT_CHARACTERS_MAX);
  });
  return () => text;
}

function tail(text: string): string {
  return text.length <= 4_000 ? text : `...${text.slice(-4_000)}`;
}

export interface MarkedProcess {
  readonly pid: number;
  readonly parentPid: number;
  /** In clock ticks since boot; with the pid it names a process for good. */
  readonly startTime: string;
  /** One letter of proc(5); zombies (Z) are never listed. */
  readonly state: string;
  readonly command: string;
}

/**
 * The living processes whose initial environment holds `mark` (such as `NEZUBAN_HOME=/tmp/nz-home-x`) as a whole entry.
 * Linux only; elsewhere the list is empty. Processes of other users are seen by root alone.
 */
export function processesWithMark(mark: `${string}=${string}`): MarkedProcess[] {
  const entry = Buffer.from(mark).toString('latin1');
  // latin1 keeps every byte: an environment is not always UTF-8.
  return readProcesses((pid) =>
    fs.readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(entry),
  );
}

/** The living processes whose command line, as `ps` shows it, satisfies `matches`: for those that rename themselves. */
export function processesWithCommand(matches: (command: string) => boolean): MarkedProcess[] {
  return readProcesses((pid) => matches(readCommand(pid)));
}

/** The living processes of which `wanted` is true; it may throw for those that are gone or not ours to look at. */
export function processesThat(wanted: (pid: number) => boolean): MarkedProcess[] {
  return readProcesses(wanted);
}

function readProcesses(wanted: (pid: number) => boolean): MarkedProcess[] {
  if (process.platform !== 'linux') return [];
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readProcess(Number(pid), wanted)).filter((found) => found !== undefined);
}

function readProcess(pid: number, wanted: (pid: number) => boolean): MarkedProcess | undefined {
  try {
    return wanted(pid) ? { pid, command: readCommand(pid), ...readStat(pid) } : undefined;
  } catch {
    // It ended meanwhile, or is not ours to look at.
    return undefined;
  }
}

function readCommand(pid: number): string {
  return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
}

function readStat(pid: number): Pick<MarkedProcess, 'parentPid' | 'startTime' | 'state'> {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is a name in brackets that may itself hold brackets and spaces; count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '?', parentPid: Number(fields[1]), startTime: fields[19] ?? '' };
}

/** Signals one listed process by pid, unless the pid has been given to another one since. */
export function signalMarked(target: MarkedProcess, signal: NodeJS.Signals): boolean {
  try {
    if (readStat(target.pid).startTime !== target.startTime) return false;
    return process.kill(target.pid, signal);
  } catch {
    return false;
  }
}

/** Kills whatever still carries the mark, and waits until it is gone. Returns what was found. */
export async function killMarked(mark: `${string}=${string}`): Promise<MarkedProcess[]> {
  const found = new Map<string, MarkedProcess>();
  await waitFor(
    () => {
      const alive = processesWithMark(mark).filter((one) => one.pid !== process.pid);
      for (const one of alive) {
        found.set(`${one.pid} ${one.startTime}`, one);
        signalMarked(one, 'SIGKILL');
      }
      return alive.length === 0;
    },
    { timeoutMs: END_TIMEOUT_MS, message: `the end of the processes with ${mark}` },
  );
  return [...found.values()];
}

/** Asks whatever carries the mark to end, gives it `timeoutMs` to clean up, and kills the rest. */
export async function endMarked(mark: `${string}=${string}`, timeoutMs: number): Promise<void> {
  for (const one of processesWithMark(mark)) signalMarked(one, 'SIGTERM');
  await waitFor(() => processesWithMark(mark).length === 0, { timeoutMs }).catch(() => killMarked(mark));
}
