// A log file with a bounded size and a bounded number of predecessors.
// Responsible for appending in order without ever holding up the keeper: writes are queued, and when the disk is slower than the log or
// full, lines are dropped and counted, and the count is written as soon as that works again. Called by the log collector.
import fs from 'node:fs';
import path from 'node:path';

export type RotatingFileOptions = {
  readonly file: string;
  readonly bytesMax?: number;
  readonly filesMax?: number;
  readonly queuedBytesMax?: number;
};

export type RotatingFile = {
  readonly append: (line: string) => void;
  /** Writes what is queued; bounded by the queue. */
  readonly close: () => Promise<void>;
};

/** Five files of 10 MB a process: days of a normal log, never a reason for a full disk. */
const BYTES_MAX = 10 * 1024 * 1024;
const FILES_MAX = 5;
/** What may wait for the disk: some ten thousand lines, small beside the keeper's 80 MB. */
const QUEUED_BYTES_MAX = 4 * 1024 * 1024;

export function createRotatingFile(options: RotatingFileOptions): RotatingFile {
  const bytesMax = options.bytesMax ?? BYTES_MAX;
  const filesMax = options.filesMax ?? FILES_MAX;
  const queuedBytesMax = options.queuedBytesMax ?? QUEUED_BYTES_MAX;
  let queue: string[] = [];
  let queuedBytes = 0;
  let dropped = 0;
  let handle: fs.promises.FileHandle | null = null;
  let size = 0;
  let writing: Promise<void> | null = null;

  async function open(): Promise<fs.promises.FileHandle> {
    if (handle !== null) return handle;
    await fs.promises.mkdir(path.dirname(options.file), { recursive: true, mode: 0o700 });
    handle = await fs.promises.open(options.file, 'a', 0o600);
    size = (await handle.stat()).size;
    return handle;
  }

  async function rotate(): Promise<void> {
    await handle?.close();
    handle = null;
    for (let n = filesMax - 1; n >= 1; n -= 1) {
      const from = n === 1 ? options.file : `${options.file}.${n - 1}`;
      await fs.promises.rename(from, `${options.file}.${n}`).catch(ignoreMissing);
    }
  }

  async function writeBatch(lines: readonly string[]): Promise<void> {
    let text = lines.join('');
    if (dropped > 0)
      text += `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), msg: `${dropped} log lines were dropped: the disk was full or too slow` })}\n`;
    const bytes = Buffer.byteLength(text);
    if (handle === null) await open();
    if (size > 0 && size + bytes > bytesMax) await rotate();
    await (await open()).appendFile(text);
    size += bytes;
    dropped = 0;
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const lines = queue;
      queue = [];
      queuedBytes = 0;
      try {
        await writeBatch(lines);
      } catch {
        // Not reported line by line: the count is written when the disk takes it again.
        dropped += lines.length;
        await handle?.close().catch(() => undefined);
        handle = null;
      }
    }
    writing = null;
  }

  return {
    append(line) {
      if (queuedBytes + line.length > queuedBytesMax) {
        dropped += 1;
        return;
      }
      queue.push(line.endsWith('\n') ? line : `${line}\n`);
      queuedBytes += line.length + 1;
      writing ??= drain();
    },
    async close() {
      await writing;
      await handle?.close().catch(() => undefined);
      handle = null;
    },
  };
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
