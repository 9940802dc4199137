/**
 * The keeper's side of the guard, the second process that ends the tree when the keeper does not.
 *
 * Responsible for having one that runs and knows the latest deadline and tree: it is started again when it dies, and replaced when it
 * does not answer. Not responsible for killing (`guard-main.ts`, `kill-tree.ts`). Called by the keeper of a member.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import type { Logger } from '@nezuban/platform/logger';
import { describeExit } from '@nezuban/platform/process-exit';
import { identifyProcess } from '@nezuban/platform/process-identity';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { Guard, GuardEvents } from '../ports.ts';
import { formatOrder, parseReport, type GuardOrder } from './guard-lines.ts';
import type { Root } from './kill-tree.ts';

export type GuardPorts = { readonly timers: Timers; readonly logger: Logger; readonly events: GuardEvents };

export type GuardOptions = {
  /** Marks its process, as those of everything else of this home. */
  readonly home: string;
};

/** It holds a few lines; what it reads of /proc is garbage at once. */
const MEMORY_FLAGS = ['--max-old-space-size=16', '--max-semi-space-size=1'];
const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');
const PROGRAM = path.join(import.meta.dirname, 'guard-main.ts');
const COMPILE_CACHE = path.join(REPOSITORY, 'platform/src/compile-cache.cjs');

/** One that dies again and again is started again for ever, at most so often: without it a frozen keeper would act past its lease. */
const RESTART_MS = [0, 50, 200, 1_000] as const;
/** One that has lived so long has not died "again". */
const STEADY_MS = 10_000;
/** It is asked whether it is there; two questions without an answer mean that it hangs or is stopped. */
const PING_MS = 1_000;
const UNANSWERED_MAX = 2;
/** It has nothing to do when it is told to quit. */
const QUIT_MS = 1_000;
const LINE_LENGTH_MAX = 4_096;

type GuardProcess = ChildProcessByStdio<Writable, Readable, Readable>;
type Life = {
  readonly child: GuardProcess;
  readonly exited: Promise<void>;
  isReady: boolean;
  unanswered: number;
};

export function createGuard(ports: GuardPorts, options: GuardOptions): Guard {
  const { timers, logger, events } = ports;
  let phase: 'created' | 'running' | 'stopped' = 'created';
  let life: Life | null = null;
  let until: number | null = null;
  let tree: { readonly roots: readonly Root[]; readonly dataDirectory: string | null } = {
    roots: [],
    dataDirectory: null,
  };
  let deaths = 0;
  let cancelRestart: CancelTimer | null = null;
  let cancelPing: CancelTimer | null = null;

  function launch(): void {
    cancelRestart = null;
    const child = spawn(
      process.execPath,
      [...MEMORY_FLAGS, '--disable-warning=ExperimentalWarning', '--require', COMPILE_CACHE, PROGRAM],
      {
        cwd: '/',
        env: { NEZUBAN_HOME: options.home },
        // A session of its own: nothing that is typed at the keeper's terminal reaches it.
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    const exited = Promise.withResolvers<void>();
    const own: Life = { child, exited: exited.promise, isReady: false, unanswered: 0 };
    life = own;
    if (child.pid !== undefined) events.onStarted?.(child.pid);
    const startedAt = performance.now();
    let isOver = false;
    const end = (how: string): void => {
      if (isOver) return;
      isOver = true;
      exited.resolve();
      if (life === own) life = null;
      deaths = performance.now() - startedAt < STEADY_MS ? deaths + 1 : 0;
      if (phase === 'running') replace(how);
    };
    child.once('error', (error) => {
      if (child.pid === undefined) end(`could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => end(describeExit('', code, signal).trim()));
    // Its end is closed when it is gone; the exit says so.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
    readLines(child.stdout, (line) => hear(own, line));
    readLines(child.stderr, (line) => logger.error(`guard: ${line}`));
    write({ type: 'tree', ...tree });
    write({ type: 'deadline', until });
  }

  function replace(how: string): void {
    const inMs = RESTART_MS[Math.min(deaths, RESTART_MS.length) - 1] ?? RESTART_MS[0];
    cancelRestart = timers.after(inMs, launch);
    events.onDied(how);
  }

  function hear(own: Life, line: string): void {
    const report = parseReport(line);
    own.unanswered = 0;
    switch (report?.type) {
      case 'ready':
        own.isReady = true;
        return;
      case 'pong':
        return;
      case 'fired':
        logger.error(
          { lateMs: report.lateMs },
          `the guard has ended everything that acts here, ${report.lateMs} ms after its deadline`,
        );
        if (phase === 'running') events.onFired();
        return;
      case undefined:
        logger.error({ line }, 'the guard said something that the keeper does not understand; it is ignored');
        return;
      default:
        report satisfies undefined;
    }
  }

  function ping(): void {
    if (life === null) return;
    if (life.unanswered >= UNANSWERED_MAX) {
      logger.error('the guard does not answer and is replaced');
      life.child.kill('SIGKILL');
      return;
    }
    life.unanswered += 1;
    write({ type: 'ping' });
  }

  /** What waits while the guard does not read is bounded: it is replaced after a few seconds. */
  function write(order: GuardOrder): void {
    life?.child.stdin.write(formatOrder(order));
  }

  async function quit(): Promise<void> {
    if (life === null) return;
    const { child, exited } = life;
    write({ type: 'quit' });
    child.stdin.end();
    const cancel = timers.after(QUIT_MS, () => child.kill('SIGKILL'));
    await exited;
    cancel();
  }

  return {
    start() {
      if (phase !== 'created') return;
      phase = 'running';
      cancelPing = timers.every(PING_MS, ping);
      launch();
    },
    setDeadline(newest) {
      if (newest === until) return;
      until = newest;
      write({ type: 'deadline', until });
    },
    setTree({ pids, dataDirectory }) {
      // Its start time is read now, while the caller knows whom it means; the number alone may be given to somebody else.
      tree = { roots: pids.flatMap((pid) => identifyProcess(pid) ?? []), dataDirectory };
      write({ type: 'tree', ...tree });
    },
    runs: () => life?.isReady === true,
    async stop() {
      phase = 'stopped';
      cancelRestart?.();
      cancelPing?.();
      await quit();
    },
  };
}

function readLines(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(0, LINE_LENGTH_MAX);
    for (const line of lines) take(line.slice(0, LINE_LENGTH_MAX));
  });
}
