/**
 * Frames of the hand-over connection (`hand-over.ts`) to bytes and back.
 *
 * Responsible for cutting a stream into frames, with little copying, and for building control frames. Pure; used by the intake's server and
 * by the manager's readers. A `records` frame is given as a view that stays valid.
 */
import { FRAME_BYTES_MAX, frameTypes, type FromIntake, type ToIntake } from './hand-over.ts';
import { viewOf } from './record-codec.ts';

/** `u32 length of the rest · u8 type`. */
export const FRAME_HEAD_BYTES = 5;
const LENGTH_BYTES = 4;

export type Frame =
  | { readonly type: 'control'; readonly message: unknown }
  | { readonly type: 'records'; readonly bytes: Uint8Array };

export class FrameError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'FrameError';
  }
}

export function encodeControl(message: ToIntake | FromIntake): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(message));
  const frame = new Uint8Array(FRAME_HEAD_BYTES + text.length);
  writeFrameHead(frame, frameTypes.control);
  frame.set(text, FRAME_HEAD_BYTES);
  return frame;
}

/** Fills in the head of a frame whose rest is, or will be, in place. */
export function writeFrameHead(frame: Uint8Array, type: number): void {
  viewOf(frame).setUint32(0, frame.length - LENGTH_BYTES, true);
  frame[LENGTH_BYTES] = type;
}

export type FrameReader = {
  /** Whole frames, in order. Throws a `FrameError` when the other side speaks something else. */
  readonly push: (chunk: Uint8Array) => Frame[];
};

export function createFrameReader(): FrameReader {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let wanted = FRAME_HEAD_BYTES;

  return {
    push(chunk) {
      waiting.push(chunk);
      waitingBytes += chunk.length;
      const frames: Frame[] = [];
      // Chunks are put together only when a whole frame is there: a big frame is copied once, not once for each chunk.
      while (waitingBytes >= wanted) {
        const bytes = joined(waiting, waitingBytes);
        const length = viewOf(bytes).getUint32(0, true);
        if (length < 1 || length > FRAME_BYTES_MAX)
          throw new FrameError(`A frame cannot have ${length} bytes`);
        const end = LENGTH_BYTES + length;
        if (bytes.length < end) {
          waiting = [bytes];
          wanted = end;
          break;
        }
        frames.push(readFrame(bytes.subarray(0, end)));
        waiting = [bytes.subarray(end)];
        waitingBytes = bytes.length - end;
        wanted = FRAME_HEAD_BYTES;
      }
      return frames;
    },
  };
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first;
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function readFrame(frame: Uint8Array): Frame {
  const rest = frame.subarray(FRAME_HEAD_BYTES);
  switch (frame[LENGTH_BYTES]) {
    case frameTypes.records:
      return { type: 'records', bytes: rest };
    case frameTypes.control:
      try {
        return { type: 'control', message: JSON.parse(new TextDecoder().decode(rest)) };
      } catch (error) {
        throw new FrameError('A control frame is no JSON', error);
      }
    default:
      throw new FrameError(`Type ${frame[LENGTH_BYTES] ?? '?'} of a frame is not known`);
  }
}
