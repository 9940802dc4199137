// The thread that writes one voter file: its flushes hold up neither the event loop nor the thread pool, and are held up by neither.
// Responsible for nothing but its wiring. Started by `slot-disk-thread.ts`.
import assert from 'node:assert/strict';
import { parentPort, workerData } from 'node:worker_threads';
import type { SlotFileThreadData } from './slot-disk-thread.ts';
import { serveSlotFile } from './slot-file-server.ts';
import { createSlotFile, systemSlotFileOperations } from './slot-file.ts';

const { file } = workerData as SlotFileThreadData;
assert(parentPort !== null);
serveSlotFile(parentPort, createSlotFile(systemSlotFileOperations, file));
