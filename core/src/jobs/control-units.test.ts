// Tests of units that run no command: wait, judgment, event; and of recovery units.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventoryOf, net, SessionDriver } from '../testing/session-driver.ts';
import { nextWakeAt } from './apply-session.ts';
import { viewUnit } from './session-view.ts';

const after = (unit: string, ...on: (string | boolean)[]): object => ({ all: [{ unit, on }] });
const reasonOf = (driver: SessionDriver, path: string): string | null => driver.unit(path).reason;

test('wait: a span: ends when it has passed, over a restart, and not before', () => {
  const driver = new SessionDriver(
    net([
      { name: 'pause', type: 'wait', for_s: 90 },
      { name: 'b', command: 'x', after: ['pause'] },
    ]),
  );
  assert.deepEqual(driver.states(), { pause: 'running', b: 'waiting' });
  assert.equal(nextWakeAt(driver.session), driver.now + 90_000);
  driver.now += 89_999;
  driver.restart();
  assert.equal(nextWakeAt(driver.session), driver.now + 1);
  driver.must({ type: 'timeReached' });
  assert.equal(driver.unit('pause').state, 'running');
  driver.now += 1;
  driver.must({ type: 'timeReached' });
  assert.deepEqual(driver.states(), { pause: 'ended:normal', b: 'starting' });
  assert.equal(nextWakeAt(driver.session), null);
});

test('wait: a time of day: the next one after its start, in the zone of the net', () => {
  // The driver begins at 2026-01-01T00:00:00Z, which is 09:00 in Tokyo.
  const untilOf = (until: string): string => {
    const definition = net([{ name: 'w', type: 'wait', until }], { timezone: 'Asia/Tokyo' });
    return new Date(new SessionDriver(definition).unit('w').retryAt ?? 0).toISOString();
  };
  assert.equal(untilOf('22:00'), '2026-01-01T13:00:00.000Z');
  assert.equal(untilOf('08:59'), '2026-01-01T23:59:00.000Z');
  assert.equal(untilOf('09:00'), '2026-01-02T00:00:00.000Z', 'the start itself does not count');
  assert.equal(untilOf('09:00:01'), '2026-01-01T00:00:01.000Z');
});

test('wait: stopped, skipped, rerun, held: as other units', () => {
  const wait = { name: 'w', type: 'wait', for_s: 60 };
  const stopped = new SessionDriver(net([wait]));
  assert.ok(stopped.operate('stop', 'w').ok);
  assert.deepEqual(stopped.states(), { w: 'ended:abnormal' });
  assert.equal(reasonOf(stopped, 'w'), 'Stopped by admin before its time had come.');
  assert.ok(stopped.operate('rerun', 'w').ok);
  assert.deepEqual(stopped.states(), { w: 'running' });
  const skipped = new SessionDriver(net([wait]));
  assert.ok(!skipped.operate('hold', 'w').ok);
  assert.ok(skipped.operate('skip', 'w').ok);
  assert.deepEqual(skipped.states(), { w: 'skipped:normal' });
  assert.equal(nextWakeAt(skipped.session), null);
  const held = new SessionDriver(net([{ ...wait, hold: true }]));
  held.now += 100_000;
  assert.ok(held.operate('release', 'w').ok);
  assert.equal(held.unit('w').retryAt, held.now + 60_000, 'its time begins with its start');
});

const judged = (more: object = {}) =>
  net(
    [
      { name: 'load', command: 'x', exit_codes: { normal: '0', warning: '1-3' } },
      { name: 'few', type: 'judgment', after: ['load'], if: { unit: 'load', exit_code: '0-3' } },
      { name: 'yes', command: 'x', after: after('few', true) },
      { name: 'no', command: 'x', after: after('few', false) },
      { name: 'both', command: 'x', after: ['few'] },
    ],
    more,
  );

test('judgment: an exit code: one branch runs, the other does not and says why, and it ends normally', () => {
  const driver = new SessionDriver(judged());
  driver.end('load', { exitCode: 2 });
  assert.deepEqual(driver.states(), {
    load: 'ended:warning',
    few: 'ended:normal',
    yes: 'starting',
    no: 'not_run',
    both: 'starting',
  });
  assert.equal(reasonOf(driver, 'few'), 'True: exit code 2 of "load" is in 0-3.');
  assert.equal(reasonOf(driver, 'no'), 'Its condition cannot hold: "few" answered true.');
  const view = viewUnit(driver.session, 'few');
  assert.equal(view?.answer, true);
  driver.restart();
  assert.equal(driver.unit('few').answer, true);
});

test('judgment: of a unit that failed: judged all the same, and answered anew by a rerun', () => {
  const driver = new SessionDriver(judged());
  driver.end('load', { exitCode: 9 });
  assert.equal(driver.states()['no'], 'starting');
  assert.equal(driver.states()['yes'], 'not_run');
  driver.end('no');
  driver.end('both');
  assert.ok(driver.operate('rerun', 'load').ok);
  assert.equal(driver.unit('few').answer, null);
  driver.end('load');
  assert.equal(driver.states()['yes'], 'starting');
  assert.equal(driver.states()['no'], 'not_run');
});

test('judgment: several nodes: the worst counts, and none without an exit code is well', () => {
  const inventory = inventoryOf({ web1: true, web2: true }, { all: ['web1', 'web2'] });
  const driver = new SessionDriver(judged({ target: { scope: 'all' } }), { inventory });
  driver.end('load', { exitCode: 3 }, 'web1');
  driver.end('load', { exitCode: 4 }, 'web2');
  assert.equal(driver.unit('few').answer, false);
  assert.equal(reasonOf(driver, 'few'), 'False: exit code 4 of "load" is not in 0-3.');
  const silent = new SessionDriver(judged({ target: { scope: 'all' } }), { inventory });
  silent.end('load', { exitCode: 0 }, 'web1');
  silent.end('load', { signal: 'SIGKILL' }, 'web2');
  assert.equal(reasonOf(silent, 'few'), 'False: "load" has no exit code on web2.');
  const skipped = new SessionDriver(
    net([
      { name: 'load', command: 'x', hold: true },
      { name: 'few', type: 'judgment', after: ['load'], if: { unit: 'load', exit_code: '0' } },
    ]),
  );
  assert.ok(skipped.operate('skip', 'load').ok);
  assert.equal(reasonOf(skipped, 'few'), 'False: "load" did not run.');
});

test('judgment: a parameter: equality, patterns and numbers', () => {
  const answerOf = (value: string, tests: object): boolean | null => {
    const definition = net([{ name: 'j', type: 'judgment', if: { parameter: 'P', ...tests } }], {
      parameters: [{ name: 'P' }],
    });
    return new SessionDriver(definition, { parameters: { P: value } }).unit('j').answer;
  };
  assert.equal(answerOf('full', { equals: 'full' }), true);
  assert.equal(answerOf('Full', { equals: 'full' }), false);
  assert.equal(answerOf('Full', { equals: 'full', ignore_case: true }), true);
  assert.equal(answerOf('2026-01-31', { matches: '-(30|31)$' }), true);
  assert.equal(answerOf('2026-01-29', { matches: '-(30|31)$' }), false);
  assert.equal(answerOf(' 12.5', { at_least: 12, at_most: 13 }), true);
  assert.equal(answerOf('13.01', { at_least: 12, at_most: 13 }), false);
  assert.equal(answerOf('many', { at_least: 0 }), false);
  assert.equal(answerOf('', { at_most: 5 }), false);
});

test('judgment: skipped: neither branch is taken', () => {
  const driver = new SessionDriver(judged());
  assert.ok(driver.operate('skip', 'few').ok);
  driver.end('load');
  assert.deepEqual([driver.states()['yes'], driver.states()['no']], ['not_run', 'not_run']);
  assert.equal(driver.states()['both'], 'starting');
});

const recovered = (recovery: unknown) =>
  net([
    { name: 'a', command: 'x', exit_codes: { normal: '0', warning: '1' } },
    { name: 'mend', command: 'x', after: ['a'], recovery },
    { name: 'then', command: 'x', after: ['mend'] },
  ]);

test('recovery: the unit before it and what follows: as in the table of the manual', () => {
  const statesAfter = (recovery: unknown, exitCode: number | null): string[] => {
    const driver = new SessionDriver(recovered(recovery));
    if (exitCode === null)
      driver.must({ type: 'attemptUnknown', attemptId: driver.openAttempt('a').id, reason: 'gone' });
    else driver.end('a', { exitCode });
    if (driver.unit('mend').state === 'starting') driver.end('mend');
    driver.end('then');
    return [driver.states()['mend'] ?? '', driver.states()['then'] ?? '', driver.session.endStatus ?? ''];
  };
  assert.deepEqual(statesAfter(true, 0), ['skipped:normal', 'ended:normal', 'normal']);
  assert.deepEqual(statesAfter(true, 1), ['skipped:normal', 'ended:normal', 'warning']);
  assert.deepEqual(statesAfter(true, 9), ['ended:normal', 'ended:normal', 'abnormal']);
  assert.deepEqual(statesAfter(true, null), ['skipped:normal', 'ended:normal', 'unknown']);
  assert.deepEqual(statesAfter(['unknown', 'warning'], null), ['ended:normal', 'ended:normal', 'unknown']);
  assert.deepEqual(statesAfter(['unknown', 'warning'], 1), ['ended:normal', 'ended:normal', 'warning']);
  const driver = new SessionDriver(recovered(true));
  driver.end('a');
  assert.equal(reasonOf(driver, 'mend'), 'Not needed: the unit before it did not fail.');
  assert.equal(viewUnit(driver.session, 'mend')?.recovery, true);
});

test('recovery: several units before it: "all" waits for all of them, "any" for the first failure', () => {
  const two = (mode: string) =>
    net([
      { name: 'a', command: 'x' },
      { name: 'b', command: 'x' },
      { name: 'mend', command: 'x', recovery: true, after: { [mode]: ['a', 'b'] } },
    ]);
  const all = new SessionDriver(two('all'));
  all.end('a', { exitCode: 9 });
  assert.equal(all.unit('mend').state, 'waiting');
  all.end('b');
  assert.equal(all.unit('mend').state, 'starting');
  const any = new SessionDriver(two('any'));
  any.end('a', { exitCode: 9 });
  assert.equal(any.unit('mend').state, 'starting');
});

test('recovery: a net that is not needed: passed over with all that lies in it, even if it begins held', () => {
  const driver = new SessionDriver(
    net([
      { name: 'a', command: 'x' },
      { name: 'mend', hold: true, recovery: true, after: ['a'], units: [{ name: 'x', command: 'x' }] },
    ]),
  );
  driver.end('a');
  assert.deepEqual(driver.states(), {
    a: 'ended:normal',
    mend: 'skipped:normal',
    'mend/x': 'skipped:normal',
  });
});

test('event: filled from parameters, with key and end, in the step that ends the unit; a rerun writes it again', () => {
  const driver = new SessionDriver(
    net(
      [
        {
          name: 'say',
          type: 'event_send',
          priority: 'warning',
          message: '{{ unit }} of {{net}}, session {{session}}: {{parameter.DATE}}',
          key: 'load:{{parameter.DATE}}',
          clears: true,
        },
      ],
      { parameters: [{ name: 'DATE' }] },
    ),
    { parameters: { DATE: 'monday {{net}}' } },
  );
  const sent = () => driver.events().filter(({ code }) => code === 'job_event');
  assert.deepEqual(sent(), [
    {
      type: 'event',
      code: 'job_event',
      priority: 'warning',
      node: null,
      message: 'say of night/run, session 7: monday {{net}}',
      key: 'load:monday {{net}}',
      clears: true,
      details: { session: 7, net: 'night/run', unit: 'say', startedBy: 'admin', run: 1 },
    },
  ]);
  driver.restart();
  driver.must({ type: 'timeReached' });
  assert.equal(sent().length, 1);
  assert.ok(driver.operate('rerun').ok);
  assert.equal(sent().length, 2);
});
