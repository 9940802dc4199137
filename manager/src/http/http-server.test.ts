// Tests of the API server over real HTTP: who gets in, what errors look like, versions, limits, files, stop.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { buildRequest } from '@nezuban/protocol/api/operation';
import type { Operation } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import { problemSchema } from '@nezuban/protocol/problem';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { hasPeer } from '../testing/open-sockets.ts';
import { readAnswer, startManagerHarness } from '../testing/manager-harness.ts';
import type { ManagerHarness } from '../testing/manager-harness.ts';
import { createConsoleDoor } from './console-door.ts';
import { ListenError } from './listen-error.ts';

const SAMPLE_PARAMS: Record<string, unknown> = {
  name: 'night/settlement',
  id: 1,
  attemptId: '1-abcdef-0.1.0.1',
};

describe('http server', () => {
  let manager: ManagerHarness;
  let consoleDirectory: string;
  let yaml = '';
  before(async () => {
    consoleDirectory = await mkdtemp(path.join(os.tmpdir(), 'nz-console-'));
    await mkdir(path.join(consoleDirectory, 'assets'));
    await writeFile(path.join(consoleDirectory, 'index.html'), '<!doctype html><title>Nezuban</title>');
    await writeFile(path.join(consoleDirectory, 'assets', 'app-0123abcd.js'), 'export {};');
    manager = await startManagerHarness({
      consoleDirectory,
      handlers: {
        applyDefinitions: async ({ body }) => {
          yaml = body;
          return { body: { dryRun: false, changes: [] } };
        },
        exportNet: async ({ params }) => ({ body: `name: ${params.name}\n`, revision: 7 }),
        getSystem: async () => ({ body: { product: 'Somebody else' } as never }),
        deleteNet: () => Promise.reject(new Error('a bug with a secret in its message')),
      },
      getRawOutput: async () => ({
        stream: Readable.from([Buffer.of(0xff, 0x00), Buffer.of(0x80)]),
        headers: { 'content-length': '3' },
      }),
    });
  });
  after(async () => {
    await manager.stop();
    await rm(consoleDirectory, { recursive: true });
  });

  const raw = (pathname: string, init: RequestInit = {}) => fetch(`${manager.url}${pathname}`, init);
  const bearer = () => ({ authorization: `Bearer ${manager.localToken}` });

  for (const operation of Object.values(operations) as Operation[]) {
    if (operation.access === 'public') continue;
    test(`http: ${operation.id} without a sign-in: 401 as a problem document`, async () => {
      const parts = buildRequest(operation, { params: SAMPLE_PARAMS });
      const answer = await readAnswer(await raw(parts.path, { method: parts.method }));
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
      const problem = problemSchema.parse(answer.body);
      assert.equal(problem.code, 'not_signed_in');
      assert.equal(problem.instance, answer.headers.get('x-request-id'));
    });
  }

  test('http: a wrong token, a wrong scheme, a token that looks right: 401', async () => {
    for (const authorization of ['Bearer nonsense', 'Basic YTpi', `Bearer nzt_${'A'.repeat(43)}`]) {
      const answer = await readAnswer(await raw('/api/v1/me', { headers: { authorization } }));
      assert.equal(answer.status, 401, authorization);
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="nezuban"');
    }
  });

  test('http: every answer: security headers', async () => {
    for (const pathname of ['/', '/api/v1/me', '/healthz', '/nothing.js']) {
      const { headers } = await readAnswer(await raw(pathname));
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /script-src 'self';/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.ok(headers.get('referrer-policy'));
    }
  });

  test('http: a Host header of another site: refused', async () => {
    const socket = net.connect(manager.port, '127.0.0.1');
    socket.end('GET /api/v1/me HTTP/1.1\r\nHost: rebind.example\r\nConnection: close\r\n\r\n');
    const text = (await Readable.from(socket).toArray()).join('');
    assert.match(text, /^HTTP\/1\.1 403 /);
    assert.match(text, /"code":"forbidden"/);
  });

  test('http: bytes that are no HTTP: 400 as a problem document', async () => {
    const socket = net.connect(manager.port, '127.0.0.1');
    socket.end('NONSENSE\r\n\r\n');
    const text = (await Readable.from(socket).toArray()).join('');
    assert.match(text, /^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*"invalid_request"/);
  });

  test('http: bytes that are no HTTP from a client that never ends its side: the socket is taken from it', async () => {
    const socket = net.connect({ port: manager.port, host: '127.0.0.1', allowHalfOpen: true });
    const connected = Promise.withResolvers<void>();
    socket.once('connect', connected.resolve);
    await connected.promise;
    const port = socket.localPort;
    socket.write('NONSENSE\r\n\r\n');
    socket.resume();
    await waitFor(() => !hasPeer(port), { message: 'the socket to be given up' });
    socket.destroy();
  });

  test('http: paths that cannot be decoded or lead out of the console: refused as problems, nothing of the inside is told', async () => {
    for (const [pathname, status] of [
      ['/api/v1/nets/%zz', 400],
      ['/api/v1/nets/%ff', 400],
      ['/../../package.json', 404],
      ['/assets/%2e%2e/%2e%2e/package.json', 404],
      ['/assets/..%5c..%5cpackage.json', 404],
      ['/%00.js', 404],
    ] as const) {
      const socket = net.connect(manager.port, '127.0.0.1');
      socket.write(`GET ${pathname} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      const text = (await Readable.from(socket).toArray()).join('');
      assert.match(text, new RegExp(`^HTTP/1\\.1 ${status} `), pathname);
      assert.match(text, /application\/problem\+json/, pathname);
      assert.match(text, /x-content-type-options: nosniff/, pathname);
    }
  });

  test('http: broken JSON, wrong type, no body: refused with what is wrong', async () => {
    const post = (body: string | undefined, type?: string) =>
      raw('/api/v1/join-tokens', {
        method: 'POST',
        headers: { ...bearer(), ...(type === undefined ? {} : { 'content-type': type }) },
        ...(body === undefined ? {} : { body }),
      }).then(readAnswer);
    assert.equal((await post('{"expires', 'application/json')).body.code, 'invalid_request');
    assert.equal(
      (await post('a=b', 'application/x-www-form-urlencoded')).body.code,
      'unsupported_media_type',
    );
    assert.equal((await post('a: b', 'application/yaml')).body.code, 'unsupported_media_type');
    assert.match((await post(undefined)).body.detail, /needs a body of type application\/json/);
    const wrong = await post('{"expires_in_s": 1, "x": 2}', 'application/json');
    assert.equal(wrong.status, 400);
    assert.deepEqual(wrong.body.issues.map((issue) => issue.path).sort(), ['body.expires_in_s', 'body.x']);
  });

  test('http: bodies beyond their limits: 413, and YAML up to its own limit passes', async () => {
    const large = await manager
      .call('createJoinToken', {}, { headers: { 'content-type': 'application/json' } })
      .then(async () =>
        readAnswer(
          await raw('/api/v1/join-tokens', {
            method: 'POST',
            headers: { ...bearer(), 'content-type': 'application/json' },
            body: `"${'x'.repeat(1024 * 1024)}"`,
          }),
        ),
      );
    assert.equal(large.status, 413);
    assert.equal(large.body.code, 'body_too_large');
    const accepted = await manager.call('applyDefinitions', {
      body: '#'.repeat(definitionLimits.fileBytesMax + 1),
    });
    assert.equal(accepted.status, 200);
    assert.equal(yaml.length, definitionLimits.fileBytesMax + 1);
    const tooLarge = await manager.call('applyDefinitions', { body: '#'.repeat(10 * 1024 * 1024) });
    assert.equal(tooLarge.status, 413);
  });

  test('http: a body far beyond its limit, sent as fast as it goes: the sender reads why every time', async () => {
    const body = '#'.repeat(24 * 1024 * 1024);
    for (let time = 0; time < 4; time += 1) {
      const answer = await readAnswer(
        await raw('/api/v1/definitions', {
          method: 'POST',
          headers: { ...bearer(), 'content-type': 'application/yaml' },
          body,
        }),
      );
      assert.equal(answer.status, 413);
      assert.equal(answer.body.code, 'body_too_large');
    }
  });

  test('http: YAML that is not UTF-8: refused with its line', async () => {
    const body = Buffer.concat([Buffer.from('kind: jobnet\nname: '), Buffer.from([0x96, 0xe9])]);
    const answer = await readAnswer(
      await raw('/api/v1/definitions', {
        method: 'POST',
        headers: { ...bearer(), 'content-type': 'application/yaml' },
        body,
      }),
    );
    assert.equal(answer.status, 422);
    assert.equal(answer.body.code, 'invalid_definition');
    assert.equal(answer.body.issues[0]?.line, 2);
    assert.equal(answer.body.issues[0]?.column, 7);
  });

  test('http: an ETag at hand: 304 without a body, and net names keep their slash', async () => {
    const first = await manager.call('exportNet', { params: { name: 'night/settlement' } });
    assert.equal(first.text, 'name: night/settlement\n');
    assert.equal(first.headers.get('etag'), '"7"');
    assert.match(first.headers.get('content-type') ?? '', /^application\/yaml/);
    const again = await manager.call(
      'exportNet',
      { params: { name: 'night/settlement' } },
      { headers: { 'if-none-match': '"7"' } },
    );
    assert.equal(again.status, 304);
    assert.equal(again.text, '');
  });

  test('http: a name of 200 characters in Japanese: reaches the handler', async () => {
    const name = '夜'.repeat(200);
    assert.equal((await manager.call('exportNet', { params: { name } })).text, `name: ${name}\n`);
  });

  test('http: raw output: byte for byte', async () => {
    const answer = await raw('/api/v1/attempts/1-abcdef-0.1.0.1/output/raw', { headers: bearer() });
    assert.deepEqual([...new Uint8Array(await answer.arrayBuffer())], [0xff, 0x00, 0x80]);
    assert.equal(answer.headers.get('content-type'), 'application/octet-stream');
  });

  test('http: a bug in a handler or an answer that does not fit: internal, with nothing of the inside told', async () => {
    const bug = await manager.call('deleteNet', { params: { name: 'a' }, ifMatch: '"1"' });
    assert.equal(bug.status, 500);
    assert.equal(bug.body.code, 'internal');
    assert.doesNotMatch(bug.text, /secret/);
    const line = manager.logger.lines.find(
      ({ level, details }) => level === 'error' && details['requestId'] === bug.body.instance,
    );
    assert.ok(line, 'the log has the request id');
    assert.equal((await manager.call('getSystem')).body.code, 'internal');
  });

  test('http: a write without a version: 428', async () => {
    const answer = await manager.call('deleteNet', { params: { name: 'a' } });
    assert.equal(answer.status, 428);
    assert.equal(answer.body.code, 'precondition_required');
  });

  test('http: unknown addresses: a problem under /api, the console elsewhere', async () => {
    const api = await readAnswer(await raw('/api/v1/nothing', { headers: bearer() }));
    assert.equal(api.status, 404);
    assert.equal(api.body.code, 'not_found');
    const page = await raw('/sessions/42');
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<title>Nezuban/);
    assert.equal(page.headers.get('cache-control'), 'no-cache');
    assert.equal((await readAnswer(await raw('/missing.js'))).status, 404);
    assert.equal((await readAnswer(await raw('/..%2f..%2fetc/passwd'))).text.includes('root:'), false);
  });

  test('http: assets with a hash in their name: kept for ever', async () => {
    const asset = await raw('/assets/app-0123abcd.js');
    await asset.body?.cancel();
    assert.match(asset.headers.get('cache-control') ?? '', /immutable/);
  });

  test('http: health and readiness: both answer', async () => {
    assert.deepEqual((await readAnswer(await raw('/healthz'))).body, { status: 'ok' });
    assert.deepEqual((await readAnswer(await raw('/readyz'))).body, { status: 'ready' });
  });

  test('http: the port is taken: one sentence says which', async () => {
    const second = createConsoleDoor(
      { logger: manager.logger },
      { listen: { host: '127.0.0.1', port: manager.port }, tls: null },
    );
    await assert.rejects(second.start(), (error: Error) => {
      assert.ok(error instanceof ListenError);
      assert.equal(error.code, 'port_taken');
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${manager.port} is taken by another program`));
      return true;
    });
    await second.stop();
  });

  test('http: another address without TLS: never', () => {
    assert.throws(
      () =>
        createConsoleDoor({ logger: manager.logger }, { listen: { host: '0.0.0.0', port: 0 }, tls: null }),
      /TLS is needed/,
    );
  });
});
