/**
 * Which lines and branches of the decision core no test has taken: its unit tests and a row of seeds, run under coverage.
 *
 * Responsible for the run and for naming what was left out by file, line and text. Not responsible for judging that: its test fails on
 * anything, `npm run coverage:decision` prints it.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../..');
const coreFolder = 'ha/src/decision';
const seedsFile = 'simulator/src/decision-seeds.test.ts';
/** A run takes a few seconds; one that takes this long hangs. */
const TIMEOUT_MS = 120_000;
const ENOUGH_PERCENT = 100;

export interface DecisionCoverage {
  /** All tests have passed and nothing was left out. */
  readonly isComplete: boolean;
  /** What the run printed; the table of all files is its end. */
  readonly output: string;
  /** `file:line: text`, each once, in order. */
  readonly leftOut: readonly string[];
}

/** Runs the tests with the variables of `env`. */
export async function measureDecisionCoverage(env: Readonly<NodeJS.ProcessEnv>): Promise<DecisionCoverage> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-coverage-'));
  const lcovFile = path.join(folder, 'lcov.info');
  try {
    const { code, output } = await runTests(lcovFile, env);
    const lcov = fs.existsSync(lcovFile) ? fs.readFileSync(lcovFile, 'utf8') : '';
    return { isComplete: code === 0, output, leftOut: listLeftOut(lcov) };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function runTests(
  lcovFile: string,
  env: Readonly<NodeJS.ProcessEnv>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const tests = fs.readdirSync(path.join(root, coreFolder)).filter((file) => file.endsWith('.test.ts'));
  const args = [
    '--test',
    // All in one process: what several processes counted cannot be put together again branch by branch.
    '--test-isolation=none',
    '--experimental-test-coverage',
    `--test-coverage-include=${coreFolder}/*.ts`,
    '--test-coverage-exclude=**/*.test.ts',
    `--test-coverage-lines=${ENOUGH_PERCENT}`,
    `--test-coverage-branches=${ENOUGH_PERCENT}`,
    '--test-reporter=lcov',
    `--test-reporter-destination=${lcovFile}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    ...tests.map((file) => `${coreFolder}/${file}`),
    seedsFile,
  ];
  // The runner of this process would take the other one for a child of its own.
  const { NODE_TEST_CONTEXT: _, ...variables } = env;
  const child = spawn(process.execPath, args, { cwd: root, env: variables, timeout: TIMEOUT_MS });
  let output = '';
  const keep = (text: string): void => {
    output += text;
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Lines (`DA:line,count`) and branches (`BRDA:line,block,branch,count`) of an lcov report that were never taken. */
export function listLeftOut(lcov: string): string[] {
  const found = new Map<string, string>();
  let file = '';
  let source: readonly string[] = [];
  for (const record of lcov.split('\n')) {
    const [kind, rest] = splitOnce(record);
    if (kind === 'SF') {
      file = rest;
      source = fs.readFileSync(path.join(root, file), 'utf8').split('\n');
    }
    const numbers = rest.split(',');
    if ((kind !== 'DA' && kind !== 'BRDA') || numbers.at(-1) !== '0') continue;
    const line = Number(numbers[0]);
    const place = `${path.relative(root, path.resolve(root, file))}:${line}`;
    const what = kind === 'DA' ? 'line' : 'branch';
    found.set(place, found.get(place) ?? `${place}: ${what}: ${source[line - 1]?.trim() ?? ''}`);
  }
  return [...found.values()];
}

function splitOnce(record: string): [string, string] {
  const colon = record.indexOf(':');
  return colon < 0 ? [record, ''] : [record.slice(0, colon), record.slice(colon + 1)];
}
