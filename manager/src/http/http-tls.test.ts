// Tests of the API over TLS with a certificate of the manager's own CA.
import assert from 'node:assert/strict';
import https from 'node:https';
import { test } from 'node:test';
import { startManagerHarness } from '../testing/manager-harness.ts';
import type { ManagerHarness } from '../testing/manager-harness.ts';

type Reply = { readonly status: number; readonly headers: Record<string, string | string[] | undefined> };

const signIn = async (manager: ManagerHarness, ca: string | undefined): Promise<Reply> => {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const request = https.request(
    {
      host: '127.0.0.1',
      port: manager.port,
      method: 'POST',
      path: '/api/v1/sign-in',
      agent: false,
      headers: { 'content-type': 'application/json' },
      ...(ca === undefined ? {} : { ca }),
    },
    (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    },
  );
  request.on('error', reject);
  request.end(JSON.stringify({ user: 'admin', password: manager.adminPassword }));
  return await promise;
};

test('http over TLS: trusted by the CA alone; the cookie is bound to host and TLS; a renewed certificate is taken over', async () => {
  const manager = await startManagerHarness({ tls: true });
  try {
    assert.match(manager.url, /^https:/);
    await assert.rejects(signIn(manager, undefined), /certificate/);
    const { status, headers } = await signIn(manager, manager.ca);
    assert.equal(status, 200);
    assert.match(
      headers['set-cookie']?.[0] ?? '',
      /^__Host-nezuban=[^;]+; Path=\/; .*HttpOnly; SameSite=Strict; Secure$/,
    );
    assert.match(String(headers['strict-transport-security']), /max-age=/);
    manager.ground.door.setTls(
      await manager.ground.authority.issueServer({ dns: ['localhost'], ip: ['127.0.0.1'] }),
    );
    assert.equal((await signIn(manager, manager.ca)).status, 200);
  } finally {
    await manager.stop();
  }
});
