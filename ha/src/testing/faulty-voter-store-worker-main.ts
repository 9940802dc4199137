// The thread of a voter file on a disk that fails when told to, for tests of the voter store.
// Responsible for faults at the flush, each named by a file beside the voter file: `.fail-flush` answers EIO, `.hold-flush`, a named pipe, keeps
// the thread inside a system call until somebody has opened and closed its other end, `.end-flush` ends the thread.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { SlotFileThreadData } from '../drivers/voter-store/slot-disk-thread.ts';
import { serveSlotFile } from '../drivers/voter-store/slot-file-server.ts';
import {
  createSlotFile,
  systemSlotFileOperations,
  type SlotFileOperations,
} from '../drivers/voter-store/slot-file.ts';

const { file } = workerData as SlotFileThreadData;

const operations: SlotFileOperations = {
  ...systemSlotFileOperations,
  // A disk may take fewer bytes than it was given.
  write: (descriptor, bytes, position) =>
    systemSlotFileOperations.write(descriptor, bytes.subarray(0, 1_000), position),
  flush(descriptor) {
    if (fs.existsSync(`${file}.hold-flush`)) fs.readFileSync(`${file}.hold-flush`);
    if (fs.existsSync(`${file}.end-flush`)) process.exit(7);
    if (fs.existsSync(`${file}.fail-flush`))
      throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    systemSlotFileOperations.flush(descriptor);
  },
};

assert(parentPort !== null);
serveSlotFile(parentPort, createSlotFile(operations, file));
