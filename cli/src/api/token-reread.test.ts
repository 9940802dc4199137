// The manager has made its local token anew while a command runs: the command reads the file again, once for each refusal.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { exitCodes } from '../exit-codes.ts';
import { runCli } from '../testing/run-cli.ts';
import { sampleNode } from '../testing/samples.ts';

const problem = {
  type: 'about:blank',
  title: 'Not signed in',
  status: 401,
  detail: 'The API token is unknown, expired or revoked.',
  code: 'not_signed_in',
  instance: 'r1',
  retryable: false,
  remedy: 'Sign in.',
};

describe('token: refused while the command runs', () => {
  let home: string;
  let server: http.Server;
  let url: string;
  let sent: (string | undefined)[];
  /** Tokens that are let in; what happens before a refusal is answered. */
  let valid: string;
  let onRefusal: () => void;
  const write = (token: string, at = url) =>
    writeFileSync(path.join(home, 'cli.json'), JSON.stringify({ url: at, token, ca: null }));

  beforeEach(async () => {
    home = mkdtempSync('/tmp/nz-cli-token-');
    sent = [];
    valid = 'new';
    onRefusal = () => undefined;
    server = http.createServer((request, reply) => {
      sent.push(request.headers.authorization);
      if (request.headers.authorization === `Bearer ${valid}`) {
        reply.writeHead(200, { 'content-type': 'application/json' });
        reply.end(JSON.stringify({ items: [sampleNode()], nextCursor: null }));
        return;
      }
      onRefusal();
      reply.writeHead(401, { 'content-type': 'application/problem+json' });
      reply.end(JSON.stringify(problem));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    write('old');
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(home, { recursive: true });
  });
  const listNodes = (env: Record<string, string> = {}) => runCli(['nodes', '--home', home], { env });

  test('token: its file holds another by now: that is used', async () => {
    onRefusal = () => write('new');
    const result = await listNodes();
    assert.equal(result.exitCode, 0, result.stderr);
    assert.match(result.stdout, /^NODE/);
    assert.deepEqual(sent, ['Bearer old', 'Bearer new']);
  });

  test('token: its file holds the same: not tried twice', async () => {
    assert.equal((await listNodes()).exitCode, exitCodes.notSignedIn);
    assert.deepEqual(sent, ['Bearer old']);
  });

  test('token: the other is refused as well: the refusal counts', async () => {
    let made = 0;
    onRefusal = () => write(`wrong${(made += 1)}`);
    assert.equal((await listNodes()).exitCode, exitCodes.notSignedIn);
    assert.deepEqual(sent, ['Bearer old', 'Bearer wrong1']);
  });

  test('token: its file is damaged, gone, or for another address by now: the refusal counts', async () => {
    const file = path.join(home, 'cli.json');
    for (const change of [
      () => writeFileSync(file, '{'),
      () => rmSync(file),
      () => write('new', 'http://127.0.0.1:1'),
    ]) {
      write('old');
      sent = [];
      onRefusal = change;
      const result = await listNodes();
      assert.equal(result.exitCode, exitCodes.notSignedIn);
      assert.match(result.stderr, /unknown, expired or revoked/);
      assert.deepEqual(sent, ['Bearer old']);
    }
  });

  test('token: named by the environment: no file takes its place', async () => {
    onRefusal = () => write('new');
    assert.equal((await listNodes({ NEZUBAN_TOKEN: 'named' })).exitCode, exitCodes.notSignedIn);
    assert.deepEqual(sent, ['Bearer named']);
  });
});
