// The stream receivers of syslog with real sockets: framing, pressure, a full journal, bounds, torn ends, TLS and its certificates.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import tls from 'node:tls';
import { recordFlags } from '@nezuban/protocol/intake/record';
import { waitFor } from '@nezuban/tests/support/wait-for';
import type { ReceiverPorts } from './receiver.ts';
import { receiverLimits } from './receiver-limits.ts';
import { createSyslogStreams } from './syslog-stream.ts';
import { CLIENT_NAME, createSyslogTcpReceiver, createSyslogTlsReceiver } from './syslog-tcp.ts';
import { createFakeSink, fakePorts, ordersOf, type FakeSink } from '../testing/fake-sink.ts';

const PORT = 18_311;
const TLS_PORT = 18_312;

async function receiving(t: TestContext, more: Partial<ReceiverPorts> = {}) {
  const sink = createFakeSink();
  const receiver = createSyslogTcpReceiver({ ...fakePorts(sink), ...more });
  t.after(receiver.stop);
  await receiver.obey(ordersOf({ syslog_tcp: { enabled: true, port: PORT } }));
  const connect = async (): Promise<net.Socket> => {
    const socket = net.connect(PORT, '127.0.0.1');
    socket.on('error', () => undefined);
    t.after(() => socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  return { sink, receiver, connect };
}

const texts = (sink: FakeSink): string[] => sink.heard.map(({ text }) => text);

test('syslog over TCP: both framings in one stream: each message is heard', async (t) => {
  const { sink, receiver, connect } = await receiving(t);
  const socket = await connect();
  socket.write('<13>a\n5 <13>b<13>c\r\n');
  await waitFor(() => sink.heard.length === 3, { message: 'three messages' });
  assert.deepEqual(texts(sink), ['<13>a', '<13>b', '<13>c']);
  assert.equal(sink.heard[0]?.flags, recordFlags.stream);
  assert.equal(receiver.status().received, 3);
});

test('syslog over TCP: the stream ends within a message: it is kept, and says that it is torn', async (t) => {
  const { sink, connect } = await receiving(t);
  const socket = await connect();
  socket.end('<13>whole\n<13>torn');
  await waitFor(() => sink.heard.length === 2, { message: 'both messages' });
  assert.deepEqual(texts(sink), ['<13>whole', '<13>torn']);
  assert.equal(sink.heard[1]?.flags, recordFlags.stream | recordFlags.truncated);
});

test('syslog over TCP: the sender resets within a message: what came is kept', async (t) => {
  const { sink, connect } = await receiving(t);
  const socket = await connect();
  socket.write('<13>whole\n<13>torn');
  await waitFor(() => sink.heard.length === 1, { message: 'the whole one' });
  socket.resetAndDestroy();
  await waitFor(() => sink.heard.length === 2, { message: 'the torn one' });
});

test('syslog over TCP: the journal is pressed: nothing is read until it is relieved, and nothing is lost', async (t) => {
  const { sink, connect } = await receiving(t);
  const socket = await connect();
  sink.press(true);
  const count = 200_000;
  const lines = Array.from({ length: count }, (_, index) => `<13>message number ${index}\n`).join('');
  socket.end(lines);
  await waitFor(() => socket.bytesWritten > 0, { message: 'what the sockets can hold' });
  assert.equal(sink.heard.length, 0);
  sink.press(false);
  await waitFor(() => sink.heard.length === count, { message: 'all of them' });
  assert.equal(sink.heard[0]?.text, '<13>message number 0');
  assert.equal(sink.heard.at(-1)?.text, `<13>message number ${count - 1}`);
});

test('syslog over TCP: the journal is full: the message waits with its sender and comes again', async (t) => {
  const { sink, receiver, connect } = await receiving(t);
  let isFull = true;
  sink.says = () => (isFull ? 'full' : 'taken');
  const socket = await connect();
  let offered = 0;
  const { hear } = sink;
  Object.assign(sink, { hear: (heard: Parameters<typeof hear>[0]) => ((offered += 1), hear(heard)) });
  socket.end('<13>a\n<13>b\n');
  await waitFor(() => offered >= 2, { message: 'it was offered again' });
  assert.equal(receiver.status().received, 0);
  isFull = false;
  await waitFor(() => sink.heard.length === 2, { message: 'both' });
  assert.deepEqual(texts(sink), ['<13>a', '<13>b']);
});

test('syslog over TCP: an address that may not send: closed, counted', async (t) => {
  const { sink, receiver, connect } = await receiving(t);
  sink.denied.add('127.0.0.1');
  const socket = await connect();
  socket.write('<13>a\n');
  await waitFor(() => socket.destroyed || socket.readyState !== 'open', { message: 'the end' });
  assert.equal(sink.heard.length, 0);
  assert.equal(receiver.status().refused, 1);
});

test('syslog over TCP: one address opens too many streams: those beyond are closed, the others serve', async (t) => {
  const { sink, receiver, connect } = await receiving(t);
  const sockets: net.Socket[] = [];
  for (let i = 0; i <= receiverLimits.connectionsPerAddressMax; i += 1) sockets.push(await connect());
  await waitFor(() => receiver.status().refused === 1, { message: 'one too many' });
  sockets[0]?.write('<13>still here\n');
  await waitFor(() => sink.heard.length === 1, { message: 'the first one serves' });
});

test('syslog over TCP: a sender that stops within a message: taken as it is after a while, and closed', async (t) => {
  const sink = createFakeSink();
  let nowMs = 0;
  let sweep: () => void = () => undefined;
  const ports = fakePorts(sink);
  const timers = {
    ...ports.timers,
    every: (_ms: number, action: () => void) => ((sweep = action), () => undefined),
  };
  const streams = createSyslogStreams({ ...ports, timers }, { flags: 0, now: () => nowMs });
  const server = net.createServer((socket) => streams.accept(socket, null)).listen(PORT, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const slow = net.connect(PORT, '127.0.0.1');
  const idle = net.connect(PORT, '127.0.0.1');
  t.after(() => idle.destroy());
  slow.write('<13>a\n<13>b');
  idle.write('<13>c\n');
  await waitFor(() => sink.heard.length === 2, { message: 'what is whole' });
  nowMs += receiverLimits.partialMs - 1;
  sweep();
  assert.equal(sink.heard.length, 2);
  nowMs += 2;
  sweep();
  assert.equal(sink.heard.at(-1)?.text, '<13>b');
  assert.equal(sink.heard.at(-1)?.flags, recordFlags.stream | recordFlags.truncated);
  await once(slow, 'close');
  assert.equal(idle.readyState, 'open');
  streams.stop();
});

test('syslog over TCP: no room for one more stream: the one silent longest goes if it was silent for long, else the new one', async (t) => {
  const sink = createFakeSink();
  let nowMs = 0;
  const streams = createSyslogStreams(fakePorts(sink), { flags: 0, now: () => nowMs, connectionsMax: 2 });
  const server = net.createServer((socket) => streams.accept(socket, null)).listen(PORT, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const connect = async (text: string): Promise<net.Socket> => {
    const socket = net.connect(PORT, '127.0.0.1');
    socket.on('error', () => undefined);
    t.after(() => socket.destroy());
    socket.write(text);
    await once(socket, 'connect');
    return socket;
  };
  const first = await connect('<13>a\n');
  await waitFor(() => sink.heard.length === 1, { message: 'the first' });
  nowMs += 1;
  const within = await connect('<13>b\n<13>begun');
  await waitFor(() => sink.heard.length === 2, { message: 'the second' });
  const refusedOne = await connect('<13>c\n');
  await waitFor(() => refusedOne.destroyed, { message: 'the third is closed' });
  assert.equal(streams.counts().refused, 1);
  nowMs += receiverLimits.evictIdleMs;
  await connect('<13>d\n');
  await waitFor(() => first.destroyed && sink.heard.length === 3, { message: 'the first makes room' });
  assert.deepEqual(texts(sink), ['<13>a', '<13>b', '<13>d']);
  assert.equal(within.destroyed, false);
  streams.stop();
});

test('syslog over TCP: a message too long: cut and marked, the next one whole', async (t) => {
  const { sink, connect } = await receiving(t);
  const socket = await connect();
  socket.write(`<13>${'x'.repeat(100_000)}\n<13>next\n`);
  await waitFor(() => sink.heard.length === 2, { message: 'both' });
  assert.equal(sink.heard[0]?.payload.length, 65_535);
  assert.equal(sink.heard[0]?.flags, recordFlags.stream | recordFlags.truncated);
  assert.equal(sink.heard[1]?.text, '<13>next');
});

test('syslog over TCP: the receiver stops: what has come is given, streams end, the port is free', async (t) => {
  const { sink, receiver, connect } = await receiving(t);
  const socket = await connect();
  socket.write('<13>a\n<13>begun');
  await waitFor(() => sink.heard.length === 1, { message: 'the whole one' });
  await receiver.stop();
  assert.deepEqual(texts(sink), ['<13>a', '<13>begun']);
  const server = net.createServer().listen(PORT, '127.0.0.1');
  await once(server, 'listening');
  server.close();
});

type Pem = { readonly cert: string; readonly key: string };

/** Self-signed, by openssl. */
function makePem(folder: string, name: string): Pem {
  const [cert, key] = [path.join(folder, `${name}.crt`), path.join(folder, `${name}.key`)];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  execFileSync(
    'openssl',
    [...args, '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-keyout', key, '-out', cert],
    { stdio: 'ignore' },
  );
  return { cert, key };
}

async function tlsReceiving(t: TestContext, withClientCa: boolean) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-recv-tls-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const host = makePem(folder, 'host-a.example');
  const client = makePem(folder, 'switch-7.example');
  const sink = createFakeSink();
  const looks: (() => void)[] = [];
  const ports = fakePorts(sink);
  const timers = {
    ...ports.timers,
    every: (ms: number, action: () => void) => {
      if (ms === receiverLimits.certificateLookMs) looks.push(action);
      return () => undefined;
    },
  };
  const receiver = createSyslogTlsReceiver({ ...ports, timers });
  t.after(receiver.stop);
  const settings = {
    syslog_tls: { enabled: true, port: TLS_PORT, client_ca_file: withClientCa ? client.cert : null },
  };
  const orders = ordersOf(settings, { tls: { certificateFile: host.cert, keyFile: host.key } });
  await receiver.obey(orders);
  const connect = async (options: tls.ConnectionOptions = {}): Promise<tls.TLSSocket> => {
    const socket = tls.connect({ host: '127.0.0.1', port: TLS_PORT, rejectUnauthorized: false, ...options });
    t.after(() => socket.destroy());
    await once(socket, 'secureConnect');
    return socket;
  };
  return { folder, host, client, sink, receiver, orders, connect, looks, logger: ports.logger };
}

test('syslog over TLS: messages: heard, and marked as encrypted', async (t) => {
  const { sink, receiver, connect } = await tlsReceiving(t, false);
  assert.equal(receiver.status().says, null);
  const socket = await connect();
  socket.write('5 <13>a');
  await waitFor(() => sink.heard.length === 1, { message: 'the message' });
  assert.equal(sink.heard[0]?.flags, recordFlags.stream | recordFlags.tls);
  assert.equal(sink.heard[0]?.extra, null);
});

test('syslog over TLS: a client certificate is asked for: its name is kept, others are refused', async (t) => {
  const { client, sink, receiver, connect } = await tlsReceiving(t, true);
  const socket = await connect({ cert: fs.readFileSync(client.cert), key: fs.readFileSync(client.key) });
  socket.write('<13>a\n');
  await waitFor(() => sink.heard.length === 1, { message: 'the message' });
  assert.deepEqual(sink.heard[0]?.extra, { [CLIENT_NAME]: 'switch-7.example' });
  const stranger = tls.connect({ host: '127.0.0.1', port: TLS_PORT, rejectUnauthorized: false });
  stranger.on('error', () => undefined);
  stranger.write('<13>b\n');
  await waitFor(() => receiver.status().refused === 1, { message: 'the refusal' });
  assert.equal(sink.heard.length, 1);
});

test('syslog over TLS: the certificate is renewed: the new one is shown; one that cannot be used leaves the one before', async (t) => {
  const { folder, host, receiver, connect, looks, logger } = await tlsReceiving(t, false);
  const serialOf = async (): Promise<string> => {
    const socket = await connect();
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  };
  const first = await serialOf();
  const renewed = makePem(folder, 'renewed.example');
  fs.copyFileSync(renewed.cert, host.cert);
  fs.copyFileSync(renewed.key, host.key);
  const [look] = looks;
  look?.();
  await waitFor(async () => (await serialOf()) !== first, { message: 'the renewed one' });
  const second = await serialOf();
  fs.writeFileSync(host.cert, 'nonsense');
  look?.();
  await waitFor(() => logger.lines.some(({ message }) => message.includes('cannot be used')), {
    message: 'the warning',
  });
  assert.equal(await serialOf(), second);
  assert.equal(receiver.status().state, 'listening');
});

test('syslog over TLS: no certificate, or files that cannot be used: said, nothing listens', async (t) => {
  const { folder, host, client, receiver, orders } = await tlsReceiving(t, false);
  await receiver.obey({ ...orders, tls: null });
  assert.match(receiver.status().says ?? '', /^TLS needs the certificate of this host/);
  await receiver.obey({ ...orders, tls: { certificateFile: path.join(folder, 'none'), keyFile: host.key } });
  assert.match(receiver.status().says ?? '', /none, the certificate of this host, cannot be read \(ENOENT\)/);
  await receiver.obey({ ...orders, tls: { certificateFile: host.cert, keyFile: client.key } });
  assert.match(receiver.status().says ?? '', /must be PEM and belong together/);
  assert.equal(receiver.status().state, 'failed');
  await receiver.obey(orders);
  assert.equal(receiver.status().state, 'listening');
});
