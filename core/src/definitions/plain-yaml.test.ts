// Tests of YAML that is no definition.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPlainYaml, readPlainYaml } from './plain-yaml.ts';

test('plain YAML: written and read again: the same value; JSON is YAML, too', () => {
  const value = { units: [{ name: 'a', command: ['echo', '1'], hold: true }] };
  assert.deepEqual(readPlainYaml(formatPlainYaml(value)), value);
  assert.deepEqual(readPlainYaml(JSON.stringify(value)), value);
});

test('plain YAML: broken, twofold, with a tag or a control character: no value', () => {
  for (const text of ['a: [', 'a: 1\n---\nb: 2\n', 'a: !!binary aGk=', 'a: \u0007'])
    assert.equal(readPlainYaml(text), undefined, JSON.stringify(text));
});
