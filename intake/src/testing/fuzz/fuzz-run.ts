/**
 * One run of the fuzzer: random and mutated messages through the real receiver and the parser, with good neighbours in between.
 *
 * Responsible for what must hold: nothing is thrown; each trap is text that a database can hold; what must be malformed says so; what the
 * receiver keeps is what was sent, byte for byte; every good neighbour arrives, once, in order. Breaks at the first that does not hold, with
 * the bytes. Called by `fuzz-traps-main.ts` and by a smoke test.
 */
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import zlib from 'node:zlib';
import { parseAddress } from '@nezuban/core/traps/address-list';
import type { ParsedTrap } from '@nezuban/core/traps/parsed-trap';
import { decodeRecords, encodeRecord } from '@nezuban/protocol/intake/record-codec';
import type { TrapRecord } from '@nezuban/protocol/intake/record';
import { createFakeSink, fakePorts, ordersOf, type FakeSink } from '../fake-sink.ts';
import type { Receiver } from '../../receivers/receiver.ts';
import { fuzzBytes, createFuzzRandom } from './fuzz-random.ts';
import type { FuzzProtocol } from './fuzz-protocols.ts';

export type FuzzOptions = { readonly count: number; readonly seed: number; readonly port: number };

export type FuzzResult = {
  readonly sent: number;
  readonly neighbours: number;
  readonly malformed: number;
  readonly bytes: number;
  readonly slowestParseMs: number;
  readonly parseMs: number;
};

/** A good neighbour behind so many others. */
const NEIGHBOUR_EVERY = 50;
/** Sent before it is waited for what has arrived: the buffers of the kernel hold them, however large they are. */
const BATCH = 64;
const ARRIVE_TIMEOUT_MS = 20_000;
const HTTP_CONNECTIONS = 16;

type Message = { readonly payload: Buffer; readonly neighbour: number | null };

export async function fuzzTraps(protocol: FuzzProtocol, options: FuzzOptions): Promise<FuzzResult> {
  const random = createFuzzRandom(options.seed);
  const sink = createFakeSink();
  const receiver = protocol.createReceiver(fakePorts(sink));
  await receiver.obey(ordersOf({ [protocol.setting]: { enabled: true, port: options.port } }));
  assert.equal(receiver.status().state, 'listening', receiver.status().says ?? '');
  const judge = createJudge(protocol);
  const sender =
    protocol.transport === 'udp' ? createUdpSender(receiver, options.port) : createHttpSender(options.port);
  let sent = 0;
  let neighbours = 0;
  let arrived = 0;
  let bytes = 0;
  try {
    while (sent < options.count) {
      const batch: Message[] = [];
      for (let i = 0; i < BATCH && sent < options.count; i += 1, sent += 1) {
        const isNeighbour = sent % NEIGHBOUR_EVERY === NEIGHBOUR_EVERY - 1;
        if (isNeighbour) neighbours += 1;
        const payload = isNeighbour ? protocol.neighbour(neighbours) : fuzzBytes(random, protocol.shape);
        batch.push({ payload, neighbour: isNeighbour ? neighbours : null });
        bytes += payload.length;
      }
      // First without the network: what breaks the parser is found with its bytes.
      for (const { payload } of batch) judge.look(recordOf(payload));
      await sender.send(batch);
      arrived += compare(protocol, sink, batch);
    }
    assert.equal(arrived, neighbours, 'a good neighbour did not arrive');
  } finally {
    sender.close();
    await receiver.stop();
  }
  return { sent, neighbours, bytes, ...judge.result() };
}

/** What has been heard of a batch; says how many good neighbours. */
function compare(protocol: FuzzProtocol, sink: FakeSink, batch: readonly Message[]): number {
  const heard = sink.heard.splice(0);
  if (protocol.keepsAll) {
    assert.equal(heard.length, batch.length, 'as many are kept as were sent');
    for (const [index, { payload }] of batch.entries())
      assert.ok(Buffer.compare(payload, heard[index]?.payload ?? Buffer.alloc(0)) === 0, show(payload));
  }
  const known = heard
    .flatMap(({ payload }) => protocol.parse(throughJournal(recordOf(Buffer.from(payload)))))
    .map((trap) => protocol.numberOf(trap))
    .filter((number) => number !== null)
    .toSorted((a, b) => a - b);
  const expected = batch.map(({ neighbour }) => neighbour).filter((number) => number !== null);
  // A wounded copy of a neighbour cannot be: they are not in the corpus.
  assert.deepEqual(known, expected, 'every good neighbour arrives once');
  return known.length;
}

function createJudge(protocol: FuzzProtocol) {
  let malformed = 0;
  let slowestParseMs = 0;
  let parseMs = 0;
  return {
    look(record: TrapRecord): void {
      const startMs = performance.now();
      let traps: readonly ParsedTrap[];
      try {
        traps = protocol.parse(record);
      } catch (error) {
        throw new Error(`the parser threw for ${show(record.payload)}`, { cause: error });
      }
      const tookMs = performance.now() - startMs;
      parseMs += tookMs;
      slowestParseMs = Math.max(slowestParseMs, tookMs);
      assert.ok(traps.length > 0, show(record.payload));
      for (const trap of traps) assertStorable(trap, record.payload);
      if (traps.some((trap) => trap.malformed !== null)) malformed += 1;
      if (protocol.mustBeMalformed(record.payload) === true)
        assert.ok(
          traps.every((trap) => trap.malformed !== null),
          `not said to be malformed: ${show(record.payload)}`,
        );
    },
    result: () => ({ malformed, slowestParseMs, parseMs }),
  };
}

function assertStorable(trap: ParsedTrap, payload: Uint8Array): void {
  const { syslog } = trap;
  const texts = [trap.text, trap.claimedHost, trap.malformed, syslog?.app, syslog?.procId, syslog?.msgId];
  for (const text of [...texts, ...Object.keys(trap.fields), ...Object.values(trap.fields)]) {
    if (text == null) continue;
    assert.equal(typeof text, 'string', show(payload));
    assert.ok(!text.includes('\0') && text.isWellFormed(), show(payload));
  }
  assert.ok(trap.saidAtMs === null || Number.isSafeInteger(trap.saidAtMs), show(payload));
  if (syslog?.facility != null) assert.ok(syslog.facility >= 0 && syslog.facility <= 23, show(payload));
}

const show = (payload: Uint8Array): string => `0x${Buffer.from(payload).toString('hex')}`;

const ADDRESS = parseAddress('192.0.2.1') ?? new Uint8Array(16);

function recordOf(payload: Uint8Array): TrapRecord {
  return {
    seq: 1,
    receivedUs: 1_704_158_445_000_000,
    protocol: 'syslog',
    flags: 0,
    address: ADDRESS,
    port: 514,
    extra: null,
    payload,
  };
}

/** As it lies in a segment and travels to the manager. */
function throughJournal(record: TrapRecord): TrapRecord {
  const [decoded] = decodeRecords(encodeRecord(record, zlib.crc32), zlib.crc32);
  if (decoded === undefined) throw new Error('the record was lost in the codec');
  return decoded;
}

type Sender = { readonly send: (batch: readonly Message[]) => Promise<void>; readonly close: () => void };

function createUdpSender(receiver: Receiver, port: number): Sender {
  const client = dgram.createSocket({ type: 'udp4', sendBufferSize: 8 * 1024 * 1024 });
  return {
    async send(batch) {
      const target = receiver.status().received + batch.length;
      for (const { payload } of batch)
        await new Promise<void>((resolve, reject) => {
          client.send(payload, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error)));
        });
      const deadlineMs = performance.now() + ARRIVE_TIMEOUT_MS;
      while (receiver.status().received < target) {
        assert.ok(
          performance.now() < deadlineMs,
          `only ${receiver.status().received} of ${target} datagrams arrived`,
        );
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    close: () => client.close(),
  };
}

/** Each body is a request; 2xx is kept, 4xx is refused, anything else is a fault. */
function createHttpSender(port: number): Sender {
  const agent = new http.Agent({ keepAlive: true, maxSockets: HTTP_CONNECTIONS });
  const post = async ({ payload, neighbour }: Message): Promise<void> => {
    const request = http.request({ port, host: '127.0.0.1', path: '/traps', method: 'POST', agent });
    request.end(payload);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    await once(response, 'end');
    const status = response.statusCode ?? 0;
    assert.ok(status === 202 || (status === 400 && neighbour === null), `${status} for ${show(payload)}`);
  };
  return {
    send: async (batch) => void (await Promise.all(batch.map(post))),
    close: () => agent.destroy(),
  };
}
