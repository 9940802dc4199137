// Addresses and lists of networks: what is read, what is written, what lies within.
import assert from 'node:assert/strict';
import net from 'node:net';
import test from 'node:test';
import fc from 'fast-check';
import { compileAddressList, formatAddress, parseAddress } from './address-list.ts';

const canonical = (text: string): string | null => {
  const bytes = parseAddress(text);
  return bytes === null ? null : formatAddress(bytes);
};

test('address list: addresses in any writing: the canonical text', () => {
  const rows: readonly (readonly [string, string | null])[] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:0201', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8::', '2001:db8::'],
    ['::', '::'],
    ['::1', '::1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:2:3:4:5:6:0:8', '1:2:3:4:5:6:0:8'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['fe80::1%eth0', 'fe80::1'],
    ['1:2:3:4:5:6:7:192.0.2.1', null],
    ['1::2::3', null],
    ['1:2:3', null],
    ['12345::', null],
    [':1', null],
    ['192.0.2', null],
    ['192.0.2.256', null],
    ['192.0.02.1', null],
    ['192.0.2.1.', null],
    ['localhost', null],
    ['', null],
  ];
  for (const [given, expected] of rows) assert.equal(canonical(given), expected, given);
});

test('address list: any text: an address exactly where Node sees one', () => {
  const groups = fc.array(fc.stringMatching(/^[0-9a-f]{0,5}$/), { minLength: 1, maxLength: 9 });
  const dotted = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 5 });
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    groups.map((parts) => parts.join(':')),
    dotted.map((parts) => parts.join('.')),
    fc.string(),
  );
  fc.assert(
    fc.property(texts, (text) => {
      if (text.includes('%')) return;
      assert.equal(parseAddress(text) !== null, net.isIP(text) !== 0, text);
    }),
  );
});

test('address list: any 16 bytes: their text gives them back', () => {
  const sparse = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.array(sparse, { minLength: 16, maxLength: 16 }),
      (dense, other) => {
        for (const bytes of [dense, Uint8Array.from(other)])
          assert.deepEqual(parseAddress(formatAddress(bytes)), bytes);
      },
    ),
  );
});

test('address list: networks of both families: in and out at their borders', () => {
  const list = compileAddressList([
    '10.1.0.0/16',
    '10.1.2.3',
    '192.0.2.7/31',
    '2001:db8::/33',
    '::ffff:172.16.0.0/108',
  ]);
  const inside = [
    '10.1.0.0',
    '10.1.255.255',
    '::ffff:10.1.9.9',
    '192.0.2.6',
    '192.0.2.7',
    '2001:db8::1',
    '2001:db8:7fff::',
    '172.31.255.255',
  ];
  const outside = [
    '10.0.255.255',
    '10.2.0.0',
    '192.0.2.8',
    '2001:db8:8000::',
    '2001:db7::',
    '172.32.0.0',
    '::a01:1',
    'nobody',
  ];
  for (const address of inside) assert.ok(list.hasText(address), address);
  for (const address of outside) assert.ok(!list.hasText(address), address);
  assert.ok(!list.has(new Uint8Array(4)));
});

test('address list: everybody, IPv4 alone, nobody: as the notation says', () => {
  assert.ok(compileAddressList(['::/0']).hasText('192.0.2.1'));
  assert.ok(!compileAddressList(['0.0.0.0/0']).hasText('2001:db8::1'));
  assert.ok(compileAddressList(['0.0.0.0/0']).hasText('255.255.255.255'));
  const nobody = compileAddressList([]);
  assert.ok(nobody.isEmpty && !nobody.hasText('192.0.2.1'));
});

test('address list: an entry that is no network: named, matches nobody, does not open the list', () => {
  const list = compileAddressList(['10.0.0.0/33', '999.0.0.1', '::/129', 'fe80::%1/64']);
  assert.deepEqual(list.invalid, ['10.0.0.0/33', '999.0.0.1', '::/129', 'fe80::%1/64']);
  assert.ok(!list.isEmpty && !list.hasText('10.0.0.1'));
});

test('address list: any networks: the same answer as asking each of them', () => {
  const network = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, bits]) => `${address}/${bits}`),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([address, bits]) => `${address}/${bits}`),
  );
  fc.assert(
    fc.property(fc.array(network, { maxLength: 40 }), fc.oneof(fc.ipV4(), fc.ipV6()), (networks, address) => {
      const each = networks.some((one) => compileAddressList([one]).hasText(address));
      assert.equal(compileAddressList(networks).hasText(address), each);
      for (const one of networks) assert.ok(compileAddressList(networks).hasText(one.split('/')[0] ?? ''));
    }),
  );
});
