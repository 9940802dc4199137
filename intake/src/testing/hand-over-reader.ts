/** A manager's side of the hand-over, for tests: says what it is told to say and keeps what it hears. */
import net from 'node:net';
import { once } from 'node:events';
import { crc32 } from 'node:zlib';
import { createFrameReader, encodeControl } from '@nezuban/protocol/intake/frame-codec';
import {
  fromIntakeSchema,
  HAND_OVER_VERSION,
  type FromIntake,
  type ToIntake,
} from '@nezuban/protocol/intake/hand-over';
import { decodeRecords } from '@nezuban/protocol/intake/record-codec';
import { termSchema } from '@nezuban/protocol/ids';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import { waitFor } from '@nezuban/tests/support/wait-for';

type Said<Type extends FromIntake['type']> = Extract<FromIntake, { type: Type }>;

export type HandOverReader = {
  readonly records: TrapRecord[];
  readonly said: FromIntake[];
  readonly say: (message: ToIntake) => void;
  readonly hears: <Type extends FromIntake['type']>(type: Type) => Promise<Said<Type>>;
  /** All records up to this number have come. */
  readonly reaches: (seq: number) => Promise<void>;
  readonly isClosed: () => boolean;
  readonly close: () => void;
};

/** Connects, greets and reads from `fromSeq` on with a window that refills itself. */
export async function connectReader(
  socketPath: string,
  options: { readonly term?: number; readonly fromSeq?: number | null; readonly windowBytes?: number } = {},
): Promise<HandOverReader> {
  const { term = 1, fromSeq = 1, windowBytes = 4_000_000 } = options;
  const socket = net.connect(socketPath);
  await once(socket, 'connect');
  const records: TrapRecord[] = [];
  const said: FromIntake[] = [];
  const frames = createFrameReader();
  let closed = false;
  socket.on('error', () => undefined);
  socket.on('close', () => (closed = true));
  socket.on('data', (chunk: Buffer) => {
    for (const frame of frames.push(chunk)) {
      if (frame.type === 'control') said.push(fromIntakeSchema.parse(frame.message));
      else {
        records.push(...decodeRecords(frame.bytes, crc32));
        if (windowBytes > 0) say({ type: 'more', bytes: frame.bytes.length });
      }
    }
  });
  const say = (message: ToIntake): void => void socket.write(encodeControl(message));
  const reader: HandOverReader = {
    records,
    said,
    say,
    hears: async (type) =>
      await waitFor(() => said.find((one): one is Said<typeof type> => one.type === type)),
    reaches: async (seq) => {
      await waitFor(() => (records.at(-1)?.seq ?? 0) >= seq, {
        message: () => `record ${seq}; the last one is ${records.at(-1)?.seq ?? 'none'}`,
      });
    },
    isClosed: () => closed,
    close: () => socket.destroy(),
  };
  say({ type: 'hello', version: HAND_OVER_VERSION, term: termSchema.parse(term) });
  if (fromSeq !== null) say({ type: 'read', fromSeq, windowBytes });
  return reader;
}
