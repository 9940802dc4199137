// Entry point of every `nezuban` command but `manager`, `agent ...`, `intake ...`, `witness` and `pair join`, which the launcher starts itself. The only file that knows
// the process: argv, environment, signals, streams, exit code.
import os from 'node:os';
import { exitCodes } from './exit-codes.ts';
import { Interruption } from './failure.ts';
import { runProgram } from './program.ts';

const interruption = new AbortController();
const interrupt = (message: string, exitCode: Interruption['exitCode']) =>
  interruption.abort(new Interruption(message, exitCode));
let outlivesReader = false;
let stdinOpened = false;

process.once('SIGINT', () => interrupt('interrupted', exitCodes.interrupted));
process.once('SIGTERM', () => interrupt('terminated', exitCodes.terminated));
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader has gone, as `head` does: nothing more to say. Other faults are told by the write that failed.
  if (error.code === 'EPIPE' && !outlivesReader) interrupt('reader gone', exitCodes.ok);
});
// Nobody is left to be told.
process.stderr.on('error', () => undefined);

process.exitCode = await runProgram({
  words: process.argv.slice(2),
  ports: {
    env: process.env,
    // Looked at only by commands that read it: opening a terminal or a pipe costs time, and would keep the process alive.
    get stdin() {
      stdinOpened = true;
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    homeDirectory: os.homedir(),
    isRoot: process.getuid?.() === 0,
    now: Date.now,
  },
  signal: interruption.signal,
  onCommand: (command) => {
    outlivesReader = command.outlivesReader === true;
  },
});
if (stdinOpened) process.stdin.destroy();
