// Tests of watched times, conditional holds and end statuses of nets.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nextWakeAt } from '../apply-session.ts';
import { net, SessionDriver } from '../../testing/session-driver.ts';
import { runTimeLimit } from './watch-times.ts';

const hour = 3_600_000;
const command = { command: 'true' };

function drive(units: readonly object[], more: object = {}): SessionDriver {
  const driver = new SessionDriver(net(units, more));
  driver.commit();
  return driver;
}

/** Goes on to the next time for which the session asks to be woken. */
function wake(driver: SessionDriver): void {
  const at = nextWakeAt(driver.session);
  assert.ok(at !== null, 'it asks to be woken');
  driver.now = Math.max(driver.now, at);
  driver.must({ type: 'timeReached' });
}
const codes = (driver: SessionDriver): string[] => driver.events().map(({ code }) => code);

describe('watch', () => {
  test('start: a unit that waits past its time: told once with a flag, goes on', () => {
    const driver = drive([
      { name: 'a', ...command },
      { name: 'b', ...command, after: ['a'], delays: { start: { after_s: 600 } } },
    ]);
    wake(driver);
    assert.deepEqual(codes(driver), ['session_started', 'start_delayed']);
    assert.ok(driver.unit('b').control?.delayed?.start !== undefined);
    assert.ok(driver.session.units[0]?.control?.delayed?.inside !== undefined);
    assert.equal(nextWakeAt(driver.session), null);
    driver.restart();
    assert.equal(nextWakeAt(driver.session), null, 'not told again after a restart');
    driver.end('a');
    driver.end('b');
    assert.deepEqual(driver.states(), { a: 'ended:normal', b: 'ended:normal' });
  });

  test('start: skip, stop and set_status: what the definition says comes of it', () => {
    const late = (action: unknown) => ({ start: { after_s: 60, do: action } });
    const driver = drive([
      { name: 'a', ...command },
      { name: 'passed', ...command, after: ['a'], delays: late('skip') },
      { name: 'stop', ...command, after: ['a'], delays: late('stop') },
      {
        name: 'set',
        after: ['a'],
        delays: late({ set_status: 'warning' }),
        units: [{ name: 'x', ...command }],
      },
      { name: 'next', ...command, after: ['passed', 'set'] },
    ]);
    wake(driver);
    assert.deepEqual(driver.states(), {
      a: 'starting',
      passed: 'skipped:normal',
      stop: 'stopped',
      set: 'ended:warning',
      'set/x': 'skipped:normal',
      next: 'starting',
    });
  });

  test('end: after so long, at a time of the session, over a restart: told, stopped, or stopped with a status', () => {
    const driver = drive([
      { name: 'tell', ...command, delays: { end: { at: '25:30' } } },
      { name: 'stop', ...command, delays: { end: { after_s: 3600, do: 'stop' } } },
      { name: 'set', ...command, delays: { end: { after_s: 3600, do: { set_status: 'warning' } } } },
    ]);
    driver.restart();
    const began = driver.now;
    wake(driver);
    assert.equal(driver.now, began + hour);
    assert.deepEqual(driver.states(), { tell: 'starting', stop: 'stopping', set: 'stopping' });
    driver.restart();
    driver.end('stop', { signal: 'SIGTERM', cancelled: true });
    driver.end('set', { signal: 'SIGTERM', cancelled: true });
    assert.deepEqual(driver.states(), { tell: 'starting', stop: 'ended:abnormal', set: 'ended:warning' });
    wake(driver);
    assert.equal(driver.now, began + 25.5 * hour, 'half past one of the day after');
    assert.equal(codes(driver).filter((code) => code === 'end_delayed').length, 3);
    driver.end('tell');
    assert.equal(driver.session.endStatus, 'abnormal');
  });

  test('end: a unit that is in time: nothing is told, and it asks for no time any more', () => {
    const driver = drive([{ name: 'a', ...command, delays: { end: { after_s: 5 } } }]);
    assert.notEqual(nextWakeAt(driver.session), null);
    driver.end('a');
    assert.equal(nextWakeAt(driver.session), null);
    assert.deepEqual(codes(driver), ['session_started', 'session_ended']);
  });

  test('end: a session that takes too long: stopped as a whole', () => {
    const driver = drive(
      [
        { name: 'a', ...command },
        { name: 'b', ...command, after: ['a'] },
      ],
      {
        delays: { end: { after_s: 60, do: 'stop' } },
      },
    );
    wake(driver);
    assert.deepEqual(driver.states(), { a: 'stopping', b: 'stopped' });
    driver.restart();
    assert.equal(nextWakeAt(driver.session), null);
  });

  test('rerun: a unit that was late: watched anew', () => {
    const driver = drive([{ name: 'a', ...command, delays: { end: { after_s: 60 } } }]);
    wake(driver);
    driver.end('a');
    assert.ok(driver.operate('rerun', 'a').ok);
    assert.equal(driver.unit('a').control, null);
    assert.equal(nextWakeAt(driver.session), driver.now + 60_000);
  });

  test('rerun: a session or net that goes on: its end is watched from then on, over a restart, and nothing of before decides how it ends', () => {
    const end = { after_s: 60, do: 'stop' };
    const units = [
      {
        name: 'n',
        units: [{ name: 'a', ...command }],
        delays: { end: { ...end, do: { set_status: 'normal' } } },
      },
    ];
    const definition = net(units, { delays: { end } });
    const driver = new SessionDriver(definition);
    driver.end('n/a', { exitCode: 1 });
    driver.now += 3_600_000;
    assert.ok(driver.operate('rerun', 'n/a').ok);
    driver.restart();
    driver.must({ type: 'timeReached' });
    assert.equal(driver.states()['n/a'], 'starting', 'not stopped for what it took before');
    assert.equal(nextWakeAt(driver.session), driver.now + 60_000);
    driver.now += 60_000;
    driver.must({ type: 'timeReached' });
    driver.end('n/a', { exitCode: 1, cancelled: true });
    assert.equal(driver.states()['n'], 'ended:normal');
    assert.ok(driver.operate('rerun', 'n/a').ok);
    driver.end('n/a', { exitCode: 1 });
    assert.equal(driver.states()['n'], 'ended:abnormal');
  });

  test('rerun of a whole session: its end is watched from its new start, over a restart', () => {
    const definition = net([{ name: 'a', ...command }], { delays: { end: { after_s: 60, do: 'stop' } } });
    const driver = new SessionDriver(definition);
    driver.end('a', { exitCode: 1 });
    driver.now += 3_600_000;
    assert.ok(driver.operate('rerun').ok);
    driver.restart();
    assert.equal(nextWakeAt(driver.session), driver.now + 60_000);
  });
});

describe('history', () => {
  test('run time: mean and deviation of enough runs: the limit; of too few none', () => {
    assert.equal(runTimeLimit([100, 200, 300], { factor: 1.5, min_runs: 3 }), 300);
    assert.equal(runTimeLimit([100, 100, 100], { sigma: 3, min_runs: 3 }), 100);
    assert.equal(runTimeLimit([100, 300], { sigma: 1, min_runs: 2 }), 300);
    assert.equal(runTimeLimit([100, 200], { factor: 2, min_runs: 3 }), null);
  });

  test('hold: by how it ended in the session before: held, with the reason, also after a restart', () => {
    const definition = net([
      { name: 'a', ...command, hold: 'if_previous_warning' },
      { name: 'b', ...command, hold: 'if_previous_abnormal' },
      { name: 'c', ...command, hold: 'if_previous_abnormal', delays: { end: { history: { factor: 2 } } } },
    ]);
    const runTimes = new Map([['c', [1000, 1000, 1000, 1000, 1000]]]);
    const previous = new Map([
      ['a', 'warning'],
      ['b', 'warning'],
      ['c', 'normal'],
    ] as const);
    const driver = new SessionDriver(definition, { history: { previous, runTimes } });
    assert.deepEqual(driver.states(), { a: 'held', b: 'starting', c: 'starting' });
    assert.equal(driver.unit('a').reason, 'Held because it ended warning in the session before.');
    driver.restart();
    assert.deepEqual(driver.states(), { a: 'held', b: 'starting', c: 'starting' });
    assert.equal(nextWakeAt(driver.session), driver.now + 2000);
  });
});

describe('end status', () => {
  const units = [
    { name: 'bad', ...command, exit_codes: { normal: '0', warning: '1' } },
    { name: 'last', ...command, after: [{ unit: 'bad', on: ['normal', 'warning', 'abnormal'] }] },
  ];
  const endOf = (end_status: unknown, exitCode: number): unknown => {
    const driver = drive([{ name: 'n', end_status, units }]);
    driver.end('n/bad', { exitCode });
    driver.end('n/last');
    return driver.unit('n').endStatus;
  };

  test('net: worst, last, ignore_warning, named units: of those that count', () => {
    assert.equal(endOf('worst', 2), 'abnormal');
    assert.equal(endOf('last', 2), 'normal');
    assert.equal(endOf('ignore_warning', 1), 'normal');
    assert.equal(endOf('ignore_warning', 2), 'abnormal');
    assert.equal(endOf({ units: ['last'] }, 2), 'normal');
    assert.equal(endOf({ units: ['bad'] }, 1), 'warning');
  });
});
