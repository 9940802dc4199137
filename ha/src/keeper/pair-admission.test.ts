// Tests of who comes into the pair, with a fake manager and a real folder for tokens and keys.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { createSigningRequest } from '@nezuban/platform/signing-request';
import type { JoinRequest } from '@nezuban/protocol/pair/pair-link';
import type { PairIdentity } from '../drivers/link/pair-identity.ts';
import { createPairAuthority } from '../testing/pair-authority.ts';
import {
  createPairAdmission,
  urlForOthers,
  type PairAdmissionPorts,
  type PairCreateRequest,
} from './pair-admission.ts';
import type { PairOfficeOptions } from './pair-office.ts';
import { timingOf } from './pair-profile.ts';

const scratch = fs.mkdtempSync('/tmp/nz-admission-');
after(() => fs.rmSync(scratch, { recursive: true, force: true }));
const authority = createPairAuthority();
const RELEASE = '1.2.3';
let homes = 0;
const KEYS = ['secret-key', 'ca/ca.key', 'ca/ca.crt'];
const contentOf = (name: string) => `${name}: for the hosts of the pair alone`;
/** Whether any key is in what is answered. */
const showsKeys = (answer: unknown): boolean =>
  KEYS.some((name) => JSON.stringify(answer).includes(Buffer.from(contentOf(name)).toString('base64')));

type Host = { members?: string[]; acting?: boolean; profile?: 'lan' | 'wan'; keys?: boolean };

function single({ members = ['a.1'], acting = true, profile = 'lan', keys = true }: Host = {}) {
  const home = path.join(scratch, `home-${(homes += 1)}`);
  const directory = path.join(home, 'keeper');
  fs.mkdirSync(directory, { recursive: true });
  if (keys)
    for (const name of KEYS) {
      fs.mkdirSync(path.dirname(path.join(home, 'manager', name)), { recursive: true });
      fs.writeFileSync(path.join(home, 'manager', name), contentOf(name));
    }
  let identity: PairIdentity | null = null;
  let meanwhile: () => void = () => undefined;
  const signed: string[] = [];
  const clock = createFakeClock();
  const ports = {
    clock,
    logger: createMemoryLogger(),
    identity: () => identity,
    setIdentity: async (next: PairIdentity) => void (identity = next),
    isActing: () => acting,
    loop: () => ({
      state: () => ({
        timing: timingOf({ profile }),
        record: { id: 'a.1', cluster: 'c.1', roster: { members } },
      }),
    }),
    managerAddresses: () => ({ consoleUrl: 'https://a/', agentAddress: '192.0.2.11:7381' }),
    manager: {
      ask: async (question: { csr: string; id: string }) => {
        signed.push(question.id);
        meanwhile();
        const certificate = authority.sign(question.csr, question.id);
        return { to: 'pair-certificate', certificate, ca: authority.ca };
      },
    },
  } as unknown as PairAdmissionPorts;
  const admission = createPairAdmission(ports, {
    layout: { home, runDirectory: home, version: RELEASE, consoleDirectory: null },
    start: { advertise: null, listen: { host: '0.0.0.0', port: 7380 } },
    directory,
  } as unknown as PairOfficeOptions);
  return {
    admission,
    directory,
    clock,
    signed,
    identity: () => identity,
    change: (changes: Partial<PairIdentity>) => {
      if (identity !== null) identity = { ...identity, ...changes };
    },
    duringTheNext: (work: () => void) => (meanwhile = work),
  };
}

const wish = (changes: Partial<PairCreateRequest> = {}): PairCreateRequest => ({
  listen: null,
  address: '192.0.2.11:7382',
  kind: 'member',
  tieBreaker: null,
  profile: null,
  ...changes,
});

const joiner = (token: string, changes: Partial<JoinRequest> = {}): JoinRequest => ({
  token,
  kind: 'member',
  csr: createSigningRequest('pair:joining').csr,
  name: 'b',
  release: RELEASE,
  protocol: 1,
  clock: '2026-01-01T00:00:00Z',
  address: ':7382',
  agentAddress: null,
  consoleUrl: null,
  ...changes,
});

async function tokenOf(host: ReturnType<typeof single>, changes: Partial<PairCreateRequest> = {}) {
  const made = await host.admission.create(wish(changes));
  assert.ok(made.ok, made.says);
  return made.token;
}

const idsOf = (host: ReturnType<typeof single>) => host.identity()?.book.members.map(({ id }) => id);

test('admission: a host with a token joins: it is certified, gets the keys, and is in the book under the address that it has', async () => {
  const host = single();
  const token = await tokenOf(host);
  const answer = await host.admission.admit(joiner(token), '192.0.2.12');
  assert.ok(answer.ok);
  assert.equal(answer.shared?.files.length, 3);
  assert.deepEqual(idsOf(host), ['a.1', answer.id]);
  assert.equal(answer.book.members[1]?.address, '192.0.2.12:7382');
});

test('admission: a witness joins: it sees no key and is in no book', async () => {
  const host = single();
  const token = await tokenOf(host, { kind: 'witness' });
  const answer = await host.admission.admit(joiner(token, { kind: 'witness' }), '192.0.2.13');
  assert.ok(answer.ok);
  assert.equal(answer.shared, null);
  assert.equal(showsKeys(answer), false);
  assert.deepEqual(idsOf(host), ['a.1']);
});

test('admission: a token for a witness makes no member, and an unknown, used or old one nobody: no certificate, no key', async () => {
  const host = single();
  const forWitness = await tokenOf(host, { kind: 'witness' });
  const forMember = await tokenOf(host);
  const codeOf = async (request: JoinRequest) => {
    const answer = await host.admission.admit(request, '192.0.2.12');
    assert.equal(showsKeys(answer), answer.ok);
    return answer.ok ? 'ok' : answer.code;
  };
  const before = host.signed.length;
  assert.equal(await codeOf(joiner(forWitness)), 'token-kind');
  assert.equal(await codeOf(joiner(`nzp_${'x'.repeat(43)}.${'y'.repeat(43)}`)), 'token-unknown');
  assert.equal(host.signed.length, before, 'nobody was certified');
  assert.equal(await codeOf(joiner(forMember)), 'ok');
  assert.equal(await codeOf(joiner(forMember)), 'token-used');
  const old = await tokenOf(host);
  await host.clock.advance(3_600_000);
  assert.equal(await codeOf(joiner(old)), 'token-expired');
  assert.equal(host.signed.length, before + 1);
});

test('admission: the answer was lost and the same host asks again: the same voter, once in the book', async () => {
  const host = single();
  const request = joiner(await tokenOf(host));
  const first = await host.admission.admit(request, '192.0.2.12');
  const again = await host.admission.admit(request, '192.0.2.12');
  assert.ok(first.ok && again.ok);
  assert.equal(again.id, first.id);
  assert.deepEqual(idsOf(host), ['a.1', first.id]);
});

test('admission: not on duty, or the keys are not there yet, or the pair is complete: refused in words, the token stays good', async () => {
  const away = single({ acting: false });
  assert.match((await away.admission.create(wish())).says, /is not the master now/);
  const early = single({ keys: false });
  assert.match((await early.admission.create(wish())).says, /has not made its CA and keys yet/);
  const full = single({ members: ['a.1', 'b.2'] });
  assert.match((await full.admission.create(wish())).says, /two hosts already/);
});

test('admission: another address is booked while a host is certified: neither is lost', async () => {
  const host = single();
  const token = await tokenOf(host);
  host.duringTheNext(() => {
    const book = host.identity()?.book;
    const [own] = book?.members ?? [];
    if (book === undefined || own === undefined) return;
    host.change({
      book: { revision: book.revision + 1, members: [{ ...own, consoleUrl: 'https://new/' }] },
      localNode: 'renamed',
    });
  });
  const answer = await host.admission.admit(joiner(token), '192.0.2.12');
  assert.ok(answer.ok);
  assert.equal(answer.book.members[0]?.consoleUrl, 'https://new/');
  assert.equal(host.identity()?.localNode, 'renamed');
  assert.equal(answer.book.members.length, 2);
});

test('admission: the profile of a pair is changed: refused, since a promise must outlast every lease', async () => {
  const host = single();
  await tokenOf(host);
  const { ok, says } = await host.admission.create(wish({ profile: 'wan' }));
  assert.equal(ok, false);
  assert.match(says, /profile "lan", which every voter of it goes by/);
  assert.equal(host.identity()?.profile, 'lan');
  await tokenOf(host, { profile: 'lan' });
});

test('admission: a pair is made with another profile than this keeper runs with: nobody joins before it was started again', async () => {
  const host = single();
  const made = await host.admission.create(wish({ profile: 'wan' }));
  assert.ok(made.ok);
  assert.match(made.says, /Start this manager again before/);
  const answer = await host.admission.admit(joiner(made.token), '192.0.2.12');
  assert.equal(answer.ok ? 'ok' : answer.code, 'not_restarted');
  const started = single({ profile: 'wan' });
  const token = await tokenOf(started, { profile: 'wan' });
  assert.equal((await started.admission.admit(joiner(token), '192.0.2.12')).ok, true);
});

test('admission: a witness is looked for again and again: one token, until it is used or old', async () => {
  const host = single();
  await tokenOf(host);
  const first = await host.admission.witnessToken();
  assert.equal(await host.admission.witnessToken(), first);
  const kept = () =>
    JSON.parse(fs.readFileSync(path.join(host.directory, 'join-tokens.json'), 'utf8')).tokens
      .length as number;
  assert.equal(kept(), 2);
  assert.equal((await host.admission.admit(joiner(first, { kind: 'witness' }), '192.0.2.13')).ok, true);
  const second = await host.admission.witnessToken();
  assert.notEqual(second, first);
  await host.clock.advance(1_800_000);
  assert.notEqual(await host.admission.witnessToken(), second);
});

test('pair admission: the console´s address for others: of a manager that listens everywhere it is the address of its host', () => {
  const everywhere = { listen: { host: '0.0.0.0' }, address: '192.0.2.11:7382' };
  assert.equal(urlForOthers('https://localhost:7380', everywhere), 'https://192.0.2.11:7380');
  assert.equal(
    urlForOthers('https://localhost:7380', { ...everywhere, address: '[2001:db8::1]:7382' }),
    'https://[2001:db8::1]:7380',
  );
  assert.equal(
    urlForOthers('http://127.0.0.1:7380', { listen: { host: '127.0.0.1' }, address: 'x:1' }),
    'http://127.0.0.1:7380',
  );
  assert.equal(urlForOthers(null, everywhere), null);
});
