// Tests of what people get at a standby: a fake master on the Unix socket, and none.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createConsoleDoor, type ConsoleDoor } from '../http/console-door.ts';
import { pairStatus } from '../testing/pair-status.ts';
import { createStandbyConsole, type StandbyConsole } from './standby-console.ts';
import { languageOf, renderStatusPage } from './status-page.ts';

describe('standby console', () => {
  let folder: string;
  let socketPath: string;
  let door: ConsoleDoor;
  let people: StandbyConsole;
  let url: string;
  let status: PairStatus | null = null;
  let master: http.Server;
  let answer: http.RequestListener;
  const sockets = new Set<net.Socket>();

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'nz-standby-'));
    socketPath = path.join(folder, 'master.sock');
  });
  after(() => rm(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    status = null;
    answer = (_request, response) => void response.end('master');
    master = http.createServer((request, response) => answer(request, response));
    master.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => master.listen(socketPath, resolve));
    const logger = createMemoryLogger();
    door = createConsoleDoor({ logger }, { listen: { host: '127.0.0.1', port: 0 }, tls: null });
    people = createStandbyConsole(
      { door, timers: systemTimers, logger, pairStatus: () => status },
      socketPath,
    );
    people.setMaster({ name: 'alpha', says: 'alpha is master.' });
    door.setHandler(people.handler);
    ({ url } = await door.start());
  });
  const killMaster = async () => {
    for (const socket of sockets) socket.destroy();
    if (master.listening) await new Promise<void>((resolve) => master.close(() => resolve()));
  };
  afterEach(async () => {
    people.stop();
    await killMaster();
    await door.stop();
  });
  const page = (language = 'en') =>
    fetch(`${url}/sessions`, { headers: { accept: 'text/html,*/*', 'accept-language': language } });

  test('forward: headers: both ways, those of one connection left out, the client named by us alone', async () => {
    let seen: http.IncomingHttpHeaders = {};
    answer = (request, response) => {
      seen = request.headers;
      response.writeHead(207, 'Fine', [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['keep-alive', 'timeout=99'],
        ['x-own', 'yes'],
      ] as never);
      response.end('done');
    };
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    http
      .get(`${url}/api/v1/x?y=%20z`, {
        headers: {
          cookie: 'nezuban=abc',
          origin: url,
          connection: 'keep-alive, x-hop',
          'x-hop': 'secret',
          'x-forwarded-for': '6.6.6.6',
          'x-forwarded-proto': 'https',
          'x-forwarded-host': 'evil.example',
          forwarded: 'for=6.6.6.6',
        },
      })
      .on('response', resolve)
      .on('error', reject);
    const reply = await promise;
    reply.resume();
    assert.deepEqual([reply.statusCode, reply.statusMessage], [207, 'Fine']);
    assert.deepEqual(reply.headers['set-cookie'], ['a=1', 'b=2']);
    assert.equal(reply.headers['x-own'], 'yes');
    assert.notEqual(reply.headers['keep-alive'], 'timeout=99');
    assert.deepEqual(
      [
        seen['x-forwarded-for'],
        seen['x-forwarded-proto'],
        seen['x-forwarded-host'],
        seen['x-hop'],
        seen['forwarded'],
      ],
      ['127.0.0.1', 'http', new URL(url).host, undefined, undefined],
    );
    assert.deepEqual([seen.cookie, seen.origin, seen.host], ['nezuban=abc', url, new URL(url).host]);
  });

  test('forward: an upload in pieces: arrives while it is still being sent, and whole', async () => {
    let received = '';
    answer = (request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => (received += text));
      request.on('end', () => response.end(String(received.length)));
    };
    const { promise, resolve } = Promise.withResolvers<string>();
    const request = http.request(`${url}/api/v1/definitions`, { method: 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text));
    });
    request.write('x'.repeat(70_000));
    await waitFor(() => received.length === 70_000, { message: 'the first piece at the master' });
    request.end('y'.repeat(70_000));
    assert.equal(await promise, '140000');
  });

  test('forward: a stream: head and pieces come at once; the client leaves: the master hears it', async () => {
    let response: http.ServerResponse | undefined;
    let gone = false;
    answer = (_request, given) => {
      response = given;
      given.on('close', () => (gone = true));
      given.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    };
    const leaving = new AbortController();
    const stream = await fetch(`${url}/api/v1/live`, { signal: leaving.signal });
    assert.equal(stream.status, 200, 'the head comes before there is a body');
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    response?.write('data: 1\n\n');
    assert.equal((await reader?.read())?.value, 'data: 1\n\n');
    const next = reader?.read().catch(() => undefined);
    leaving.abort();
    await next;
    await waitFor(() => gone, { message: 'the master to hear that the client left' });
  });

  test('forward: the master dies in the middle of an answer: the client sees it cut off, not ended', async () => {
    answer = (_request, response) => void response.writeHead(200, { 'content-length': '100' }).write('half');
    const reply = await fetch(`${url}/api/v1/x`);
    await killMaster();
    await assert.rejects(reply.text());
  });

  test('forward: many requests one after the other: connections are kept; one that has been closed is no error', async () => {
    let connections = 0;
    master.on('connection', () => (connections += 1));
    for (let index = 0; index < 5; index += 1) assert.equal(await (await fetch(`${url}/a`)).text(), 'master');
    assert.equal(connections, 1);
    for (const socket of sockets) socket.destroy();
    assert.equal(await (await fetch(`${url}/a`)).text(), 'master');
  });

  test('forward: a change whose answer is lost: says that nobody knows; one that never left: that nothing was done', async () => {
    answer = (request) => void request.socket.destroy();
    const lost = await fetch(`${url}/api/v1/nets/x/sessions`, { method: 'POST', body: '{}' });
    const { code, detail } = (await lost.json()) as { code: string; detail: string };
    assert.deepEqual([lost.status, code], [503, 'not_master']);
    assert.match(detail, /whether it was done is not known/);
    await killMaster();
    const never = await fetch(`${url}/api/v1/nets/x/sessions`, { method: 'POST', body: '{}' });
    assert.match(((await never.json()) as { detail: string }).detail, /nothing was done/);
  });

  test('no master: the API: problem and Retry-After at once, the socket is not even tried', async () => {
    people.setMaster({ name: null, says: '' });
    let asked = false;
    answer = () => (asked = true);
    const reply = await fetch(`${url}/api/v1/nets`);
    assert.deepEqual(
      [reply.status, reply.headers.get('retry-after'), reply.headers.get('content-type')],
      [503, '1', 'application/problem+json; charset=utf-8'],
    );
    const asset = await fetch(`${url}/assets/app.js`, { headers: { accept: '*/*' } });
    assert.equal(asset.headers.get('content-type'), 'application/problem+json; charset=utf-8');
    assert.equal(asked, false);
  });

  test('status page: in English: who, since when, what is missing, what to type; nothing can be injected; it refreshes itself', async () => {
    await killMaster();
    status = pairStatus();
    const reply = await page();
    const html = await reply.text();
    assert.deepEqual([reply.status, reply.headers.get('content-language')], [503, 'en']);
    assert.match(html, /<meta http-equiv="refresh" content="2">/);
    assert.match(html, /alpha is on duty, but it is not reached/);
    assert.match(html, /Nobody is master since 00:00; &quot;alpha&quot; was the last\./);
    assert.match(html, /beta \(this host\)<\/td><td>standby in sync/);
    assert.match(html, /No host is &lt;master&gt;\.<br>Type: <code>nezuban pair status<\/code>/);
    assert.doesNotMatch(html, /<script|10\.0\.0|src=|href=/);
    assert.match(reply.headers.get('content-security-policy') ?? '', /default-src 'self'/);
  });

  test('status page: in Japanese, where that is what the browser likes best', async () => {
    await killMaster();
    people.setMaster({ name: null, says: 'English only' });
    status = pairStatus();
    const html = await (await page('ja-JP,en;q=0.8')).text();
    assert.match(html, /<html lang="ja">/);
    assert.match(html, /現在、主系のホストがありません/);
    assert.match(html, /待機系（同期済み）/);
    assert.match(html, /主系がいません。<br>実行するコマンド: <code>nezuban pair status<\/code>/);
    assert.doesNotMatch(html, /English only/);
    assert.deepEqual(
      ['ja', 'en-US,ja;q=0.9', 'fr, ja;q=0.5, en;q=0.4', 'ja;q=0', undefined, ''].map(languageOf),
      ['ja', 'en', 'ja', 'en', 'en', 'en'],
    );
    assert.match(renderStatusPage({ status: null, masterName: null, says: '' }, 'en'), /No host is on duty/);
  });

  test('Host: another name than this server: refused here, since the master does not look', async () => {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    http
      .get(url, { headers: { host: 'rebound.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject);
    assert.equal(await promise, 403);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
  });

  test('take-over: requests are held, then answered by the new master; without one they hear so', async () => {
    await killMaster();
    people.hold();
    let arrived = 0;
    door.setHandler((request, response) => {
      people.handler(request, response);
      arrived += 1;
    });
    const held = [fetch(`${url}/api/v1/nets`), fetch(`${url}/api/v1/nets`, { method: 'POST', body: 'x' })];
    await waitFor(() => arrived === 2, { message: 'both requests' });
    people.release((request, response) => {
      request.resume();
      request.on('end', () => response.end(`new master: ${request.method}`));
    });
    assert.deepEqual((await Promise.all(held.map(async (one) => (await one).text()))).toSorted(), [
      'new master: GET',
      'new master: POST',
    ]);
  });
});
