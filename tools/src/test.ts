/**
 * `npm test`: runs every test of the repository. `npm test -- core/src/jobs browser` runs the files whose path holds one of the words.
 *
 * Responsible for preparing what tests share (one PostgreSQL server, the console's bundle), for running the files,
 * and for the closing line `N passed, N failed`. Not responsible for a single file (`test-file.ts`).
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { endMarked } from '@nezuban/tests/support/processes';
import { SHARED_SERVER_VARIABLE } from '@nezuban/tests/support/postgres';
import { startEmbeddedPostgres } from '@nezuban/tests/support/postgres-server';
import { buildConsoleIfStale } from './console-build.ts';
import { listFiles, listWorkspaces, readText } from './repository.ts';
import { runBounded } from './run-command.ts';
import { graceMs, MARK_NAME, runTestFile, type Failure } from './test-file.ts';
import { planTests, type PlannedFile, type TestPlan } from './test-plan.ts';

/** The machines that this must run on have two cores; most files wait for a part of their time. */
const FILES_AT_ONCE = { between: 2, together: 3, whole: 2 };
/** As of `nice`, for what runs beside a file that runs alone. */
const LOW_PRIORITY = 10;

const tally = { passed: 0, skipped: 0, failed: [] as { file: string; failure: Failure }[] };
const runId = randomUUID();
const recordsDirectory = fs.mkdtempSync('/tmp/nz-test-');
/** The marks of the files that run now, to end their processes when the run is broken off. */
const running = new Set<string>();

const workspaces = listWorkspaces();
const files = listFiles().filter((file) => workspaces.some((workspace) => file.startsWith(`${workspace}/`)));
const filters = process.argv.slice(2);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void breakOff(signal));
try {
  await runAll(planTests(files, filters));
} finally {
  fs.rmSync(recordsDirectory, { recursive: true, force: true });
}
printSummary();

async function runAll(plan: TestPlan): Promise<void> {
  const all = [...plan.alone, ...plan.between, ...plan.together, ...plan.whole];
  if (all.length === 0)
    addFailure(filters.join(' '), { name: 'test files', error: 'no test file has this in its path' });
  if (plan.whole.length + plan.alone.length > 0) await buildConsole();
  const postgres = all.some(({ file }) => readText(file).includes('support/postgres'))
    ? await startEmbeddedPostgres()
    : undefined;
  const env: Record<string, string> = postgres ? { [SHARED_SERVER_VARIABLE]: postgres.socketDirectory } : {};
  const jobOf = (planned: PlannedFile) => () => runOne(planned, { env });
  const lowJobOf = (planned: PlannedFile) => () => runOne(planned, { env, priority: LOW_PRIORITY });
  try {
    const between = runBounded(plan.between.map(lowJobOf), FILES_AT_ONCE.between);
    await runBounded(plan.alone.map(jobOf), 1);
    await runBounded(plan.together.map(jobOf), FILES_AT_ONCE.together);
    await runBounded(plan.whole.map(jobOf), FILES_AT_ONCE.whole);
    await between;
  } finally {
    await postgres?.stop();
  }
}

/** Ends what the run has started. The database server ends by itself when its owner does. */
async function breakOff(signal: NodeJS.Signals): Promise<void> {
  console.error(`\nbroken off by ${signal}`);
  await Promise.allSettled([...running].map((mark) => endMarked(`${MARK_NAME}=${mark}`, graceMs.children)));
  fs.rmSync(recordsDirectory, { recursive: true, force: true });
  process.exit(1);
}

async function buildConsole(): Promise<void> {
  const result = await buildConsoleIfStale();
  if (result) console.log(`${result.ok ? 'ok    ' : 'FAILED'} console: bundle built`);
  if (result && !result.ok) addFailure('console', { name: 'npm run build', error: result.output });
}

async function runOne(
  { file, timeoutMs }: PlannedFile,
  options: { readonly env: Readonly<Record<string, string>>; readonly priority?: number },
): Promise<void> {
  const start = performance.now();
  const mark = `${runId}-${path.basename(file)}-${randomUUID().slice(0, 8)}`;
  running.add(mark);
  const result = await runTestFile({ file, timeoutMs, mark, recordsDirectory, ...options });
  running.delete(mark);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const failed = result.failures.length;
  const counts = `${result.passed} passed${failed > 0 ? `, ${failed} failed` : ''}`;
  console.log(`${failed > 0 ? 'FAILED' : 'ok    '} ${file}: ${counts} (${seconds} s)`);
  tally.passed += result.passed;
  tally.skipped += result.skipped;
  for (const failure of result.failures) addFailure(file, failure);
  if (result.output) console.log(`--- ${file} printed\n${result.output}\n---`);
}

function addFailure(file: string, failure: Failure): void {
  tally.failed.push({ file, failure });
}

function printSummary(): void {
  for (const { file, failure } of tally.failed)
    console.log(`\nFAILED ${file}\n  ${failure.name}\n${indent(failure.error)}`);
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
  console.log(`\n${tally.passed} passed, ${tally.failed.length} failed${skipped}`);
  process.exitCode = tally.failed.length > 0 ? 1 : 0;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
