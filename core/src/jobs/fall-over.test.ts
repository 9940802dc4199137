// Tests of targets that choose one node of several, and of what follows when its agent does not take the order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inventoryOf, net, SessionDriver } from '../testing/session-driver.ts';
import { nextWakeAt } from './apply-session.ts';

const scopes = { s: ['a', 'b', 'c'] };
const all = { a: true, b: true, c: true };

function drive(
  target: object,
  nodes: Readonly<Record<string, boolean>> = all,
  more: object = {},
): SessionDriver {
  const definition = net([{ name: 'u', command: 'true', ...more }], { target: { scope: 's', ...target } });
  return new SessionDriver(definition, { inventory: inventoryOf(nodes, scopes) });
}
const nodeOf = (driver: SessionDriver): string => driver.openAttempt('u').node;
function timeOut(driver: SessionDriver): readonly { readonly type: string }[] {
  driver.now = nextWakeAt(driver.session) ?? driver.now;
  return driver.must({ type: 'timeReached' });
}
const refuse = (driver: SessionDriver): void =>
  void driver.must({
    type: 'attemptRefused',
    attemptId: driver.openAttempt('u').id,
    code: 'cancelled',
    reason: 'cancelled before it arrived',
  });

describe('choice of a node', () => {
  test('by_priority: the first connected one of the order, then of the scope', () => {
    assert.equal(nodeOf(drive({ mode: 'by_priority', order: ['c', 'b'] })), 'c');
    assert.equal(nodeOf(drive({ mode: 'by_priority', order: ['c'] }, { ...all, c: false })), 'a');
  });

  test('least_loaded: the fewest open attempts', () => {
    const load: Record<string, number> = { a: 3, b: 1, c: 2 };
    const inventory = { ...inventoryOf(all, scopes), openAttempts: (node: string) => load[node] ?? 0 };
    const definition = net([{ name: 'u', command: 'true' }], {
      target: { scope: 's', mode: 'least_loaded' },
    });
    assert.equal(nodeOf(new SessionDriver(definition, { inventory })), 'b');
  });

  test('least_loaded: units that start at once are spread', () => {
    const names = ['u1', 'u2', 'u3', 'u4'];
    const load: Record<string, number> = { a: 1 };
    const inventory = { ...inventoryOf(all, scopes), openAttempts: (node: string) => load[node] ?? 0 };
    const definition = net(
      names.map((name) => ({ name, command: 'true' })),
      { target: { scope: 's', mode: 'least_loaded' } },
    );
    const driver = new SessionDriver(definition, { inventory });
    assert.deepEqual(
      names.map((name) => driver.openAttempt(name).node),
      ['b', 'c', 'a', 'b'],
    );
  });

  test('no answer: withdrawn, and once that is certain the next node gets it, over a restart', () => {
    const driver = drive({ mode: 'by_priority', answer_within_s: 30 });
    driver.restart();
    const effects = timeOut(driver);
    assert.deepEqual(
      effects.map(({ type }) => type),
      ['cancel', 'event'],
    );
    assert.equal(nodeOf(driver), 'a', 'not elsewhere while the agent may have it');
    driver.restart();
    refuse(driver);
    assert.equal(nodeOf(driver), 'b');
    driver.must({ type: 'attemptAccepted', attemptId: driver.openAttempt('u').id });
    timeOut(driver);
    assert.equal(nodeOf(driver), 'b', 'who has taken it keeps it');
    driver.end('u');
    assert.equal(driver.session.endStatus, 'normal');
  });

  test('no answer from any: abnormal, then the retry of the definition begins at the first again', () => {
    const driver = drive({ mode: 'any', answer_within_s: 30 }, all, { retry: { count: 1 } });
    for (const node of ['a', 'b', 'c']) {
      assert.equal(nodeOf(driver), node);
      timeOut(driver);
      refuse(driver);
    }
    assert.deepEqual([nodeOf(driver), driver.openAttempt('u').try], ['a', 2]);
  });

  test('the next node goes while a place in a queue is waited for: ends, as without a queue; after a pause it is looked for again', () => {
    const queued = () => {
      const driver = drive({ mode: 'any', answer_within_s: 30 }, { a: true, b: true }, { queue: 'q' });
      const admit = () => driver.must({ type: 'admitted', unit: driver.unit('u').unit.index, node: null });
      admit();
      timeOut(driver);
      refuse(driver);
      assert.equal(driver.unit('u').state, 'queued');
      return { driver, admit };
    };
    const gone = queued();
    gone.driver.inventory = inventoryOf({ a: false, b: false }, scopes);
    gone.admit();
    assert.deepEqual(gone.driver.states(), { u: 'ended:abnormal' });
    assert.match(gone.driver.unit('u').reason ?? '', /Refused \(cancelled before it arrived\) on a/);
    const { driver, admit } = queued();
    assert.ok(driver.operate('suspend').ok);
    admit();
    assert.equal(driver.unit('u').state, 'retry_wait');
    driver.restart();
    assert.ok(driver.operate('release').ok);
    timeOut(driver);
    assert.equal(driver.unit('u').state, 'queued');
    admit();
    assert.equal(nodeOf(driver), 'b');
  });

  test('nobody can say: not run elsewhere, unless the definition says so', () => {
    for (const [rule, state] of [
      [undefined, 'ended:unknown'],
      ['run_elsewhere', 'starting'],
    ] as const) {
      const driver = drive({ mode: 'any', answer_within_s: 30, if_unknown: rule });
      timeOut(driver);
      const { id } = driver.openAttempt('u');
      driver.must({ type: 'attemptUnknown', attemptId: id, reason: 'the node was removed' });
      assert.deepEqual(driver.states(), { u: state });
    }
  });

  test('taken in the meantime: stopped, and its end is the result', () => {
    const driver = drive({ mode: 'any', answer_within_s: 30 });
    timeOut(driver);
    driver.end('u', { signal: 'SIGTERM', cancelled: true });
    assert.deepEqual(driver.states(), { u: 'ended:abnormal' });
    assert.equal(driver.dispatched.length, 1);
  });
});
