// Units that wait for something inside the manager: what they ask the manager to do, what answers do to them, what survives a restart.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peopleBehind, starterOf } from './people-behind.ts';
import { net, SessionDriver } from '../testing/session-driver.ts';
import { unfinishedEffects } from './apply-session.ts';
import type { CapturedEvent, WorkAnswer } from './unit-work.ts';
import { toldBy } from './reasons.ts';
import { viewUnit } from './session-view.ts';

const event: CapturedEvent = {
  id: 42,
  at: 0,
  code: 'job_event',
  priority: 'info',
  node: 'web1',
  monitor: null,
  key: null,
  message: 'file arrived',
  fields: {},
  groups: { name: 'a.csv' },
};

const drive = (...units: readonly object[]): SessionDriver => new SessionDriver(net(units));

const answer = (driver: SessionDriver, path: string, given: WorkAnswer) => {
  const { unit, run } = driver.unit(path);
  return driver.apply({ type: 'workAnswered', unit: unit.index, run, answer: given });
};

const works = (driver: SessionDriver) =>
  driver.effects.filter((effect) => effect.type === 'work' || effect.type === 'endWork');

test('inside units: an OR: ends at once with the first branch that arrives', () => {
  const driver = drive(
    { name: 'a', command: 'x' },
    { name: 'b', command: 'x' },
    { name: 'either', type: 'or', after: { any: ['a', 'b'] } },
    { name: 'next', command: 'x', after: ['either'] },
  );
  driver.end('a');
  assert.equal(driver.states()['either'], 'ended:normal');
  assert.equal(driver.states()['next'], 'starting');
});

test('inside units: waiting for an event: the work is asked for again after a restart, the answer ends it once, the event is kept', () => {
  const driver = drive(
    {
      name: 'w',
      type: 'event_wait',
      event: { codes: ['job_event'], text: { matches: '(?P<name>\\S+) arrived' } },
    },
    {
      name: 'say',
      type: 'event_send',
      after: ['w'],
      message: '{{unit.w.output.name}} on {{unit.w.output.node}}',
    },
  );
  const [asked] = works(driver);
  assert.equal(asked?.type, 'work');
  driver.restart();
  const again = unfinishedEffects(driver.session).filter(({ type }) => type === 'work');
  assert.deepEqual(again, [asked]);
  assert.equal(answer(driver, 'w', { kind: 'event_wait', event }).ok, true);
  assert.equal(driver.states()['w'], 'ended:normal');
  assert.equal(works(driver).at(-1)?.type, 'endWork');
  assert.equal(driver.events().find(({ code }) => code === 'job_event')?.message, 'a.csv on web1');
  const late = answer(driver, 'w', { kind: 'event_wait', event: { ...event, id: 43 } });
  assert.deepEqual(late, { ok: true, changed: false, effects: [] });
  driver.restart();
  const view = viewUnit(driver.session, 'w')?.work;
  assert.equal(view?.kind === 'event_wait' && view.event?.groups['name'], 'a.csv');
});

test('inside units: a rerun: waits anew, and an answer to the run before changes nothing', () => {
  const driver = drive({ name: 'w', type: 'event_wait', event: { codes: ['job_event'] } });
  answer(driver, 'w', { kind: 'event_wait', event });
  assert.equal(driver.operate('rerun', 'w').ok, true);
  assert.equal(driver.states()['w'], 'running');
  assert.equal(viewUnit(driver.session, 'w')?.work?.kind, 'event_wait');
  driver.apply({ type: 'workAnswered', unit: 1, run: 1, answer: { kind: 'event_wait', event } });
  assert.equal(driver.states()['w'], 'running');
});

for (const [outcome, state] of [
  ['normal', 'ended:normal'],
  ['warning', 'ended:warning'],
  ['abnormal', 'ended:abnormal'],
  ['stopped', 'stopped'],
] as const)
  test(`inside units: its time is up: ends ${outcome} where the definition says so, after a restart too`, () => {
    const driver = drive({
      name: 'w',
      type: 'event_wait',
      event: { codes: ['job_event'] },
      timeout_s: 10,
      on_timeout: outcome,
    });
    driver.restart();
    driver.now += 9_999;
    driver.must({ type: 'timeReached' });
    assert.equal(driver.states()['w'], 'running');
    driver.now += 1;
    driver.must({ type: 'timeReached' });
    assert.equal(driver.states()['w'], state);
  });

test('inside units: stop and skip: possible while it waits, and both end its work', () => {
  const driver = drive(
    { name: 'a', type: 'event_wait', event: { codes: ['job_event'] } },
    { name: 'b', type: 'event_wait', event: { codes: ['job_event'] } },
  );
  for (const possible of ['stop', 'skip'] as const)
    assert.ok(viewUnit(driver.session, 'a')?.operations.includes(possible));
  driver.operate('stop', 'a');
  driver.operate('skip', 'b');
  assert.deepEqual(driver.states(), { a: 'ended:abnormal', b: 'skipped:normal' });
  assert.equal(works(driver).filter(({ type }) => type === 'endWork').length, 2);
});

const waits = (more: object = {}) => ({
  name: 'w',
  type: 'net_wait',
  nets: ['a', { net: 'b', unit: 'x/y' }],
  ...more,
});

test('inside units: waiting for nets: all of them, each kept once it is fulfilled', () => {
  const driver = drive(waits());
  assert.equal(
    answer(driver, 'w', { kind: 'net_wait', target: 0, met: { session: 3, endStatus: 'normal' } }).ok,
    true,
  );
  assert.match(driver.unit('w').reason ?? '', /"x\/y" of b/);
  driver.restart();
  const [again] = unfinishedEffects(driver.session).filter((effect) => effect.type === 'work');
  assert.deepEqual(again?.work.kind === 'net_wait' && again.work.met, [true, false]);
  answer(driver, 'w', { kind: 'net_wait', target: 0, met: { session: 9, endStatus: 'warning' } });
  answer(driver, 'w', { kind: 'net_wait', target: 1, met: { session: 4, endStatus: 'warning' } });
  assert.equal(driver.states()['w'], 'ended:normal');
  const view = viewUnit(driver.session, 'w')?.work;
  assert.deepEqual(view?.kind === 'net_wait' && view.targets.map(({ session }) => session), [3, 4]);
});

test('inside units: waiting for nets: any, absent ones, and ones that ended otherwise go as the definition says', () => {
  const any = drive(waits({ nets: { any: ['a', 'b'] } }));
  answer(any, 'w', { kind: 'net_wait', target: 1, met: { session: 3, endStatus: 'normal' } });
  assert.equal(any.states()['w'], 'ended:normal');
  const patient = drive(waits());
  answer(patient, 'w', { kind: 'net_wait_absent', target: 0 });
  answer(patient, 'w', { kind: 'net_wait_other', target: 0, session: 5, endStatus: 'abnormal' });
  assert.equal(patient.states()['w'], 'running');
  assert.match(patient.unit('w').reason ?? '', /a \(session 5 ended abnormal\)/);
  const easy = drive(waits({ nets: ['a'], if_absent: 'go_on' }));
  answer(easy, 'w', { kind: 'net_wait_absent', target: 0 });
  assert.equal(easy.states()['w'], 'ended:normal');
  const strict = drive(waits({ if_absent: 'fail', if_other: 'fail' }));
  answer(strict, 'w', { kind: 'net_wait_other', target: 0, session: 5, endStatus: 'abnormal' });
  assert.equal(strict.states()['w'], 'ended:abnormal');
});

test('inside units: starting a net: asked for again until the session is known, ends as that does', () => {
  const driver = drive({
    name: 's',
    type: 'net_start',
    net: 'other',
    parameters: { FROM: '{{unit}} of {{net}}' },
  });
  const [asked] = works(driver);
  assert.deepEqual(asked?.type === 'work' && asked.work.kind === 'net_start' && asked.work.parameters, {
    FROM: 's of night/run',
  });
  answer(driver, 's', { kind: 'net_started', session: 12 });
  driver.restart();
  const [again] = unfinishedEffects(driver.session).filter((effect) => effect.type === 'work');
  assert.equal(again?.work.kind === 'net_start' && again.work.session, 12);
  answer(driver, 's', { kind: 'net_ended', session: 11, endStatus: 'normal' });
  assert.equal(driver.states()['s'], 'running');
  answer(driver, 's', { kind: 'net_ended', session: 12, endStatus: 'warning' });
  assert.equal(driver.states()['s'], 'ended:warning');
});

test('inside units: starting a net without waiting: ends with its start; a refusal ends it abnormally', () => {
  const driver = drive(
    { name: 's', type: 'net_start', net: 'other', wait: false },
    { name: 'r', type: 'net_start', net: 'none' },
  );
  answer(driver, 's', { kind: 'net_started', session: 12 });
  answer(driver, 'r', { kind: 'net_refused', reason: toldBy('There is no job net "none".') });
  assert.deepEqual(driver.states(), { s: 'ended:normal', r: 'ended:abnormal' });
});

test('inside units: a stop of a started net: passed on, and waited for; or not', () => {
  const driver = drive(
    { name: 's', type: 'net_start', net: 'other' },
    { name: 'own', type: 'net_start', net: 'other', pass_stop: false },
  );
  answer(driver, 's', { kind: 'net_started', session: 12 });
  driver.operate('stop', 's');
  driver.operate('stop', 'own');
  assert.deepEqual(driver.states(), { s: 'stopping', own: 'ended:abnormal' });
  const [again] = unfinishedEffects(driver.session).filter((effect) => effect.type === 'work');
  assert.equal(again?.work.kind === 'net_start' && again.work.stopBy, 'admin');
  answer(driver, 's', { kind: 'net_ended', session: 12, endStatus: 'abnormal' });
  assert.equal(driver.states()['s'], 'ended:abnormal');
});

test('inside units: a kill of a started net: passed on over a restart, and the unit ends though that session does not', () => {
  const driver = drive({ name: 's', type: 'net_start', net: 'other' });
  answer(driver, 's', { kind: 'net_started', session: 12 });
  driver.operate('stop');
  answer(driver, 's', { kind: 'net_killed', session: 12, problem: null });
  assert.equal(driver.states()['s'], 'stopping', 'nobody has asked for a kill');
  assert.equal(driver.operate('kill').ok, true);
  driver.restart();
  const [again] = unfinishedEffects(driver.session).filter((effect) => effect.type === 'work');
  assert.equal(again?.work.kind === 'net_start' && again.work.kill, true);
  answer(driver, 's', { kind: 'net_killed', session: 12, problem: null });
  assert.equal(driver.states()['s'], 'ended:abnormal');
  assert.match(driver.unit('s').reason ?? '', /Killed by admin; session 12 of other is killed, too/);
  assert.equal(driver.unit('').state, 'ended');
});

test('inside units: a kill before the started session is known: passed on as soon as it is, or it never begins', () => {
  const driver = drive(
    { name: 's', type: 'net_start', net: 'other' },
    { name: 'never', type: 'net_start', net: 'other' },
  );
  driver.operate('kill', 's');
  driver.operate('kill', 'never');
  answer(driver, 's', { kind: 'net_started', session: 12 });
  const asked = works(driver).at(-1);
  assert.deepEqual(
    asked?.type === 'work' && asked.work.kind === 'net_start' && [asked.work.session, asked.work.kill],
    [12, true],
  );
  answer(driver, 's', { kind: 'net_killed', session: 12, problem: toldBy('it is gone') });
  answer(driver, 'never', { kind: 'net_refused', reason: toldBy('stopped before it had begun') });
  assert.deepEqual(driver.states(), { s: 'ended:abnormal', never: 'ended:abnormal' });
  assert.match(driver.unit('s').reason ?? '', /it is gone/);
});

const decide = (driver: SessionDriver, by: string, approve = true) =>
  answer(driver, 'ask', { kind: 'decision', decision: { by, at: driver.now, approve, comment: 'checked' } });

test('inside units: approval: so many different people, and the branches follow the answer', () => {
  const driver = drive(
    {
      name: 'ask',
      type: 'approval',
      question: 'Release {{net}}?',
      needed: 2,
      not_starter: true,
      channel: 'chat',
    },
    { name: 'yes', command: 'x', after: [{ unit: 'ask', on: [true] }] },
    { name: 'no', command: 'x', after: [{ unit: 'ask', on: [false] }] },
  );
  const asked = driver.events().find(({ code }) => code === 'approval_asked');
  assert.deepEqual(asked?.channels, ['chat']);
  assert.match(asked?.message ?? '', /Release night\/run\?/);
  const starter = decide(driver, 'admin');
  assert.match(starter.ok ? '' : starter.detail.message, /admin has started the session/);
  assert.equal(decide(driver, 'bob').ok, true);
  const twice = decide(driver, 'bob');
  assert.match(twice.ok ? '' : twice.detail.message, /bob has decided already/);
  driver.restart();
  assert.equal(driver.states()['ask'], 'running');
  assert.equal(decide(driver, 'carol').ok, true);
  assert.deepEqual(driver.states(), { ask: 'ended:normal', yes: 'starting', no: 'not_run' });
  assert.equal(driver.unit('ask').answer, true);
});

test('inside units: approval: who has started it through another net, or before its time, is kept out as well', () => {
  const unit = { type: 'unit', net: 'outer', session: 3, unit: 's' } as const;
  const schedule = { type: 'schedule', schedule: 'daily', dueAt: '2026-11-26T00:00:00Z' } as const;
  assert.equal(starterOf({ type: 'manual', user: 'alice' }), 'alice');
  assert.equal(starterOf({ ...unit, by: 'alice' }), 'alice');
  assert.equal(starterOf({ ...schedule, by: 'alice' }), 'alice');
  for (const trigger of [unit, schedule, { type: 'condition' as const, generation: 1, fulfilled: [] }])
    assert.equal(starterOf(trigger), null);
  const driver = drive({ name: 'ask', type: 'approval', question: '?', not_starter: true });
  Object.assign(driver.session, { trigger: { ...unit, by: 'bob' } });
  const starter = decide(driver, 'bob');
  assert.match(starter.ok ? '' : starter.detail.message, /bob has started the session/);
});

test('inside units: approval: whoever had it started, or ran something in it again, is kept out as well', () => {
  const driver = drive(
    { name: 'first', type: 'or' },
    { name: 'ask', type: 'approval', question: '?', not_starter: true },
  );
  Object.assign(driver.session, {
    trigger: {
      type: 'schedule',
      schedule: 'daily',
      dueAt: '2026-11-26T00:00:00Z',
      onBehalfOf: 'author',
    },
  });
  driver.must({ type: 'operation', operation: 'rerun', unit: 'first', actor: 'carol' });
  assert.deepEqual(peopleBehind(driver.session), ['author', 'carol']);
  driver.restart();
  for (const name of ['author', 'carol']) {
    const kept = decide(driver, name);
    assert.match(
      kept.ok ? '' : kept.detail.message,
      new RegExp(`${name} has started the session, had it started`),
    );
  }
  assert.equal(decide(driver, 'bob').ok, true);
});

test('inside units: approval: one refusal answers false; the time limit answers as the definition says', () => {
  const refused = drive({ name: 'ask', type: 'approval', question: '?', needed: 2 });
  decide(refused, 'bob');
  decide(refused, 'carol', false);
  assert.equal(refused.unit('ask').answer, false);
  const late = drive({ name: 'ask', type: 'approval', question: '?', timeout_s: 5 });
  late.now += 5_000;
  late.must({ type: 'timeReached' });
  assert.equal(late.unit('ask').answer, false);
  assert.equal(late.states()['ask'], 'ended:normal');
});

test('inside units: a mail: queued once, and ends by what became of it', () => {
  const driver = drive({
    name: 'm',
    type: 'mail_send',
    channel: 'office',
    subject: 'Done {{session}}',
    body: '{{unit}}',
  });
  const mails = driver.effects.filter(({ type }) => type === 'mail');
  assert.deepEqual(mails, [
    { type: 'mail', unit: 1, run: 1, channel: 'office', to: null, cc: null, subject: 'Done 7', body: 'm' },
  ]);
  driver.restart();
  assert.equal(
    unfinishedEffects(driver.session).some(({ type }) => type === 'mail'),
    false,
  );
  answer(driver, 'm', { kind: 'mail_failed', delivery: 5, error: toldBy('no such mailbox') });
  assert.equal(driver.states()['m'], 'ended:abnormal');
  assert.match(driver.unit('m').reason ?? '', /no such mailbox/);
});
