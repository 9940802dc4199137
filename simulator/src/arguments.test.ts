/** The command line: what is understood and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeArguments } from './arguments.ts';

test('arguments: understood: each form gives its task', () => {
  const taskOf = (line: string) => {
    const judged = judgeArguments(line.split(' '));
    assert.ok(judged.ok, line);
    return judged.task;
  };
  assert.deepEqual(taskOf('--seeds 10'), { do: 'seeds', from: 1, seeds: 10, jobs: 1 });
  assert.deepEqual(taskOf('--seeds 10 --from 5 --jobs 2'), { do: 'seeds', from: 5, seeds: 10, jobs: 2 });
  assert.deepEqual(taskOf('--minutes 3'), { do: 'minutes', from: 1, minutes: 3, jobs: 1 });
  assert.deepEqual(taskOf('--seed 7 --trace'), { do: 'seed', seed: 7, trace: true, mutant: null });
  assert.deepEqual(taskOf('--mutant x --seeds 9'), { do: 'mutants', names: ['x'], seeds: 9 });
  assert.deepEqual(taskOf('--mutants'), { do: 'mutants', names: null, seeds: null });
});

test('arguments: wrong: refused in one sentence', () => {
  for (const line of [
    '',
    '--seeds',
    '--seeds x',
    '--seeds 0',
    '--nonsense',
    'word',
    '--trace',
    '--seeds 1 --minutes 1',
    '--jobs 900 --seeds 1',
  ]) {
    const judged = judgeArguments(line === '' ? [] : line.split(' '));
    assert.ok(!judged.ok, line);
    assert.ok(judged.says.length > 10 && !judged.says.includes('\n'), judged.says);
  }
});
