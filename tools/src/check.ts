/**
 * `npm run check`: everything that can be said about the code without running it. `npm run check -- lint types` runs some stages.
 *
 * Responsible for running the stages side by side and for a short report: one line per stage, output of failed ones only.
 * Called by developers, and by `check.test.ts` as a part of `npm test`.
 */
import { runBounded } from './run-command.ts';
import { stages, type Stage } from './check-stages.ts';

/** tsc and oxlint use several threads themselves: more stages at once only take the cores from each other. */
const STAGES_AT_ONCE = 2;

const names = process.argv.slice(2);
const unknown = names.find((name) => !stages.some((stage) => stage.name === name));
if (unknown === undefined) {
  await check(stages.filter((stage) => names.length === 0 || names.includes(stage.name)));
} else {
  const known = stages.map((stage) => `"${stage.name}"`).join(', ');
  console.error(`There is no stage "${unknown}". The stages are ${known}.`);
  process.exitCode = 2;
}

async function check(selected: readonly Stage[]): Promise<void> {
  const failures: string[] = [];
  const jobs = selected.map((stage) => async () => {
    const start = performance.now();
    const { ok, output } = await stage.run();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${stage.name.padEnd(12)} ${seconds.padStart(5)} s`);
    if (!ok) failures.push(`\n--- ${stage.name}\n${output}\n(${stage.hint})`);
  });
  await runBounded(jobs, STAGES_AT_ONCE);
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
}
