// Tests of finding the kept secrets that a definition names: whatever the engine fills must be found, or nobody would ask who may use it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planNet } from '@nezuban/core/jobs/net-plan';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { secretsNamedIn, secretsOfPlan } from './secret-uses.ts';

const netWith = (stdin: string) =>
  jobNetSchema.parse({
    kind: 'jobnet',
    name: 'names',
    target: { node: 'n' },
    units: [{ name: 'inner', units: [{ name: 'a', command: 'cat', stdin }] }],
  });

for (const text of [
  '{{secret.db}}',
  '{{ secret.db }}',
  '{{\tsecret.db}}',
  '{{secret.db\n}}',
  '{{\u00a0secret.db}}',
])
  test(`secrets: named as ${JSON.stringify(text)}: found, in a definition and in a plan`, () => {
    const definition = netWith(`before ${text} behind`);
    assert.deepEqual([...secretsNamedIn(definition)], ['db']);
    assert.deepEqual([...secretsOfPlan(planNet(definition))], ['db']);
  });

test('secrets: braces of other programs, and other places: none', () => {
  assert.deepEqual([...secretsNamedIn(netWith('{{ .Values.secret }} {{net}} {secret.db}'))], []);
});
