/**
 * Runs one command of the tools with its output captured.
 *
 * Responsible for a result instead of an exception: exit code and everything it said, in order.
 * Called by `check.ts` and `test.ts`.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { binDirectory, repositoryRoot } from './repository.ts';

/** A linter that meets a hang must not hang the check; the slowest one needs seconds, on a busy machine many times that. */
const COMMAND_TIMEOUT_MS = 800_000;

export interface CommandResult {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs a binary of node_modules/.bin (or a path) in the root. */
export async function runCommand(command: readonly [string, ...string[]]): Promise<CommandResult> {
  const [name, ...args] = command;
  const child = spawn(path.resolve(binDirectory, name), args, {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PATH: `${binDirectory}${path.delimiter}${process.env['PATH'] ?? ''}`,
      NO_COLOR: '1',
    },
    timeout: COMMAND_TIMEOUT_MS,
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  const finish = (ok: boolean, note = '') => {
    resolve({ ok, output: (Buffer.concat(chunks).toString() + note).trim() });
  };
  child.once('error', (error) => finish(false, `\n${command.join(' ')}: ${error.message}`));
  child.once('close', (code, signal) => finish(code === 0, signal ? `\n${name} was ended by ${signal}` : ''));
  return promise;
}

/** Runs the jobs, at most `width` at a time, in order. */
export async function runBounded(jobs: readonly (() => Promise<void>)[], width: number): Promise<void> {
  const waiting = [...jobs];
  const worker = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) await job();
  };
  await Promise.all(Array.from({ length: width }, worker));
}
