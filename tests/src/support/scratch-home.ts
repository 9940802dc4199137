/**
 * Scratch directories for tests over real processes.
 *
 * Responsible for a short, private directory that is gone after the test, and for free TCP ports.
 * Not responsible for processes that still use it (`processes.ts`). Called by the acceptance tests.
 */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { SCRATCH_ROOT } from './cached-directory.ts';

export interface ScratchHome extends AsyncDisposable {
  /** Short enough for Unix sockets below it. */
  readonly path: string;
  remove(): Promise<void>;
}

/** A new directory for `NEZUBAN_HOME`. With `await using` it is removed at the end of the block. */
export function createScratchHome(): ScratchHome {
  const directory = fs.mkdtempSync(path.join(SCRATCH_ROOT, 'nz-home-'));
  const remove = async () => {
    // A process that is just ending may still write a file: rm tries again.
    await fs.promises.rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };
  return { path: directory, remove, [Symbol.asyncDispose]: remove };
}

/**
 * A TCP port on 127.0.0.1 that was free a moment ago. For programs that cannot report the port of a `port 0`;
 * the kernel hands ports out in turn, so that a port is not given twice soon.
 */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  await new Promise<void>((closed) => server.close(() => closed()));
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}
