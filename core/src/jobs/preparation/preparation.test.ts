// Sessions whose start was prepared: what is held, passed over and released before anything begins, and what becomes of what does not fit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentenceIn } from '@nezuban/protocol/sentences/sentence';
import { net, SessionDriver } from '../../testing/session-driver.ts';
import { workPriorityOf } from '../admission/ask.ts';
import { planNet } from '../net-plan.ts';
import { peopleBehind } from '../people-behind.ts';
import { recordAt } from '../step.ts';
import { judgePreparation, type Preparation } from './fit-preparation.ts';

const says = (more: Partial<Preparation>): Preparation => ({
  by: 'alice',
  at: Date.UTC(2025, 11, 31),
  reason: null,
  hold: false,
  units: {},
  parameters: {},
  secrets: [],
  unreadable: [],
  priority: null,
  lacksRight: false,
  ...more,
});
const definition = (more: object = {}) =>
  net(
    [
      { name: 'a', command: 'true' },
      {
        name: 'loads',
        type: 'net',
        after: ['a'],
        units: [
          { name: 'customers', command: 'true' },
          { name: 'own', command: 'true', priority: 5 },
        ],
      },
      { name: 'gate', command: 'true', hold: true },
      { name: 'archive', command: 'true', after: ['loads'] },
    ],
    { parameters: [{ name: 'MODE', default: 'full' }], ...more },
  );
const codes = (driver: SessionDriver) => driver.events().map(({ code }) => code);

test('prepared start: units are held, passed over and released before any begins, by the name of who said so', () => {
  const driver = new SessionDriver(definition(), {
    preparation: says({
      reason: 'month end.',
      units: { a: 'hold', 'loads/customers': 'hold', gate: 'release', archive: 'skip' },
    }),
  });
  assert.deepEqual(driver.states(), {
    a: 'held',
    loads: 'waiting',
    'loads/customers': 'held',
    'loads/own': 'waiting',
    gate: 'starting',
    archive: 'skipped',
  });
  assert.equal(driver.unit('a').reason, 'Held by alice: month end.');
  assert.equal(driver.unit('archive').reason, 'Skipped by alice: month end.');
  const [prepared] = driver.events();
  assert.equal(prepared?.code, 'start_prepared');
  assert.equal(
    prepared.message,
    'Session 7 of night/run begins as its start was prepared by alice: month end; units a (hold), loads/customers (hold), gate (release), archive (skip).',
  );
  driver.operate('release', 'a');
  driver.end('a');
  assert.equal(driver.states()['loads/customers'], 'held');
  driver.operate('release', 'loads/customers');
  for (const unit of ['loads/customers', 'loads/own', 'gate']) driver.end(unit);
  assert.equal(driver.states()['archive'], 'skipped:normal');
  assert.equal(driver.session.endStatus, 'normal');
});

test('prepared start: suspended: nothing begins, also after a restart, until it is released', () => {
  const driver = new SessionDriver(definition(), { preparation: says({ hold: true }) });
  assert.deepEqual(driver.dispatched, []);
  assert.ok(codes(driver).includes('session_suspended'));
  const { reason } = recordAt(driver.session, 0);
  driver.restart();
  assert.equal(recordAt(driver.session, 0).reason, reason);
  assert.equal(reason, 'Suspended by alice.');
  driver.operate('release');
  assert.equal(driver.states()['a'], 'starting');
});

test('prepared start: values and priority: instead of those of the schedule and of the definition, kept with the session', () => {
  const driver = new SessionDriver(definition(), {
    parameters: { MODE: 'quick' },
    preparation: says({ parameters: { MODE: 'none' }, priority: 4 }),
  });
  driver.restart();
  const { session } = driver;
  assert.equal(session.parameters['MODE'], 'none');
  const priorityOf = (path: string) =>
    workPriorityOf(session, recordAt(session, session.plan.indexByPath.get(path) ?? -1));
  assert.deepEqual(['a', 'loads/customers', 'loads/own'].map(priorityOf), [4, 4, 5]);
  assert.ok(peopleBehind(session).includes('alice'));
  assert.deepEqual(session.trigger.type === 'schedule' && session.trigger.prepared, {
    by: 'alice',
    at: '2025-12-31T00:00:00.000Z',
    reason: null,
    priority: 4,
  });
});

test('prepared start: what does not fit any more is left out and named, and the session begins suspended', () => {
  const driver = new SessionDriver(
    definition({
      parameters: [{ name: 'MODE', type: 'choice', choices: ['full', 'quick'], default: 'full' }],
    }),
    {
      preparation: says({
        units: { gone: 'hold', archive: 'skip' },
        parameters: { MODE: 'none', OLD: 'x' },
        unreadable: ['KEY'],
      }),
    },
  );
  assert.deepEqual(driver.dispatched, []);
  assert.equal(driver.states()['archive'], 'skipped');
  assert.equal(driver.session.parameters['MODE'], 'full');
  const unfit = driver.events().find(({ code }) => code === 'start_preparation_unfit');
  assert.equal(unfit?.priority, 'critical');
  assert.equal(unfit.details['misfits'], 'gone, MODE, OLD, KEY');
  assert.equal(driver.session.units[0]?.marks?.paused?.kind, 'suspended');
});

test('prepared start: by somebody who may not run the net any more: suspended, nothing of it is done, all of it is named', () => {
  const driver = new SessionDriver(definition(), {
    parameters: { MODE: 'quick' },
    preparation: says({
      reason: 'month end',
      units: { gate: 'release', archive: 'skip' },
      parameters: { MODE: 'none' },
      priority: 5,
      lacksRight: true,
    }),
  });
  driver.restart();
  assert.deepEqual(driver.dispatched, []);
  const { gate, archive } = driver.states();
  assert.deepEqual([gate, archive], ['held', 'waiting']);
  const { session } = driver;
  assert.equal(session.parameters['MODE'], 'quick');
  assert.ok(!peopleBehind(session).includes('alice'));
  assert.equal(workPriorityOf(session, recordAt(session, session.plan.indexByPath.get('a') ?? -1)), 3);
  const refused = driver.events().find(({ code }) => code === 'start_preparation_refused');
  assert.equal(refused?.priority, 'critical');
  assert.equal(refused.details['units'], 'gate (release), archive (skip)');
  assert.match(refused.message, /alice, who has prepared its start, may not run the job net any more/);
  assert.ok(!codes(driver).includes('start_prepared'));
  const { reason, reasonSaid } = recordAt(session, 0);
  assert.match(sentenceIn({ message: reason ?? '', ...reasonSaid }, 'ja'), /alice、理由: 事前指定をした人に/);
  driver.operate('release');
  assert.equal(driver.states()['a'], 'starting');
});

test('preparation: judged when it is written: units, releases, values, names of kept secrets, business dates', () => {
  const plan = planNet(
    definition({
      parameters: [
        { name: 'MODE', type: 'choice', choices: ['full', 'quick'] },
        { name: 'KEY', type: 'secret', required: false },
        { name: 'DAY', type: 'date', required: false },
      ],
    }),
  );
  const judged = judgePreparation(
    plan,
    { MODE: 'full' },
    {
      units: { lods: 'hold', a: 'release', gate: 'release', 'loads/customers': 'skip' },
      parameters: { MODE: 'none', KEY: '{{secret.vault-root}}', DAY: 'business_date', NONE: 'x' },
    },
  );
  assert.deepEqual(
    judged.map(({ path, code }) => [path, code]),
    [
      ['units.lods', 'prepared_no_unit'],
      ['units.a', 'prepared_not_held'],
      ['parameters.MODE', 'value_one_of'],
      ['parameters.NONE', 'no_parameter'],
      ['parameters.KEY', 'prepared_names_secret'],
      ['parameters.DAY', 'value_business_date_none'],
    ],
  );
  assert.deepEqual(
    judgePreparation(plan, { MODE: 'full' }, { units: { archive: 'skip' }, parameters: {} }),
    [],
  );
});

test('prepared start: a value that was given as a secret, of a parameter that is none any more: shown to nobody, and the session begins suspended', () => {
  const driver = new SessionDriver(definition(), {
    preparation: says({ parameters: { MODE: 'very-secret' }, secrets: ['MODE'] }),
  });
  assert.deepEqual(driver.dispatched, []);
  assert.equal(driver.session.parameters['MODE'], 'full');
  assert.ok(codes(driver).includes('start_preparation_unfit'));
  assert.doesNotMatch(JSON.stringify(driver.events()), /very-secret/);
});
