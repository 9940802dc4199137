// Tests of whom HTTP calls may reach: names, addresses in all their spellings, and lookups that give only what was found good.
import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { test } from 'node:test';
import { httpCallSettingsSchema } from '@nezuban/protocol/settings/job-bounds';
import { createCalleeRules } from './callee-rules.ts';

const by = (allow: string[], deny: string[]) => createCalleeRules({ allow, deny });
const fresh = createCalleeRules(httpCallSettingsSchema.parse({}));

for (const address of [
  '169.254.169.254',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '64:ff9b::a9fe:a9fe',
  '2002:a9fe:a9fe::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  '100.100.100.200',
])
  test(`callees: a fresh manager: ${address}: denied, given as it is or found by a name`, () => {
    assert.throws(() => fresh.assertName(address), /Not called: .* is denied to HTTP calls/);
    assert.throws(() => fresh.assertAddress('a.example', address), /an address of a\.example, is denied/);
  });

test('callees: a fresh manager: all else may be called, the own host and private networks too', () => {
  for (const host of ['127.0.0.1', '::1', '10.0.0.1', '192.0.2.1', '2001:db8::1', 'a.example'])
    assert.doesNotThrow(() => fresh.assertName(host));
  assert.throws(() => fresh.assertName('Metadata.Google.Internal.'), /denied/);
  const all = createCalleeRules(undefined);
  assert.doesNotThrow(() => all.assertName('169.254.169.254'));
});

test('callees: what is allowed: by name, below a domain, by network; what is denied wins', () => {
  const rules = by(
    ['api.example', '*.corp.example', '10.0.0.0/8', '2001:db8::/32'],
    ['10.9.0.0/16', 'old.corp.example'],
  );
  assert.doesNotThrow(() => rules.assertAddress('API.example', '192.0.2.1'));
  assert.doesNotThrow(() => rules.assertAddress('a.b.corp.example', '192.0.2.1'));
  assert.doesNotThrow(() => rules.assertAddress('x.example', '10.1.2.3'));
  assert.doesNotThrow(() => rules.assertName('2001:db8::5'));
  assert.throws(
    () => rules.assertAddress('corp.example', '192.0.2.1'),
    /is not among what HTTP calls are allowed/,
  );
  assert.throws(() => rules.assertAddress('notcorp.example', '192.0.2.1'), /is not among/);
  assert.throws(() => rules.assertAddress('api.example', '10.9.0.1'), /is denied/);
  assert.throws(() => rules.assertName('old.corp.example'), /is denied/);
  assert.throws(() => rules.assertName('192.0.2.1'), /is not among/);
});

const looked = async (rules: ReturnType<typeof by>, all: boolean): Promise<string[]> => {
  const { promise, resolve, reject } = Promise.withResolvers<string[]>();
  rules.lookup('localhost', { all }, (error, found) => {
    if (error !== null) reject(error);
    else resolve(typeof found === 'string' ? [found] : found.map(({ address }: LookupAddress) => address));
  });
  return await promise;
};

test('callees: a lookup: gives the addresses that are good, and none of the others', async () => {
  const good = await looked(by([], ['::1']), true);
  assert.ok(good.length > 0 && good.every((address) => address !== '::1'), good.join(' '));
  assert.deepEqual(await looked(by(['127.0.0.0/8'], []), false), ['127.0.0.1']);
  await assert.rejects(looked(by([], ['127.0.0.0/8', '::1']), true), /an address of localhost, is denied/);
});

test('callees: behind a proxy: by the name, and by the addresses that this host knows', async () => {
  await assert.rejects(by([], ['127.0.0.0/8', '::1']).assertByProxy('localhost'), /is denied/);
  await assert.rejects(by([], ['192.0.2.0/24']).assertByProxy('192.0.2.9'), /is denied/);
  await assert.doesNotReject(by([], ['192.0.2.0/24']).assertByProxy('name.invalid'));
  await assert.rejects(by(['10.0.0.0/8'], []).assertByProxy('name.invalid'), /only the proxy knows/);
  await assert.doesNotReject(by(['name.invalid'], ['192.0.2.0/24']).assertByProxy('name.invalid'));
});
