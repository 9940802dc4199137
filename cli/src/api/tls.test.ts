// TLS: a certificate of an authority that this computer does not know is refused unless it is named.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { exitCodes } from '../exit-codes.ts';
import { startFakeManager } from '../testing/fake-manager.ts';
import { runCli } from '../testing/run-cli.ts';
import { sampleNode } from '../testing/samples.ts';

// Self-signed for 127.0.0.1, good for tests alone, until 2126.
const certificateFile = path.join(import.meta.dirname, '../testing/fixtures/tls-certificate.pem');
const cert = readFileSync(certificateFile, 'utf8');
const key = readFileSync(path.join(import.meta.dirname, '../testing/fixtures/tls-key.pem'), 'utf8');
const start = () =>
  startFakeManager({ listNodes: () => ({ items: [sampleNode()], nextCursor: null }) }, { cert, key });

test('tls: an unknown authority: refused, nothing is sent, and --ca is named', async () => {
  await using manager = await start();
  const result = await runCli(['nodes'], { url: manager.url });
  assert.equal(result.exitCode, exitCodes.unreachable);
  assert.match(
    result.stderr,
    /not signed by an authority that this computer trusts\.\nName the certificate of the manager's authority with: --ca FILE\n$/,
  );
  assert.deepEqual(manager.calls, []);
});

test('tls: the authority is named: it works', async () => {
  await using manager = await start();
  const result = await runCli(['nodes', '--ca', certificateFile], { url: manager.url });
  assert.equal(result.exitCode, 0, result.stderr);
});

test('tls: the certificate is for another name: refused', async () => {
  await using manager = await start();
  const result = await runCli(['nodes', '--ca', certificateFile], {
    url: manager.url.replace('127.0.0.1', 'localhost'),
  });
  assert.equal(result.exitCode, exitCodes.unreachable);
  assert.match(result.stderr, /its certificate is for another name/);
});

test('tls: plain HTTP spoken to a TLS port, and the other way round: said in a sentence', async () => {
  await using secure = await start();
  await using plain = await startFakeManager({});
  for (const url of [secure.url.replace('https:', 'http:'), plain.url.replace('http:', 'https:')]) {
    const result = await runCli(['nodes'], { url });
    assert.equal(result.exitCode, exitCodes.unreachable);
    assert.match(result.stderr, /^nezuban: .*\.\n/);
  }
});

test('tls: the certificate file cannot be read: exit code 2', async () => {
  await using manager = await start();
  const result = await runCli(['nodes', '--ca', '/nonexistent/ca.pem'], { url: manager.url });
  assert.equal(result.exitCode, exitCodes.usage);
  assert.match(result.stderr, /\/nonexistent\/ca\.pem cannot be read \(ENOENT\)/);
});
