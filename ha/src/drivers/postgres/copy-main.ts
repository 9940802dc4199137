/**
 * The process of one full copy: receives, checks, flushes. Apart from the keeper, whose heartbeats must never wait for bytes or disks.
 *
 * Gets its order over IPC, tells its progress, and ends with `done` or `failed`. Ends at once when the keeper ends or hangs up.
 */
import { leave } from '@nezuban/platform/leave';
import { checkManifest } from './backup-manifest.ts';
import { receiveBaseBackup } from './base-backup.ts';
import { copyOrderSchema, type CopyNews, type CopyOrder, type CopyPhase } from './copy-protocol.ts';
import { createCopyTarget } from './copy-target.ts';
import { createTarReader } from './tar-reader.ts';
import fs from 'node:fs';
import path from 'node:path';

const PROGRESS_MS = 250;
/** The stream includes WAL, and the master writes on. */
const SPARE_BYTES = 256 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;

function tell(news: CopyNews): void {
  process.send?.(news);
}

async function copy(order: CopyOrder): Promise<void> {
  let phase: CopyPhase = 'connecting';
  let bytes = 0;
  let flushed = 0;
  let totalBytes: number | null = null;
  const progress = setInterval(
    () => tell({ type: 'progress', phase, bytes, flushed, totalBytes }),
    PROGRESS_MS,
  );
  try {
    const target = createCopyTarget(order);
    const archive = createTarReader(target);
    const manifest: Buffer[] = [];
    const result = await receiveBaseBackup(order, {
      onConnected: () => (phase = 'starting'),
      onTotal(total) {
        totalBytes = total;
        assertRoom(order.directory, total);
      },
      onArchive(chunk) {
        phase = 'copying';
        bytes += chunk.length;
        archive.write(chunk);
      },
      // The driver reuses its buffer.
      onManifest: (chunk) => manifest.push(Buffer.from(chunk)),
    });
    archive.end();
    phase = 'checking';
    const why = checkManifest(Buffer.concat(manifest).toString('utf8'), target.received());
    if (why !== null) throw new Error(why);
    await target.flush((size) => (flushed += Math.max(size, 1)));
    tell({ type: 'done', start: result.start, timeline: result.timeline, end: result.end });
  } finally {
    clearInterval(progress);
  }
}

function assertRoom(directory: string, total: number): void {
  const { bavail, bsize } = fs.statfsSync(path.dirname(directory));
  const free = bavail * bsize;
  if (free >= total + SPARE_BYTES) return;
  throw new Error(
    `the copy needs ${Math.ceil((total + SPARE_BYTES) / MEGABYTE)} MB and the disk of ${directory} has ${Math.floor(free / MEGABYTE)} MB free: make room`,
  );
}

process.on('disconnect', () => leave(1));
// Ctrl-C at the terminal reaches the keeper, which decides.
process.on('SIGINT', () => undefined);
process.once('message', (message) => {
  copy(copyOrderSchema.parse(message))
    .catch((error: unknown) =>
      tell({ type: 'failed', why: error instanceof Error ? error.message : String(error) }),
    )
    .finally(() => process.disconnect?.());
});
