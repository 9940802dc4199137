// Tests of secrets in orders: what an agent is told to hide, so that no usual spelling of a value stands in an output.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretMark } from '@nezuban/core/jobs/variables/secret-marks';
import { attemptOrderSchema } from '@nezuban/protocol/agent/link';
import { openOrder } from './order-secrets.ts';

const hiddenOf = (...values: string[]): readonly string[] => {
  const order = attemptOrderSchema.parse({
    attemptId: '1-abcdef-1.1.0.1',
    command: 'true',
    environment: Object.fromEntries(
      values.map((_value, index) => [`S${index}`, secretMark(`secret/s${index}`)]),
    ),
    killAfterMs: 0,
    outputBytesMax: 0,
  });
  const opened = openOrder(order, (key) => values[Number(key.slice('secret/s'.length))] ?? null);
  assert.ok(opened.ok);
  return opened.order.secrets ?? [];
};

test('secrets to hide: as they stand in a URL, a form and in JSON, too', () => {
  const hidden = hiddenOf('p@ss "w/rd"+1');
  for (const text of [
    'p@ss "w/rd"+1',
    'p%40ss%20%22w%2Frd%22%2B1',
    'p%40ss+%22w%2Frd%22%2B1',
    'p@ss \\"w/rd\\"+1',
    'p@ss \\"w\\/rd\\"+1',
  ])
    assert.ok(hidden.includes(text), text);
});

test('secrets to hide: one that is the same in all spellings: once', () => {
  assert.deepEqual(hiddenOf('plain-value'), ['plain-value']);
});

test('secrets to hide: long keys of many lines: every whole value comes before single lines', () => {
  const key = (of: string): string =>
    Array.from({ length: 90 }, (_, line) => `${of}-line-${line}`).join('\n');
  const hidden = hiddenOf(key('first'), key('second'), 'the last one');
  assert.ok(hidden.includes(key('second')));
  assert.ok(hidden.includes('the last one'));
});
