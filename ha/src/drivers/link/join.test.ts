// Joining a pair by a token, over real sockets, and the tokens themselves.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import { createSigningRequest } from '@nezuban/platform/signing-request';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import {
  pairAlpn,
  pairServerName,
  type JoinRequest,
  type JoinResponse,
} from '@nezuban/protocol/pair/pair-link';
import { startVoter } from '../../testing/duty-link-fixture.ts';
import { createPairAuthority } from '../../testing/pair-authority.ts';
import { joinPair } from './join-client.ts';
import { createJoinTokens, fingerprintOf, type JoinTokens } from './join-tokens.ts';
import type { LinkError } from './link-error.ts';

const authority = createPairAuthority();
const HOUR_MS = 3_600_000;

function tokensIn(directory: string): { readonly tokens: JoinTokens; pass: (ms: number) => void } {
  let now = Date.UTC(2026, 0, 1);
  return {
    tokens: createJoinTokens({ clock: { epochMs: () => now } }, { directory }),
    pass: (ms) => (now += ms),
  };
}

function requestOf(token: string, more: Partial<JoinRequest> = {}): JoinRequest {
  return {
    token,
    kind: 'member',
    csr: createSigningRequest('new host').csr,
    name: 'host-b',
    release: '0.1.0',
    protocol: 1,
    clock: '2026-01-01T00:00:00.000Z',
    address: ':7382',
    agentAddress: null,
    consoleUrl: null,
    ...more,
  };
}

/** A host that admits whoever has a good token, as the keeper does. */
async function startHost(tokens: JoinTokens) {
  const requests: { readonly request: JoinRequest; readonly from: string }[] = [];
  const onJoin = async (request: JoinRequest, from: string): Promise<JoinResponse> => {
    requests.push({ request, from });
    const judged = tokens.judge(request.token, request);
    if (!judged.ok) return judged;
    const id = judged.repeats ?? `v-${requests.length}`;
    await tokens.use(request.token, { id, csr: request.csr });
    return {
      ok: true,
      cluster: 'cluster-1',
      id,
      certificate: authority.sign(request.csr, id),
      ca: authority.ca,
      book: { revision: 1, members: [] },
      shared: { files: [{ path: 'ca/ca.key', content: 'c2VjcmV0' }], digest: 'd' },
      profile: 'lan',
    };
  };
  const voter = await startVoter('a', { credentials: authority.certify('a'), onJoin });
  return { voter, requests, [Symbol.asyncDispose]: () => voter[Symbol.asyncDispose]() };
}

test('join: a good token: gives a certificate with which the new host is at once a voter', async () => {
  await using home = createScratchHome();
  const { tokens } = tokensIn(home.path);
  await using host = await startHost(tokens);
  const { token } = await tokens.make('member', authority.ca);
  const { csr, privateKey } = createSigningRequest('new host');
  const response = await joinPair({ address: host.voter.address, request: requestOf(token, { csr }) });
  assert.ok(response.ok);
  assert.equal(host.requests[0]?.from, '127.0.0.1');
  const { certificate, ca, id } = response;
  await using joined = await startVoter(id, { credentials: { certificate, ca, privateKey } });
  joined.link.setPeers([{ id: 'a', address: host.voter.address }]);
  await waitFor(() => joined.link.connections().length === 1);
});

test('join: a token of another cluster: nothing is sent to the host', async () => {
  await using home = createScratchHome();
  const { tokens } = tokensIn(home.path);
  await using host = await startHost(tokens);
  const { token } = await tokens.make('member', createPairAuthority().ca);
  await assert.rejects(
    joinPair({ address: host.voter.address, request: requestOf(token) }),
    (error: LinkError) =>
      error.code === 'refused' && /of another cluster than the one that made this token/.test(error.message),
  );
  assert.deepEqual(host.requests, []);
});

test('join: a host that shows the CA of the token without being certified by it: gets no token', async () => {
  await using home = createScratchHome();
  const { tokens } = tokensIn(home.path);
  const impostor = createPairAuthority().certify('a');
  const heard: string[] = [];
  const server = tls.createServer(
    {
      cert: `${impostor.certificate}${authority.ca}`,
      key: impostor.privateKey,
      ALPNProtocols: [pairAlpn.join],
    },
    (socket) => socket.on('data', (bytes: Buffer) => heard.push(bytes.toString())),
  );
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const { token } = await tokens.make('member', authority.ca);
  await assert.rejects(
    joinPair({ address: `127.0.0.1:${address.port}`, request: requestOf(token) }),
    (error: LinkError) => ['refused', 'not-connected'].includes(error.code),
  );
  assert.deepEqual(heard, []);
  server.close();
});

test('join: nobody there, no token, no address: say so', async () => {
  const token = `nzp_${'x'.repeat(43)}.${authority.fingerprint}`;
  const join = (address: string, given = token) => joinPair({ address, request: requestOf(given) });
  await assert.rejects(join('127.0.0.1:1'), /Nobody listens at 127.0.0.1:1/);
  await assert.rejects(join('127.0.0.1'), /is not the address of a host of the pair: write HOST:PORT/);
  await assert.rejects(join('127.0.0.1:1', 'nzj_agent'), /This is no token of a pair/);
});

test('join: a repeated request: gets the same place, another one with that token gets none', async () => {
  await using home = createScratchHome();
  const { tokens } = tokensIn(home.path);
  await using host = await startHost(tokens);
  const { token } = await tokens.make('member', authority.ca);
  const request = requestOf(token);
  const first = await joinPair({ address: host.voter.address, request });
  const again = await joinPair({ address: host.voter.address, request });
  assert.ok(first.ok && again.ok);
  assert.equal(again.id, first.id);
  const other = await joinPair({ address: host.voter.address, request: requestOf(token) });
  assert.ok(!other.ok);
  assert.equal(other.code, 'token-used');
  assert.match(other.says, /has been used/);
});

test('join: many tries in vain from one address: are not even looked at any more', async () => {
  await using home = createScratchHome();
  const { tokens } = tokensIn(home.path);
  await using host = await startHost(tokens);
  const wrong = requestOf(`nzp_${'x'.repeat(43)}.${authority.fingerprint}`);
  const codes = [];
  for (let n = 0; n < 12; n += 1) {
    const response = await joinPair({ address: host.voter.address, request: wrong });
    codes.push(response.ok ? 'ok' : response.code);
  }
  assert.deepEqual(codes, [...Array<string>(10).fill('token-unknown'), 'too-many-tries', 'too-many-tries']);
  assert.equal(host.requests.length, 10);
});

test('join: what is no request: is answered with a sentence', async () => {
  await using home = createScratchHome();
  await using host = await startHost(tokensIn(home.path).tokens);
  const socket = tls.connect({
    host: '127.0.0.1',
    port: host.voter.port,
    ca: authority.ca,
    servername: pairServerName,
    ALPNProtocols: [pairAlpn.join],
  });
  let text = '';
  socket.on('data', (part: Buffer) => (text += part.toString()));
  socket.write('{"hello":1}\n');
  await new Promise((resolve) => socket.once('close', resolve));
  assert.match(text, /"code":"wrong-request"/);
});

test('join tokens: kinds, end of life, and use: each has its code and sentence', async () => {
  await using home = createScratchHome();
  const { tokens, pass } = tokensIn(home.path);
  const member = { kind: 'member', csr: 'csr-1' } as const;
  const { token, expiresAt } = await tokens.make('member', authority.ca);
  assert.match(token, /^nzp_[\w-]{43}\.[\w-]{43}$/);
  assert.equal(token.split('.')[1], authority.fingerprint);
  assert.equal(expiresAt, '2026-01-01T01:00:00.000Z');
  const codeOf = (judged: ReturnType<JoinTokens['judge']>) => (judged.ok ? judged.repeats : judged.code);
  assert.equal(codeOf(tokens.judge(token, member)), null);
  assert.equal(codeOf(tokens.judge(token, { ...member, kind: 'witness' })), 'token-kind');
  assert.equal(
    codeOf(tokens.judge(`nzp_${'x'.repeat(43)}.${authority.fingerprint}`, member)),
    'token-unknown',
  );
  await tokens.use(token, { id: 'v1', csr: 'csr-1' });
  assert.equal(codeOf(tokens.judge(token, member)), 'v1');
  assert.equal(codeOf(tokens.judge(token, { ...member, csr: 'csr-2' })), 'token-used');
  pass(HOUR_MS);
  assert.equal(codeOf(tokens.judge(token, member)), 'token-expired');
});

test('join tokens: on the disk: no secret, private, bounded, and known to the next start', async () => {
  await using home = createScratchHome();
  const first = tokensIn(home.path).tokens;
  const all = await Promise.all(Array.from({ length: 60 }, () => first.make('witness', authority.ca)));
  const made = all.map(({ token }) => token);
  const file = path.join(home.path, 'join-tokens.json');
  const text = fs.readFileSync(file, 'utf8');
  assert.ok(!made.some((token) => text.includes(token.slice(4, 47))));
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  const second = tokensIn(home.path).tokens;
  const known = made.filter((token) => second.judge(token, { kind: 'witness', csr: 'c' }).ok);
  assert.deepEqual(known, made.slice(-50));
  assert.equal(fingerprintOf(authority.ca), authority.fingerprint);
});
