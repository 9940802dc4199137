// Tests of reruns that would go past an approval, by example.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { net, SessionDriver } from '../../testing/session-driver.ts';
import { approvalPassedBy } from './passed-approval.ts';

const driveWith = (approve: boolean): SessionDriver => {
  const driver = new SessionDriver(
    net([
      { name: 'before', command: 'x' },
      { name: 'ask', type: 'approval', question: '?', after: ['before'] },
      { name: 'yes', command: 'x', after: [{ unit: 'ask', on: [true] }] },
      { name: 'then', command: 'x', after: ['yes'] },
      { name: 'either', command: 'x', after: { any: ['then', 'before'] } },
    ]),
  );
  driver.end('before');
  driver.end('either');
  const { unit, run } = driver.unit('ask');
  const decision = { by: 'bob', at: 0, approve, comment: null };
  driver.must({ type: 'workAnswered', unit: unit.index, run, answer: { kind: 'decision', decision } });
  return driver;
};

test('reruns: of what a refusal has kept from running, directly or through others: past the approval', () => {
  const { session } = driveWith(false);
  for (const operation of ['rerun', 'rerun_only'] as const)
    for (const unit of ['yes', 'then'])
      assert.equal(approvalPassedBy(session, { operation, unit }), 'ask', `${operation} ${unit}`);
});

test('reruns: of the approval itself, of what is before it or has another way, of the whole session: not past it', () => {
  const { session } = driveWith(false);
  for (const unit of ['ask', 'before', 'either', undefined])
    assert.equal(approvalPassedBy(session, { operation: 'rerun', unit }), null, unit ?? 'all');
  for (const operation of ['rerun_next', 'stop', 'skip'] as const)
    assert.equal(approvalPassedBy(session, { operation, unit: 'ask' }), null, operation);
});

test('reruns: of what was approved: not past it', () => {
  const driver = driveWith(true);
  driver.end('yes', { exitCode: 1 });
  for (const unit of ['yes', 'then'])
    assert.equal(approvalPassedBy(driver.session, { operation: 'rerun', unit }), null, unit);
  assert.equal(approvalPassedBy(driver.session, { operation: 'rerun_failed' }), null);
});
