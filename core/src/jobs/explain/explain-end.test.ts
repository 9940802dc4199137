// Why a session or a unit ended as it did, by example: what failed first, and what was not run because of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inventoryOf, net, SessionDriver } from '../../testing/session-driver.ts';
import { explainWaiting } from './explain-waiting.ts';

function why(driver: SessionDriver, unit?: string) {
  const answer = explainWaiting(driver.session, unit, { nodes: driver.inventory.nodes });
  assert.ok(answer !== null);
  return answer;
}

function failed(driver: SessionDriver, unit?: string): unknown {
  const { end } = why(driver, unit);
  return end === undefined ? null : [end.failures.map((each) => each.unit), end.notRun];
}

const command = (name: string, after: unknown[] = []): object => ({ name, command: 'true', after });

test('why it ended: failures at two places: in the order of their ends, with node and code, and what was not run', () => {
  const driver = new SessionDriver(
    net([
      command('a'),
      command('b'),
      command('c', ['a']),
      { name: 'loads', after: ['c'], units: [command('x'), command('y', ['x'])] },
      command('alone', ['b']),
      command('mend', [{ unit: 'a', on: ['abnormal'] }]),
    ]),
  );
  assert.equal(why(driver).end, undefined);
  driver.now += 1_000;
  driver.end('b', { exitCode: 4 });
  assert.match(
    why(driver).sentence,
    /Failed so far, first "b" \(abnormal\): Exit code 4 on web1\. Not run because of it: 1\.$/,
  );
  driver.now += 1_000;
  driver.end('a', { exitCode: 3 });
  driver.end('mend');
  const answer = why(driver);
  assert.equal(
    answer.sentence,
    'Session 7 has ended (abnormal). First failed "b" (abnormal): Exit code 4 on web1. Others that failed: 1. Not run because of them: 5.',
  );
  assert.deepEqual(failed(driver), [
    ['b', 'a'],
    ['c', 'loads', 'loads/x', 'loads/y', 'alone'],
  ]);
  const [b] = answer.end?.failures ?? [];
  assert.deepEqual(
    [b?.attempt?.node, b?.attempt?.exitCode, b?.attempt?.try, b?.nodes, b?.endedAt, b?.reasonSaid?.code],
    ['web1', 4, 1, 1, '2026-01-01T00:00:01.000Z', 'reason_attempts'],
  );
  assert.deepEqual(failed(driver, 'loads/y'), [['a'], ['c', 'loads', 'loads/x', 'loads/y']]);
  assert.deepEqual(failed(driver, 'b'), [['b'], ['alone']]);
  assert.equal(failed(driver, 'mend'), null);
});

test('why it ended: a net inside: what failed in it, and what follows the net', () => {
  const driver = new SessionDriver(
    net([{ name: 'loads', units: [command('x'), command('y', ['x'])] }, command('after', ['loads'])]),
  );
  driver.end('loads/x', { exitCode: 1 });
  assert.deepEqual(failed(driver), [['loads/x'], ['loads/y', 'after']]);
  assert.deepEqual(failed(driver, 'loads'), [['loads/x'], ['loads/y', 'after']]);
  assert.deepEqual(failed(driver, 'after'), [['loads/x'], ['loads/y', 'after']]);
});

test('why it ended: a stop: what it ended, and what it kept from running; a normal end and a branch that was not taken: nothing', () => {
  const stopped = new SessionDriver(net([command('a'), command('b', ['a'])]));
  stopped.operate('stop');
  stopped.end('a', { cancelled: true, exitCode: null, signal: 'TERM' });
  assert.match(why(stopped).sentence, /stopped by admin\. First failed "a" \(abnormal\): Stopped by admin\./);
  assert.deepEqual(failed(stopped), [['a', 'b'], []]);
  const branch = new SessionDriver(net([command('a'), command('b', [{ unit: 'a', on: ['warning'] }])]));
  branch.end('a');
  assert.deepEqual([failed(branch), failed(branch, 'b')], [null, null]);
});

test('why it ended: 10,000 units: the first and how many more, on each side', () => {
  const units = Array.from({ length: 5_000 }, (_, at) => [
    command(`a${at}`),
    command(`b${at}`, [`a${at}`]),
  ]).flat();
  const driver = new SessionDriver(net(units), { inventory: inventoryOf({}) });
  const { end } = why(driver);
  assert.deepEqual(
    [end?.failures.length, end?.failuresLeftOut, end?.notRun.length, end?.notRunLeftOut],
    [20, 4_980, 20, 4_980],
  );
});
