// Tests of who may ask what: of the other host, of a witness, of a host that was taken out; and where an operator's word is carried out.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import type { OperatorCommand, PeerQuestion } from '@nezuban/protocol/pair/pair-link';
import type { State } from '../decision/state.ts';
import type { PairIdentity } from '../drivers/link/pair-identity.ts';
import { createPairDesk, type PairDeskPorts } from './pair-desk.ts';
import type { PairOfficeOptions } from './pair-office.ts';

const home = fs.mkdtempSync('/tmp/nz-desk-');
after(() => fs.rmSync(home, { recursive: true, force: true }));
fs.mkdirSync(path.join(home, 'manager/ca'), { recursive: true });
for (const name of ['secret-key', 'ca/ca.key', 'ca/ca.crt'])
  fs.writeFileSync(path.join(home, 'manager', name), 'secret');

const entry = (id: string) => ({ id, name: id, address: `${id}:7382`, agentAddress: null, consoleUrl: null });

type Host = { state?: State['name']; leader?: string | null; full?: boolean; alone?: boolean };

/** The host `a` of the pair `a`, `b` with the witness `w`. */
function deskOf({ state = 'master-paired', leader = null, full = false, alone = false }: Host = {}) {
  const log: string[] = [];
  const core = {
    name: state,
    reason: 'All is well.',
    leader: leader === null ? null : { id: leader },
    record: { id: 'a', roster: { members: ['a', 'b'] } },
  } as unknown as State;
  let identity: PairIdentity | null = alone
    ? null
    : ({
        id: 'a',
        tieBreaker: 'witness',
        fenceCommand: null,
        localNode: 'local',
        book: { revision: 1, members: [entry('a'), entry('b')] },
      } as unknown as PairIdentity);
  const desk = createPairDesk(
    {
      clock: createFakeClock(),
      logger: createMemoryLogger(),
      identity: () => identity,
      setIdentity: async (next: PairIdentity) => {
        if (full) throw new Error('no space left on device');
        identity = next;
      },
      loop: () => ({ state: () => core }),
      database: () => ({ trouble: null }),
      agents: () => ({ otherMasterHeardAgoMs: 700 }),
      names: (id: string) => id,
      view: () => ({ id: 'a' }),
      obey: async (command: object) => {
        log.push(JSON.stringify(command));
        return { ok: true, says: 'done' };
      },
      manager: {
        ask: async ({ ask, id }: { ask: string; id?: string }) => {
          log.push(`manager: ${ask} ${id ?? ''}`.trim());
          return ask === 'agent-token'
            ? { to: 'agent-token', token: 't' }
            : { to: 'pair-certificate', certificate: 'C', ca: 'CA' };
        },
      },
      wires: () => ({
        link: {
          ask: async (to: string, question: { command?: { do: string } }) => {
            log.push(`passed on to ${to}: ${question.command?.do}`);
            return { to: 'command', result: { ok: true, says: 'there' } };
          },
        },
      }),
    } as unknown as PairDeskPorts,
    {
      layout: { home },
      start: { listen: { host: '192.0.2.1' } },
      directory: home,
    } as unknown as PairOfficeOptions,
  );
  return { desk, log, identity: () => identity };
}

const FOR_HOSTS_ALONE: readonly PeerQuestion[] = [
  { ask: 'shared-files' },
  { ask: 'view' },
  { ask: 'agent-token' },
  { ask: 'command', command: { do: 'switch' } },
];

test('pair desk: a witness or a host that was taken out asks for keys, tokens, views or commands: refused, nothing is done', async () => {
  for (const from of ['w', 'c', ''])
    for (const question of FOR_HOSTS_ALONE) {
      const { desk, log } = deskOf();
      const answer = await desk.answer(from, question);
      assert.deepEqual(answer, { to: 'refused', says: 'Only the hosts of the pair may ask this.' });
      assert.deepEqual(log, []);
    }
});

test('pair desk: before this host is part of a pair nobody is a host of it', async () => {
  const { desk } = deskOf({ alone: true });
  for (const question of FOR_HOSTS_ALONE) assert.equal((await desk.answer('a', question)).to, 'refused');
});

test('pair desk: the other host gets keys, a view and a token, and its commands are carried out', async () => {
  const { desk, log } = deskOf();
  const kinds = [];
  for (const question of FOR_HOSTS_ALONE) kinds.push((await desk.answer('b', question)).to);
  assert.deepEqual(kinds, ['shared-files', 'view', 'agent-token', 'command']);
  assert.deepEqual(log, ['manager: agent-token', '{"do":"switch"}']);
});

test('pair desk: whoever asks for a certificate gets one for itself, whatever the request says', async () => {
  const { desk, log } = deskOf();
  await desk.answer('w', { ask: 'certificate', csr: 'a request of pair:a' });
  assert.deepEqual(log, ['manager: pair-certificate w']);
});

test('pair desk: commands without a place go to whoever has to carry them out', async () => {
  const place = async (host: Host, command: OperatorCommand) => {
    const { desk, log } = deskOf(host);
    const { ok } = await desk.command(null, command);
    return ok ? log.join() : 'nobody';
  };
  const standby: Host = { state: 'standby-in-sync', leader: 'b' };
  assert.equal(await place(standby, { do: 'switch' }), 'passed on to b: switch');
  assert.equal(await place({ state: 'waiting' }, { do: 'switch' }), 'nobody');
  assert.equal(await place(standby, { do: 'maintenance', on: true }), '{"do":"maintenance","on":true}');
  assert.equal(
    await place(standby, { do: 'force-master', confirmedOff: ['b'] }),
    '{"do":"force-master","confirmedOff":["b"],"agentsHeardOtherAgoMs":700}',
  );
  assert.equal(await place({ state: 'failed' }, { do: 'recover' }), '{"do":"recover"}');
  assert.equal(await place(standby, { do: 'recover' }), 'passed on to b: recover');
});

test('pair desk: commands for a host that is none of the pair, or of a single manager: refused in words', async () => {
  assert.match(
    (await deskOf().desk.command('w', { do: 'maintenance', on: true })).says,
    /"w" is no host of this pair/,
  );
  assert.match((await deskOf({ alone: true }).desk.command(null, { do: 'switch' })).says, /not a pair/);
});

test('pair desk: a host is taken out: by the master alone, never itself; then the book does not name it', async () => {
  const remove = (member: string): OperatorCommand => ({ do: 'remove-member', member });
  assert.match((await deskOf().desk.command('a', remove('a'))).says, /Switch first/);
  assert.match((await deskOf().desk.command('a', remove('x'))).says, /no host of this pair/);
  const standby = deskOf({ state: 'standby-in-sync', leader: 'b' });
  assert.match((await standby.desk.command('a', remove('b'))).says, /Only the master/);
  const { desk, log, identity } = deskOf();
  assert.match((await desk.command('a', remove('b'))).says, /^b is out of the pair/);
  assert.deepEqual(log, ['{"do":"set-voters","voters":["a"],"members":["a"],"tieBreaker":"witness"}']);
  assert.deepEqual(
    identity()?.book.members.map(({ id }) => id),
    ['a'],
  );
});

test('pair desk: the disk is full: the command is answered, and the next one is carried out', async () => {
  const { desk } = deskOf({ full: true });
  const answer = await desk.command('a', { do: 'tie-breaker', tieBreaker: 'manual' });
  assert.deepEqual(answer, { ok: false, says: 'no space left on device' });
  assert.equal((await desk.command('a', { do: 'switch' })).ok, true);
});
