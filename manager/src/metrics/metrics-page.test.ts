// Who may read metrics: this host as it is, others by a token that may read settings, a standby's by loopback alone.
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { CodedError } from '@nezuban/protocol/errors';
import { createMetricsPage } from './metrics-page.ts';
import { createMetricsRegistry } from './registry.ts';

type Asked = {
  readonly address?: string;
  /** The address it listens on, and the client has too. */
  readonly shared?: string;
  readonly forwarded?: boolean;
  readonly headers?: Record<string, string>;
};
type MayRead = ((token: string) => Promise<boolean>) | null;

const ask = async (
  { address = '127.0.0.1', shared, forwarded = false, headers = {} }: Asked,
  mayRead: MayRead,
) => {
  const registry = createMetricsRegistry();
  registry.gauge('one', 'One', () => 1);
  const page = createMetricsPage({
    door: {
      clientOf: ({ headers: { host } }) => ({
        address,
        host: shared === undefined ? host : String(headers['x-test-host']),
        tls: false,
        forwarded,
        ...(shared !== undefined && { shared }),
      }),
    },
    registry,
    mayRead: () => mayRead,
    logger: createMemoryLogger(),
  });
  const server = http.createServer(page);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
    const text = await answer.text();
    return { status: answer.status, text, type: answer.headers.get('content-type') };
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

const tokens: MayRead = async (token) => {
  if (token === 'reader') return true;
  if (token === 'other') return false;
  throw new CodedError('not_signed_in', 'The API token is unknown.');
};
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('metrics page: from this host: shown, on a standby too', async () => {
  for (const mayRead of [tokens, null]) {
    const { status, text, type } = await ask({}, mayRead);
    assert.equal(status, 200);
    assert.match(text, /one 1/);
    assert.equal(type, 'text/plain; version=0.0.4; charset=utf-8');
  }
});

test("metrics page: from this host by the one address it listens on: shown, on a standby too; by a name that may be anybody's: refused", async () => {
  for (const [shared, host] of [
    ['192.0.2.11', '192.0.2.11:7380'],
    ['2001:db8::1', '[2001:db8::1]:7380'],
  ] as const) {
    const by = async (name: string): Promise<number> =>
      (await ask({ address: shared, shared, headers: { 'x-test-host': name } }, null)).status;
    assert.equal(await by(host), 200);
    assert.equal(await by('evil.example:7380'), 503);
  }
});

test('metrics page: from elsewhere, by a proxy, or by the other host: a token that may read settings', async () => {
  const elsewhere: readonly Asked[] = [
    { address: '10.0.0.9' },
    { headers: { 'x-forwarded-for': '10.0.0.9' } },
    { forwarded: true },
  ];
  for (const asked of elsewhere) {
    const by = (token: string): ReturnType<typeof ask> =>
      ask({ ...asked, headers: { ...asked.headers, ...bearer(token) } }, tokens);
    assert.equal((await ask(asked, tokens)).status, 401);
    assert.equal((await by('reader')).status, 200);
    assert.equal((await by('other')).status, 403);
    assert.equal((await by('nonsense')).status, 401);
    const standby = await ask({ ...asked, headers: { ...asked.headers, ...bearer('reader') } }, null);
    assert.equal(standby.status, 503);
    assert.match(standby.text, /to itself alone/);
  }
});
