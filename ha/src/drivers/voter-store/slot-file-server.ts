// The thread's half of a voter file: answers requests one after the other.
// Responsible for the messages between the threads. Not responsible for the file (`slot-file.ts`).
// Called by `voter-store-worker.ts`; the other half is `slot-disk-thread.ts`.
import type { MessagePort } from 'node:worker_threads';
import type { SlotDiskOpened, SlotIndex } from './slot-disk.ts';
import type { SlotFile } from './slot-file.ts';

export type ThreadRequest =
  | { readonly name: 'open' }
  | { readonly name: 'write'; readonly slot: SlotIndex; readonly bytes: Uint8Array }
  | { readonly name: 'close' };

/** One per `open` and `write`, in their order. A `close` is answered by the end of the thread. */
export type ThreadAnswer =
  | { readonly name: 'opened'; readonly opened: SlotDiskOpened }
  | { readonly name: 'written' }
  | { readonly name: 'failed'; readonly message: string; readonly code: string | null };

export function serveSlotFile(port: MessagePort, file: SlotFile): void {
  const send = (answer: ThreadAnswer) => port.postMessage(answer);
  port.on('message', (request: ThreadRequest) => {
    switch (request.name) {
      case 'open':
        send({ name: 'opened', opened: file.open() });
        break;
      case 'write':
        send(write(file, request));
        break;
      case 'close':
        file.close();
        port.close();
        break;
    }
  });
}

function write(file: SlotFile, request: Extract<ThreadRequest, { name: 'write' }>): ThreadAnswer {
  try {
    file.write(request.slot, request.bytes);
    return { name: 'written' };
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    return { name: 'failed', message, code: code ?? null };
  }
}
