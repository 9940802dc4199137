/**
 * The journal's view of its folder, and the real one.
 *
 * Responsible for the few operations on files that the journal needs, so that tests can let each of them fail or wait. All of them leave the
 * loop free. Not responsible for what the files hold.
 */
import fs from 'node:fs';
import path from 'node:path';

export type SegmentFile = {
  /** Writes all of it at that place. */
  readonly write: (buffers: readonly Uint8Array[], position: number) => Promise<void>;
  /** What was written survives a loss of power once this resolves. */
  readonly sync: () => Promise<void>;
  readonly truncate: (bytes: number) => Promise<void>;
  /** Fewer bytes than asked for: the file ends there. */
  readonly read: (target: Buffer, position: number) => Promise<number>;
  readonly close: () => Promise<void>;
};

export type JournalDisk = {
  /** Names and sizes of all files in the folder. */
  readonly list: () => Promise<readonly { readonly name: string; readonly bytes: number }[]>;
  /** A new, empty file; one of that name is removed before. Its name survives a loss of power once this resolves. */
  readonly create: (name: string) => Promise<SegmentFile>;
  readonly open: (name: string, mode: 'read' | 'write') => Promise<SegmentFile>;
  /** Of the disk as a whole. */
  readonly space: () => Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
  /** Nothing happens if it is gone already. */
  readonly remove: (name: string) => Promise<void>;
};

const MODE_PRIVATE = 0o600;

export function createJournalDisk(directory: string): JournalDisk {
  const at = (name: string): string => path.join(directory, name);

  async function syncDirectory(): Promise<void> {
    const handle = await fs.promises.open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  return {
    async list() {
      const names = await fs.promises.readdir(directory);
      const files = await Promise.all(
        names.map(async (name) => {
          const stat = await fs.promises.stat(at(name)).catch(() => null);
          return stat?.isFile() === true ? { name, bytes: stat.size } : null;
        }),
      );
      return files.filter((file) => file !== null);
    },
    async create(name) {
      await fs.promises.rm(at(name), { force: true });
      const handle = await fs.promises.open(at(name), 'wx+', MODE_PRIVATE);
      try {
        await syncDirectory();
      } catch (error) {
        await handle.close().catch(() => undefined);
        throw error;
      }
      return segmentFile(handle);
    },
    open: async (name, mode) => segmentFile(await fs.promises.open(at(name), mode === 'read' ? 'r' : 'r+')),
    async space() {
      const { bavail, blocks, bsize } = await fs.promises.statfs(directory);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    },
    remove: (name) => fs.promises.rm(at(name), { force: true }),
  };
}

function segmentFile(handle: fs.promises.FileHandle): SegmentFile {
  return {
    async write(buffers, position) {
      const total = buffers.reduce((sum, { length }) => sum + length, 0);
      const { bytesWritten } = await handle.writev(buffers, position);
      // A disk that has room for a part writes a part; the next attempt says why.
      let done = bytesWritten;
      while (done < total) done += await writeRest(handle, buffers, { done, position });
    },
    sync: () => handle.datasync(),
    truncate: (bytes) => handle.truncate(bytes),
    async read(target, position) {
      let filled = 0;
      while (filled < target.length) {
        const { bytesRead } = await handle.read(target, filled, target.length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled;
    },
    close: () => handle.close(),
  };
}

async function writeRest(
  handle: fs.promises.FileHandle,
  buffers: readonly Uint8Array[],
  { done, position }: { readonly done: number; readonly position: number },
): Promise<number> {
  let before = 0;
  for (const buffer of buffers) {
    if (done < before + buffer.length) {
      const rest = buffer.subarray(done - before);
      const { bytesWritten } = await handle.write(rest, 0, rest.length, position + done);
      if (bytesWritten === 0) throw new Error('the disk took nothing and did not say why');
      return bytesWritten;
    }
    before += buffer.length;
  }
  return 0;
}
