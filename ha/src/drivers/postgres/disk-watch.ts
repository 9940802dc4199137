/**
 * Room on the disk of the data directory: PostgreSQL ends with a PANIC when its WAL cannot grow, so little room is told before.
 *
 * Called by the actor, from its start to its stop.
 */
import fs from 'node:fs';
import type { Timers } from '@nezuban/platform/timers';
import type { Trouble } from './data-directory.ts';

const MEGABYTE = 1024 * 1024;
/** Four WAL segments: enough for a checkpoint that makes room, too little to go on. */
const WAL_FREE_BYTES_MIN = 64 * MEGABYTE;
const LOOK_MS = 2_000;

export type DiskWatch = {
  readonly start: () => void;
  readonly hasRoom: () => boolean;
  /** One sentence while there is too little room. */
  readonly trouble: () => Trouble | null;
  readonly stop: () => void;
};

export function createDiskWatch(
  timers: Timers,
  options: {
    readonly folder: string;
    readonly freeBytesMin?: number;
    /** `hasRoom()` has changed. */
    readonly onChanged: () => void;
  },
): DiskWatch {
  let free: number | null = null;
  let looking = false;
  let cancel = () => {};
  const hasRoom = () => free === null || free >= (options.freeBytesMin ?? WAL_FREE_BYTES_MIN);

  async function look(): Promise<void> {
    // A file system that hangs is not asked twice; what hangs there shows by the server itself.
    if (looking) return;
    looking = true;
    const before = hasRoom();
    try {
      const { bavail, bsize } = await fs.promises.statfs(options.folder);
      free = bavail * bsize;
    } catch {
      // The folder is not there yet, or is just being replaced.
    } finally {
      looking = false;
    }
    if (hasRoom() !== before) options.onChanged();
  }

  return {
    start() {
      void look();
      cancel = timers.every(LOOK_MS, () => void look());
    },
    hasRoom,
    trouble() {
      if (hasRoom()) return null;
      const megabytes = Math.floor((free ?? 0) / MEGABYTE);
      return {
        code: 'disk_low',
        message: `The disk of ${options.folder} has ${megabytes} MB free, too little for PostgreSQL's write-ahead log: make room.`,
      };
    },
    stop: () => cancel(),
  };
}
