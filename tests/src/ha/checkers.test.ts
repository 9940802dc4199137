/** The pure checkers: each kind of broken promise is seen, and what is right is not called wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeDuty } from './check-duty.ts';
import { EVERY_END_STATUS, everyLedgerUnits, everyNetName } from './every-unit-net.ts';
import { judgeJobs, type LedgerLine } from './check-jobs.ts';
import { judgeTraps } from './check-traps.ts';
import { judgeWrites } from './check-writes.ts';
import type { ClaimRecord, HearingRecord, SessionRecord, TrapRecord, WriteRecord } from './load-records.ts';
import { measureOutage } from './outage.ts';

const write = (id: string, more: Partial<WriteRecord> = {}): WriteRecord => ({
  type: 'write',
  id: `createToken p-0-${id}`,
  sentAt: Number(id) * 10,
  endedAt: Number(id) * 10 + 5,
  outcome: 'acked',
  host: 'a',
  status: 201,
  code: null,
  ...more,
});
const entry = (number: number, id: string) => ({ id: number, what: `createToken p-0-${id}` });

test('checkers: writes: acknowledged ones are there once, unknown ones may be there', () => {
  const records = [
    write('1'),
    write('2', { outcome: 'unknown' }),
    write('3', { outcome: 'unknown' }),
    write('4'),
  ];
  const report = judgeWrites(records, [entry(1, '1'), entry(2, '2'), entry(3, '4')]);
  assert.equal(report.acked, 2);
  assert.equal(report.unknownDone, 1);
  assert.equal(report.unknownNotDone, 1);
  const broken = [report.lost, report.doubled, report.ghosts, report.vanished, report.disordered].flat();
  assert.deepEqual(broken, []);
});

test('checkers: writes: lost, doubled, never sent, refused and out of order are told apart', () => {
  const records = [
    write('1'),
    write('2'),
    write('3', { outcome: 'not-sent' }),
    write('4', { outcome: 'refused', status: 409 }),
    write('5'),
    write('6', { outcome: 'refused', status: 503, code: 'database_unavailable' }),
  ];
  const audit = [
    entry(9, '1'),
    entry(10, '1'),
    entry(3, '3'),
    entry(4, '4'),
    entry(5, '5'),
    entry(6, '6'),
    entry(7, '7'),
  ];
  const report = judgeWrites(records, audit);
  assert.equal(report.lost.length, 1);
  assert.match(report.lost[0] ?? '', /p-0-2/);
  assert.equal(report.doubled.length, 1);
  assert.deepEqual(
    report.ghosts.map((one) => /p-0-(\d)/.exec(one)?.[1]),
    ['3', '4', '7'],
  );
  assert.equal(report.disordered.length, 1);
  assert.equal(report.unknownDone, 1, 'a server error promises nothing');
});

const session = (id: string, sessionId: number | null): SessionRecord => ({
  type: 'session',
  id,
  net: 'ha/short-w',
  firstSentAt: 0,
  ackedAt: sessionId === null ? null : 10,
  sessionId,
  tries: 1,
  host: 'a',
  code: null,
});
const line = (id: string, attempt: string): LedgerLine => ({ id, unit: 'one', attempt, wallMs: 1_000 });
const normal = (id: number) => [id, { id, state: 'ended', endStatus: 'normal' }] as const;

test('checkers: jobs: what ran once and ended is right, unanswered starts may have run', () => {
  const records = [session('k1', 1), session('k2', null), session('k3', null)];
  const report = judgeJobs({
    records,
    ledger: [line('k1', 'x1'), line('k2', 'x2')],
    views: new Map([normal(1)]),
    events: new Map(),
    outside: null,
  });
  assert.deepEqual([report.lost, report.doubled, report.strangers, report.badEnds].flat(), []);
  assert.equal(report.unanswered, 2);
});

test('checkers: jobs: a session that did not run, ran twice, ended badly, or that nobody started', () => {
  const records = [session('k1', 1), session('k2', 2), session('k3', null)];
  const ledger = [line('k2', 'x2'), line('k2', 'x3'), line('k4', 'x2')];
  const report = judgeJobs({
    records,
    ledger,
    views: new Map([normal(1), [2, { id: 2, state: 'ended', endStatus: 'unknown' }]]),
    events: new Map(),
    outside: null,
  });
  assert.equal(report.lost.length, 1);
  assert.equal(report.doubled.length, 2, 'the unit, and the attempt');
  assert.equal(report.strangers.length, 1);
  assert.equal(report.badEnds.length, 1);
});

test('checkers: jobs: a session with every type of unit: each unit and its event once, no branch that was not taken', () => {
  const places = { url: '', mail: { host: '', port: 1 }, ssh: null };
  const every = { ...session('k1', 1), net: everyNetName('w') };
  const ledger = everyLedgerUnits(places).map((unit, index) => ({ ...line('k1', `x${index}`), unit }));
  const views = new Map([[1, { id: 1, state: 'ended', endStatus: EVERY_END_STATUS }]]);
  const outside = { places, calls: new Map([['k1', 1]]), mails: new Map([['k1', ['m1', 'm1']]]) };
  const right = { records: [every], ledger, views, events: new Map([['k1', 1]]), outside };
  const { lost, doubled, strangers, badEnds } = judgeJobs(right);
  assert.deepEqual([lost, doubled, strangers, badEnds].flat(), []);
  assert.equal(judgeJobs({ ...right, ledger: ledger.slice(1) }).lost.length, 1);
  assert.equal(judgeJobs({ ...right, events: new Map() }).lost.length, 1);
  assert.equal(judgeJobs({ ...right, events: new Map([['k1', 2]]) }).doubled.length, 1);
  const reached = (changed: object) => judgeJobs({ ...right, outside: { ...outside, ...changed } });
  assert.equal(reached({ calls: new Map(), mails: new Map() }).lost.length, 2);
  assert.equal(reached({ calls: new Map([['k1', 2]]) }).doubled.length, 1);
  assert.equal(reached({ mails: new Map([['k1', ['m1', 'm2']]]) }).doubled.length, 1);
  const branch = { ...line('k1', 'y'), unit: 'not-taken' };
  assert.equal(judgeJobs({ ...right, ledger: [...ledger, branch] }).strangers.length, 1);
  assert.equal(judgeJobs({ ...right, views: new Map([normal(1)]) }).badEnds.length, 1);
});

const claim = (host: string, sentAt: number, master: boolean | null): ClaimRecord => ({
  type: 'claim',
  host,
  sentAt,
  endedAt: sentAt + 2,
  master,
  term: null,
});

test('checkers: duty: one after the other is right, both at once is not', () => {
  const first = [claim('a', 0, true), claim('a', 100, true), claim('a', 120, null)];
  assert.deepEqual(judgeDuty([...first, claim('b', 101, true), claim('b', 200, true)]).overlaps, []);
  assert.equal(judgeDuty([...first, claim('b', 50, true), claim('b', 200, true)]).overlaps.length, 1);
});

test('checkers: outage: from the fault to the first acknowledgement and job of the other host', () => {
  const records = [
    write('1'),
    write('2'),
    write('3', { sentAt: 24, endedAt: 31 }),
    write('9', { sentAt: 2_000, endedAt: 2_026, host: 'b' }),
    { ...session('k9', 9), ackedAt: 2_030, host: 'b' },
  ];
  const outage = measureOutage({
    records,
    ledger: [{ ...line('k9', 'x9'), wallMs: 102_100 }],
    faultAt: 26,
    until: 2_500,
    oldMaster: 'a',
    wallMinusMonotonicMs: 100_000,
  });
  assert.equal(outage.firstWriteMs, 2_000);
  assert.equal(outage.gapMs, 2_026 - 31);
  assert.equal(outage.firstJobMs, 2_074);
});

const trap = (id: string, sentAt: number, more: Partial<TrapRecord> = {}): TrapRecord => ({
  type: 'trap',
  id,
  sentAt,
  copies: 1,
  outcome: 'said',
  host: null,
  ...more,
});
/** One look each 100 ms, answered within 10. */
const looks = (host: string, answers: string): HearingRecord[] =>
  answers.split('').map((answer, index) => ({
    type: 'hearing',
    host,
    sentAt: index * 100,
    endedAt: index * 100 + 10,
    hears: answer === '+',
  }));

test('checkers: traps: what was surely heard or acknowledged is there as often as it was said', () => {
  const records = [
    ...looks('a', '+++++----------------'),
    ...looks('b', '-----++++++++++++++++'),
    // Host a dies before it is sure; host b may not have heard it yet.
    trap('u1', 450),
    trap('u2', 600, { copies: 3 }),
    trap('u3', 700),
    trap('h1', 100, { outcome: 'acked', host: 'a' }),
    trap('h2', 100, { outcome: 'acked', host: 'a' }),
    trap('h3', 100, { outcome: 'unknown', host: 'a' }),
  ];
  const report = judgeTraps(
    records,
    new Map([
      ['u2', 2],
      ['u3', 1],
      ['h1', 1],
      ['h3', 1],
    ]),
  );
  assert.equal(report.heard, 2);
  assert.equal(report.unproven, 1);
  assert.equal(report.acked, 2);
  assert.deepEqual(
    report.lost.map((sentence) => sentence.split(',')[0]),
    ['u2', 'h2'],
  );
  assert.deepEqual(report.doubled, []);
});

test('checkers: traps: oftener than said, or never said: told', () => {
  const records = [
    ...looks('a', '++++++++++++'),
    trap('u1', 50),
    trap('h1', 50, { outcome: 'refused', host: 'a' }),
  ];
  const report = judgeTraps(
    records,
    new Map([
      ['u1', 2],
      ['h1', 1],
      ['u9', 1],
    ]),
  );
  assert.equal(report.doubled.length, 2);
  assert.match(
    report.doubled.join(' '),
    /u1, said 1 times at 50, is there 2 times u9 is there, and nobody said it/,
  );
});
