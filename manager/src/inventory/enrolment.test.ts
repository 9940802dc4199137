// Tests of enrolment and of who is let in at the agent port, over real TLS.
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { after, before, describe, test } from 'node:test';
import { agentLinkPath, joinTokenPattern } from '@nezuban/protocol/agent/link';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startManagerHarness } from '../testing/manager-harness.ts';
import type { ManagerHarness } from '../testing/manager-harness.ts';
import { hasPeer } from '../testing/open-sockets.ts';
import {
  connectAgent,
  createRequest,
  enrolAgent,
  enrolmentOf,
  helloOf,
  openLink,
  postEnrolment,
} from '../testing/test-agent.ts';
import { openAuthority } from './certificates/authority.ts';
import { inventoryLimits } from './inventory-limits.ts';

describe('enrolment', () => {
  let manager: ManagerHarness;
  before(async () => {
    manager = await startManagerHarness();
  });
  after(() => manager.stop());

  const newToken = async () => (await manager.call('createJoinToken', { body: {} })).body.token;

  test('enrolment: the line to paste: names the address, and its token pins the CA', async () => {
    const { body } = await manager.call('createJoinToken', { body: { expires_in_s: 60 } });
    assert.equal(body.command, `nezuban agent join --manager ${manager.agentAddress} --token ${body.token}`);
    const fingerprint = joinTokenPattern.exec(body.token)?.[2];
    assert.equal(
      fingerprint,
      createHash('sha256').update(new X509Certificate(manager.ca).raw).digest('base64url'),
    );
    assert.doesNotMatch(
      JSON.stringify(await manager.database.query({ text: 'SELECT * FROM join_token' })),
      new RegExp(body.token.slice(4, 40)),
    );
  });

  test('enrolment: a good token: a certificate of 90 days for the id that the manager chose', async () => {
    const identity = await enrolAgent(manager, 'web-1');
    const certificate = new X509Certificate(identity.certificate);
    assert.equal(certificate.subject, `CN=${identity.agentId}`);
    assert.ok(certificate.verify(new X509Certificate(identity.ca).publicKey));
    const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
    assert.equal((to - from) / 86_400_000, 90);
    assert.ok(from < Date.now() - 23 * 3_600_000, 'a clock that is hours behind takes it too');
    const node = await manager.call('getNode', { params: { name: 'web-1' } });
    assert.equal(node.body.connection, 'never');
    assert.equal(node.body.hostname, 'web-1.example');
    const events = await manager.call('listEvents', { query: { code: ['agent_joined'], node: 'web-1' } });
    assert.equal(events.body.items.length, 1);
  });

  test('enrolment: a used, expired, forged or foreign token: refused, and nothing is made', async () => {
    const { csr } = await createRequest();
    const used = await newToken();
    assert.equal((await postEnrolment(manager, enrolmentOf(used, csr, 'used-1'))).status, 200);
    const again = await postEnrolment(manager, enrolmentOf(used, csr, 'used-2'));
    assert.equal(again.status, 401);
    assert.equal(again.body.code, 'join_refused');
    assert.match(again.body.detail, /used by "used-1"/);

    const expired = await newToken();
    await manager.database.query({ text: 'UPDATE join_token SET expires_at = now() WHERE used_at IS NULL' });
    assert.match((await postEnrolment(manager, enrolmentOf(expired, csr, 'expired'))).body.detail, /expired/);

    const good = await newToken();
    const [, secret = '', fingerprint = ''] = joinTokenPattern.exec(good) ?? [];
    const forged = `nzj_${'A'.repeat(43)}.${fingerprint}`;
    assert.match(
      (await postEnrolment(manager, enrolmentOf(forged, csr, 'forged'))).body.detail,
      /does not know/,
    );
    const foreign = `nzj_${secret}.${'A'.repeat(43)}`;
    assert.match(
      (await postEnrolment(manager, enrolmentOf(foreign, csr, 'foreign'))).body.detail,
      /another manager/,
    );
    for (const name of ['used-2', 'expired', 'forged', 'foreign'])
      assert.equal((await manager.call('getNode', { params: { name } })).status, 404, name);
  });

  test('enrolment: one token, two agents at once: one of them joins', async () => {
    const token = await newToken();
    const requests = await Promise.all([createRequest(), createRequest()]);
    const answers = await Promise.all(
      requests.map(({ csr }, index) => postEnrolment(manager, enrolmentOf(token, csr, `race-${index}`))),
    );
    assert.deepEqual(
      answers.map(({ status }) => status).sort((a, b) => a - b),
      [200, 401],
    );
  });

  test('enrolment: a name that is taken: refused with what to do, and the token stays good', async () => {
    await enrolAgent(manager, 'taken');
    const token = await newToken();
    const { csr } = await createRequest();
    const refused = await postEnrolment(manager, enrolmentOf(token, csr, 'taken'));
    assert.equal(refused.status, 409);
    assert.match(refused.body.detail, /remove that node first/);
    assert.equal((await postEnrolment(manager, enrolmentOf(token, csr, 'not-taken'))).status, 200);
  });

  test('enrolment: the answer was lost: the same token for the same name gives a new identity, until the agent has connected', async () => {
    const token = await newToken();
    const lost = await createRequest();
    const first = await postEnrolment(manager, enrolmentOf(token, lost.csr, 'lost-answer'));
    const { csr, key } = await createRequest();
    const second = await postEnrolment(manager, enrolmentOf(token, csr, 'lost-answer'));
    assert.equal(second.status, 200);
    const void1 = openLink(manager, { certificate: first.body.certificate ?? '', key: lost.key });
    assert.match((await void1.whenClosed()).reason, /not known here/);
    const { agentId = '', certificate = '', ca = '' } = second.body;
    const agent = await connectAgent(manager, { agentId, certificate, ca, key, nodeName: 'lost-answer' });
    const third = await postEnrolment(manager, enrolmentOf(token, csr, 'lost-answer'));
    assert.equal(third.status, 409);
    agent.stop();
    assert.equal((await manager.call('removeNode', { params: { name: 'lost-answer' } })).status, 204);
    assert.equal((await postEnrolment(manager, enrolmentOf(token, csr, 'lost-answer'))).status, 401);
  });

  test('enrolment: bad requests: told what is wrong', async () => {
    const token = await newToken();
    const { csr } = await createRequest();
    const cases: [unknown, RegExp][] = [
      ['{"token', /not JSON/],
      [{ ...enrolmentOf('nonsense', csr, 'a') }, /token: is not a join token/],
      [enrolmentOf(token, csr, 'a b'), /cannot be the name of a node/],
      [enrolmentOf(token, 'nonsense', 'bad-csr'), /not PKCS#10/],
      [{ ...enrolmentOf(token, csr, 'extra'), admin: true }, /admin: is not a known key/],
    ];
    for (const [body, expected] of cases) {
      const answer = await postEnrolment(manager, body);
      assert.equal(answer.status, 400);
      assert.match(answer.body.detail, expected);
    }
    assert.equal(
      (await postEnrolment(manager, 'x'.repeat(inventoryLimits.enrolBodyBytesMax + 1))).status,
      413,
    );
  });

  test('agent port: no certificate, one of another CA, one that was never issued: refused', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'nz-ca-'));
    try {
      const other = await openAuthority(directory);
      const { csr, key } = await createRequest();
      const forged = await other.issueAgent(csr, 'agt_00000000000000000000' as never);
      for (const identity of [{}, { certificate: forged.pem, key }]) {
        const link = openLink(manager, identity);
        await waitFor(() => link.error(), { message: 'the refusal' });
        assert.match(link.error()?.message ?? '', /401/);
      }
      const own = await openAuthority(path.join(manager.home, 'manager', 'ca'));
      const unknown = await own.issueAgent(csr, 'agt_00000000000000000000' as never);
      const link = openLink(manager, { certificate: unknown.pem, key });
      assert.deepEqual(await link.whenClosed(), {
        code: 1008,
        reason: 'this agent is not known here: its node was removed; join again with a new token',
      });
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('agent port: a stranger without a certificate that never ends its side: the socket is taken from it', async () => {
    const half = {
      port: Number(manager.agentAddress.split(':').at(-1)),
      host: '127.0.0.1',
      allowHalfOpen: true,
      rejectUnauthorized: false,
    };
    const socket = tls.connect(half);
    const connected = Promise.withResolvers<void>();
    socket.once('secureConnect', connected.resolve);
    await connected.promise;
    const port = socket.localPort;
    socket.write(
      `GET ${agentLinkPath} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    socket.resume();
    await waitFor(() => !hasPeer(port), { message: 'the socket to be given up' });
    socket.destroy();
  });

  test('agent port: a removed node: its connection ends, and its certificate is refused from then on', async () => {
    const identity = await enrolAgent(manager, 'removed');
    const agent = await connectAgent(manager, identity);
    assert.equal((await manager.call('removeNode', { params: { name: 'removed' } })).status, 204);
    assert.deepEqual(await agent.whenClosed(), { code: 1008, reason: 'the node has been removed' });
    const back = openLink(manager, identity);
    assert.match((await back.whenClosed()).reason, /join again/);
    assert.equal((await manager.call('getNode', { params: { name: 'removed' } })).status, 404);
    await enrolAgent(manager, 'removed');
  });

  test('agent port: renewal over the link: the new certificate works, its first use makes the old one void', async () => {
    const identity = await enrolAgent(manager, 'renewed');
    const agent = await connectAgent(manager, identity);
    const { csr, key } = await createRequest();
    agent.send({ type: 'certificateRequest', csr });
    const { certificate } = await agent.received('certificate');
    agent.stop();
    const stillOld = await connectAgent(manager, identity);
    stillOld.stop();
    const renewed = await connectAgent(manager, { ...identity, certificate, key });
    const old = openLink(manager, identity);
    assert.match((await old.whenClosed()).reason, /replaced by a newer one/);
    renewed.stop();
  });

  test('agent port: the hello names another agent: closed with 1008', async () => {
    const [one, two] = [await enrolAgent(manager, 'one'), await enrolAgent(manager, 'two')];
    const link = openLink(manager, one);
    link.socket.on('open', () => link.send(helloOf(two)));
    assert.equal((await link.whenClosed()).code, 1008);
  });

  test('agent port: many wrong tokens from one address: held back', async () => {
    const { csr } = await createRequest();
    const forged = `nzj_${'B'.repeat(43)}.${'B'.repeat(43)}`;
    await waitFor(
      async () => (await postEnrolment(manager, enrolmentOf(forged, csr, 'guess'))).status === 429,
      { message: 'the limit' },
    );
  });
});

test('local agent: as long as it has not connected: a token lies in its file; afterwards none', async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'nz-local-'));
  const file = path.join(directory, 'join-token');
  const first = await startManagerHarness({ localJoinTokenFile: file });
  const token = (await readFile(file, 'utf8')).trim();
  assert.match(token, joinTokenPattern);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  // Enrolled, but it died before it stored the answer: the next start makes room for it.
  assert.equal(
    (await postEnrolment(first, enrolmentOf(token, (await createRequest()).csr, 'local'))).status,
    200,
  );
  const second = await startManagerHarness({ localJoinTokenFile: file, on: await first.halt() });
  const { csr, key } = await createRequest();
  const answer = await postEnrolment(
    second,
    enrolmentOf((await readFile(file, 'utf8')).trim(), csr, 'local'),
  );
  assert.equal(answer.status, 200);
  const { agentId = '', certificate = '', ca = '' } = answer.body;
  (await connectAgent(second, { agentId, certificate, ca, key, nodeName: 'local' })).stop();
  const third = await startManagerHarness({ localJoinTokenFile: file, on: await second.halt() });
  await assert.rejects(stat(file), { code: 'ENOENT' });
  await third.stop();
  await rm(directory, { recursive: true });
});
