/**
 * Runs a program of the operator's with a hard limit: nothing that it does can hold up or outlive its caller's patience.
 *
 * Responsible for its environment, for keeping the end of what it says, and for ending everything that it started when its time is over.
 * Not responsible for what the result means. Called by the fence and by the service address.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import type { Readable } from 'node:stream';
import { describeExit } from '@nezuban/platform/process-exit';
import { identifyProcess } from '@nezuban/platform/process-identity';
import type { Timers } from '@nezuban/platform/timers';
import { createTreeKiller } from './guard/kill-tree.ts';
import { hostClock } from './host-clock.ts';

export type BoundedCommand = {
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[];
  /** Beside `PATH`, `HOME` and `LC_ALL`; the keeper's own environment stays its own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
};

export type CommandOutcome = {
  /** It ended with 0 within its time. */
  readonly ok: boolean;
  /** As in "ended with exit code 1", with its last words. */
  readonly how: string;
};

/** The same for everybody, as with cron: a command that works here works at night. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Of what it says, the end is kept: errors come last. */
const OUTPUT_BYTES_MAX = 4_096;
/** As much of it fits into a sentence that a person reads. */
const WORDS_MAX = 300;
/** What it has said just before its end is in the pipe; a background process that holds the pipe is not waited for. */
const DRAIN_MS = 200;
/** After KILL: a process that hangs in the kernel is not waited for. */
const KILL_ROUNDS_MAX = 50;
const KILL_ROUND_MS = 20;

/** Resolves within `timeoutMs` and about a second; never rejects. */
export async function runBounded(
  ports: { readonly timers: Timers },
  { command, environment, timeoutMs }: BoundedCommand,
): Promise<CommandOutcome> {
  const [program = '', ...args] = command;
  const startedAt = hostClock.monotonicMs();
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      cwd: '/',
      env: { PATH, LC_ALL: 'C', HOME: homeOfUser(), ...environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    // Such as a zero byte in an argument.
    return { ok: false, how: `could not be started: ${(error as Error).message}` };
  }
  const words = keepWords([child.stdout, child.stderr]);
  const late = new AbortController();
  const outcome = await Promise.race([
    endOf(child, program),
    ports.timers.sleep(timeoutMs, late.signal).then(() => null),
  ]);
  late.abort();
  const tookMs = hostClock.monotonicMs() - startedAt;
  if (outcome === null) {
    await killTree(ports.timers, child);
    words.close();
    return { ok: false, how: `did not end within ${timeoutMs / 1000} s and was killed${words.said()}` };
  }
  await Promise.race([words.ended, ports.timers.sleep(DRAIN_MS)]);
  words.close();
  // This process may have been paused: then the end was seen late, and the time is over all the same.
  if (outcome.ok && tookMs > timeoutMs)
    return { ok: false, how: `ended well, but later than ${timeoutMs / 1000} s after its start` };
  return { ok: outcome.ok, how: `${outcome.how}${words.said()}` };
}

function homeOfUser(): string {
  try {
    return os.userInfo().homedir;
  } catch {
    return '/';
  }
}

function endOf(child: ChildProcess, program: string): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      const why = error.code === 'ENOENT' ? `there is no program ${program}` : error.message;
      resolve({ ok: false, how: `could not be started: ${why}` });
    });
    child.once('exit', (code, signal) =>
      resolve({ ok: code === 0, how: describeExit('', code, signal).trim() }),
    );
  });
}

type Words = {
  /** In brackets behind a sentence; empty if it said nothing. */
  readonly said: () => string;
  readonly ended: Promise<unknown>;
  readonly close: () => void;
};

function keepWords(streams: readonly (Readable | null)[]): Words {
  let bytes: Buffer = Buffer.alloc(0);
  const open = streams.filter((stream) => stream !== null);
  const ended = open.map(
    (stream) =>
      new Promise<void>((done) => {
        stream.on('data', (chunk: Buffer) => {
          bytes = Buffer.concat([bytes, chunk.subarray(-OUTPUT_BYTES_MAX)]).subarray(-OUTPUT_BYTES_MAX);
        });
        stream.once('close', done);
        stream.on('error', () => done());
      }),
  );
  return {
    ended: Promise.all(ended),
    close() {
      for (const stream of open) stream.destroy();
    },
    said() {
      const text = bytes
        .toString('utf8')
        .replaceAll(/[\p{Cc}\s]+/gu, ' ')
        .trim();
      if (text === '') return '';
      return `; it said: ${text.length > WORDS_MAX ? `...${text.slice(-WORDS_MAX)}` : text}`;
    },
  };
}

async function killTree(timers: Timers, child: ChildProcess): Promise<void> {
  const root = child.pid === undefined ? null : identifyProcess(child.pid);
  if (root === null) return;
  const killer = createTreeKiller({ roots: [root], dataDirectories: [] });
  for (let rounds = 0; rounds < KILL_ROUNDS_MAX && !killer.round(); rounds += 1)
    await timers.sleep(KILL_ROUND_MS);
}
