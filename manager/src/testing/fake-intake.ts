// An intake for tests: a real socket that speaks the hand-over protocol, with a journal in memory that the test fills.
// Responsible for being as strange as a real one may be: cut off, slow, started anew, without its journal.
import net from 'node:net';
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { parseAddress } from '@nezuban/core/traps/address-list';
import { createFrameReader, encodeControl, writeFrameHead } from '@nezuban/protocol/intake/frame-codec';
import {
  frameTypes,
  HAND_OVER_VERSION,
  toIntakeSchema,
  type ControlNote,
  type FromIntake,
} from '@nezuban/protocol/intake/hand-over';
import type { IntakeOrders } from '@nezuban/protocol/intake/orders';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import { encodeRecord } from '@nezuban/protocol/intake/record-codec';

const HEAD_BYTES = 5;
/** Small, so that tests see many frames. */
const FRAME_RECORDS = 50;

export const startFakeIntake = async (socketPath: string, host: string) => {
  let journalId = randomBytes(8).toString('hex');
  let records: TrapRecord[] = [];
  let heardUntilUs = 0;
  let processed = 0;
  const processedSeen: number[] = [];
  const orders: IntakeOrders[] = [];
  const terms: number[] = [];
  let state: 'listening' | 'failed' = 'listening';
  let reader: { socket: net.Socket; from: number; credit: number } | null = null;
  const sockets = new Set<net.Socket>();

  const send = (socket: net.Socket, message: FromIntake): void => void socket.write(encodeControl(message));
  const feed = (): void => {
    if (reader === null || reader.from === 0) return;
    while (reader.credit > 0 && reader.from <= records.length) {
      const piece = records.slice(reader.from - 1, reader.from - 1 + FRAME_RECORDS);
      const bodies = piece.map((record) => encodeRecord(record, crc32));
      const frame = Buffer.concat([new Uint8Array(HEAD_BYTES), ...bodies]);
      writeFrameHead(frame, frameTypes.records);
      reader.from += piece.length;
      reader.credit -= frame.length - HEAD_BYTES;
      reader.socket.write(frame);
    }
    if (reader.from > records.length)
      send(reader.socket, { type: 'caught-up', nextSeq: records.length + 1, heardUntilUs });
  };
  const server = net.createServer((socket) => {
    sockets.add(socket);
    const frames = createFrameReader();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      if (reader?.socket === socket) reader = null;
    });
    socket.on('data', (chunk: Buffer) => {
      for (const frame of frames.push(chunk)) {
        if (frame.type !== 'control') throw new Error('A reader sends no records');
        const message = toIntakeSchema.parse(frame.message);
        switch (message.type) {
          case 'hello':
            terms.push(message.term);
            reader = { socket, from: 0, credit: 0 };
            send(socket, {
              type: 'welcome',
              version: HAND_OVER_VERSION,
              host,
              journalId,
              firstSeq: 1,
              nextSeq: records.length + 1,
            });
            break;
          case 'read':
            if (reader?.socket === socket) {
              reader = { socket, from: message.fromSeq, credit: message.windowBytes };
              feed();
            }
            break;
          case 'more':
            if (reader?.socket === socket) {
              reader.credit += message.bytes;
              feed();
            }
            break;
          case 'processed':
            processed = Math.max(processed, message.seq);
            processedSeen.push(message.seq);
            break;
          case 'orders':
            orders.push(message.orders);
            break;
          case 'ask-status':
            send(socket, {
              type: 'status',
              status: {
                journalId,
                firstSeq: 1,
                nextSeq: records.length + 1,
                processedSeq: processed,
                journalBytes: 0,
                journalBytesMax: 1,
                refusedFull: 0,
                summarised: 0,
                ordersRevision: orders.at(-1)?.revision ?? 0,
                receivers: [
                  {
                    name: 'syslog-udp',
                    listen: '127.0.0.1:5514',
                    state,
                    says: state === 'failed' ? 'the port is in use' : null,
                    received: records.length,
                    refused: 0,
                    malformed: 0,
                    kernelDrops: 0,
                  },
                ],
                sources: [],
              },
            });
            break;
        }
      }
    });
  });
  const open = async (): Promise<void> => {
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  };
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  await open();

  const put = (record: Omit<TrapRecord, 'seq'>): void => {
    records.push({ ...record, seq: records.length + 1 });
    heardUntilUs = Math.max(heardUntilUs, record.receivedUs);
    feed();
  };
  return {
    /** A syslog line, as if it had come by UDP. */
    hear(line: string, { address = '192.0.2.7', atMs = Date.now() } = {}) {
      const payload = Buffer.from(line, 'latin1');
      put({
        receivedUs: Math.round(atMs * 1_000),
        protocol: 'syslog',
        flags: 0,
        address: parseAddress(address) ?? new Uint8Array(16),
        port: 514,
        extra: null,
        payload,
      });
    },
    put,
    note(note: ControlNote) {
      put({
        receivedUs: Date.now() * 1_000,
        protocol: 'control',
        flags: 0,
        address: new Uint8Array(16),
        port: 0,
        extra: null,
        payload: Buffer.from(JSON.stringify(note)),
      });
    },
    /** Nothing older will come. */
    silentUntil(us: number) {
      heardUntilUs = Math.max(heardUntilUs, us);
      feed();
    },
    records: () => records.length,
    processed: () => processed,
    processedSeen,
    orders,
    terms,
    setReceiver(next: 'listening' | 'failed') {
      state = next;
    },
    /** Every connection ends; new ones are taken. */
    cut,
    /** Nobody can reach it. */
    async leave() {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
    comeBack: open,
    journalId: () => journalId,
    /** As on a host that was made as a copy of another. */
    copyJournal(id: string) {
      journalId = id;
      cut();
    },
    loseJournal() {
      records = [];
      processed = 0;
      journalId = randomBytes(8).toString('hex');
      cut();
    },
    async stop() {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
