// The whole intake with its real receivers: numbered messages over every protocol, into the journal, out of the hand-over, and understood.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { parseCustom } from '@nezuban/core/traps/custom/parse-custom';
import { parseSyslog } from '@nezuban/core/traps/syslog/parse-syslog';
import { systemClock } from '@nezuban/platform/clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { recordFlags, type TrapRecord } from '@nezuban/protocol/intake/record';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startIntake } from '../intake.ts';
import { ordersOf } from '../testing/fake-sink.ts';
import { connectReader } from '../testing/hand-over-reader.ts';
import { receiverRegistry } from './registry.ts';

const PORT = 18_331;
const HTTP_PORT = 18_332;

async function hearing(t: TestContext, settings: Parameters<typeof ordersOf>[0] = {}, before?: string) {
  const home = before ?? fs.mkdtempSync(path.join(os.tmpdir(), 'nz-recv-all-'));
  const socketPath = path.join(home, 'intake.sock');
  const intake = await startIntake(
    { clock: systemClock, timers: systemTimers, logger: createMemoryLogger() },
    { config: { home, hostName: 'host-a', socketPath, tls: null }, receivers: receiverRegistry },
  );
  const reader = await connectReader(socketPath);
  t.after(async () => {
    reader.close();
    await intake.stop();
    fs.rmSync(home, { recursive: true, force: true });
  });
  const on = { enabled: true, port: PORT };
  const all = { syslog_udp: on, syslog_tcp: on, http: { enabled: true, port: HTTP_PORT } };
  reader.say({ type: 'orders', orders: ordersOf({ ...all, ...settings }) });
  await waitFor(() => intake.status().receivers.filter(({ state }) => state === 'listening').length === 3, {
    message: () => `three receivers: ${JSON.stringify(intake.status().receivers)}`,
  });
  return { intake, reader, home };
}

const trapsOf = (records: readonly TrapRecord[]): TrapRecord[] =>
  records.filter(({ protocol }) => protocol !== 'control');

/** Texts `<word> <number>`, the numbers of a word in the order in which they came. */
function numbersOf(records: readonly TrapRecord[], word: string): number[] {
  return trapsOf(records)
    .flatMap((record) => (record.protocol === 'custom' ? parseCustom(record) : [parseSyslog(record)]))
    .filter(({ text }) => text.startsWith(`${word} `))
    .map(({ text }) => Number(text.slice(word.length + 1)));
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test('intake with its receivers: numbered messages by UDP, TCP and HTTP: every number once, in order', async (t) => {
  const { intake, reader } = await hearing(t);
  const count = 300;
  const udp = dgram.createSocket('udp4');
  t.after(() => udp.close());
  const tcp = net.connect(PORT, '127.0.0.1');
  await once(tcp, 'connect');
  for (const number of upTo(count)) {
    udp.send(`<13>Jan  2 10:20:30 web1 app[1]: udp ${number}`, PORT, '127.0.0.1');
    tcp.write(`<13>1 - web1 app 1 - - tcp ${number}\n`);
    if (number % 10 !== 0) continue;
    const response = await fetch(`http://127.0.0.1:${HTTP_PORT}/traps`, {
      method: 'POST',
      headers: { connection: 'close' },
      body: JSON.stringify({ key: 'k', text: `http ${number / 10}` }),
    });
    assert.equal(response.status, 202);
  }
  tcp.end();
  await waitFor(() => trapsOf(reader.records).length === 2 * count + count / 10, {
    message: () => `all of them; ${trapsOf(reader.records).length} have come`,
  });
  assert.deepEqual(
    numbersOf(reader.records, 'udp').toSorted((a, b) => a - b),
    upTo(count),
  );
  assert.deepEqual(numbersOf(reader.records, 'tcp'), upTo(count));
  assert.deepEqual(numbersOf(reader.records, 'http'), upTo(count / 10));
  const flags = new Set(trapsOf(reader.records).map((record) => record.flags));
  assert.deepEqual(flags, new Set([0, recordFlags.stream]));
  const received = intake.status().receivers.map(({ name, received: number }) => [name, number]);
  assert.deepEqual(Object.fromEntries(received), {
    'syslog-udp': count,
    'syslog-tcp': count,
    'syslog-tls': 0,
    snmp: 0,
    http: count / 10,
    https: 0,
  });
});

test('intake with its receivers: a flood by TCP, faster than the disk: waits with its sender, nothing is lost', async (t) => {
  const { intake, reader } = await hearing(t, { source_per_second_max: 1_000_000 });
  const count = 100_000;
  const filler = 'x'.repeat(200);
  const tcp = net.connect(PORT, '127.0.0.1');
  tcp.end(
    upTo(count)
      .map((number) => `<13>1 - h a - - - tcp ${number}\n<13>1 - h a - - - ${filler}\n`)
      .join(''),
  );
  await waitFor(() => trapsOf(reader.records).length === 2 * count, {
    message: () => `all of them; ${trapsOf(reader.records).length} have come`,
  });
  assert.deepEqual(numbersOf(reader.records, 'tcp'), upTo(count));
  assert.equal(intake.status().refusedFull, 0);
});

test('intake with its receivers: a request whose answer was lost is repeated after a restart: answered, and not heard again', async (t) => {
  const post = (text: string) =>
    fetch(`http://127.0.0.1:${HTTP_PORT}/traps`, {
      method: 'POST',
      headers: { connection: 'close', 'idempotency-key': 'nightly-1' },
      body: JSON.stringify({ key: 'k', text }),
    });
  const first = await hearing(t);
  assert.equal((await post('http 1')).status, 202);
  await first.intake.stop();
  const { reader } = await hearing(t, {}, first.home);
  assert.equal((await post('http 1')).status, 202);
  assert.equal((await post('http 2')).status, 422);
  await waitFor(() => numbersOf(reader.records, 'http').length > 0, { message: 'the record' });
  assert.deepEqual(numbersOf(reader.records, 'http'), [1]);
});

test('intake with its receivers: an address that may not send: refused by every receiver', async (t) => {
  const { intake, reader } = await hearing(t, { denied: ['127.0.0.0/8'] });
  const udp = dgram.createSocket('udp4');
  t.after(() => udp.close());
  udp.send('<13>x', PORT, '127.0.0.1');
  const tcp = net.connect(PORT, '127.0.0.1');
  tcp.on('error', () => undefined);
  tcp.write('<13>x\n');
  const response = await fetch(`http://127.0.0.1:${HTTP_PORT}/traps`, {
    method: 'POST',
    body: '{"key":"k","text":"x"}',
  });
  assert.equal(response.status, 403);
  await waitFor(() => intake.status().receivers.filter(({ refused }) => refused === 1).length === 3, {
    message: () => `three refusals: ${JSON.stringify(intake.status().receivers)}`,
  });
  assert.equal(trapsOf(reader.records).length, 0);
});
