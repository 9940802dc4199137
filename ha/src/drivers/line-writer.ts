/**
 * Writes lines to a descriptor without ever waiting for whoever reads it: a voter must vote although nobody reads its log.
 *
 * Responsible for the order of lines and for a bound on those that wait. Not responsible for their form (`line-logger.ts`). Node's own
 * `process.stderr` writes to pipes synchronously: a reader that is stopped would stop the writer.
 */
import fs from 'node:fs';

export type LineWriter = {
  readonly write: (line: string) => void;
  /** Resolves when everything is written that was there. */
  readonly flush: () => Promise<void>;
};

/** Some minutes of a busy night; more are dropped, and counted. */
export const LINES_MAX = 1_000;
/** Lines that are written at once. */
const BATCH_MAX = 100;

export function createLineWriter(descriptor: number): LineWriter {
  const waiting: string[] = [];
  let dropped = 0;
  let writing: Promise<void> | null = null;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const lines = waiting.splice(0, BATCH_MAX);
      if (dropped > 0) lines.push(`${dropped} lines of this log are missing: nobody read them in time`);
      dropped = 0;
      await writeText(descriptor, `${lines.join('\n')}\n`);
    }
    writing = null;
  }

  return {
    write(line) {
      if (waiting.length >= LINES_MAX) dropped += 1;
      else waiting.push(line);
      writing ??= writeAll();
    },
    async flush() {
      await writing;
    },
  };
}

/** Never rejects: a log whose reader is gone has nobody to tell. */
async function writeText(descriptor: number, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    const written = await writeBytes(descriptor, bytes.subarray(at));
    if (written === 0) return;
    at += written;
  }
}

function writeBytes(descriptor: number, bytes: Buffer): Promise<number> {
  return new Promise((done) =>
    fs.write(descriptor, bytes, (error, written) => done(error === null ? written : 0)),
  );
}
