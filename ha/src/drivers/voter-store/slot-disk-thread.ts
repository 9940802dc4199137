// A file of two slots in a thread of its own, seen from outside.
// Responsible for starting the thread, for giving each request its answer, and for letting go of a thread that hangs. Not responsible for
// what the thread does (`slot-file.ts`). Called by `voter-store-file.ts`.
//
// The thread holds the lock and the descriptor, and both live as long as it does: a write that hangs in the kernel may still reach the disk,
// and until it has, nobody else may write. Nothing can end such a thread, and Node waits for it at `process.exit`: a process that must end
// while its disk hangs ends by `leave` or SIGKILL.
import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import type { SlotDisk } from './slot-disk.ts';
import type { ThreadAnswer, ThreadRequest } from './slot-file-server.ts';

/** What the thread is told at its start. */
export type SlotFileThreadData = { readonly file: string };

export type SlotDiskThreadOptions = {
  readonly file: string;
  /** The program of the thread. */
  readonly program: URL;
};

export function createSlotDiskThread(options: SlotDiskThreadOptions): SlotDisk {
  let worker: Worker | null = null;
  let current: PromiseWithResolvers<ThreadAnswer> | null = null;
  let lost: Error | null = null;
  const ended = Promise.withResolvers<void>();

  function start(): Worker {
    const workerData: SlotFileThreadData = { file: options.file };
    const thread = new Worker(options.program, { name: 'voter-store', workerData });
    thread.on('message', (answer: ThreadAnswer) => {
      current?.resolve(answer);
      current = null;
    });
    thread.once('error', (error: Error) => lose(error));
    thread.once('exit', (code) => {
      lose(new Error(`the thread of the voter file ended with ${code}`));
      ended.resolve();
    });
    return thread;
  }

  /** No answer comes any more. The first reason is the one that is told. */
  function lose(reason: Error): void {
    lost ??= reason;
    current?.reject(lost);
    current = null;
  }

  async function ask(request: ThreadRequest): Promise<ThreadAnswer> {
    assert(worker !== null && current === null, 'one request at a time, after the start');
    if (lost !== null) throw lost;
    current = Promise.withResolvers<ThreadAnswer>();
    const { promise } = current;
    worker.postMessage(request);
    return promise;
  }

  return {
    name: `the voter file ${options.file}`,

    async open() {
      assert(worker === null, 'a slot disk is opened once');
      worker = start();
      const answer = await ask({ name: 'open' });
      assert(answer.name === 'opened');
      return answer.opened;
    },

    async write(slot, bytes) {
      const answer = await ask({ name: 'write', slot, bytes });
      if (answer.name === 'failed')
        throw Object.assign(new Error(answer.message), answer.code === null ? {} : { code: answer.code });
      assert(answer.name === 'written');
    },

    async close(signal) {
      if (worker === null) return;
      worker.postMessage({ name: 'close' } satisfies ThreadRequest);
      const expired = Promise.withResolvers<void>();
      if (signal.aborted) expired.resolve();
      signal.addEventListener('abort', () => expired.resolve(), { once: true });
      await Promise.race([ended.promise, expired.promise]);
      // The thread does the `close` when the kernel lets it go on. It is not terminated: that could not end it any sooner.
      lose(new Error('the disk had not answered when the store was closed'));
    },
  };
}
