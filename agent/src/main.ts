// The program `nezuban agent`: reads argv and environment, runs one command. Under the keeper its settings come over the keeper's channel.
import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { resolveHome } from '@nezuban/platform/home';
import { leave, leaveWhenBroken } from '@nezuban/platform/leave';
import { createLogger } from '@nezuban/platform/logger';
import packageJson from '../package.json' with { type: 'json' };
import { claimHome, describeStatus, join, readStatus, requireIdentity, startAgent } from './commands.ts';
import { runUnderKeeper } from './keeper-mode.ts';
import { parseCommandLine, usage, UsageError, type LogLevel } from './options.ts';

const { version } = packageJson;
/** Without a keeper that says how long: below the time after which systemd kills. */
const stopWithinMs = 8_000;

function agentHome(flag: string | undefined): string {
  const sources = {
    flag,
    variable: process.env['NEZUBAN_HOME'],
    uid: process.getuid?.() ?? -1,
    userHome: os.homedir(),
    cwd: process.cwd(),
  };
  return path.join(resolveHome(sources), 'agent');
}

function locale(): Record<string, string> {
  const set = ['LANG', 'TZ'].map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(
    set.filter((entry): entry is readonly ['LANG' | 'TZ', string] => entry[1] !== undefined),
  );
}

function runAlone(home: string, logLevel: LogLevel): void {
  const identity = requireIdentity(home);
  const journal = claimHome(home);
  const agent = startAgent(
    { identity, journal, logger: createLogger({ process: 'agent', level: logLevel }) },
    { home, version, locale: locale() },
  );
  const stop = (): void =>
    void agent.stop({ withJobs: false, withinMs: stopWithinMs }).finally(() => leave(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

async function main(args: readonly string[]): Promise<void> {
  const command = parseCommandLine(args);
  switch (command.type) {
    case 'help':
      process.stdout.write(usage);
      break;
    case 'keeper':
      leaveWhenBroken();
      runUnderKeeper({ version, locale: locale() });
      break;
    case 'run':
      leaveWhenBroken();
      runAlone(agentHome(command.home), command.logLevel);
      break;
    case 'join':
      process.stdout.write(`${await join({ ...command, home: agentHome(command.home), version })}\n`);
      break;
    case 'status': {
      const status = readStatus(agentHome(command.home));
      process.stdout.write(`${command.json ? JSON.stringify(status) : describeStatus(status)}\n`);
      break;
    }
    default:
      command satisfies never;
  }
}

/** One sentence for what a person can do something about, and all there is for what is a bug of ours. */
function describe(error: unknown): string {
  const isBug =
    error instanceof TypeError || error instanceof RangeError || error instanceof assert.AssertionError;
  if (error instanceof Error) return isBug ? (error.stack ?? error.message) : error.message;
  return String(error);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`nezuban agent: ${describe(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
