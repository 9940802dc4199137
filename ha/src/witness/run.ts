/**
 * `nezuban witness`: from argv to an exit code.
 *
 * Responsible for the home, the lock, the first start, and an orderly end. Called by `main.ts`.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import * as z from 'zod';
import { systemClock } from '@nezuban/platform/clock';
import { HomeError, prepareHome, resolveHome } from '@nezuban/platform/home';
import { systemTimers } from '@nezuban/platform/timers';
import { hostClock } from '../drivers/host-clock.ts';
import { createLineLogger } from '../drivers/line-logger.ts';
import { createLineWriter } from '../drivers/line-writer.ts';
import { LinkError } from '../drivers/link/link-error.ts';
import type { PairIdentity } from '../drivers/link/pair-identity.ts';
import { EXIT, ExitError, type ExitCode } from '../keeper/exit-codes.ts';
import { acquireInstanceLock } from '../keeper/instance-lock.ts';
import { joinAsWitness } from './join-as-witness.ts';
import { parseWitness, WITNESS_USAGE, type WitnessOptions } from './options.ts';
import { createWitnessHome } from './witness-home.ts';
import { createWitness } from './witness.ts';

export type RunInput = {
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Only looked at as a life line. */
  readonly stdin: () => Readable;
};

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
const STDERR_FD = 2;
/** Its record has 8 KiB, its log goes elsewhere. */
const FREE_BYTES_MIN = 16 * 1024 * 1024;
/** A disk that hangs must not keep it from ending. */
const STOP_MS = 1_500;

/** Runs until it is told to stop. What goes wrong is printed as one sentence on standard error. */
export async function run(input: RunInput): Promise<ExitCode> {
  const parsed = parseWitness(input.args);
  try {
    if (!parsed.ok) throw new ExitError(EXIT.usage, `Wrong options: ${parsed.problems.join('; ')}.`);
    if (parsed.command === 'help') {
      process.stdout.write(WITNESS_USAGE);
      return EXIT.ok;
    }
    return await runWitness(input, parsed.options);
  } catch (error) {
    if (error instanceof ExitError) return say(error.message, error.exitCode);
    if (error instanceof HomeError || error instanceof LinkError) return say(error.message, EXIT.cannotStart);
    return say(
      `Something broke that should not: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      EXIT.failed,
    );
  }
}

async function runWitness(input: RunInput, options: WitnessOptions): Promise<ExitCode> {
  const stopping = watchForStop(input.stdin, options.lifeLine);
  const uid = process.getuid?.() ?? -1;
  const home = resolveHome({
    flag: options.home,
    variable: input.environment['NEZUBAN_HOME'],
    uid,
    userHome: userHome(),
    cwd: process.cwd(),
  });
  prepareHome(home, { uid, passableFor: null, freeBytesMin: FREE_BYTES_MIN });
  fs.mkdirSync(path.join(home, 'keeper'), { recursive: true, mode: 0o700 });
  const lock = acquireInstanceLock(home);
  if (lock === null)
    throw new ExitError(
      EXIT.runsAlready,
      `A witness or a manager runs for the home ${home}: stop it first, or name another folder with --home.`,
    );
  try {
    return await vote(stopping, home, options);
  } finally {
    lock.release();
  }
}

async function vote(stopping: Promise<ExitCode>, home: string, options: WitnessOptions): Promise<ExitCode> {
  const log = createLineWriter(STDERR_FD);
  const logger = createLineLogger({ process: 'witness', level: options.logLevel, write: log.write });
  const name = options.name ?? os.hostname();
  const release = readRelease();
  const witnessHome = createWitnessHome({ timers: systemTimers }, home);
  const identity = witnessHome.identity() ?? (await untilStopped(join()));
  if (identity === null) return EXIT.ok;
  const { store, record, warnings } = await witnessHome.openRecord(identity);
  for (const warning of warnings) logger.warn(warning);
  const broken = Promise.withResolvers<ExitCode>();
  const witness = createWitness(
    {
      clock: systemClock,
      hostClock,
      timers: systemTimers,
      logger,
      store,
      save: witnessHome.save,
      onBroken: () => broken.resolve(EXIT.failed),
    },
    { home, identity, record, name, release },
  );
  await witness.start();
  logger.info({ id: identity.id, cluster: identity.cluster, release }, `the witness ${identity.id} votes`);
  const exitCode = await Promise.race([stopping, broken.promise]);
  logger.info('the witness stops');
  await Promise.race([witness.stop().then(log.flush), systemTimers.sleep(STOP_MS)]);
  return exitCode;

  function join(): Promise<PairIdentity> {
    const wish = { ...demandJoin(options, home), name, release };
    return joinAsWitness({ clock: systemClock, logger, home: witnessHome }, wish);
  }

  /** Null: it was told to stop meanwhile. The same token and key are good for the next start. */
  function untilStopped<Value>(work: Promise<Value>): Promise<Value | null> {
    return Promise.race([work, stopping.then(() => null)]);
  }
}

function demandJoin(options: WitnessOptions, home: string): NonNullable<WitnessOptions['join']> {
  if (options.join !== null) return options.join;
  throw new ExitError(
    EXIT.cannotStart,
    `The home ${home} belongs to no pair yet: type "nezuban pair create --witness-token" on the master, and here the line that it prints.`,
  );
}

function watchForStop(openStdin: () => Readable, lifeLine: boolean): Promise<ExitCode> {
  const { promise, resolve } = Promise.withResolvers<ExitCode>();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve(EXIT.ok));
  if (lifeLine) {
    const stdin = openStdin();
    stdin.resume();
    for (const end of ['end', 'close', 'error']) stdin.on(end, () => resolve(EXIT.ok));
  }
  return promise;
}

function userHome(): string | undefined {
  try {
    return os.homedir();
  } catch {
    // `resolveHome` says what to do.
    return undefined;
  }
}

function readRelease(): string {
  return z
    .object({ version: z.string() })
    .parse(JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8'))).version;
}

/** Synchronous, since the end follows. */
function say(sentence: string, exitCode: ExitCode): ExitCode {
  try {
    fs.writeSync(STDERR_FD, `nezuban: ${sentence}\n`);
  } catch {
    // Whoever read it is gone.
  }
  return exitCode;
}
