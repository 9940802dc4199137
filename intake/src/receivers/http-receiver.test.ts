// The HTTP receivers with real requests: both forms, what is refused and how, tokens, repeats, a full journal, HTTPS.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { IDEMPOTENCY_KEY } from '@nezuban/core/traps/custom/parse-custom';
import { recordFlags } from '@nezuban/protocol/intake/record';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createHttpReceiver, createHttpsReceiver } from './http-receiver.ts';
import { createIdempotencyBook } from './idempotency-book.ts';
import { receiverLimits } from './receiver-limits.ts';
import { createFakeSink, fakePorts, ordersOf } from '../testing/fake-sink.ts';

const PORT = 18_321;
const TLS_PORT = 18_322;
const NO_JOURNAL = path.join(os.tmpdir(), 'nz-recv-no-journal');
const AT = `http://127.0.0.1:${PORT}`;
const TRAP = { key: 'backup', text: 'done' };

async function receiving(t: TestContext, tokens: readonly string[] = []) {
  const sink = createFakeSink();
  const receiver = createHttpReceiver(fakePorts(sink), NO_JOURNAL);
  t.after(receiver.stop);
  const httpTokenHashes = tokens.map((token) => createHash('sha256').update(token).digest('hex'));
  await receiver.obey(ordersOf({ http: { enabled: true, port: PORT } }, { httpTokenHashes }));
  return { sink, receiver };
}

type Said = {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly answer: Record<string, unknown>;
};

/** Each on a connection of its own: the tests stop the receiver between them. */
async function ask(
  method: string,
  to: string,
  options: { headers?: http.OutgoingHttpHeaders; body?: string | readonly string[] } = {},
): Promise<Said> {
  const request = http.request(`${AT}${to}`, { method, agent: false, headers: options.headers });
  request.on('error', () => undefined);
  const { body } = options;
  if (typeof body === 'object') for (const chunk of body) request.write(chunk);
  request.end(typeof body === 'string' ? body : undefined);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const text = (await response.setEncoding('utf8').toArray()).join('');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    answer: JSON.parse(text) as Said['answer'],
  };
}

const post = (body: unknown, headers: http.OutgoingHttpHeaders = {}, to = '/traps'): Promise<Said> =>
  ask('POST', to, { headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

test('custom traps by HTTP: our own form: kept as it came, 202', async (t) => {
  const { sink, receiver } = await receiving(t);
  const { status, answer } = await post([TRAP, TRAP]);
  assert.equal(status, 202);
  assert.deepEqual(answer, { taken: 2 });
  assert.equal(sink.heard[0]?.text, JSON.stringify([TRAP, TRAP]));
  assert.equal(sink.heard[0]?.protocol, 'custom');
  assert.equal(sink.heard[0]?.flags, recordFlags.stream);
  assert.equal(sink.heard[0]?.extra, null);
  assert.equal(receiver.status().received, 1);
});

test('custom traps by HTTP: senders of Hinemos: 200 at its path, bad entries kept and named', async (t) => {
  const { sink } = await receiving(t);
  const body = {
    FacilityID: 'web1',
    DATA: [
      { DATE: '2024-01-02 10:20:30', TYPE: 'NUM', KEY: 'cpu', MSG: '98' },
      { TYPE: 'NUM', KEY: 'cpu', MSG: 'high' },
    ],
  };
  const { status, answer } = await post(body, {}, '/');
  assert.equal(status, 200);
  assert.deepEqual(answer, { taken: 2, problems: ['DATA[1].MSG: must be a number, since TYPE is NUM'] });
  assert.equal(sink.heard.length, 1);
  assert.equal((await post(body)).status, 202);
});

test('custom traps by HTTP: a bad body: refused with the place and what would be right, and not kept', async (t) => {
  const { sink, receiver } = await receiving(t);
  const noText = await post([TRAP, { key: 'x' }]);
  assert.equal(noText.status, 400);
  assert.equal(noText.headers['content-type'], 'application/problem+json');
  assert.equal(noText.answer['path'], '[1].text');
  assert.match(String(noText.answer['detail']), /^\[1\]\.text: .*string/);
  const noJson = await post('nonsense');
  assert.equal(noJson.status, 400);
  assert.match(String(noJson.answer['detail']), /must be JSON/);
  assert.equal((await post('')).status, 400);
  assert.equal(sink.heard.length, 0);
  assert.equal(receiver.status().malformed, 3);
});

test('custom traps by HTTP: another path, method, encoding: said what would be right', async (t) => {
  await receiving(t);
  assert.equal((await post(TRAP, {}, '/events')).status, 404);
  const get = await ask('GET', '/traps');
  assert.equal(get.status, 405);
  assert.equal(get.headers['allow'], 'POST');
  assert.equal((await post(TRAP, { 'content-encoding': 'gzip' })).status, 415);
  const health = await ask('GET', '/healthz');
  assert.equal(health.status, 200);
  assert.deepEqual(health.answer, { ok: true });
});

test('custom traps by HTTP: a body too long, said before or not: 413', async (t) => {
  const { sink } = await receiving(t);
  const text = 'x'.repeat(70_000);
  assert.equal((await post({ key: 'k', text })).status, 413);
  const chunked = await ask('POST', '/traps', { body: [text, text] });
  assert.equal(chunked.status, 413);
  assert.equal(sink.heard.length, 0);
  assert.equal((await post(TRAP)).status, 202);
});

test('custom traps by HTTP: tokens: only with one of them', async (t) => {
  const { sink, receiver } = await receiving(t, ['first-token', 'second-token']);
  const without = await post(TRAP);
  assert.equal(without.status, 401);
  assert.equal(without.headers['www-authenticate'], 'Bearer');
  for (const wrong of ['Bearer wrong', 'Bearer ', 'Basic first-token', 'first-token'])
    assert.equal((await post(TRAP, { authorization: wrong })).status, 401, wrong);
  assert.equal((await post(TRAP, { authorization: 'Bearer second-token' })).status, 202);
  assert.equal((await post(TRAP, { authorization: 'bearer first-token' })).status, 202);
  assert.equal(sink.heard.length, 2);
  assert.equal(receiver.status().refused, 5);
  // Taken away: the next request is judged by it.
  await receiver.obey(ordersOf({ http: { enabled: true, port: PORT } }));
  assert.equal((await post(TRAP)).status, 202);
});

test('custom traps by HTTP: an address that may not send: 403', async (t) => {
  const { sink } = await receiving(t);
  sink.denied.add('127.0.0.1');
  assert.equal((await post(TRAP)).status, 403);
});

test('custom traps by HTTP: the source says too much, the journal is full, the disk fails: told to come again', async (t) => {
  const { sink } = await receiving(t);
  sink.says = () => 'counted';
  const counted = await post(TRAP);
  assert.equal(counted.status, 429);
  assert.equal(counted.headers['retry-after'], '1');
  sink.says = () => 'full';
  const full = await post(TRAP);
  assert.equal(full.status, 503);
  assert.equal(full.headers['retry-after'], '5');
  sink.says = () => {
    throw new Error('EIO');
  };
  assert.equal((await post(TRAP)).status, 503);
});

test('custom traps by HTTP: answered only when it is in the journal', async (t) => {
  const { sink } = await receiving(t);
  const { promise, resolve } = Promise.withResolvers<void>();
  let isAsked = false;
  Object.assign(sink, {
    hearDurably: async () => {
      isAsked = true;
      await promise;
      return 'taken';
    },
  });
  let isAnswered = false;
  const posted = post(TRAP).then((answer) => ((isAnswered = true), answer));
  await waitFor(() => isAsked, { message: 'the request' });
  assert.equal((await ask('GET', '/healthz')).status, 200);
  assert.equal(isAnswered, false);
  resolve();
  assert.equal((await posted).status, 202);
});

test('custom traps by HTTP: a key that is repeated: answered again, heard once; for another body: refused', async (t) => {
  const { sink } = await receiving(t);
  const headers = { 'idempotency-key': 'batch-2024-01-02' };
  const [first, second] = await Promise.all([post(TRAP, headers), post(TRAP, headers)]);
  assert.deepEqual([first.status, second.status], [202, 202]);
  assert.equal((await post(TRAP, headers)).status, 202);
  assert.equal(sink.heard.length, 1);
  assert.deepEqual(sink.heard[0]?.extra, { [IDEMPOTENCY_KEY]: 'batch-2024-01-02' });
  assert.equal((await post({ ...TRAP, text: 'other' }, headers)).status, 422);
  assert.equal((await post(TRAP, { 'idempotency-key': 'x'.repeat(300) })).status, 400);
  assert.equal((await post(TRAP)).status, 202);
  assert.equal(sink.heard.length, 2);
});

test('custom traps by HTTP: a key that was refused: heard when it comes again', async (t) => {
  const { sink } = await receiving(t);
  const headers = { 'idempotency-key': 'k' };
  sink.says = () => 'full';
  assert.equal((await post(TRAP, headers)).status, 503);
  sink.says = () => 'taken';
  assert.equal((await post(TRAP, headers)).status, 202);
  assert.equal(sink.heard.length, 1);
});

test('idempotency book: more keys than it holds, or older than it remembers: the oldest are forgotten', async () => {
  let nowMs = 0;
  let heard = 0;
  const book = createIdempotencyBook(() => nowMs, 10);
  const keyed = (key: string) =>
    book.once({ address: '192.0.2.1', key, body: Buffer.from('x') }, async () => ((heard += 1), 'taken'));
  for (let i = 0; i <= 10; i += 1) await keyed(String(i));
  assert.equal(heard, 11);
  await keyed('1');
  assert.equal(heard, 11);
  await keyed('0');
  assert.equal(heard, 12);
  nowMs += receiverLimits.idempotencyMs + 1;
  await keyed('2');
  assert.equal(heard, 13);
});

test('custom traps by HTTP: bytes that are no HTTP, and a sender that goes in the middle: the next one is served', async (t) => {
  const { sink } = await receiving(t);
  for (const bytes of [
    '\0\x01\x02nonsense\r\n\r\n',
    'POST /traps HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{"key"',
  ]) {
    const socket = net.connect(PORT, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.end(bytes);
    socket.resume();
    await waitFor(() => socket.destroyed, { message: 'the end' });
  }
  assert.equal((await post(TRAP)).status, 202);
  assert.equal(sink.heard.length, 1);
});

test('custom traps by HTTP: posted by curl as the manual says: taken', async (t) => {
  const { sink } = await receiving(t, ['secret-token']);
  const child = spawn(
    'curl',
    [
      '--fail-with-body', '--silent', '--show-error', '--retry', '5', '--max-time', '10',
      '-H', 'Authorization: Bearer secret-token', '-H', 'Idempotency-Key: nightly-1', '-H', 'Content-Type: application/json',
      '-d', '{"host":"db1","key":"nightly","text":"failed","priority":"critical","fields":{"exit":8}}',
      `${AT}/traps`,
    ], // prettier-ignore
    { stdio: 'ignore' },
  );
  const [code] = (await once(child, 'exit')) as [number];
  assert.equal(code, 0);
  assert.equal(sink.heard.length, 1);
});

test('custom traps by HTTPS: taken, marked as encrypted; without a certificate: said', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-recv-https-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const [certificateFile, keyFile] = [path.join(folder, 'host.crt'), path.join(folder, 'host.key')];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=host-a', '-keyout', keyFile, '-out', certificateFile],
    { stdio: 'ignore' },
  ); // prettier-ignore
  const sink = createFakeSink();
  const receiver = createHttpsReceiver(fakePorts(sink), NO_JOURNAL);
  t.after(receiver.stop);
  const settings = { https: { enabled: true, port: TLS_PORT } };
  await receiver.obey(ordersOf(settings));
  assert.equal(receiver.status().state, 'failed');
  assert.match(receiver.status().says ?? '', /needs the certificate of this host/);
  await receiver.obey(ordersOf(settings, { tls: { certificateFile, keyFile } }));
  const request = https.request({
    port: TLS_PORT,
    path: '/traps',
    method: 'POST',
    rejectUnauthorized: false,
    agent: false,
  });
  request.end(JSON.stringify(TRAP));
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  assert.equal(response.statusCode, 202);
  assert.equal(sink.heard[0]?.flags, recordFlags.stream | recordFlags.tls);
});
