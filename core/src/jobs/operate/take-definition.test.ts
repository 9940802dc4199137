// Tests of what a suspended session may be given: locks. What else fits is tried with live sessions (manager/src/jobs/session-operations.test.ts).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { net, SessionDriver } from '../../testing/session-driver.ts';
import { planNet } from '../net-plan.ts';
import { compareDefinitions } from './definition-change.ts';

test('take definition: other locks of what is under way: refused, for others may hold them; of what waits: taken', () => {
  const units = (locks: object) => [
    { name: 'a', units: [{ name: 'x', command: 'true' }] },
    { name: 'b', command: 'true', after: ['a'], ...locks },
  ];
  const driver = new SessionDriver(net(units({})));
  assert.ok(driver.operate('suspend').ok);
  const refusals = (changed: readonly object[], more: object = {}) =>
    compareDefinitions(driver.session, planNet(net(changed, more))).refusals;
  const locks = [{ name: 'ledger' }];
  assert.deepEqual(refusals(units({ locks })), []);
  assert.deepEqual(refusals(units({}), { locks }), [
    'the session would hold other locks while it is under way; wait for its end',
  ]);
  const [first, second] = units({});
  assert.deepEqual(refusals([{ ...first, locks }, second ?? {}]), [
    '"a" would hold other locks while it is under way; wait for its end',
  ]);
});

test('take definition: a text that somebody has given would be read as a secret: refused', () => {
  const units = [{ name: 'a', command: 'true', environment: { A: '{{parameter.A}}' } }];
  const started = net(units, { parameters: [{ name: 'A' }] });
  const driver = new SessionDriver(started, { parameters: { A: '{{secret.db}}' } });
  const asSecret = planNet(net(units, { parameters: [{ name: 'A', type: 'secret' }] }));
  assert.deepEqual(compareDefinitions(driver.session, asSecret).refusals, [
    'the parameter A would be a secret, and its value was not given as one; run the net again',
  ]);
  const secret = new SessionDriver(net(units, { parameters: [{ name: 'A', type: 'secret' }] }), {
    parameters: { A: 'long-enough' },
  });
  assert.deepEqual(compareDefinitions(secret.session, asSecret).refusals, []);
});
