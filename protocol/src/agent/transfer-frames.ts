// Frames of the connections that carry files (`transfer-stream.ts`): `u32 length of the rest · u8 type · message as JSON, or bytes of a file`.
// Pure. Used by both tools of the agent, by the agent and by the manager. Not responsible for what messages mean.
import { transferStreamLimits, type FromWriter, type ToWriter } from './transfer-stream.ts';

const headBytes = 5;
const lengthBytes = 4;
const types = { message: 0, data: 1 } as const;

export type TransferFrame =
  | { readonly type: 'message'; readonly message: unknown }
  /** A view of what was pushed: it is to be used before more is. */
  | { readonly type: 'data'; readonly bytes: Uint8Array };

export function encodeMessage(message: FromWriter | ToWriter): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(message));
  const frame = new Uint8Array(headBytes + text.length);
  writeHead(frame, types.message, text.length);
  frame.set(text, headBytes);
  return frame;
}

/** What stands before bytes of a file. */
export function dataHead(bytes: number): Uint8Array {
  const head = new Uint8Array(headBytes);
  writeHead(head, types.data, bytes);
  return head;
}

function writeHead(frame: Uint8Array, type: number, bytes: number): void {
  new DataView(frame.buffer, frame.byteOffset).setUint32(0, bytes + 1);
  frame[lengthBytes] = type;
}

export type TransferFrameReader = {
  /** Whole messages, and bytes of files as they come. Throws when the other side speaks something else. */
  readonly push: (chunk: Uint8Array) => TransferFrame[];
};

export function createTransferFrameReader(): TransferFrameReader {
  /** Of a head or a message that has not come whole. */
  let waiting: Uint8Array = new Uint8Array(0);
  let dataLeft = 0;

  return {
    push(chunk) {
      const frames: TransferFrame[] = [];
      let rest = chunk;
      for (;;) {
        if (dataLeft > 0) {
          if (rest.length === 0) return frames;
          const bytes = rest.subarray(0, dataLeft);
          dataLeft -= bytes.length;
          rest = rest.subarray(bytes.length);
          frames.push({ type: 'data', bytes });
          continue;
        }
        // Only messages and heads are put together; bytes of files are never copied here.
        const joined = waiting.length === 0 ? rest : concat(waiting, rest);
        waiting = new Uint8Array(0);
        if (joined.length < headBytes) return keep(joined, frames);
        const length = new DataView(joined.buffer, joined.byteOffset).getUint32(0);
        const type = joined[lengthBytes];
        if (type === types.data && length >= 1 && length - 1 <= transferStreamLimits.dataBytesMax) {
          dataLeft = length - 1;
          rest = joined.subarray(headBytes);
          continue;
        }
        if (type !== types.message || length < 1 || length - 1 > transferStreamLimits.messageBytesMax)
          throw new Error(`a frame of type ${String(type)} with ${length} bytes is none of this protocol`);
        const end = lengthBytes + length;
        if (joined.length < end) return keep(joined, frames);
        const text = new TextDecoder().decode(joined.subarray(headBytes, end));
        frames.push({ type: 'message', message: JSON.parse(text) as unknown });
        rest = joined.subarray(end);
      }
    },
  };

  function keep(bytes: Uint8Array, frames: TransferFrame[]): TransferFrame[] {
    waiting = bytes.slice();
    return frames;
  }
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array {
  const joined = new Uint8Array(one.length + other.length);
  joined.set(one);
  joined.set(other, one.length);
  return joined;
}
