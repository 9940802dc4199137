// The tool "http" in a real agent, against servers on loopback: what is sent, how an answer is judged, and what becomes of servers that are not there,
// not trusted, too slow, or send elsewhere.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { HttpInput } from '@nezuban/protocol/agent/tool-inputs';
import { AgentFixture } from '../../testing/agent-fixture.ts';
import { createTestAuthority } from '../../testing/certificate-authority.ts';
import { FakeManager } from '../../testing/fake-manager.ts';
import { waitUntil } from '../../testing/wait-until.ts';

const isRoot = process.getuid?.() === 0;

type Seen = {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
};
type Answer = {
  readonly status?: number;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
};

describe('http', () => {
  let manager: FakeManager;
  let fixture: AgentFixture;
  const servers = new Set<net.Server>();
  const sockets = new Set<net.Socket>();

  before(async () => {
    manager = await FakeManager.start();
    fixture = new AgentFixture();
    await fixture.join(manager);
    fixture.start();
    await manager.connected();
  });
  after(async () => {
    await fixture.clean();
    await manager.stop();
  });
  afterEach(async () => {
    for (const server of servers) {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
    servers.clear();
  });

  const listen = async (server: net.Server): Promise<number> => {
    servers.add(server);
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as net.AddressInfo).port;
  };
  const serve = async (
    answer: (seen: Seen, count: number) => Answer | null,
    options: https.ServerOptions | null = null,
  ) => {
    const seen: Seen[] = [];
    const handle: http.RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const one = {
          method: request.method ?? '',
          url: request.url ?? '',
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
        };
        seen.push(one);
        const said = answer(one, seen.length);
        if (said === null) return;
        response.writeHead(said.status ?? 200, said.headers).end(said.body ?? '');
      });
    };
    const server = options === null ? http.createServer(handle) : https.createServer(options, handle);
    const port = await listen(server);
    return { seen, port, url: options === null ? `http://127.0.0.1:${port}` : `https://localhost:${port}` };
  };
  const call = (more: Partial<HttpInput>, order: object = {}): string => {
    const input: HttpInput = {
      url: 'http://127.0.0.1:1/',
      method: 'GET',
      query: {},
      headers: {},
      headerFiles: {},
      status: { normal: [{ from: 200, to: 299 }], warning: [], retry: [] },
      tls: { verify: true },
      redirectsMax: 5,
      connectTimeoutMs: 5_000,
      responseTimeoutMs: 10_000,
      ...more,
    };
    return manager.dispatchOne({ tool: { name: 'http', input }, ...order });
  };
  const result = async (id: string) => {
    const { exitCode } = await manager.ended(id);
    const stdout = await manager.wholeOutput(id);
    return { exitCode, stdout, stderr: manager.output(id, 'stderr').toString() };
  };

  test('request: method, query, headers, body; the body of the answer is the output', async () => {
    const { seen, url } = await serve(() => ({
      body: '{"ok":true}',
      headers: { 'set-cookie': 'id=1', 'x-thing': 'a' },
    }));
    const id = call({
      url: `${url}/a?b=1`,
      method: 'POST',
      query: { 'c d': 'e&f' },
      headers: { Authorization: 'Bearer hidden-1' },
      body: { json: { text: 'ä', list: [1, null] } },
    });
    const { exitCode, stdout, stderr } = await result(id);
    assert.deepEqual([exitCode, stdout], [0, '{"ok":true}']);
    const [one] = seen;
    assert.deepEqual(
      [one?.method, one?.url, one?.body],
      ['POST', '/a?b=1&c+d=e%26f', '{"text":"ä","list":[1,null]}'],
    );
    assert.equal(one?.headers['content-type'], 'application/json');
    assert.equal(one?.headers.authorization, 'Bearer hidden-1');
    assert.equal(one?.headers['idempotency-key'], id);
    assert.match(stderr, /POST http:\/\/127\.0\.0\.1:\d+\/a\?b=1&c\+d=e%26f -> 200 \(\d+ ms, 11 bytes\)/);
    assert.match(stderr, /set-cookie: \*\*\*[^]*x-thing: a/);
    assert.doesNotMatch(stderr, /hidden-1|id=1/);
  });

  test('request: input and secrets: in no argument and no environment of the process', async () => {
    const { url } = await serve((_seen, count) => (count === 1 ? null : {}));
    const id = call({ url, headers: { authorization: 'hidden-2' }, responseTimeoutMs: 4_000 });
    const { pid } = await manager.running(id);
    const seen = ['cmdline', 'environ'].map((name) => fs.readFileSync(`/proc/${pid}/${name}`, 'utf8'));
    assert.doesNotMatch(seen.join('\n'), /hidden-2/);
    assert.equal((await result(id)).exitCode, 76);
    const left = fs.existsSync(path.join(fixture.home, 'attempts', id))
      ? fs.readdirSync(path.join(fixture.home, 'attempts', id)).filter((name) => name.startsWith('given'))
      : [];
    assert.deepEqual(left, []);
  });

  test('request: as another user: files are read as that user', { skip: !isRoot }, async () => {
    const { url } = await serve(({ headers }) => ({ body: String(headers.authorization) }));
    const token = fixture.file('token');
    fs.writeFileSync(token, 'Bearer from-file\n', { mode: 0o600 });
    const headerFiles = { Authorization: token };
    assert.equal((await result(call({ url, headerFiles }))).stdout, 'Bearer from-file');
    const refused = await result(call({ url, headerFiles }, { user: 'nobody' }));
    assert.equal(refused.exitCode, 77);
    assert.match(refused.stderr, /token cannot be read: EACCES/);
  });

  for (const [status, exitCode] of [
    [200, 0],
    [409, 1],
    [503, 75],
    [404, 2],
  ] as const)
    test(`status: ${status}: exit code ${exitCode}`, async () => {
      const { url } = await serve(() => ({ status, body: 'said' }));
      const ranges = {
        normal: [{ from: 200, to: 299 }],
        warning: [{ from: 409, to: 409 }],
        retry: [{ from: 500, to: 599 }],
      };
      const ended = await result(call({ url, status: ranges }));
      assert.deepEqual([ended.exitCode, ended.stdout], [exitCode, 'said']);
    });

  test('body: not as it should be: abnormal, with what stands there', async () => {
    const { url } = await serve(() => ({ body: '{"state":"broken","n":3}' }));
    for (const [success, exitCode, says] of [
      [{ json: '$.state', equals: 'broken' }, 0, /->/],
      [{ json: '$.n', equals: 3 }, 0, /->/],
      [{ json: '$.state', equals: 'ok' }, 2, /\$\.state is "broken"/],
      [{ json: '$.state', matches: '^o' }, 2, /\$\.state is "broken"/],
      [{ json: '$.none' }, 2, /there is nothing at \$\.none/],
      [{ regex: 'bro+ken' }, 0, /->/],
      [{ regex: '^broken$' }, 2, /nothing in it fits/],
    ] as const) {
      const ended = await result(call({ url, success }));
      assert.equal(ended.exitCode, exitCode, JSON.stringify(success));
      assert.match(ended.stderr, says);
    }
  });

  test('redirects: followed up to the bound; what was meant for one server is not given to another', async () => {
    const other = await serve(({ headers }) => ({ body: `auth ${headers.authorization ?? 'none'}` }));
    const { url, seen } = await serve(({ url: at }) =>
      at === '/end'
        ? { body: 'here' }
        : at === '/away'
          ? { status: 307, headers: { location: `${other.url}/x` } }
          : { status: 302, headers: { location: at === '/loop' ? '/loop' : '/end' } },
    );
    const headers = { authorization: 'secret' };
    assert.equal(
      (await result(call({ url: `${url}/`, method: 'POST', body: { text: 'x' }, headers }))).stdout,
      'here',
    );
    assert.deepEqual(
      seen.map(({ method, url: at }) => `${method} ${at}`),
      ['POST /', 'GET /end'],
    );
    assert.equal(seen[1]?.headers.authorization, 'secret');
    assert.equal((await result(call({ url: `${url}/away`, headers }))).stdout, 'auth none');
    const body = { form: { password: 'hidden-9' } };
    const given = await result(call({ url: `${url}/away`, method: 'POST', body, headers }));
    assert.deepEqual([given.exitCode, given.stdout], [2, '']);
    assert.match(
      given.stderr,
      /leads to another server \(http:\/\/127\.0\.0\.1:\d+\), which is not given the body/,
    );
    assert.deepEqual(
      other.seen.map(({ body: got }) => got),
      [''],
    );
    const loop = await result(call({ url: `${url}/loop`, redirectsMax: 3 }));
    assert.equal(loop.exitCode, 2);
    assert.match(loop.stderr, /More than 3 redirects/);
  });

  test('poll: asks whom the first answer names until it is done', async () => {
    const { url, seen } = await serve(({ method, url: at }, count) =>
      method === 'POST'
        ? { status: 202, body: '{"id":7,"self":"/jobs/7"}' }
        : { body: JSON.stringify({ at, state: count < 4 ? 'running' : 'done' }) },
    );
    const poll = {
      fromJson: '$.self',
      intervalMs: 50,
      countMax: 100,
      done: { json: '$.state', equals: 'done' },
    };
    const status = { normal: [{ from: 202, to: 202 }], warning: [], retry: [] };
    const ended = await result(
      call({ url: `${url}/jobs`, method: 'POST', body: { form: { a: 'b c' } }, poll, status }),
    );
    assert.deepEqual([ended.exitCode, ended.stdout], [0, '{"at":"/jobs/7","state":"done"}']);
    assert.deepEqual(
      seen.map(({ method }) => method),
      ['POST', 'GET', 'GET', 'GET'],
    );
    assert.equal(seen[0]?.body, 'a=b+c');
    assert.equal(seen[1]?.headers['idempotency-key'], undefined);
  });

  test('poll: failed, never done, and a server that is away for a while', async () => {
    const { url } = await serve((_seen, count) =>
      count === 1 ? { body: '{"state":"running"}' } : { body: '{"state":"failed"}' },
    );
    const done = { json: '$.state', equals: 'done' };
    const failed = { json: '$.state', equals: 'failed' };
    const first = await result(call({ url, poll: { intervalMs: 20, countMax: 9, done, failed } }));
    assert.deepEqual([first.exitCode, first.stdout], [2, '{"state":"failed"}']);
    const never = await result(call({ url, poll: { intervalMs: 20, countMax: 3, done } }));
    assert.equal(never.exitCode, 124);
    assert.match(never.stderr, /Not done after 3 questions/);
    const shaky = await serve((_seen, count) =>
      count === 2 ? { status: 503 } : { body: JSON.stringify({ state: count > 2 ? 'done' : 'running' }) },
    );
    const retry = [{ from: 503, to: 503 }];
    const status = { normal: [{ from: 200, to: 299 }], warning: [], retry };
    assert.equal(
      (await result(call({ url: shaky.url, status, poll: { intervalMs: 20, countMax: 9, done } }))).exitCode,
      0,
    );
  });

  test('server: not there: nothing was sent', async () => {
    const { exitCode, stderr } = await result(call({ url: 'http://127.0.0.1:1/' }));
    assert.equal(exitCode, 69);
    assert.match(stderr, /No connection to 127\.0\.0\.1 port 1: .*ECONNREFUSED/);
  });

  test('server: takes the request and says nothing, or half: nobody can say', async () => {
    const silent = await serve(() => null);
    const late = await result(call({ url: silent.url, method: 'POST', responseTimeoutMs: 500 }));
    assert.equal(late.exitCode, 76);
    assert.match(late.stderr, /no whole answer within 0\.5 s/);
    const port = await listen(
      net.createServer(
        (socket) =>
          void socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nhalf')),
      ),
    );
    assert.equal((await result(call({ url: `http://127.0.0.1:${port}/` }))).exitCode, 76);
  });

  test('its waiter is killed while it waits for the answer: unknown, and asked once', async () => {
    const { url, seen } = await serve(() => null);
    const id = call({ url, method: 'POST' });
    await manager.running(id);
    await waitUntil(() => seen.length === 1, 'the request');
    process.kill(await fixture.waiterPid(id), 'SIGKILL');
    assert.equal((await manager.outcome(id)).state, 'unknown');
    manager.dispatch({ attemptId: id, tool: { name: 'http', input: {} } });
    assert.equal((await manager.outcome(id)).state, 'unknown');
    assert.equal(seen.length, 1);
  });

  test('tls: trusted by a CA file, else not; a client certificate; verification switched off', async () => {
    const { caPem, server } = createTestAuthority(['localhost']);
    const clientFiles = { certificateFile: fixture.file('client.pem'), keyFile: fixture.file('client.key') };
    fs.writeFileSync(clientFiles.certificateFile, server.cert);
    fs.writeFileSync(clientFiles.keyFile, server.key);
    const caFile = fixture.file('ca.pem');
    fs.writeFileSync(caFile, caPem);
    const { url } = await serve(() => ({ body: 'safe' }), server);
    assert.equal((await result(call({ url, tls: { verify: true, caFile } }))).stdout, 'safe');
    const untrusted = await result(call({ url }));
    assert.equal(untrusted.exitCode, 77);
    assert.match(untrusted.stderr, /certificate of localhost port \d+ is not trusted/);
    assert.equal((await result(call({ url, tls: { verify: false } }))).exitCode, 0);
    const strict = await serve(() => ({ body: 'known' }), { ...server, ca: caPem, requestCert: true });
    assert.equal(
      (await result(call({ url: strict.url, tls: { verify: true, caFile, ...clientFiles } }))).stdout,
      'known',
    );
    assert.notEqual((await result(call({ url: strict.url, tls: { verify: true, caFile } }))).exitCode, 0);
  });

  test('proxy: plain requests go to it, TLS goes through it', async () => {
    const { caPem, server } = createTestAuthority(['localhost']);
    const caFile = fixture.file('proxy-ca.pem');
    fs.writeFileSync(caFile, caPem);
    const target = await serve(() => ({ body: 'behind' }), server);
    const asked: string[] = [];
    const proxy = http.createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end('by proxy');
    });
    proxy.on('connect', (request, socket) => {
      asked.push(`CONNECT ${request.url}`);
      const through = net.connect(target.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        through.pipe(socket).pipe(through);
      });
      through.on('error', () => socket.destroy());
      socket.on('error', () => through.destroy());
    });
    const by = `http://127.0.0.1:${await listen(proxy)}`;
    assert.equal((await result(call({ url: 'http://name.invalid/x', proxy: by }))).stdout, 'by proxy');
    assert.equal(
      (await result(call({ url: target.url, proxy: by, tls: { verify: true, caFile } }))).stdout,
      'behind',
    );
    assert.deepEqual(asked, ['GET http://name.invalid/x', `CONNECT localhost:${target.port}`]);
  });

  test('callees: an address, a name that leads to it, and a redirect to it: not called', async () => {
    const inner = await serve(() => ({ body: 'credentials' }));
    const outer = await serve(() => ({ status: 302, headers: { location: `${inner.url}/latest` } }));
    const callees = { allow: [], deny: ['127.0.0.1', '::1'] };
    for (const url of [
      inner.url,
      `http://localhost:${inner.port}`,
      `http://[::ffff:127.0.0.1]:${inner.port}`,
    ]) {
      const { exitCode, stderr } = await result(call({ url, callees }));
      assert.equal(exitCode, 77, stderr);
      assert.match(stderr, /Not called: .*denied to HTTP calls \(settings "http_calls" of the manager\)/);
    }
    const redirected = await result(
      call({ url: `http://localhost:${outer.port}`, callees: { allow: ['localhost'], deny: [] } }),
    );
    assert.equal(redirected.exitCode, 77);
    assert.match(redirected.stderr, /127\.0\.0\.1 is not among what HTTP calls are allowed/);
    assert.deepEqual([inner.seen.length, outer.seen.length], [0, 1]);
  });

  test('credentials: of the server and of the proxy, each to its own', async () => {
    const { seen, url } = await serve(() => ({}));
    const proxy = await serve(() => ({ body: 'by proxy' }));
    const basicAuth = { user: 'batch', password: 'p:w' };
    await result(call({ url, basicAuth }));
    await result(
      call({ url: 'http://name.invalid/', proxy: proxy.url, proxyAuth: { user: 'p', password: 'x' } }),
    );
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    assert.equal(seen[0]?.headers.authorization, basic('batch:p:w'));
    assert.equal(proxy.seen[0]?.headers['proxy-authorization'], basic('p:x'));
    assert.equal(proxy.seen[0]?.headers.authorization, undefined);
  });
});
