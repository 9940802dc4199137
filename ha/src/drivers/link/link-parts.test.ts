// The small parts of the link: addresses, lines, releases, certificates' life, the identity on disk.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { systemClock } from '@nezuban/platform/clock';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createPairAuthority } from '../../testing/pair-authority.ts';
import { belongTogether, certificateLife, isRenewalDue } from './certificate-life.ts';
import { createLineReader } from './line-reader.ts';
import { LinkError } from './link-error.ts';
import {
  readPairIdentity,
  removePairIdentity,
  writePairIdentity,
  type PairIdentity,
} from './pair-identity.ts';
import { createNameCache, formatPeerAddress, parsePeerAddress } from './peer-address.ts';
import { judgeGreeting, judgeRelease } from './release-rule.ts';

const authority = createPairAuthority();

test('peer address: HOST:PORT in all its forms: is read; anything else is refused with an example', () => {
  for (const text of ['192.0.2.1:7382', '[2001:db8::1]:7382', 'manager-b.example.com:1'])
    assert.equal(formatPeerAddress(parsePeerAddress(text)), text);
  for (const text of ['', 'host', ':7382', 'host:0', 'host:70000', '2001:db8::1', 'a b:1', 'host:1x'])
    assert.throws(() => parsePeerAddress(text), /write HOST:PORT/, text);
});

test('name cache: a name server that hangs: holds up nothing, and addresses of before go on', async () => {
  let now = 0;
  const answers: PromiseWithResolvers<readonly string[]>[] = [];
  const names = createNameCache({
    clock: { ...systemClock, monotonicMs: () => now },
    lookup: () => {
      const answer = Promise.withResolvers<readonly string[]>();
      answers.push(answer);
      return answer.promise;
    },
  });
  assert.equal(names.next('192.0.2.7'), '192.0.2.7', 'an address needs no lookup');
  assert.equal(names.next('b'), null);
  assert.equal(names.next('c'), null);
  assert.equal(answers.length, 1, 'one at a time');
  answers[0]?.resolve(['192.0.2.1', '192.0.2.2']);
  await waitFor(() => names.next('b') !== null);
  const turns = new Set([1, 2, 3].map(() => names.next('b') ?? ''));
  assert.deepEqual([...turns].toSorted(), ['192.0.2.1', '192.0.2.2'], 'they take turns');
  now = 60_000;
  assert.notEqual(names.next('b'), null);
  assert.equal(answers.length, 2, 'asked again beside it');
  answers[1]?.reject(new Error('no server'));
  await waitFor(() => names.trouble('b') === 'no server');
  assert.notEqual(names.next('b'), null, 'the address of before is the best guess');
});

test('line reader: bytes in any portions: give the same lines, up to the bound', () => {
  const text = Buffer.from('one\n\nzwei ü\nthree');
  for (const size of [1, 2, 5, 100]) {
    const reader = createLineReader(20);
    const lines: string[] = [];
    for (let at = 0; at < text.length; at += size)
      lines.push(...(reader.push(text.subarray(at, at + size)) ?? ['too long']));
    assert.deepEqual(lines, ['one', '', 'zwei ü']);
  }
  assert.equal(createLineReader(4).push(Buffer.from('12345')), null);
  assert.equal(createLineReader(4).push(Buffer.from('12345\n')), null);
  assert.deepEqual(createLineReader(4).push(Buffer.from('1234\n')), ['1234']);
});

test('releases: one minor version apart: go together, all others do not', () => {
  for (const [own, other] of [
    ['0.1.0', '0.1.9'],
    ['0.1.0', '0.2.0'],
    ['1.3.0', '1.2.0'],
    ['1.2.0-beta.1', '1.3.0'],
  ] as const)
    assert.equal(judgeRelease(own, other), null, `${own} ${other}`);
  for (const [own, other] of [
    ['0.1.0', '0.3.0'],
    ['1.0.0', '2.0.0'],
    ['1.0.0', 'latest'],
  ] as const)
    assert.match(judgeRelease(own, other) ?? '', new RegExp(`here is release ${own}, there ${other}`));
  assert.equal(judgeGreeting({ release: '0.1.0', protocol: 1 }, { release: '0.1.0', protocol: 2 }), null);
  assert.notEqual(judgeGreeting({ release: '0.1.0', protocol: 1 }, { release: '0.1.0', protocol: 3 }), null);
});

test('certificate life: two thirds over: it is due', () => {
  const { certificate, privateKey } = authority.certify('a');
  const { renewAtMs, endsAtMs } = certificateLife(certificate);
  // It has begun a day ago and ends in ten.
  const life = 11 * 24 * 3_600_000;
  assert.ok(Math.abs(endsAtMs - renewAtMs - life / 3) < 2_000);
  assert.equal(isRenewalDue(certificate, renewAtMs - 1), false);
  assert.equal(isRenewalDue(certificate, renewAtMs), true);
  assert.equal(belongTogether(certificate, privateKey), true);
  assert.equal(belongTogether(certificate, authority.certify('a').privateKey), false);
});

const identity: PairIdentity = {
  cluster: 'cluster-1',
  id: 'v1',
  kind: 'member',
  listen: '0.0.0.0:7382',
  ...authority.certify('v1'),
  book: { revision: 0, members: [] },
  profile: 'lan',
  tieBreaker: 'witness',
  fenceCommand: ['/usr/bin/ipmitool', 'off'],
  address: { floating: '192.0.2.9/24' },
  voterDirectory: null,
  localNode: null,
};

test('pair identity: written and read: is the same, private, and gone when removed', async () => {
  await using home = createScratchHome();
  const directory = path.join(home.path, 'keeper');
  assert.equal(readPairIdentity(directory), null);
  await writePairIdentity(directory, identity);
  assert.deepEqual(readPairIdentity(directory), identity);
  assert.equal(fs.statSync(path.join(directory, 'pair.json')).mode & 0o777, 0o600);
  assert.deepEqual(fs.readdirSync(directory), ['pair.json']);
  await removePairIdentity(directory);
  await removePairIdentity(directory);
  assert.equal(readPairIdentity(directory), null);
});

test('pair identity: damaged: one sentence that names the file and the field', async () => {
  await using home = createScratchHome();
  const file = path.join(home.path, 'pair.json');
  const damages: readonly [string, RegExp][] = [
    ['', /pair\.json is damaged: restore it/],
    ['{"cluster":', /pair\.json is damaged: restore it/],
    [JSON.stringify({ ...identity, kind: 'king' }), /is damaged \(at "kind"\): restore it from a backup/],
  ];
  for (const [text, pattern] of damages) {
    fs.writeFileSync(file, text);
    assert.throws(
      () => readPairIdentity(home.path),
      (error: LinkError) =>
        error instanceof LinkError && error.code === 'damaged' && pattern.test(error.message),
    );
  }
});

test('pair identity: an unwritable disk: the one of before is kept', async () => {
  await using home = createScratchHome();
  await writePairIdentity(home.path, identity);
  fs.mkdirSync(path.join(home.path, 'pair.json.draft'));
  await assert.rejects(writePairIdentity(home.path, { ...identity, id: 'v2' }));
  assert.equal(readPairIdentity(home.path)?.id, 'v1');
});
