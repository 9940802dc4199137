// The program `nezuban backup` as a child of the manager.
// It owns PostgreSQL's files and protocol, which the manager knows nothing of. Its standard input is its life line: when the manager ends,
// however that ends, it ends too. It is nice to everything else on the host. Called by backup.ts and backup-archive.ts.
import { spawn, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { backupSaidMark } from '@nezuban/protocol/backup/backup';
import { sentenceSchema } from '@nezuban/protocol/problem';
import { say, sentenceFrom, type Said } from '@nezuban/protocol/sentences/sentence';

const LAUNCHER = path.resolve(import.meta.dirname, '../../../cli/bin/nezuban');
const NICE = 10;
/** Of what it printed: more is never said in one sentence. */
const SAID_CHARACTERS_MAX = 4_000;
/** It removes what it has begun; then it is killed. */
const STOP_MS = 3_000;

export type ProgramEnd = { readonly ok: boolean; readonly stdout: string; readonly says: Said | null };

export type BackupProgram = {
  readonly ended: Promise<ProgramEnd>;
  /** Ends it and waits, bounded. */
  readonly stop: () => Promise<void>;
};

export type ProgramOptions = {
  readonly home: string;
  readonly args: readonly string[];
  readonly onLine?: (line: string) => void;
  readonly onErrorLine?: (line: string) => void;
};

export type StartProgram = (options: ProgramOptions) => BackupProgram;

export const startBackupProgram: StartProgram = ({ home, args, onLine, onErrorLine }) => {
  // With our environment: what tells programs of one home from those of another is in it.
  const child = spawn(LAUNCHER, ['backup', ...args, '--home', home], {
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  if (child.pid !== undefined) beNice(child.pid);
  let stdout = '';
  let says: Said | null = null;
  /** Of the sentence that follows. */
  let code: unknown = null;
  createInterface({ input: child.stdout }).on('line', (line) => {
    onLine?.(line);
    if (stdout.length < SAID_CHARACTERS_MAX * 1_000) stdout += `${line}\n`;
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    onErrorLine?.(line);
    if (line.startsWith(backupSaidMark)) code = toJson(line.slice(backupSaidMark.length));
    if (line.startsWith('nezuban: '))
      says = saidIn(line.slice('nezuban: '.length, SAID_CHARACTERS_MAX), code);
  });
  const ended = new Promise<ProgramEnd>((resolve) => {
    child.once('error', (error) =>
      resolve({ ok: false, stdout, says: say('backup_no_start', { why: error.message }) }),
    );
    child.once('close', (exitCode, signal) =>
      resolve({
        ok: exitCode === 0,
        stdout,
        says:
          says === null && exitCode !== 0
            ? say('backup_ended', {
                how: signal ?? { code: 'backup_exit_code', values: { code: exitCode ?? '?' } },
              })
            : says,
      }),
    );
  });
  return { ended, stop: () => stopChild(child, ended) };
};

/** Another release of the program may know other codes: then its words count. */
export const saidIn = (message: string, said: unknown): Said => {
  const parsed = sentenceSchema.safeParse(said);
  return { ...sentenceFrom({ message, ...(parsed.success ? parsed.data : {}) }), message };
};

const stopChild = async (child: ChildProcess, ended: Promise<unknown>): Promise<void> => {
  child.stdin?.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
};

const beNice = (pid: number): void => {
  try {
    os.setPriority(pid, NICE);
  } catch {
    // It has ended already, or may not: it runs all the same.
  }
};

/** A line of its output; null if it is no JSON. */
export const toJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
};
