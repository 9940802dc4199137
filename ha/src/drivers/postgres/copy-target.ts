/**
 * Writes a base backup into a fresh folder, and at the end flushes every file of it.
 *
 * Synchronous while it receives: it runs in a process of its own, and a slow disk then slows the source through the socket, with nothing
 * piling up in memory. Not responsible for the protocol (`base-backup.ts`). Called in the copy's own process.
 */
import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { ReceivedFile } from './backup-manifest.ts';
import type { TarEntry, TarEvents } from './tar-reader.ts';

export type CopyTarget = TarEvents & {
  readonly received: () => ReadonlyMap<string, ReceivedFile>;
  /** Everything is on the disk, names included. `onFlushed` hears of each file. */
  readonly flush: (onFlushed: (bytes: number) => void) => Promise<void>;
};

export type CopyTargetOptions = {
  readonly directory: string;
  /** Null: files belong to us. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
};

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Flushes wait for the disk, not for the processor; together they share its journal's commits. */
const FLUSHES_AT_ONCE = 8;

export function createCopyTarget({ directory, owner }: CopyTargetOptions): CopyTarget {
  const files = new Map<string, ReceivedFile>();
  const folders = [directory];
  let current: { path: string; descriptor: number; hash: Hash; size: number } | null = null;

  function placeOf(name: string): string {
    const place = path.join(directory, name);
    const inside = place === directory || place.startsWith(`${directory}${path.sep}`);
    if (!inside) throw new Error(`the archive of the source names a place outside: ${name}`);
    return place;
  }

  function makeFolder(folder: string): void {
    fs.mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    if (owner !== null) fs.chownSync(folder, owner.uid, owner.gid);
    if (folder !== directory) folders.push(folder);
  }

  makeFolder(directory);
  return {
    onEntry(entry: TarEntry) {
      const place = placeOf(entry.path);
      if (entry.kind === 'folder') {
        makeFolder(place);
      } else if (entry.kind === 'file') {
        // Exclusive: nothing is ever written over, nor through a link.
        const descriptor = fs.openSync(place, 'wx', FILE_MODE);
        if (owner !== null) fs.fchownSync(descriptor, owner.uid, owner.gid);
        current = { path: entry.path, descriptor, hash: createHash('sha256'), size: 0 };
      } else {
        throw new Error(
          `the source has its data in several places (${entry.path} is a link), which is not supported`,
        );
      }
    },
    onContent(bytes) {
      if (current === null) return;
      current.hash.update(bytes);
      current.size += bytes.length;
      for (let written = 0; written < bytes.length;)
        written += fs.writeSync(current.descriptor, bytes, written);
    },
    onEntryEnd() {
      if (current === null) return;
      fs.closeSync(current.descriptor);
      files.set(path.normalize(current.path), { size: current.size, sha256: current.hash.digest('hex') });
      current = null;
    },
    received: () => files,
    async flush(onFlushed) {
      const all = [
        ...[...files].map(([name, { size }]) => ({ place: path.join(directory, name), size })),
        ...folders.map((place) => ({ place, size: 0 })),
      ];
      let next = 0;
      const worker = async () => {
        for (let one = all[next++]; one !== undefined; one = all[next++]) {
          const handle = await fs.promises.open(one.place, 'r');
          try {
            await handle.sync();
          } finally {
            await handle.close();
          }
          onFlushed(one.size);
        }
      };
      await Promise.all(Array.from({ length: FLUSHES_AT_ONCE }, worker));
    },
  };
}
