// Which manager is chosen, and where a token may go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mkdtempSync, rmSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { chooseConnection, type ConnectionInput } from './connection.ts';
import { loginFile, readCa, readStoredConnections, writeLogin } from './connection-files.ts';

const stored = [
  { source: 'login', connection: { url: 'https://a.example:7443/', token: 'token-a', ca: '/ca.pem' } },
  { source: 'home', connection: { url: 'http://127.0.0.1:7080', token: 'token-local' } },
];
const choose = (input: Partial<ConnectionInput>) => {
  const { url, token, ca, source } = chooseConnection({ options: {}, env: {}, stored, ...input });
  return { url: url.origin, token, ca, source };
};

test('connection: nothing named: what is stored first', () => {
  assert.deepEqual(choose({}), {
    url: 'https://a.example:7443',
    token: 'token-a',
    ca: '/ca.pem',
    source: 'login',
  });
});

test('connection: options before environment before files', () => {
  const env = { url: 'https://env.example', token: 'token-env' };
  assert.deepEqual(choose({ env }), {
    url: 'https://env.example',
    token: 'token-env',
    ca: undefined,
    source: 'NEZUBAN_URL',
  });
  assert.equal(choose({ env, options: { url: 'https://option.example' } }).url, 'https://option.example');
  assert.equal(choose({ env, options: { token: 'token-option' } }).token, 'token-option');
});

test('connection: an address is named, no token: only one stored for that very address goes there', () => {
  assert.equal(choose({ options: { url: 'http://127.0.0.1:7080/' } }).token, 'token-local');
  assert.equal(choose({ options: { url: 'http://127.0.0.1:7081' } }).token, undefined);
  assert.equal(choose({ options: { url: 'https://evil.example:7443' } }).token, undefined);
});

test('connection: plain HTTP over the network: refused', () => {
  for (const url of ['http://manager.example:7080', 'http://127.0.0.1.evil.example']) {
    assert.throws(
      () => choose({ options: { url } }),
      (error) =>
        error instanceof Failure && error.exitCode === exitCodes.usage && /unprotected/.test(error.message),
      url,
    );
  }
  for (const url of ['http://localhost:1', 'http://[::1]:1', 'http://127.9.9.9'])
    assert.equal(choose({ options: { url } }).url, url);
});

test('connection: no address: refused in a sentence', () => {
  for (const url of ['manager', 'ftp://x', 'https://user:secret@x', 'https://x/?q=1', '']) {
    assert.throws(
      () => choose({ options: { url } }),
      (error) => error instanceof Failure && error.exitCode === exitCodes.usage,
      url,
    );
  }
});

test('connection: nothing known: says what to type', () => {
  assert.throws(
    () => choose({ stored: [] }),
    (error) =>
      error instanceof Failure &&
      error.exitCode === exitCodes.unreachable &&
      /nezuban manager[^]*nezuban login/.test(error.hints.join('\n')),
  );
});

const withFolder = async (work: (folder: string) => Promise<void>) => {
  const folder = mkdtempSync('/tmp/nz-cli-');
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
const places = (homeDirectory: string, env = {}) => ({ homeDirectory, env, isRoot: false });

test('connection files: login, then the local manager; a named home alone', async () => {
  await withFolder(async (folder) => {
    const login = { url: 'https://a.example', token: 'a', user: 'admin', tokenId: 3 };
    await writeLogin(loginFile(places(folder)), login);
    mkdirSync(path.join(folder, '.nezuban'));
    writeFileSync(
      path.join(folder, '.nezuban/cli.json'),
      '{"url":"http://127.0.0.1:1","token":"b","ca":null,"later":1}',
    );
    const found = await readStoredConnections(places(folder), undefined);
    assert.deepEqual(
      found.map(({ connection }) => connection),
      [login, { url: 'http://127.0.0.1:1', token: 'b' }],
    );
    const named = await readStoredConnections(places(folder), path.join(folder, '.nezuban'));
    assert.deepEqual(
      named.map(({ connection }) => connection.token),
      ['b'],
    );
    assert.deepEqual(await readStoredConnections(places(folder), path.join(folder, 'nowhere')), []);
    assert.equal(loginFile(places(folder, { XDG_CONFIG_HOME: '/conf' })), '/conf/nezuban/cli.json');
  });
});

test('connection files: a login: is readable by its owner alone, and replaces the one before', async () => {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'conf/cli.json');
    await writeLogin(file, { url: 'https://a.example', token: 'a' });
    await writeLogin(file, { url: 'https://b.example', token: 'b' });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(path.dirname(file)).mode & 0o777, 0o700);
  });
});

test('connection files: damaged: one sentence with the file and what to do', async () => {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'cli.json');
    for (const text of ['', '{', 'null', '[]', '{"url":1,"token":"x"}', '{"url":"http://127.0.0.1:1"}']) {
      writeFileSync(file, text);
      await assert.rejects(
        readStoredConnections(places(folder), folder),
        (error) => error instanceof Failure && error.message.startsWith(file) && error.hints.length > 0,
        text,
      );
    }
  });
});

test('connection files: certificates: as text or as a file', async () => {
  await withFolder(async (folder) => {
    const file = path.join(folder, 'ca.pem');
    writeFileSync(file, '-----BEGIN CERTIFICATE-----\n');
    assert.equal(await readCa(file), '-----BEGIN CERTIFICATE-----\n');
    assert.equal(await readCa('-----BEGIN X'), '-----BEGIN X');
    await assert.rejects(readCa(path.join(folder, 'none')), /cannot be read \(ENOENT\)/);
  });
});
