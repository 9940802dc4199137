// Asks the running intake of a host how it is, through its socket.
// Responsible for one question and its answer, within a bound. Called by `nezuban intake status` and by the doctor, which are no readers of it.
import net from 'node:net';
import { createFrameReader, encodeControl } from '@nezuban/protocol/intake/frame-codec';
import { fromIntakeSchema, type IntakeStatus } from '@nezuban/protocol/intake/hand-over';

const ANSWER_MS = 5_000;

/** Null: no intake listens there, or it does not answer. */
export function askIntakeStatus(socketPath: string): Promise<IntakeStatus | null> {
  return new Promise((resolve) => {
    const socket = net.connect(socketPath);
    const frames = createFrameReader();
    const end = (status: IntakeStatus | null): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(status);
    };
    const late = setTimeout(() => end(null), ANSWER_MS);
    socket.on('connect', () => socket.write(encodeControl({ type: 'ask-status' })));
    socket.on('error', () => end(null));
    socket.on('close', () => end(null));
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of frames.push(chunk)) {
          const message = frame.type === 'control' ? fromIntakeSchema.safeParse(frame.message) : null;
          if (message?.data?.type === 'status') end(message.data.status);
        }
      } catch {
        // Whatever it is, it is no intake of this release.
        end(null);
      }
    });
  });
}
