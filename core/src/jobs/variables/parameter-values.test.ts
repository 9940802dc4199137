// Tests of values of parameters: what fits, what a session keeps, and that only a definition may name a kept secret.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parameterSchema, type ParameterDefinition } from '@nezuban/protocol/jobs/parameter';
import { judgeValues, secretsGiven, valueProblem, valuesToKeep } from './parameter-values.ts';

const parameter = (more: object): ParameterDefinition => parameterSchema.parse({ name: 'P', ...more });
const start = { startedAt: Date.UTC(2026, 10, 26, 16), zone: 'Asia/Tokyo', byDefinition: false };

describe('values of parameters', () => {
  for (const [definition, good, bad] of [
    [{}, ['', 'anything'], []],
    [{ pattern: '[a-z]+', length_max: 5 }, ['abc'], ['ABC', 'abcdef', 'abc1']],
    [{ length_min: 2 }, ['ab', '\u{1F600}\u{1F600}'], ['a', '\u{1F600}']],
    [{ type: 'number', min: 1, max: 10 }, ['1', '2.5', '1e1', '+3'], ['0', '11', 'x', '0x5', ' 1', '']],
    [{ type: 'choice', choices: ['a', { value: 'b', label: 'Bee' }, 3] }, ['a', 'b', '3'], ['Bee', 'c']],
    [
      { type: 'date' },
      ['2026-11-26', 'today', 'today-1', 'today+30'],
      ['2026-02-31', '26.11.2026', 'today*2'],
    ],
    [{ type: 'date', format: 'YYYYMMDD' }, ['20261126', '2026-11-26'], ['20261332', '261126']],
    [{ type: 'boolean' }, ['true', 'false'], ['yes', 'TRUE']],
    [{ type: 'secret' }, ['abcd'], ['abc']],
  ] as const)
    test(`${JSON.stringify(definition)}: what fits and what does not`, () => {
      for (const value of good) assert.equal(valueProblem(parameter(definition), value), null, value);
      for (const value of bad) assert.notEqual(valueProblem(parameter(definition), value), null, value);
    });

  test('judge: missing, unknown, wrong: one issue each, at its name', () => {
    const declared = [
      parameter({ name: 'DAY', type: 'date' }),
      parameter({ name: 'SIZE', type: 'number', default: 5 }),
      parameter({ name: 'NOTE', required: false }),
    ];
    const issues = judgeValues(declared, { SIZE: 'big', DAYS: 'x' });
    assert.deepEqual(
      issues.map(({ path }) => path),
      ['parameters.DAY', 'parameters.SIZE', 'parameters.DAYS'],
    );
    assert.match(issues[2]?.message ?? '', /did you mean "DAY"/);
    assert.deepEqual(judgeValues(declared, { DAY: 'today' }), []);
  });

  test('keep: days by the day of the start in the zone, in the form of the parameter', () => {
    const declared = [
      parameter({ name: 'A', type: 'date', default: 'today', format: 'YYYYMMDD' }),
      parameter({ name: 'B', type: 'date' }),
      parameter({ name: 'C', required: false }),
    ];
    assert.deepEqual(valuesToKeep(declared, { B: 'today-1' }, start), { A: '20261127', B: '2026-11-26' });
  });

  test('keep: a secret: never its value; the name of a kept one from the definition alone', () => {
    const declared = [parameter({ name: 'PW', type: 'secret', default: '{{secret.db}}' })];
    assert.deepEqual(valuesToKeep(declared, {}, start), { PW: '{{secret.db}}' });
    assert.deepEqual(valuesToKeep(declared, { PW: 'hunter22' }, start), { PW: '{{secret}}' });
    assert.deepEqual(secretsGiven(declared, { PW: 'hunter22' }, false), { PW: 'hunter22' });
    // Somebody who types the name of a secret that he may not use gives these very characters.
    assert.deepEqual(valuesToKeep(declared, { PW: '{{secret.root}}' }, start), { PW: '{{secret}}' });
    assert.deepEqual(secretsGiven(declared, { PW: '{{secret.root}}' }, false), { PW: '{{secret.root}}' });
    assert.deepEqual(valuesToKeep(declared, { PW: '{{secret.other}}' }, { ...start, byDefinition: true }), {
      PW: '{{secret.other}}',
    });
  });
});
