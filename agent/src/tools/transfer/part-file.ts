// What has arrived of a file, under a name of its own beside the target: written, taken up again, and put in its place when it is whole.
// Responsible for what is durable when, and that nothing half is ever seen under the target's name. Not responsible for what is asked of the
// source (receive-files.ts). Everything is done as the user of the attempt: what he may not do fails.
import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import fs, { type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { noHardLinks, renameToFreeName } from './rename-to-free-name.ts';
import { codeOf } from './trouble-text.ts';

export const partPrefix = '.nezuban-transfer-';
const readBytes = 1024 * 1024;
/** So much may have to come again after the host died. */
const syncEveryBytes = 64 * 1024 * 1024;

export type Finish = {
  readonly mode: number;
  /** -1: stays. */
  readonly uid: number;
  readonly gid: number;
  readonly modifiedMs: number | null;
  readonly ifExists: 'replace' | 'keep' | 'fail';
  /** Asked in the last moment: to make it durable may have taken long. */
  readonly assertOwned: () => void;
};

export type PartFile = {
  readonly path: Buffer;
  /** Bytes that have arrived. */
  readonly offset: () => number;
  /** Of these bytes. */
  readonly digest: () => string;
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** From the beginning. */
  readonly reset: () => Promise<void>;
  /** Durable, with mode, owner and time, in its place. False: there is one already. */
  readonly finish: (target: Buffer, how: Finish) => Promise<boolean>;
  readonly close: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

/** A name that is the same for all tries of a run, and short whatever the target's is. */
export function partPath(target: Buffer, name: string): Buffer {
  const own = createHash('sha256').update(target).digest('hex').slice(0, 12);
  return Buffer.concat([folderOf(target), Buffer.from(`/${partPrefix}${name}-${own}`)]);
}

/** Paths are bytes: names of files need not be UTF-8. */
function folderOf(file: Buffer): Buffer {
  return Buffer.from(path.posix.dirname(file.toString('latin1')), 'latin1');
}

/** `takeUp`: an earlier try may have left it, and given it to `owner` (-1: to nobody else) already. */
export async function openPart(
  file: Buffer,
  { takeUp, owner }: { readonly takeUp: boolean; readonly owner: number },
): Promise<PartFile> {
  if (!takeUp) await fs.rm(file, { force: true });
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | (takeUp ? 0 : constants.O_EXCL);
  const handle = await fs.open(file, flags, 0o600);
  try {
    return await createPart(handle, { file, owner });
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function createPart(
  handle: FileHandle,
  { file, owner }: { readonly file: Buffer; readonly owner: number },
): Promise<PartFile> {
  const found = await handle.stat();
  const own = process.geteuid?.() ?? found.uid;
  // Somebody else's, or one with a second name, is none that was left here. For root, too: who made it could still write to it.
  if (found.uid !== own && found.uid !== owner)
    throw new Error('it is there already and belongs to somebody else');
  if (!found.isFile() || found.nlink !== 1) throw new Error('it is there already and is none of its own');
  let hash: Hash = createHash('sha256');
  let offset = await hashRange(handle, { hash, end: found.size });
  let synced = offset;
  let closed = false;

  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await handle.close();
  };

  return {
    path: file,
    offset: () => offset,
    digest: () => hash.copy().digest('hex'),
    async write(bytes) {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done);
        done += bytesWritten;
      }
      hash.update(bytes);
      offset += bytes.length;
      if (offset - synced < syncEveryBytes) return;
      await handle.datasync();
      synced = offset;
    },
    async reset() {
      await handle.truncate(0);
      hash = createHash('sha256');
      offset = 0;
      synced = 0;
    },
    async finish(target, how) {
      if (how.uid !== -1 || how.gid !== -1) await handle.chown(how.uid, how.gid);
      await handle.chmod(how.mode);
      if (how.modifiedMs !== null) await handle.utimes(new Date(), new Date(how.modifiedMs));
      await handle.sync();
      await close();
      how.assertOwned();
      const isPlaced = await place(file, target, how.ifExists);
      await syncFolder(folderOf(target));
      return isPlaced;
    },
    close,
    async remove() {
      await close();
      await fs.rm(file, { force: true });
    },
  };
}

/** Puts it under its name at once, never over another file unless that is meant. */
async function place(file: Buffer, target: Buffer, ifExists: Finish['ifExists']): Promise<boolean> {
  if (ifExists !== 'replace') {
    try {
      await fs.link(file, target);
    } catch (error) {
      if (noHardLinks.includes(codeOf(error))) return await placeWithoutLink(file, target);
      if (codeOf(error) !== 'EEXIST') throw error;
      await fs.rm(file, { force: true });
      return false;
    }
    await fs.rm(file, { force: true });
    return true;
  }
  await fs.rename(file, target);
  return true;
}

async function placeWithoutLink(file: Buffer, target: Buffer): Promise<boolean> {
  const isPlaced = await renameToFreeName(file, target);
  if (!isPlaced) await fs.rm(file, { force: true });
  return isPlaced;
}

async function syncFolder(folder: Buffer): Promise<void> {
  const handle = await fs.open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems have no such thing; the rename is as durable there as it gets.
    if (codeOf(error) !== 'EINVAL') throw error;
  } finally {
    await handle.close();
  }
}

/** Takes bytes from 0 to `end` into the hash, as far as they are there; gives how far. `onRead` may throw to stop it. */
export async function hashRange(
  handle: FileHandle,
  { hash, end, onRead }: { hash: Hash; end: number; onRead?: (offset: number) => void },
): Promise<number> {
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(readBytes, end)));
  let offset = 0;
  while (offset < end) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, end - offset), offset);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    offset += bytesRead;
    onRead?.(offset);
  }
  return offset;
}
