// `nezuban manager ...`: from argv to an exit code.
// Called by main.ts, and by the tests' stand-in with other programs as children.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { HomeError, resolveHome, runDirectoryOf } from '@nezuban/platform/home';
import { EXIT, ExitError, type ExitCode } from './exit-codes.ts';
import { parseCommand, USAGE } from './options.ts';
import type { Programs } from './programs.ts';
import { runStatus, runStop } from './remote-commands.ts';
import { runJoin } from './join-command.ts';
import { runStart } from './start-command.ts';

export type RunInput = {
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly programs: Programs;
};

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');

/** Runs the command to its end. What goes wrong is printed as one sentence on standard error. */
export async function run(input: RunInput): Promise<ExitCode> {
  try {
    return await runCommand(input);
  } catch (error) {
    if (error instanceof ExitError) {
      say(error.message);
      return error.exitCode;
    }
    if (error instanceof HomeError) {
      say(error.message);
      return EXIT.cannotStart;
    }
    say(
      `Something broke that should not: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return EXIT.failed;
  }
}

async function runCommand({ args, environment, programs }: RunInput): Promise<ExitCode> {
  const parsed = parseCommand(args);
  if (!parsed.ok) throw new ExitError(EXIT.usage, `Wrong options: ${parsed.problems.join('; ')}.`);
  const { command } = parsed;
  if (command.name === 'help') {
    print(USAGE);
    return EXIT.ok;
  }
  const uid = process.getuid?.() ?? -1;
  const home = resolveHome({
    flag: command.home,
    variable: environment['NEZUBAN_HOME'],
    uid,
    userHome: userHome(),
    cwd: process.cwd(),
  });
  const runDirectory = runDirectoryOf(home, uid);
  switch (command.name) {
    case 'status':
      return runStatus({ home, runDirectory, print }, command.json);
    case 'stop':
      return runStop({ home, runDirectory, print }, command.withJobs);
    case 'start':
    case 'join': {
      const layout = { home, runDirectory, version: readVersion(), consoleDirectory: findConsole() };
      const { options } = command;
      const runManager = async () =>
        await runStart({ layout, options, programs, environment, uid, print, say });
      if (command.name === 'start') return await runManager();
      const { join, startArgs } = command;
      return await runJoin({ layout, join, options, startArgs, uid, print, runManager });
    }
    default:
      return command satisfies never;
  }
}

function userHome(): string | undefined {
  try {
    return os.homedir();
  } catch {
    // Neither HOME nor an entry in the user list; `resolveHome` says what to do.
    return undefined;
  }
}

function readVersion(): string {
  return z
    .object({ version: z.string() })
    .parse(JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8'))).version;
}

function findConsole(): string | null {
  const directory = path.join(REPOSITORY, 'console/dist');
  return fs.existsSync(path.join(directory, 'index.html')) ? directory : null;
}

function print(text: string): void {
  process.stdout.write(text);
}

function say(line: string): void {
  process.stderr.write(`nezuban: ${line}\n`);
}
