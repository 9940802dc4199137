// Units whose nodes are frozen: what waits, what goes on, and that nothing of it is lost by a restart.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inventoryOf, net, SessionDriver } from '../testing/session-driver.ts';
import type { Inventory } from './session-inputs.ts';

const command = { name: 'a', command: 'true' };
const sentence = (node: string): string => `node "${node}" is frozen by alice since 09:00: disk swap.`;
const frozen = (inventory: Inventory, ...nodes: readonly string[]): Inventory => ({
  ...inventory,
  frozen: new Map(nodes.map((node) => [node, sentence(node)])),
});
const web = inventoryOf({ web1: true, web2: true, web3: false }, { web: ['web1', 'web2', 'web3'] });
const look = (driver: SessionDriver, inventory: Inventory): void => {
  driver.inventory = inventory;
  driver.must({ type: 'nodesChanged' });
};

test('frozen node: a unit becomes ready: it waits with the reason, and starts at the resume', () => {
  const driver = new SessionDriver(net([command]), { inventory: frozen(web, 'web1') });
  assert.deepEqual([driver.states(), driver.dispatched], [{ a: 'waiting' }, []]);
  assert.equal(driver.unit('a').reason, `Waits: ${sentence('web1')}`);
  assert.equal(driver.unit('a').startedAt, null);
  look(driver, frozen(web, 'web1'));
  assert.equal(driver.states()['a'], 'waiting');
  driver.restart();
  look(driver, web);
  assert.deepEqual([driver.states(), driver.unit('a').reason], [{ a: 'starting' }, null]);
  driver.end('a');
  assert.equal(driver.session.endStatus, 'normal');
});

test('frozen node: it runs already: it goes on and ends, and what follows on the node waits', () => {
  const driver = new SessionDriver(net([command, { name: 'b', command: 'true', after: ['a'] }]));
  look(driver, frozen(web, 'web1'));
  driver.end('a');
  assert.deepEqual(driver.states(), { a: 'ended:normal', b: 'waiting' });
  assert.match(driver.unit('b').reason ?? '', /^Waits: node "web1" is frozen by alice/);
});

test('frozen node: a target of any node: another one is chosen, and with none free it waits for the first that is', () => {
  const any = net([command], { target: { scope: 'web', mode: 'any' } });
  const elsewhere = new SessionDriver(any, { inventory: frozen(web, 'web1') });
  assert.equal(elsewhere.openAttempt('a').node, 'web2');
  const waits = new SessionDriver(any, { inventory: frozen(web, 'web1', 'web2') });
  assert.equal(waits.states()['a'], 'waiting');
  look(waits, frozen(web, 'web1'));
  assert.equal(waits.openAttempt('a').node, 'web2');
});

test('frozen node: one of a scope: the others run, and the unit says what it waits for', () => {
  const driver = new SessionDriver(net([command], { target: { scope: 'web' } }), {
    inventory: frozen(web, 'web2'),
  });
  assert.equal(driver.unit('a').attempts.length, 3);
  driver.end('a', {}, 'web1');
  driver.end('a', {}, 'web3');
  assert.deepEqual(driver.states(), { a: 'running' });
  assert.equal(driver.unit('a').reason, `Waits: ${sentence('web2')}`);
  look(driver, web);
  assert.equal(driver.unit('a').reason, null);
  driver.end('a', {}, 'web2');
  assert.deepEqual(driver.states(), { a: 'ended:normal' });
});

test('frozen node: an operator holds, skips or stops what waits: as any unit that has not begun', () => {
  const begin = (): SessionDriver => new SessionDriver(net([command]), { inventory: frozen(web, 'web1') });
  const held = begin();
  held.operate('hold', 'a');
  look(held, web);
  assert.equal(held.states()['a'], 'held');
  held.operate('release', 'a');
  assert.equal(held.states()['a'], 'starting');
  const skipped = begin();
  skipped.operate('skip', 'a');
  assert.equal(skipped.states()['a'], 'skipped:normal');
  const stopped = begin();
  stopped.operate('stop');
  assert.equal(stopped.states()['a'], 'stopped');
});

test('frozen node: it is removed: the unit ends, as without a freeze', () => {
  const driver = new SessionDriver(net([command]), { inventory: frozen(web, 'web1') });
  look(driver, frozen(inventoryOf({ web2: true }), 'web1'));
  assert.equal(driver.unit('a').reason, 'There is no node "web1".');
});

test('frozen nodes: any order of freezes, resumes, ends and restarts: nothing begins on a frozen node, and all ends once all are resumed', () => {
  const names = ['web1', 'web2'];
  const definition = net([
    { name: 'a', command: 'true', target: { node: 'web1' } },
    { name: 'b', command: 'true', target: { scope: 'web', mode: 'any' }, after: ['a'] },
    { name: 'c', command: 'true', target: { node: 'web2' } },
    { name: 'd', command: 'true', target: { node: 'web1' }, after: ['b', 'c'] },
  ]);
  const both = inventoryOf({ web1: true, web2: true }, { web: names });
  const step = fc.oneof(
    fc.record({ do: fc.constant('freeze' as const), nodes: fc.subarray(names) }),
    fc.record({ do: fc.constantFrom('end' as const, 'restart' as const) }),
  );
  fc.assert(
    fc.property(fc.subarray(names), fc.array(step, { maxLength: 20 }), (first, steps) => {
      let now: readonly string[] = first;
      const driver = new SessionDriver(definition, { inventory: frozen(both, ...first) });
      let seen = 0;
      const check = (): void => {
        const attempts = [...driver.session.attempts.values()];
        for (const attempt of attempts.slice(seen)) assert.ok(!now.includes(attempt.node));
        seen = attempts.length;
      };
      check();
      const endOne = (): boolean => {
        const open = [...driver.session.attempts.values()].find(({ endStatus }) => endStatus === null);
        if (open === undefined) return false;
        driver.end(driver.session.units[open.unit]?.unit.path ?? '');
        return true;
      };
      for (const each of steps) {
        if (each.do === 'freeze') {
          now = each.nodes;
          look(driver, frozen(both, ...now));
        } else if (each.do === 'end') endOne();
        else driver.restart();
        check();
      }
      now = [];
      look(driver, both);
      for (let left = 10; left > 0 && endOne(); left -= 1) check();
      assert.equal(driver.session.units[0]?.state, 'ended');
      assert.equal(driver.session.endStatus, 'normal');
    }),
    { numRuns: 300 },
  );
});

test('frozen node: one of a scope of thousands: each report costs the same, however many have come before', () => {
  const names = Array.from({ length: 2_000 }, (_, index) => `n${index}`);
  const many = inventoryOf(Object.fromEntries(names.map((name) => [name, true])), { all: names });
  const driver = new SessionDriver(net([command], { target: { scope: 'all' } }), {
    inventory: frozen(many, 'n1999'),
  });
  const record = driver.unit('a');
  let looks = 0;
  // Who goes through all attempts reads them from the first.
  const [first] = record.attempts;
  assert.ok(first !== undefined);
  const { state } = first;
  Object.defineProperty(first, 'state', {
    get: () => {
      looks += 1;
      return state;
    },
    set() {
      // Nothing: it stays pending.
    },
  });
  for (const { id } of record.attempts.slice(1, -1)) driver.must({ type: 'attemptAccepted', attemptId: id });
  assert.equal(record.reason, `Waits: ${sentence('n1999')}`);
  assert.ok(looks < 10, `all attempts were gone through ${looks} times`);
});
