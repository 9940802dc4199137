// Which children this keeper has started, in `run/processes.json`: for the next keeper, should this one be killed.
// Responsible for waiting until the children of a killed keeper are gone, and for ending those that do not go. They stop by themselves when
// their channel closes; until then they hold ports and folders that their successors need. PostgreSQL has its own check (`leftovers.ts`).
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { Logger } from '@nezuban/platform/logger';
import { bootId, identifyProcess, isAlive, type ProcessIdentity } from '@nezuban/platform/process-identity';
import type { Timers } from '@nezuban/platform/timers';

const entrySchema = z.object({ name: z.string(), pid: z.int().positive(), startTime: z.string() });
const registerSchema = z.object({ bootId: z.string(), processes: z.array(entrySchema) });
type Entry = z.infer<typeof entrySchema>;

export type ProcessRegister = {
  /** Remembers a child that was just started. */
  readonly add: (name: string, pid: number) => void;
  readonly remove: (pid: number) => void;
};

/** Children that lost their keeper end within 6 s by their own bound. */
const WAIT_MS = 7_000;
const AFTER_KILL_MS = 2_000;
const POLL_MS = 20;

/** `onTrouble` hears of a list that could not be written: a keeper whose disk is full must live on. The next change writes it again. */
export function createProcessRegister(
  runDirectory: string,
  onTrouble: (error: unknown) => void,
): ProcessRegister {
  const entries = new Map<number, Entry>();
  const write = (): void => {
    try {
      writeRegister(fileIn(runDirectory), [...entries.values()]);
    } catch (error) {
      onTrouble(error);
    }
  };
  return {
    add(name, pid) {
      const identity = identifyProcess(pid);
      if (identity === null) return;
      entries.set(pid, { name, ...identity });
      write();
    },
    remove(pid) {
      if (entries.delete(pid)) write();
    },
  };
}

/** Returns when no child of an earlier keeper lives any more. Throws if one cannot be ended. */
export async function awaitEarlierChildren(
  ports: { readonly timers: Timers; readonly logger: Logger },
  runDirectory: string,
): Promise<void> {
  const alive = () => earlier.filter((entry) => isAlive(entry));
  const earlier = readRegister(fileIn(runDirectory));
  if (alive().length === 0) return;
  ports.logger.warn(
    { processes: alive().map(({ name, pid }) => `${name} ${pid}`) },
    'the earlier keeper was killed; waiting until its processes have stopped',
  );
  await waitUntil(ports.timers, () => alive().length === 0, WAIT_MS);
  for (const entry of alive()) {
    ports.logger.warn(`${entry.name} (pid ${entry.pid}) of the earlier keeper does not stop and is killed`);
    kill(entry);
  }
  await waitUntil(ports.timers, () => alive().length === 0, AFTER_KILL_MS);
  const left = alive();
  if (left.length > 0)
    throw new Error(
      `processes of an earlier run do not end: ${left.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ')}`,
    );
}

async function waitUntil(timers: Timers, condition: () => boolean, boundMs: number): Promise<void> {
  for (let waited = 0; waited < boundMs && !condition(); waited += POLL_MS) await timers.sleep(POLL_MS);
}

function kill(identity: ProcessIdentity): void {
  try {
    if (isAlive(identity)) process.kill(identity.pid, 'SIGKILL');
  } catch {
    // Gone meanwhile; if not, the caller sees it still alive and says so.
  }
}

function fileIn(runDirectory: string): string {
  return path.join(runDirectory, 'processes.json');
}

function readRegister(file: string): readonly Entry[] {
  try {
    const register = registerSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
    return register.bootId === bootId() ? register.processes : [];
  } catch {
    // No earlier run, or one cut off while writing: then the children's own bound is all there is.
    return [];
  }
}

function writeRegister(file: string, entries: readonly Entry[]): void {
  const draft = `${file}.draft`;
  fs.writeFileSync(draft, JSON.stringify({ bootId: bootId(), processes: entries }), { mode: 0o600 });
  fs.renameSync(draft, file);
}
