/** The program `nezuban witness` as a process, with members that are real links and whose words the test chooses. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import {
  PAIR_PROTOCOL_VERSION,
  type PairMessage,
  type PairMessageBody,
} from '@nezuban/protocol/pair/messages';
import type { AddressBook, JoinRequest, JoinResponse } from '@nezuban/protocol/pair/pair-link';
import type { Roster } from '@nezuban/protocol/pair/roster';
import { killMarked } from '@nezuban/tests/support/processes';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { readPairIdentity } from '../drivers/link/pair-identity.ts';
import { startVoter, TEST_CLUSTER } from '../testing/duty-link-fixture.ts';
import { createPairAuthority } from '../testing/pair-authority.ts';

const launcher = path.resolve(import.meta.dirname, '../../../cli/bin/nezuban');
const authority = createPairAuthority();
const scratch = createScratchHome();
const mark = `NEZUBAN_TEST_MARK=${path.basename(scratch.path)}` as const;
let homes = 0;
after(async () => {
  await killMarked(mark);
  await scratch.remove();
});

const newHome = () => path.join(scratch.path, `w${(homes += 1)}`);
const newToken = () => `nzp_${randomBytes(32).toString('base64url')}.${authority.fingerprint}`;

/** The program by its launcher. `lifeLine`: its standard input stays open until the test closes it. */
function startWitness(home: string, args: readonly string[] = []) {
  const child = spawn(launcher, ['witness', '--home', home, ...args], {
    cwd: '/',
    env: { ...process.env, NEZUBAN_TEST_MARK: path.basename(scratch.path) },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | string | null>((done) =>
    child.once('close', (code, signal) => done(code ?? signal)),
  );
  const says = (pattern: RegExp) =>
    waitFor(() => pattern.exec(said), { message: () => `${pattern} in what the witness says:\n${said}` });
  const kilobytes = (what: string) =>
    Number(
      new RegExp(`^${what}:\\s+(\\d+)`, 'm').exec(
        fs.readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8'),
      )?.[1],
    );
  return { child, ended, says, said: () => said, kilobytes };
}

type Admission = {
  readonly admit?: (request: JoinRequest) => JoinResponse | null;
  /** For a pair of two. */
  readonly others?: AddressBook['members'];
};

/** A member that admits whoever comes, under the id `w`. */
async function startMember(id: string, { admit, others = [] }: Admission = {}) {
  const requests: JoinRequest[] = [];
  const voter = await startVoter(id, {
    credentials: authority.certify(id),
    onJoin: async (request) => {
      requests.push(request);
      return admit?.(request) ?? admission(request);
    },
  });
  const own = { id, name: `host-${id}`, address: voter.address, agentAddress: null, consoleUrl: null };
  function admission(request: JoinRequest): JoinResponse {
    return {
      ok: true,
      cluster: TEST_CLUSTER,
      id: 'w',
      certificate: authority.sign(request.csr, 'w'),
      ca: authority.ca,
      book: { revision: 1, members: [own, ...others] },
      shared: null,
      profile: 'lan',
    };
  }
  const tell = (body: PairMessageBody, term: number) =>
    voter.link.send({
      version: PAIR_PROTOCOL_VERSION,
      cluster: TEST_CLUSTER,
      from: id,
      to: 'w',
      startId: `start-of-${id}`,
      toStartId: null,
      term,
      body,
    });
  const heard = <Type extends PairMessageBody['type']>(type: Type) =>
    voter.messages.flatMap((message) =>
      message.body.type === type
        ? [message as PairMessage & { body: Extract<PairMessageBody, { type: Type }> }]
        : [],
    );
  /** Says it again and again until that answer comes: any message may be lost. */
  async function ask<Type extends PairMessageBody['type']>(
    body: PairMessageBody,
    options: {
      readonly term: number;
      readonly until: Type;
      readonly is?: (answer: Extract<PairMessageBody, { type: Type }>) => boolean;
    },
  ) {
    voter.messages.length = 0;
    return await waitFor(
      () => {
        tell(body, options.term);
        return heard(options.until).find((message) => options.is?.(message.body) ?? true);
      },
      { intervalMs: 100, message: () => `${options.until}, heard ${JSON.stringify(voter.messages)}` },
    );
  }
  const connected = () => waitFor(() => voter.link.connections().find((connection) => connection.id === 'w'));
  return { ...voter, own, requests, tell, heard, ask, connected };
}

function rosterOf(term: number): Roster {
  return {
    term,
    revision: 1,
    master: 'a',
    phase: 'active',
    inSync: { a: 'token-a', b: 'token-b' },
    voters: [['a', 'b', 'w']],
    base: null,
    tieBreaker: 'witness',
    members: ['a', 'b'],
    lineage: [{ term, member: 'a', timeline: 1, startLsn: 0, lossy: false }],
    epoch: 1,
    forced: null,
  };
}

const requestVote = (term: number) => ({ type: 'request-vote', roster: rosterOf(term) }) as const;
const heartbeat = (term: number, seq: number) =>
  ({
    type: 'heartbeat',
    seq,
    position: { term, revision: 1 },
    decided: { term, revision: 1 },
    acked: { lineage: term, lsn: 0 },
    epoch: 1,
  }) as const;

async function joined(member: Awaited<ReturnType<typeof startMember>>, args: readonly string[] = []) {
  const home = newHome();
  const witness = startWitness(home, ['--join', member.address, '--token', newToken(), ...args]);
  await witness.says(/the witness w votes/);
  await member.connected();
  return { home, witness };
}

describe('witness', () => {
  test('witness: it joins, votes, promises, and answers what it is asked; TERM ends it in order', async (t) => {
    const a = await startMember('a');
    t.after(() => a.link.stop());
    const { home, witness } = await joined(a, ['--name', 'Ecke 3']);
    assert.equal(a.requests[0]?.kind, 'witness');
    assert.equal(a.requests[0]?.name, 'Ecke 3');
    assert.equal(a.link.connections()[0]?.name, 'Ecke 3');
    assert.equal(readPairIdentity(path.join(home, 'keeper'))?.kind, 'witness');
    assert.equal(fs.existsSync(path.join(home, 'keeper/joining.json')), false);

    const vote = await a.ask(requestVote(3), { term: 3, until: 'vote', is: ({ granted }) => granted });
    assert.equal(vote.body.forTerm, 3);
    await a.ask({ type: 'propose', roster: rosterOf(3) }, { term: 3, until: 'accepted' });
    const ack = await a.ask(heartbeat(3, 9), { term: 3, until: 'heartbeat-ack' });
    assert.equal(ack.body.seq, 9);
    assert.equal(ack.body.member, null);

    const echo = await a.link.ask('w', { ask: 'echo', text: '寝ず番' });
    assert.deepEqual(echo, { to: 'echo', text: '寝ず番' });
    const answer = await a.link.ask('w', { ask: 'view' });
    assert.ok(answer.to === 'view');
    assert.equal(answer.view.kind, 'witness');
    assert.equal(answer.view.state, 'witness');
    assert.equal(answer.view.term, 3);
    const refused = await a.link.ask('w', { ask: 'agent-token' });
    assert.ok(refused.to === 'refused');
    t.diagnostic(`RSS ${witness.kilobytes('Rss')} kB, of its own ${witness.kilobytes('Private_Dirty')} kB`);
    assert.ok(witness.kilobytes('Rss') < 150_000);

    witness.child.kill('SIGTERM');
    assert.equal(await witness.ended, 0);
  });

  test('witness: it is killed and started again: it is quiet first, and has not forgotten its vote', async (t) => {
    const b = await startMember('b');
    const a = await startMember('a', { others: [b.own] });
    t.after(() => Promise.all([a.link.stop(), b.link.stop()]));
    const { home, witness } = await joined(a);
    await a.ask(requestVote(5), { term: 5, until: 'vote', is: ({ granted }) => granted });
    witness.child.kill('SIGKILL');
    await witness.ended;
    const again = startWitness(home);
    await again.says(/the witness w votes/);
    await a.connected();
    t.diagnostic(`RSS ${again.kilobytes('Rss')} kB, of its own ${again.kilobytes('Private_Dirty')} kB`);
    const same = await a.ask(requestVote(5), { term: 5, until: 'vote' });
    assert.equal(same.body.granted, true, 'the same candidate is told the same');
    const view = await a.link.ask('w', { ask: 'view' });
    assert.ok(view.to === 'view' && view.view.term === 5);
    await b.connected();
    const other = await b.ask(requestVote(5), { term: 5, until: 'vote' });
    assert.equal(other.body.granted, false, 'another candidate of the same term is not');
    const newer = await b.ask(requestVote(6), { term: 6, until: 'vote', is: ({ granted }) => granted });
    assert.equal(newer.body.forTerm, 6);
    again.child.kill('SIGINT');
    assert.equal(await again.ended, 0);
  });

  test('witness: its life line ends: it ends too', async (t) => {
    const a = await startMember('a');
    t.after(() => a.link.stop());
    const { witness } = await joined(a, ['--life-line']);
    witness.child.stdin.end();
    assert.equal(await witness.ended, 0);
  });

  test('witness: nobody holds a life line without the option: the end of its input means nothing', async (t) => {
    const a = await startMember('a');
    t.after(() => a.link.stop());
    const { witness } = await joined(a);
    witness.child.stdin.end();
    const echo = await a.link.ask('w', { ask: 'echo', text: 'still' });
    assert.equal(echo.to, 'echo');
    witness.child.kill('SIGTERM');
    assert.equal(await witness.ended, 0);
  });

  test('witness: the first address is no master, the second is: it joins there', async (t) => {
    const b = await startMember('b', {
      admit: () => ({ ok: false, code: 'not_master', says: 'This host is not the master.' }),
    });
    const a = await startMember('a');
    t.after(() => Promise.all([a.link.stop(), b.link.stop()]));
    const home = newHome();
    const witness = startWitness(home, [
      '--join',
      `127.0.0.1:1,${b.address},${a.address}`,
      '--token',
      newToken(),
    ]);
    await witness.says(/the witness w votes/);
    assert.equal(b.requests.length, 1);
    witness.child.kill('SIGTERM');
    await witness.ended;
  });

  test('witness: it is refused, or nobody answers: one sentence for each, exit code 5, and it can try again', async (t) => {
    const a = await startMember('a', {
      admit: () => ({ ok: false, code: 'token-used', says: 'The token has been used.' }),
    });
    t.after(() => a.link.stop());
    const home = newHome();
    const refused = startWitness(home, ['--join', `127.0.0.1:1,${a.address}`, '--token', newToken()]);
    assert.equal(await refused.ended, 5);
    assert.match(refused.said(), /^nezuban: .*127\.0\.0\.1:1.* The token has been used\.$/m);
    const none = startWitness(home);
    assert.equal(await none.ended, 5);
    assert.match(none.said(), /belongs to no pair yet: type "nezuban pair create --witness-token"/);
  });

  test('witness: the answer to its joining got lost: it asks with the same key', async (t) => {
    let isLost = true;
    const a = await startMember('a', {
      admit: () => (isLost ? { ok: false, code: 'busy', says: 'Lost.' } : null),
    });
    t.after(() => a.link.stop());
    const home = newHome();
    const args = ['--join', a.address, '--token', newToken()];
    assert.equal(await startWitness(home, args).ended, 5);
    isLost = false;
    const witness = startWitness(home, args);
    await witness.says(/the witness w votes/);
    assert.equal(a.requests.length, 2);
    assert.equal(a.requests[0]?.csr, a.requests[1]?.csr);
    witness.child.kill('SIGTERM');
    await witness.ended;
    // Joined is joined: the options of the first start do no harm.
    const again = startWitness(home, args);
    await again.says(/the witness w votes/);
    assert.equal(a.requests.length, 2);
    again.child.kill('SIGTERM');
    await again.ended;
  });

  test('witness: its record is lost or damaged: it does not vote, and says what to do', async (t) => {
    const a = await startMember('a');
    t.after(() => a.link.stop());
    const { home, witness } = await joined(a);
    witness.child.kill('SIGTERM');
    await witness.ended;
    const file = path.join(home, 'keeper/voter.slots');
    const bytes = fs.readFileSync(file);
    for (const spoil of [
      () => fs.rmSync(file),
      () => fs.writeFileSync(file, Buffer.alloc(bytes.length, 7)),
    ]) {
      spoil();
      const spoilt = startWitness(home);
      assert.equal(await spoilt.ended, 5);
      assert.match(
        spoilt.said(),
        /This witness does not vote, since its record cannot be used .*remove .* and let it join anew/,
      );
    }
  });

  test('witness: two for one home, or the home of a manager: refused', async (t) => {
    const a = await startMember('a');
    t.after(() => a.link.stop());
    const { home, witness } = await joined(a);
    const second = startWitness(home);
    assert.equal(await second.ended, 4);
    assert.match(second.said(), /A witness or a manager runs for the home/);
    witness.child.kill('SIGTERM');
    await witness.ended;
    const file = path.join(home, 'keeper/pair.json');
    const identity = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
    fs.writeFileSync(file, JSON.stringify({ ...identity, kind: 'member', listen: '127.0.0.1:7382' }));
    const member = startWitness(home);
    assert.equal(await member.ended, 5);
    assert.match(member.said(), /is that of a manager, which votes by itself/);
  });

  test('witness: the master tells another address book: it is kept, and the new member is dialled', async (t) => {
    const a = await startMember('a');
    const b = await startMember('b');
    t.after(() => Promise.all([a.link.stop(), b.link.stop()]));
    const { home, witness } = await joined(a);
    a.link.setAddressBook({ revision: 2, members: [a.own, b.own] });
    await b.connected();
    await waitFor(() => readPairIdentity(path.join(home, 'keeper'))?.book.revision === 2, {
      message: 'the new book on the disk',
    });
    b.link.setAddressBook({ revision: 1, members: [b.own] });
    const echo = await a.link.ask('w', { ask: 'echo', text: 'x' });
    assert.equal(echo.to, 'echo', 'an older book changes nothing');
    witness.child.kill('SIGTERM');
    await witness.ended;
  });

  test('witness: whoever reads its log is stopped: it goes on voting', async (t) => {
    const a = await startMember('a');
    t.after(() => a.link.stop());
    const { witness } = await joined(a, ['--log-level', 'trace']);
    witness.child.stderr.pause();
    for (let n = 0; n < 2_000; n += 1) a.tell({ ...requestVote(4), roster: { ...rosterOf(4) } }, 4);
    const vote = await a.ask(requestVote(4), { term: 4, until: 'vote', is: ({ granted }) => granted });
    assert.equal(vote.body.forTerm, 4);
    witness.child.stderr.resume();
    witness.child.kill('SIGTERM');
    assert.equal(await witness.ended, 0);
  });
});
