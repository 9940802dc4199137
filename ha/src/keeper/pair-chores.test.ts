// Tests of the pair's chores with fakes: the book that both hosts write, the keys, and what waits for an answer meanwhile.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import type { AddressBook, PeerQuestion } from '@nezuban/protocol/pair/pair-link';
import type { State } from '../decision/state.ts';
import type { PairIdentity } from '../drivers/link/pair-identity.ts';
import { createPairAuthority } from '../testing/pair-authority.ts';
import { createPairChores, type PairChoresPorts } from './pair-chores.ts';
import type { PairOfficeOptions } from './pair-office.ts';

const scratch = fs.mkdtempSync('/tmp/nz-chores-');
after(() => fs.rmSync(scratch, { recursive: true, force: true }));
const authority = createPairAuthority();
const KEYS = { 'secret-key': 's', 'ca/ca.key': 'k', 'ca/ca.crt': 'c' };
let homes = 0;

const entry = (id: string, consoleUrl: string | null = null) => ({
  id,
  name: id,
  address: `${id}:7382`,
  agentAddress: '192.0.2.12:7381',
  consoleUrl,
});
const bookOf = (revision: number, ...members: AddressBook['members']): AddressBook => ({ revision, members });

type Host = { readonly leader?: string | null; readonly keys?: boolean; readonly state?: State['name'] };

/** The host `b` of the pair `a`, `b`. */
function hostOf({ leader = 'a', keys = true, state = 'standby-in-sync' }: Host = {}) {
  const home = path.join(scratch, `home-${(homes += 1)}`);
  fs.mkdirSync(path.join(home, 'manager/ca'), { recursive: true });
  if (keys)
    for (const [name, content] of Object.entries(KEYS))
      fs.writeFileSync(path.join(home, 'manager', name), content);
  const { certificate, privateKey } = authority.certify('b');
  let identity = {
    id: 'b',
    certificate,
    privateKey,
    ca: authority.ca,
    tieBreaker: 'witness',
    localNode: 'local',
    book: bookOf(4, entry('a', 'https://a/'), entry('b', 'https://b/')),
  } as unknown as PairIdentity;
  const clock = createFakeClock(new Date().toISOString());
  const ready: boolean[] = [];
  const removedBy: string[] = [];
  const asked: string[] = [];
  let onCertificate: () => void = () => undefined;
  const core = {
    name: state,
    leader: leader === null ? null : { id: leader },
    duty: null,
    record: {
      id: 'b',
      roster: { members: ['a', 'b'], voters: [['a', 'b']], base: null, tieBreaker: 'manual' },
    },
  } as unknown as State;
  const chores = createPairChores(
    {
      clock,
      logger: createMemoryLogger(),
      identity: () => identity,
      setIdentity: async (next: PairIdentity) => void (identity = next),
      setReady: (is: boolean) => void ready.push(is),
      loop: () => ({ state: () => core, give: () => undefined }),
      managerAddresses: () => ({ consoleUrl: 'https://b/', agentAddress: '192.0.2.12:7381' }),
      onRemoved: (by: string) => void removedBy.push(by),
      viewOf: () => null,
      wires: () => ({
        link: {
          connections: () => [],
          ask: async (to: string, question: PeerQuestion) => {
            asked.push(`${question.ask} of ${to}`);
            if (question.ask === 'certificate') {
              onCertificate();
              return { to: 'certificate', certificate: authority.sign(question.csr, 'b'), ca: authority.ca };
            }
            const files = Object.entries(KEYS).map(([name, content]) => ({
              path: name,
              content: Buffer.from(content).toString('base64'),
            }));
            return { to: 'shared-files', shared: { files, digest: 'of the master' } };
          },
        },
      }),
    } as unknown as PairChoresPorts,
    {
      layout: { home },
      start: { localAgent: false, advertise: null, listen: { host: '192.0.2.1' } },
    } as unknown as PairOfficeOptions,
  );
  return {
    chores,
    core,
    clock,
    home,
    ready,
    removedBy,
    asked,
    identity: () => identity,
    change: (changes: Partial<PairIdentity>) => (identity = { ...identity, ...changes }),
    whileCertified: (work: () => void) => (onCertificate = work),
  };
}

test('pair chores: a newer book of the other host is taken over; an older one, and one of a stranger, is not', async () => {
  const { chores, identity } = hostOf();
  await chores.addressBook('a', bookOf(3, entry('b')));
  await chores.addressBook('w', bookOf(9, entry('b')));
  assert.equal(identity().book.revision, 4);
  await chores.addressBook('a', bookOf(5, entry('a', 'https://new/'), entry('b', 'https://b/')));
  assert.equal(identity().book.members[0]?.consoleUrl, 'https://new/');
});

test('pair chores: both hosts have changed the book at the same time: the word of the master counts, and this host says its own again', async () => {
  const { chores, identity } = hostOf();
  await chores.managerReady();
  assert.equal(identity().book.revision, 4, 'nothing is new');
  await chores.addressBook('a', bookOf(4, entry('a', 'https://moved/'), entry('b', 'https://former/')));
  const { revision, members } = identity().book;
  assert.equal(revision, 5);
  assert.deepEqual(
    members.map(({ consoleUrl }) => consoleUrl),
    ['https://moved/', 'https://b/'],
  );
});

test('pair chores: a book of the same revision of a host that is not the master is not taken over', async () => {
  const { chores, identity } = hostOf({ leader: null });
  await chores.addressBook('a', bookOf(4, entry('a', 'https://moved/'), entry('b')));
  assert.equal(identity().book.members[0]?.consoleUrl, 'https://a/');
});

test('pair chores: a book without this host: it is out of the pair, also if it has changed its own meanwhile', async () => {
  for (const revision of [4, 5]) {
    const { chores, identity, removedBy } = hostOf();
    await chores.addressBook('a', bookOf(revision, entry('a')));
    assert.deepEqual(removedBy, ['a']);
    assert.equal(identity().book.members.length, 2, 'what lies on the disk stays as it was');
  }
});

test('pair chores: an address changes while the certificate is renewed: neither is lost', async () => {
  const { chores, core, clock, identity, change, whileCertified, asked } = hostOf();
  const before = identity().certificate;
  clock.setCalendar(new Date(Date.now() + 8 * 24 * 3_600_000).toISOString());
  whileCertified(() => change({ book: bookOf(7, entry('a', 'https://a2/'), entry('b')) }));
  await chores.everySecond(core);
  assert.ok(asked.includes('certificate of a'), asked.join());
  assert.notEqual(identity().certificate, before);
  assert.equal(identity().book.revision, 7);
});

test('pair chores: a standby without keys is not ready, asks the master for them, and is ready then', async () => {
  const { chores, core, home, ready, asked } = hostOf({ keys: false });
  await chores.everySecond(core);
  assert.deepEqual(ready, [false, true]);
  assert.ok(asked.includes('shared-files of a'));
  assert.equal(fs.readFileSync(path.join(home, 'manager/secret-key'), 'utf8'), KEYS['secret-key']);
});

test('pair chores: no master is heard: nobody else is asked for keys', async () => {
  const { chores, core, asked, ready } = hostOf({ keys: false, leader: null });
  await chores.everySecond(core);
  assert.deepEqual([asked, ready], [[], [false]]);
});

test('pair chores: the master of a pair has lost its keys: it is not well, so that the other host takes over', async () => {
  const lost = hostOf({ keys: false, leader: null, state: 'master-paired' });
  await lost.chores.everySecond(lost.core);
  assert.deepEqual(lost.ready, [false]);
  const well = hostOf({ leader: null, state: 'master-paired' });
  await well.chores.everySecond(well.core);
  assert.deepEqual(well.ready, [true]);
});
