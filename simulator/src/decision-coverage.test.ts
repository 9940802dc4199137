/** Every line and branch of the decision core is taken by a test. What this file lists needs a test, or is dead. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { listLeftOut, measureDecisionCoverage } from './decision-coverage.ts';

/** Of a run in which a test fails: enough to see which. */
const OUTPUT_CHARACTERS_MAX = 8000;

describe('decision core', () => {
  test('decision core: its unit tests and a few seeds: take every line and branch', async () => {
    const { isComplete, output, leftOut } = await measureDecisionCoverage(process.env);
    assert.deepEqual(leftOut, [], `no test takes these:\n${leftOut.join('\n')}`);
    assert.ok(isComplete, output.slice(-OUTPUT_CHARACTERS_MAX));
    assert.match(output, /all files +\| +100\.00 \| +100\.00/);
  });

  test('decision core: a report with something left out: names each line once, with its text', () => {
    const file = path.relative(path.join(import.meta.dirname, '../..'), import.meta.filename);
    const lcov = [
      'TN:',
      `SF:${file}`,
      'DA:1,7',
      'BRDA:2,0,0,3',
      'BRDA:2,1,0,0',
      'DA:3,0',
      'BRDA:3,2,0,0',
      'end_of_record',
    ].join('\n');
    assert.deepEqual(listLeftOut(lcov), [
      `${file}:2: branch: import assert from 'node:assert/strict';`,
      `${file}:3: line: import path from 'node:path';`,
    ]);
  });
});
