// Records of waiters: whole, cut off, and with any bytes in their values.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExitRecord, parseStartedRecord, parseWaiterRecord } from './attempt-record.ts';

test('record: cut off anywhere: it does not exist', () => {
  const whole = 'pid 12\nstart 345\nboot b-1\nend\n';
  assert.deepEqual(parseWaiterRecord(whole), { pid: 12, startTime: '345', bootId: 'b-1', cgroup: null });
  for (let length = 0; length < whole.length; length += 1)
    assert.equal(parseWaiterRecord(whole.slice(0, length)), null, `${length} bytes`);
});

test('record: without a field that it must have: it does not exist', () => {
  assert.equal(parseWaiterRecord('pid 12\nend\n'), null);
  assert.equal(parseStartedRecord('pid x\nstart 1\nat 2\nend\n'), null);
  assert.equal(parseExitRecord('code 0\nend\n'), null);
});

test('record: values of any bytes: decoded, what is no UTF-8 marked', () => {
  const exit = parseExitRecord(
    'endedAt 5\nstartError %E6%97%A5 %25 a%0Ab %FF\nleftover 7 sleep %C3%A9\nleftover 8 x\nend\n',
  );
  assert.equal(exit?.startError, '日 % a\nb \uFFFD');
  assert.deepEqual(exit?.leftovers, [
    { pid: 7, command: 'sleep é' },
    { pid: 8, command: 'x' },
  ]);
});
