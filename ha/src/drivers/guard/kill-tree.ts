/**
 * Ends a tree of processes for certain.
 *
 * Responsible for finding everything that belongs to it, and for killing until nothing is left. PostgreSQL's children are leaders of
 * sessions of their own, so that neither a process group nor a session holds them: they are found by their parent, and those whose parent
 * has died already by the data directory in which they work. Not responsible for when (`guard-main.ts`).
 *
 * First everything is stopped, so that nobody has children unseen; then the descendants are killed, then the roots: a parent that could
 * still run would react to the death of its children.
 */
import process from 'node:process';
import { readProcess, readProcessTable, workingDirectory, type ProcessEntry } from './process-table.ts';

export type Root = { readonly pid: number; readonly startTime: string };

export type Tree = {
  readonly roots: readonly Root[];
  /** The data directory by each of its names; PostgreSQL's processes that work there belong to the tree. */
  readonly dataDirectories: readonly string[];
};

/** Every program of a PostgreSQL server is called that; a shell that somebody has left in the directory is not. */
const SERVER_NAME = 'postgres';
/** Each look finds what was born before the one before took effect. A fork bomb would go on for ever; the next round meets it again. */
const LOOKS_MAX = 5;
/** Rounds in which nobody but the dying is looked at. */
const LOOKS_SKIPPED_MAX = 10;
/** What the kernel adds to the name of a directory that is gone. */
const DELETED = ' (deleted)';

export type TreeKiller = {
  /** Stops and kills whatever of the tree lives. True if nothing did. To be repeated until it says so. */
  readonly round: () => boolean;
};

/** It knows again what it has seen once, also after its parent has died. */
export function createTreeKiller(tree: Tree): TreeKiller {
  const known = new Map(tree.roots.map(({ pid, startTime }) => [pid, startTime]));
  const roots = new Set(tree.roots.map(({ pid }) => pid));
  /** In this round. */
  const stopped = new Map<number, string>();
  let dying: readonly ProcessEntry[] = [];
  let looksSkipped = 0;

  function look(): readonly ProcessEntry[] {
    const table = readProcessTable();
    const children = Map.groupBy(table, ({ parent }) => parent);
    const found = new Map<number, ProcessEntry>();
    const add = (entry: ProcessEntry): void => {
      if (found.has(entry.pid) || entry.isGone || entry.pid === process.pid || entry.pid <= 1) return;
      found.set(entry.pid, entry);
      for (const child of children.get(entry.pid) ?? []) add(child);
    };
    for (const entry of table)
      if (known.get(entry.pid) === entry.startTime || worksInside(tree, entry)) add(entry);
    return [...found.values()];
  }

  /** A process that was told to stop has no more children: a fork under way begins anew after the signal. */
  function stop(entries: readonly ProcessEntry[]): boolean {
    let isNew = false;
    for (const { pid, startTime } of entries) {
      if (stopped.get(pid) === startTime) continue;
      isNew = true;
      stopped.set(pid, startTime);
      known.set(pid, startTime);
      signal(pid, 'SIGSTOP');
    }
    return isNew;
  }

  /** While those that were killed still die, only they are looked at: looking at everybody takes the time that they need for it. */
  function isDying(): boolean {
    dying = dying.flatMap(({ pid }) => readProcess(pid) ?? []).filter(isKnown(known));
    looksSkipped = dying.length === 0 ? LOOKS_SKIPPED_MAX : looksSkipped + 1;
    return looksSkipped < LOOKS_SKIPPED_MAX;
  }

  return {
    round() {
      if (isDying()) return false;
      looksSkipped = 0;
      stopped.clear();
      // The roots before the first look: it is they who have the most children.
      stop(tree.roots.flatMap(({ pid }) => readProcess(pid) ?? []).filter(isKnown(known)));
      let living = look();
      for (let looks = 1; looks < LOOKS_MAX && stop(living); looks += 1) living = look();
      for (const { pid } of living) if (!roots.has(pid)) signal(pid, 'SIGKILL');
      for (const { pid } of living) if (roots.has(pid)) signal(pid, 'SIGKILL');
      dying = living;
      return living.length === 0;
    },
  };
}

function isKnown(known: ReadonlyMap<number, string>): (entry: ProcessEntry) => boolean {
  return ({ pid, startTime, isGone }) => !isGone && known.get(pid) === startTime;
}

function worksInside(tree: Tree, { pid, name, isGone }: ProcessEntry): boolean {
  if (isGone || !name.startsWith(SERVER_NAME) || tree.dataDirectories.length === 0) return false;
  const directory = workingDirectory(pid);
  if (directory === null) return false;
  return tree.dataDirectories.includes(
    directory.endsWith(DELETED) ? directory.slice(0, -DELETED.length) : directory,
  );
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile, which is what we want; one that we may not signal is met again in the next round.
  }
}
