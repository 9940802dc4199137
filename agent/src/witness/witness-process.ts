// One life of the witness's program, `nezuban witness`, as a child of the agent.
// Responsible for starting it, for its life line (its standard input: it ends when the agent does, however that is), and for ending it within
// a bound. Not responsible for restarts (witness-role.ts).
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@nezuban/platform/logger';
import { describeExit } from '@nezuban/platform/process-exit';
import type { LaunchedProcess, ProcessExit } from '@nezuban/platform/supervisor';
import { agentLimits } from '../limits.ts';
import type { Appointment } from './witness-folder.ts';

export type WitnessProcess = LaunchedProcess & {
  /** The last line that it has written to its standard error; empty: none. */
  readonly lastLine: () => string;
  readonly end: () => Promise<void>;
};

export type WitnessStart = {
  readonly home: string;
  /** Where and with what it joins; null: it has joined before. */
  readonly join: { readonly members: Appointment['members']; readonly token: string } | null;
};

/** Starts it. Tests pass a stand-in. */
export type LaunchWitness = (start: WitnessStart, logger: Logger) => WitnessProcess;

const launcher = fileURLToPath(new URL('../../../cli/bin/nezuban', import.meta.url));
/** A line of a log is shorter, and a sentence for the manager must be. */
const lineLengthMax = 300;

export const launchWitness: LaunchWitness = (start, logger) =>
  launchProgram([launcher, 'witness'], start, logger);

export function launchProgram(
  [file = '', ...first]: readonly string[],
  { home, join }: WitnessStart,
  logger: Logger,
): WitnessProcess {
  const joining = join === null ? [] : ['--join', join.members.join(','), '--token', join.token];
  const child = spawn(file, [...first, '--home', home, ...joining, '--life-line'], {
    cwd: '/',
    // A session of its own: Ctrl-C reaches the agent alone, which ends it in order.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let last = '';
  // A write to a program that has just died fails; its exit tells everything.
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = plainText(line).slice(0, lineLengthMax);
    logger.info({ line: last }, 'the witness says');
  });
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ how: `the witness could not be started: ${error.message}` });
    });
    // Not `exit`: the last words may still be in the pipe.
    child.once('close', (code, signal) => resolve({ how: describeExit('the witness', code, signal) }));
  });
  return {
    pid: child.pid ?? 0,
    exited,
    lastLine: () => last,
    async end() {
      child.stdin.end();
      const bound = setTimeout(() => child.kill('SIGKILL'), agentLimits.witnessStopMs);
      await exited;
      clearTimeout(bound);
    },
  };
}

/** The message of a line of a log, or the line as it is. */
function plainText(line: string): string {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === 'object' && parsed !== null && 'msg' in parsed && typeof parsed.msg === 'string')
      return parsed.msg;
  } catch {
    // A sentence.
  }
  return line;
}
