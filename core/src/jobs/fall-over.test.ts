// Tests of targets that choose one node of several, and of what follows when its agent does not take the order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inventoryOf, net, SessionDriver } from '../testing/session-driver.ts';
import { nextWakeAt, unfinishedEffects } from './apply-session.ts';
import { viewSession } from './session-view.ts';

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
/** What agents would be asked to end after a start of the manager; true: unless it was started. */
const cancels = (driver: SessionDriver): boolean[] =>
  unfinishedEffects(driver.session).flatMap((effect) =>
    effect.type === 'cancel' ? [effect.unlessStarted === true] : [],
  );
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

  test('the next node stands before the first in its scope: after a restart its end is the result all the same', () => {
    const driver = drive({ mode: 'by_priority', order: ['c', 'a', 'b'], answer_within_s: 30 });
    timeOut(driver);
    refuse(driver);
    assert.equal(nodeOf(driver), 'a');
    driver.restart();
    driver.end('u');
    assert.deepEqual([driver.states(), driver.dispatched.length], [{ u: 'ended:normal' }, 2]);
    const [unit] = viewSession(driver.session).units.filter(({ path }) => path === 'u');
    const shown = unit?.attempts.map(({ node, superseded }) => [node, superseded]);
    assert.deepEqual(
      shown,
      [
        ['a', undefined],
        ['c', true],
      ],
      'the one that counts is first',
    );
  });

  test('the scope has changed in between: the next node has an attempt of its own', () => {
    const driver = drive({ mode: 'any', answer_within_s: 30 });
    timeOut(driver);
    driver.inventory = inventoryOf(all, { s: ['b', 'a', 'c'] });
    refuse(driver);
    assert.deepEqual([nodeOf(driver), new Set(driver.dispatched).size], ['b', 2]);
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

  test('started in the meantime: keeps it, and is not asked to end any more; its end is the result', () => {
    const driver = drive({ mode: 'any', answer_within_s: 30 });
    const [cancel] = timeOut(driver);
    assert.equal((cancel as { unlessStarted?: true }).unlessStarted, true);
    const attemptId = driver.openAttempt('u').id;
    driver.must({ type: 'attemptAccepted', attemptId });
    assert.deepEqual(cancels(driver), [true], 'it may not have been started yet');
    driver.restart();
    const said = driver.unit('u').reason;
    assert.match(said ?? '', /is being withdrawn/);
    driver.must({ type: 'nodesChanged' });
    assert.equal(driver.unit('u').reason, said);
    driver.must({ type: 'attemptStarted', attemptId, pid: 7, startedAt: driver.now });
    assert.deepEqual([driver.unit('u').state, driver.unit('u').reason], ['running', null]);
    assert.deepEqual(cancels(driver), []);
    driver.restart();
    driver.end('u');
    assert.deepEqual(driver.states(), { u: 'ended:normal' });
    assert.equal(driver.dispatched.length, 1);
  });

  test('status set by hand while it is being withdrawn: what the agent has taken is left alone, what it has not is to be killed', () => {
    for (const [taken, wanted] of [
      [true, []],
      [false, [false]],
    ] as const) {
      const driver = drive({ mode: 'any', answer_within_s: 30 });
      timeOut(driver);
      const attemptId = driver.openAttempt('u').id;
      if (taken) driver.must({ type: 'attemptAccepted', attemptId });
      driver.inventory = inventoryOf({ a: false, b: true, c: true }, scopes);
      assert.ok(driver.operate('set_status', 'u', { status: 'normal', reason: 'seen' }).ok);
      assert.deepEqual(cancels(driver), wanted);
      assert.deepEqual(driver.states(), { u: 'ended:normal' });
    }
  });

  test('stopped while it is being withdrawn: ended wherever it is, and not given to the next', () => {
    const driver = drive({ mode: 'any', answer_within_s: 30 });
    timeOut(driver);
    const attemptId = driver.openAttempt('u').id;
    assert.ok(driver.operate('stop', 'u').ok);
    assert.deepEqual(cancels(driver), [false]);
    driver.must({ type: 'attemptStarted', attemptId, pid: 7, startedAt: driver.now });
    assert.deepEqual(cancels(driver), [false]);
    driver.end('u', { signal: 'SIGTERM', cancelled: true });
    assert.deepEqual(driver.states(), { u: 'ended:abnormal' });
    assert.equal(driver.dispatched.length, 1);
  });
});
