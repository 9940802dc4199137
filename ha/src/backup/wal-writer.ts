/**
 * Writes received log into the archive: the open segment as it comes, whole ones compressed.
 *
 * The open segment lies beside as `<name>.partial` and is flushed at each `flush`, so what was confirmed survives a crash. Bytes of one timeline at one
 * position never differ, so receiving a segment once more writes the same over the same. Called by `wal-archive.ts`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { createBlockWriter, writeAll } from './block-file.ts';
import { BackupError } from './backup-error.ts';
import { flushFolderSync } from './backup-place.ts';
import { segmentName } from './wal-files.ts';

export type WalWriter = {
  /** The bytes of this timeline from `lsn` on. They follow what was written before. */
  readonly write: (timeline: number, lsn: number, bytes: Uint8Array) => void;
  /** Everything that was written is on the disk. Returns up to where. */
  readonly flush: () => number;
  readonly close: () => void;
};

const MODE_PRIVATE = 0o600;

type Open = {
  readonly timeline: number;
  readonly number: number;
  readonly file: string;
  readonly descriptor: number;
};

export function createWalWriter(folder: string, segmentBytes: number): WalWriter {
  let open: Open | null = null;
  let end = 0;
  let dirty = false;

  function begin(timeline: number, number: number): Open {
    const file = path.join(folder, `${segmentName(timeline, number, segmentBytes)}.partial`);
    // Not truncated: what an earlier run has confirmed stays until the same comes again.
    const descriptor = fs.openSync(file, fs.constants.O_CREAT | fs.constants.O_RDWR, MODE_PRIVATE);
    flushFolderSync(folder);
    return { timeline, number, file, descriptor };
  }

  function close(): void {
    if (open !== null) fs.closeSync(open.descriptor);
    open = null;
  }

  /** The compressed one has its name before the other one goes. */
  function finish({ file, descriptor }: Open): void {
    fs.fsyncSync(descriptor);
    const draft = file.replace(/\.partial$/, '.draft');
    fs.rmSync(draft, { force: true });
    const writer = createBlockWriter(draft);
    const bytes = fs.readFileSync(file);
    if (bytes.length !== segmentBytes)
      throw new BackupError(
        `${file} has ${bytes.length} bytes instead of ${segmentBytes}: remove it and start again.`,
      );
    writer.write(bytes);
    writer.end();
    fs.renameSync(draft, file.replace(/\.partial$/, '.zst'));
    flushFolderSync(folder);
    close();
    fs.rmSync(file, { force: true });
  }

  return {
    write(timeline, lsn, bytes) {
      for (let at = 0; at < bytes.length;) {
        const position = lsn + at;
        const number = Math.floor(position / segmentBytes);
        if (open !== null && (open.number !== number || open.timeline !== timeline)) close();
        open ??= begin(timeline, number);
        const offset = position % segmentBytes;
        const part = bytes.subarray(at, at + segmentBytes - offset);
        writeAt(open.descriptor, part, offset);
        at += part.length;
        end = position + part.length;
        dirty = true;
        if (offset + part.length === segmentBytes) finish(open);
      }
    },
    flush() {
      if (dirty && open !== null) fs.fdatasyncSync(open.descriptor);
      dirty = false;
      return end;
    },
    close,
  };
}

function writeAt(descriptor: number, bytes: Uint8Array, offset: number): void {
  for (let written = 0; written < bytes.length;)
    written += fs.writeSync(descriptor, bytes, written, bytes.length - written, offset + written);
}

/** A whole segment as PostgreSQL wants it: the rest of one that was not full is zeros. */
export function writePadded(file: string, bytes: Uint8Array, segmentBytes: number): void {
  const descriptor = fs.openSync(file, 'w', MODE_PRIVATE);
  try {
    writeAll(descriptor, bytes);
    fs.ftruncateSync(descriptor, segmentBytes);
  } finally {
    fs.closeSync(descriptor);
  }
}
