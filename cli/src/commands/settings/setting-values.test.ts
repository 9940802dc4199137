// Settings as people type them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatten, parseChange, withChange } from './setting-values.ts';

const values = { days: 400, disk: { warning: 15, critical: 5 }, expires: null };
const change = (text: string) => withChange(values, parseChange(text)!);

test('settings: as lines: nested ones with points', () => {
  assert.deepEqual(
    flatten(values).map(({ key }) => key),
    ['days', 'disk.warning', 'disk.critical', 'expires'],
  );
});

test('settings: changes: numbers, null, text; inside; back to the default', () => {
  assert.deepEqual(change('days=30'), { ...values, days: 30 });
  assert.deepEqual(change('disk.warning=20'), { ...values, disk: { warning: 20, critical: 5 } });
  assert.deepEqual(change('expires=null'), values);
  assert.deepEqual(change('at=02:00'), { ...values, at: '02:00' });
  assert.deepEqual(change('days='), { disk: values.disk, expires: null });
});

test('settings: what is no change: is none', () => {
  for (const text of ['days', '=3', '']) assert.equal(parseChange(text), null);
});
