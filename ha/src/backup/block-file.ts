/**
 * A compressed file that is written and read as a stream: blocks of a megabyte, each a Zstandard frame of its own with a checksum.
 *
 * Frames behind one another are a valid `.zst` file, so `zstd -d` reads it without us. Writing is synchronous: it runs in a process of its
 * own, and a slow disk then slows the source through its socket, with nothing piling up in memory. Called by the other files of this folder.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { constants, createZstdDecompress, zstdCompressSync } from 'node:zlib';
import { BackupError } from './backup-error.ts';

const BLOCK_BYTES = 1024 * 1024;
/** Quick rather than small: level 1 keeps up with a disk. */
const PARAMETERS = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
};
const MODE_PRIVATE = 0o600;

export type WrittenFile = { readonly bytes: number; readonly sha256: string };

export type BlockWriter = {
  /** The chunk may be reused by the caller afterwards. */
  readonly write: (chunk: Uint8Array) => void;
  /** Flushed to the disk. */
  readonly end: () => WrittenFile;
  /** Gives the file up, without an error of its own. */
  readonly abandon: () => void;
};

export function createBlockWriter(file: string): BlockWriter {
  const descriptor = fs.openSync(file, 'wx', MODE_PRIVATE);
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  const hash = createHash('sha256');
  let filled = 0;
  let bytes = 0;
  let open = true;

  function put(): void {
    if (filled === 0) return;
    const frame = zstdCompressSync(block.subarray(0, filled), PARAMETERS);
    filled = 0;
    hash.update(frame);
    bytes += frame.length;
    writeAll(descriptor, frame);
  }

  return {
    write(chunk) {
      for (let at = 0; at < chunk.length;) {
        const part = chunk.subarray(at, at + BLOCK_BYTES - filled);
        block.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled === BLOCK_BYTES) put();
      }
    },
    end() {
      put();
      fs.fsyncSync(descriptor);
      fs.closeSync(descriptor);
      open = false;
      return { bytes, sha256: hash.digest('hex') };
    },
    abandon() {
      if (open) fs.closeSync(descriptor);
      open = false;
    },
  };
}

export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += fs.writeSync(descriptor, bytes, written);
}

/**
 * The content of such a file, piece by piece. `onRaw` sees the bytes as they lie on the disk, for their checksum.
 * Throws a BackupError where a frame is damaged or cut off.
 */
export async function readBlocks(
  file: string,
  events: {
    readonly onRaw?: (bytes: Buffer) => void;
    readonly onContent: (bytes: Buffer) => void | Promise<void>;
  },
): Promise<void> {
  const raw = fs.createReadStream(file, { highWaterMark: BLOCK_BYTES });
  raw.on('data', (chunk) => events.onRaw?.(chunk as Buffer));
  raw.pause();
  const plain = createZstdDecompress();
  raw.on('error', (error) => plain.destroy(error));
  raw.pipe(plain);
  try {
    for await (const chunk of plain) await events.onContent(chunk as Buffer);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ZSTD_') === true || code === 'ERR_ZSTD' || code?.startsWith('Z_') === true)
      throw new BackupError(`${file} is damaged: its compressed content cannot be read.`, error);
    throw error;
  } finally {
    raw.destroy();
    plain.destroy();
  }
}

/** SHA-256 of a file as it lies on the disk. */
export async function hashFile(file: string): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of fs.createReadStream(file, { highWaterMark: BLOCK_BYTES })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
