/**
 * `nezuban backup ...`: from words to an exit code. Responsible for what is printed; the work is in the files that each command names.
 * Called by `main.ts`, and by tests in their own process.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { systemClock } from '@nezuban/platform/clock';
import { HomeError, resolveHome, runDirectoryOf } from '@nezuban/platform/home';
import { PostgresError } from '../drivers/postgres/postgres-error.ts';
import { EXIT, ExitError, type ExitCode } from '../keeper/exit-codes.ts';
import { chooseBackup, listBackups, tidy } from './backup-catalog.ts';
import type { BackupContext } from './backup-context.ts';
import { backupSaidMark } from '@nezuban/protocol/backup/backup';
import { BackupError } from './backup-error.ts';
import { createBackup } from './create-backup.ts';
import { readPassphrase } from './key-files.ts';
import { BACKUP_USAGE, parseBackup, type BackupOrder } from './options.ts';
import { createProgressWriter } from './progress.ts';
import { restoreBackup } from './restore-backup.ts';
import { verifyBackup } from './verify-backup.ts';
import { archiveLog } from './wal-archive.ts';

export type BackupInput = {
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly isTerminal: boolean;
  /** Aborted when somebody wants it to end; aborted here when standard input ends, if that was asked for. */
  readonly interruption: AbortController;
};

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
const MEGABYTE = 1024 * 1024;

/** Never rejects. What goes wrong is one sentence on standard error. */
export async function runBackup(input: BackupInput): Promise<ExitCode> {
  const { stderr, interruption } = input;
  const parsed = parseBackup(input.args);
  if (!parsed.ok) {
    stderr(`nezuban: ${parsed.says}\n`);
    return EXIT.usage;
  }
  const { order } = parsed;
  if (order.do === 'help') {
    input.stdout(BACKUP_USAGE);
    return EXIT.ok;
  }
  const isForProgram = 'json' in order && order.json;
  const progress = createProgressWriter(stderr, {
    json: isForProgram,
    isTerminal: input.isTerminal,
  });
  try {
    if ('endsWithStdin' in order && order.endsWithStdin) endWithStdin(input);
    await carryOut(order, createContext(input, { home: order.home, progress: progress.show }), input);
    progress.end();
    return EXIT.ok;
  } catch (error) {
    progress.end();
    if (interruption.signal.aborted) {
      stderr('nezuban: It was interrupted; nothing was left behind.\n');
      return EXIT.failed;
    }
    const isSaid = [BackupError, HomeError, PostgresError, ExitError].some((kind) => error instanceof kind);
    const text =
      error instanceof Error ? (isSaid ? error.message : (error.stack ?? error.message)) : String(error);
    if (isForProgram && error instanceof BackupError && error.said !== null)
      stderr(`${backupSaidMark}${JSON.stringify({ code: error.said.code, values: error.said.values })}\n`);
    stderr(isSaid ? `nezuban: ${text}\n` : `nezuban: Something broke that should not: ${text}\n`);
    return isSaid ? EXIT.cannotStart : EXIT.failed;
  }
}

function endWithStdin({ stdin, interruption }: BackupInput): void {
  stdin.on('end', () => interruption.abort(new Error('the manager has ended')));
  stdin.on('error', () => interruption.abort(new Error('the manager has ended')));
  stdin.resume();
}

function createContext(
  input: BackupInput,
  {
    home: flag,
    progress,
  }: { readonly home: string | undefined; readonly progress: BackupContext['progress'] },
): BackupContext {
  const uid = process.getuid?.() ?? -1;
  const home = resolveHome({
    flag,
    variable: input.environment['NEZUBAN_HOME'],
    uid,
    userHome: os.homedir(),
    cwd: process.cwd(),
  });
  return {
    layout: { home, runDirectory: runDirectoryOf(home, uid), version: readVersion(), consoleDirectory: null },
    uid,
    clock: systemClock,
    hostName: os.hostname(),
    say: (line) => input.stdout(`${line}\n`),
    progress,
    signal: input.interruption.signal,
  };
}

export function readVersion(): string {
  return z
    .object({ version: z.string() })
    .parse(JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8'))).version;
}

type Order = Exclude<BackupOrder, { do: 'help' }>;

async function carryOut(order: Order, context: BackupContext, input: BackupInput): Promise<void> {
  switch (order.do) {
    case 'create':
      return await create(order, context);
    case 'list':
      return list(order, context, input);
    case 'verify':
      return await verify(order, context);
    case 'restore':
      return await restore(order, context);
    case 'archive':
      return await archiveLog(context, {
        directory: path.resolve(order.to),
        tell: (news) => context.say(order.json ? JSON.stringify(news) : news.says),
      });
    case 'export':
      return await (await import('./export-data.ts')).runExport(context, order);
    case 'import':
      return await (await import('./import-data.ts')).runImport(context, order);
    default:
      return order satisfies never;
  }
}

type OrderOf<Name extends Order['do']> = Extract<Order, { do: Name }>;

async function create(order: OrderOf<'create'>, context: BackupContext): Promise<void> {
  const directory = path.resolve(order.to);
  const passphrase = order.passphraseFile === null ? null : readPassphrase(order.passphraseFile);
  const { folder, manifest } = await createBackup(context, { directory, passphrase, rateMax: order.rateMax });
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  if (order.verify)
    await verifyBackup(context, { folder, directory, manifest }, { scratch: null, passphrase });
  if (order.keep !== null) context.progress({ phase: 'tidying', bytes: 0, totalBytes: null });
  const removed = order.keep === null ? [] : tidy(directory, order.keep, context.layout.version);
  if (order.json) {
    const { name, startedAt, holdsUntil, endedAt } = manifest;
    return context.say(
      JSON.stringify({
        name,
        folder,
        startedAt,
        holdsUntil,
        endedAt,
        bytes,
        verified: order.verify,
        removed,
      }),
    );
  }
  context.say(
    `The backup ${manifest.name} was made${order.verify ? ' and verified' : ''}: ${megabytes(bytes)} in ${folder}`,
  );
  context.say(`It holds everything that was acknowledged before ${manifest.holdsUntil}.`);
  if (passphrase === null)
    context.say(
      'The CA and the keys lie in it as files of their owner: keep it as closed as the home itself.',
    );
  if (removed.length > 0) context.say(`Older ones were removed: ${removed.join(', ')}`);
}

function list(order: OrderOf<'list'>, context: BackupContext, input: BackupInput): void {
  const directory = path.resolve(order.from);
  const { items, unreadable } = listBackups(directory, context.layout.version);
  for (const sentence of unreadable) input.stderr(`nezuban: ${sentence}\n`);
  if (order.json) return context.say(JSON.stringify({ directory, items }));
  if (items.length === 0) return context.say(`There is no backup in ${directory}.`);
  for (const { name, holdsUntil, bytes, verifiedAt, verifiedHow, sealed, logUntil } of items) {
    const checked = verifiedAt === null ? 'not verified' : `verified ${verifiedAt} (${verifiedHow})`;
    const log = logUntil === null ? '' : `  log up to ${logUntil}`;
    context.say(
      `${name}  holds up to ${holdsUntil}  ${megabytes(bytes)}  ${checked}${sealed ? '  sealed' : ''}${log}`,
    );
  }
}

async function verify(order: OrderOf<'verify'>, context: BackupContext): Promise<void> {
  const chosen = chooseBackup({ from: order.from, name: order.name, toTime: null }, context.layout.version);
  const passphrase = order.passphraseFile === null ? null : readPassphrase(order.passphraseFile);
  const scratch = order.restore ? (order.scratch ?? os.tmpdir()) : null;
  const { files, logSegments, rows } = await verifyBackup(context, chosen, { scratch, passphrase });
  if (order.json)
    return context.say(JSON.stringify({ name: chosen.manifest.name, files, logSegments, rows }));
  context.say(
    `The backup ${chosen.manifest.name} is sound: ${files} files of the database and ${logSegments} of archived log have the right checksums.`,
  );
  if (rows !== null) context.say(`It was restored into a scratch folder, and all ${rows} rows were read.`);
}

async function restore(order: OrderOf<'restore'>, context: BackupContext): Promise<void> {
  const { from, name, toTime } = order;
  const chosen = chooseBackup({ from, name, toTime }, context.layout.version);
  const passphrase = order.passphraseFile === null ? null : readPassphrase(order.passphraseFile);
  const { home } = context.layout;
  const { holdsUntil } = await restoreBackup(context, chosen, { toTime, passphrase });
  if (order.json) return context.say(JSON.stringify({ name: chosen.manifest.name, home, holdsUntil }));
  context.say(`The home ${home} was restored from ${chosen.manifest.name}.`);
  context.say(
    `It holds everything that was acknowledged before ${holdsUntil}. What came after that is lost: sessions, definitions, events, users of that time are not there.`,
  );
  context.say(
    'Before you start it: the old manager must be off for good, on every host. If the folder "agent" of the old home is left, move it to this one: then the agent of this host knows what it has run.',
  );
  context.say(`Start it with: nezuban manager --home ${home}`);
}

export function megabytes(bytes: number): string {
  return bytes < MEGABYTE ? `${Math.ceil(bytes / 1024)} kB` : `${Math.round(bytes / MEGABYTE)} MB`;
}
