/** A journal's folder that fails or waits where a test says so; everything else goes to the real one. */
import type { JournalDisk, SegmentFile } from '../journal/journal-disk.ts';

export type Fault = (operation: 'create' | 'write' | 'sync', name: string) => Promise<void> | void;

export function createFaultyDisk(disk: JournalDisk, fault: { current: Fault }): JournalDisk {
  const wrap = (file: SegmentFile, name: string): SegmentFile => ({
    ...file,
    async write(buffers, position) {
      await fault.current('write', name);
      await file.write(buffers, position);
    },
    async sync() {
      await fault.current('sync', name);
      await file.sync();
    },
  });
  return {
    ...disk,
    async create(name) {
      await fault.current('create', name);
      return wrap(await disk.create(name), name);
    },
    open: async (name, mode) => wrap(await disk.open(name, mode), name),
  };
}

export function diskError(code: 'ENOSPC' | 'EIO'): Error {
  return Object.assign(
    new Error(code === 'EIO' ? 'EIO: i/o error, fdatasync' : 'ENOSPC: no space left on device, write'),
    { code },
  );
}
