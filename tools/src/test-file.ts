/**
 * Runs one test file in a process of its own, and makes sure that nothing of it is left behind.
 *
 * Responsible for the time limit, for output, for a process that does not end by itself, and for the leak check: every process
 * that the file starts inherits a mark in its environment, and none may live when the file has ended.
 * Not responsible for choosing and ordering files (`test.ts`).
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { killMarked, processesWithMark } from '@nezuban/tests/support/processes';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { repositoryRoot } from './repository.ts';
import type { TestRecord } from './test-reporter.ts';

export const MARK_NAME = 'NEZUBAN_TEST_RUN';
/** How long a file may take to leave nothing behind. */
export const graceMs = {
  /** Pools, sockets and workers close in their own time; a timer or server that is still open after this was forgotten. */
  process: 60_000,
  /** A server that has been told to stop needs a moment. */
  children: 30_000,
};
/** Of what a failed file printed: enough to see why, from its end. */
const OUTPUT_CHARACTERS_MAX = 20_000;
/** The records are looked at this often. */
const POLL_MS = 100;

export interface TestFileOptions {
  /** Relative to the root. */
  readonly file: string;
  /** Unique among all files of all runs. */
  readonly mark: string;
  readonly timeoutMs: number;
  readonly recordsDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  /** As of `nice`; what the file starts inherits it. */
  readonly priority?: number;
  readonly grace?: Readonly<typeof graceMs>;
}

export interface Failure {
  readonly name: string;
  readonly error: string;
}

export interface TestFileResult {
  readonly passed: number;
  readonly skipped: number;
  readonly failures: readonly Failure[];
  /** What the file printed, only if something failed. */
  readonly output: string;
}

/** Never rejects: whatever goes wrong is a failure that names the file. */
export async function runTestFile(options: TestFileOptions): Promise<TestFileResult> {
  const recordsFile = path.join(options.recordsDirectory, `${options.mark}.jsonl`);
  const { end, output, complaint } = await runProcess(options, recordsFile);
  const records = readRecords(recordsFile);
  const failures = records
    .filter((record) => record.kind === 'failed')
    .map(({ name, error }) => ({ name, error }));
  const add = (name: string, error: string) => failures.push({ name, error });
  if (complaint) add('the file itself', complaint);
  else if (end !== 'code 0' && failures.length === 0)
    add('the file itself', `it ended with ${end}:\n${output()}`);
  else if (records.every(({ kind }) => kind === 'idle' || kind === 'busy'))
    add('the file itself', 'it holds no test');
  const leaked = await endLeftovers(options.mark, (options.grace ?? graceMs).children);
  if (leaked) add('processes left behind', leaked);
  return {
    passed: records.filter((record) => record.kind === 'passed').length,
    skipped: records.filter((record) => record.kind === 'skipped').length,
    failures,
    output: failures.length > 0 ? output() : '',
  };
}

interface ProcessResult {
  readonly end: string;
  readonly output: () => string;
  /** Why the runner had to end the process, if it had to. */
  readonly complaint: string | undefined;
}

async function runProcess(options: TestFileOptions, recordsFile: string): Promise<ProcessResult> {
  const reporter = path.join(import.meta.dirname, 'test-reporter.ts');
  const args = [
    // Most files load the same hundreds of modules.
    `--require=${path.join(repositoryRoot, 'platform/src/compile-cache.cjs')}`,
    `--test-reporter=${reporter}`,
    `--test-reporter-destination=${recordsFile}`,
    options.file,
  ];
  const child = spawn(process.execPath, args, {
    cwd: repositoryRoot,
    env: { ...process.env, ...options.env, [MARK_NAME]: options.mark },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (options.priority !== undefined && child.pid !== undefined) os.setPriority(child.pid, options.priority);
  let text = '';
  const keep = (chunk: string) => {
    text = (text + chunk).slice(-OUTPUT_CHARACTERS_MAX);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const state: { end?: string; idleSince?: number | undefined } = {};
  // 'exit' and not 'close': a process left behind may hold the pipes for ever.
  child.once('exit', (code, signal) => (state.end = signal ? `signal ${signal}` : `code ${code}`));
  child.once('error', (error) => (state.end = error.message));
  const start = performance.now();
  const decide = () => {
    if (state.end !== undefined) return 'ended';
    const now = performance.now();
    if (now - start > options.timeoutMs)
      return `it did not end within ${options.timeoutMs / 1000} s and was killed`;
    state.idleSince = isIdle(recordsFile) ? (state.idleSince ?? now) : undefined;
    if (now - (state.idleSince ?? now) < (options.grace ?? graceMs).process) return undefined;
    return 'all its tests have ended, but the process has not: a timer, socket, server, pool or child process was left open';
  };
  const verdict = await waitFor(decide, { timeoutMs: Number.POSITIVE_INFINITY, intervalMs: POLL_MS });
  if (verdict !== 'ended') {
    child.kill('SIGKILL');
    await waitFor(() => state.end, { message: `${options.file} to be gone` });
  }
  return {
    end: state.end ?? 'nothing',
    output: () => text.trim(),
    complaint: verdict === 'ended' ? undefined : verdict,
  };
}

function isIdle(recordsFile: string): boolean {
  return readRecords(recordsFile).at(-1)?.kind === 'idle';
}

function readRecords(file: string): TestRecord[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  // The last piece is empty, or a line that is still being written.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as TestRecord);
}

async function endLeftovers(mark: string, timeoutMs: number): Promise<string | undefined> {
  const entry = `${MARK_NAME}=${mark}` as const;
  const gone = waitFor(() => processesWithMark(entry).length === 0, { timeoutMs });
  if (await gone.catch(() => false)) return undefined;
  const found = await killMarked(entry);
  return found.map(({ pid, command }) => `pid ${pid}: ${command} (killed)`).join('\n');
}
