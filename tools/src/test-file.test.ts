/** Tests of the test runner: what it says about files that pass, fail, crash, hang or leave something behind. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { processesWithMark } from '@nezuban/tests/support/processes';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { graceMs, MARK_NAME, runTestFile } from './test-file.ts';
import { planTests } from './test-plan.ts';

/** A file that should end by itself gets the time of a busy machine; only one that hangs is waited for in vain. */
const HANGS = { process: 1_000, children: 500 };

async function resultOf(body: string, { timeoutMs = 120_000, grace = graceMs } = {}) {
  await using scratch = createScratchHome();
  const file = path.join(scratch.path, 'x.test.mjs');
  fs.writeFileSync(
    file,
    `import { test, describe } from 'node:test'; import assert from 'node:assert';\n${body}`,
  );
  const mark = randomUUID();
  const result = await runTestFile({ file, mark, timeoutMs, recordsDirectory: scratch.path, env: {}, grace });
  assert.deepEqual(processesWithMark(`${MARK_NAME}=${mark}`), [], 'the runner left a process behind');
  return result;
}

test('runner: tests, subtests and suites: every test is counted, no suite', async () => {
  const result = await resultOf(`
    test('a', () => {});
    test('b', async (t) => { await t.test('inside', () => {}); });
    describe('c', () => { test('d', () => {}); });
    test('later', { skip: 'not now' }, () => {});
  `);
  assert.deepEqual({ ...result, output: '' }, { passed: 4, skipped: 1, failures: [], output: '' });
});

test('runner: a test inside another fails: one failure with its full name and the reason', async () => {
  const result = await resultOf(`
    console.log('a word before');
    describe('outer', () => { test('inner', () => assert.equal(1, 2)); test('other', () => {}); });
  `);
  assert.equal(result.passed, 1);
  assert.deepEqual(
    result.failures.map(({ name }) => name),
    ['outer > inner'],
  );
  assert.match(result.failures[0]?.error ?? '', /1 == 2/);
  assert.match(result.output, /a word before/);
});

test('runner: the file throws while it is loaded: one failure', async () => {
  const { passed, failures } = await resultOf(`throw new Error('no luck');`);
  assert.equal(passed, 0);
  assert.equal(failures.length, 1);
  assert.match(failures[0]?.error ?? '', /no luck/);
});

test('runner: a file without a test: a failure that says so', async () => {
  assert.match((await resultOf('')).failures[0]?.error ?? '', /holds no test/);
});

test('runner: the process exits in the middle: a failure', async () => {
  const { failures } = await resultOf(`test('a', () => {}); test('b', () => process.exit(7));`);
  assert.match(failures[0]?.error ?? '', /code 7/);
});

test('runner: a timer is left open: ended and reported', async () => {
  const { passed, failures } = await resultOf(`test('a', () => { setInterval(() => {}, 1000); });`, {
    grace: HANGS,
  });
  assert.equal(passed, 1);
  assert.match(failures[0]?.error ?? '', /left open/);
});

test('runner: a test never ends: killed at the limit', async () => {
  const { failures } = await resultOf(`test('a', () => new Promise(() => setInterval(() => {}, 1000)));`, {
    timeoutMs: 1_500,
  });
  assert.match(failures[0]?.error ?? '', /did not end within 1.5 s/);
});

test('runner: a detached child is left behind: killed and reported with its command', async () => {
  const { passed, failures } = await resultOf(
    `
    import { spawn } from 'node:child_process';
    test('a', () => { spawn('sleep', ['61'], { detached: true, stdio: 'ignore' }).unref(); });
  `,
    { grace: { ...graceMs, children: HANGS.children } },
  );
  assert.equal(passed, 1);
  assert.equal(failures[0]?.name, 'processes left behind');
  assert.match(failures[0]?.error ?? '', /pid \d+: sleep 61/);
});

test('plan: filters and folders: pairs alone, beside what only computes; then processes, then whole products', () => {
  const files = [
    'core/src/a.ts',
    'core/src/a.test.ts',
    'tools/src/check.test.ts',
    'ha/src/a.test.ts',
    'agent/src/agent-hostile.test.ts',
    'manager/src/main.test.ts',
    'tests/src/acceptance/b.test.ts',
    'tests/src/browser/c.test.ts',
    'tests/src/ha/d.test.ts',
    'tests/src/acceptance/kill-rounds.test.ts',
  ];
  const names = (filters: string[]) => {
    const { alone, between, together, whole } = planTests(files, filters);
    return [alone, between, together, whole].map((list) => list.map(({ file }) => file));
  };
  assert.deepEqual(names([]), [
    ['tests/src/ha/d.test.ts', 'tests/src/acceptance/kill-rounds.test.ts'],
    ['tools/src/check.test.ts', 'core/src/a.test.ts'],
    ['agent/src/agent-hostile.test.ts', 'ha/src/a.test.ts', 'manager/src/main.test.ts'],
    ['tests/src/acceptance/b.test.ts', 'tests/src/browser/c.test.ts'],
  ]);
  assert.deepEqual(names(['./core/src', 'browser']), [
    [],
    ['core/src/a.test.ts'],
    [],
    ['tests/src/browser/c.test.ts'],
  ]);
  assert.deepEqual(names(['nothing']), [[], [], [], []]);
});
