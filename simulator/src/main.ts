/**
 * `npm run sim`: looks for a seed that breaks the pair's protocol, replays one, or lets mutants prove that the simulator sees.
 *
 * Exit code 0: nothing found (or all mutants caught); 1: something found (or a mutant escaped); 2: wrong arguments.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { judgeArguments, type Task } from './arguments.ts';
import { catchMutant } from './catch-mutant.ts';
import type { Subject } from './core.ts';
import { mutants } from './mutant-list.ts';
import { loadCopy, patchesOf } from './mutants.ts';
import { run } from './run.ts';
import { runMany, type Row } from './run-many.ts';
import { realSubject } from './subject.ts';
import { createTally, describeTally, mergeTally, type Failure, type Tally } from './tally.ts';

/** Failures that are shown one by one; more say nothing new. */
const SHOWN_MAX = 20;
const MS_PER_MINUTE = 60_000;

const judged = judgeArguments(process.argv.slice(2));
if (judged.ok) process.exitCode = await perform(judged.task);
else {
  console.error(judged.says);
  process.exitCode = 2;
}

async function perform(task: Task): Promise<number> {
  switch (task.do) {
    case 'seed':
      return replay(task);
    case 'mutants':
      return tryMutants(task);
    case 'seeds':
      return search({ from: task.from, seeds: task.seeds, durationMs: Infinity }, task.jobs);
    case 'minutes':
      return search(
        { from: task.from, seeds: Infinity, durationMs: task.minutes * MS_PER_MINUTE },
        task.jobs,
      );
  }
}

async function replay({ seed, trace, mutant }: Extract<Task, { do: 'seed' }>): Promise<number> {
  const chosen = mutant === null ? null : mutants.find(({ name }) => name === mutant);
  if (chosen === undefined) return refuseMutant(mutant ?? '');
  console.log(`seed ${seed}`);
  const copy = chosen === null ? null : await loadCopy(chosen.name, patchesOf(chosen));
  const subject: Subject = copy?.subject ?? realSubject;
  try {
    const result = run(trace ? { seed, subject, print: (line) => console.log(line) } : { seed, subject });
    const { found, hash, events, options } = result;
    const { layout, scenario, skew } = options;
    console.log(
      `layout ${layout}, scenario ${scenario ?? 'none'}, clocks ${skew}, ${events} events, hash ${hash.toString(16)}`,
    );
    console.log(found === null ? 'no violation' : `${found.checker} at ${found.atMs} ms: ${found.says}`);
    return found === null ? 0 : 1;
  } finally {
    copy?.remove();
  }
}

async function search(whole: Omit<Row, 'step'>, jobs: number): Promise<number> {
  console.log(`first seed ${whole.from}`);
  let shown = 0;
  const show = (failure: Failure): void => {
    shown += 1;
    if (shown <= SHOWN_MAX) console.log(describeFailure(failure));
  };
  const tally =
    jobs === 1 ? runMany({ ...whole, step: 1 }, realSubject, show) : await searchInThreads(whole, jobs, show);
  if (shown > SHOWN_MAX) console.log(`and ${shown - SHOWN_MAX} more`);
  for (const line of describeTally(tally)) console.log(line);
  return tally.failures.length === 0 ? 0 : 1;
}

function describeFailure({ seed, checker, says, atMs }: Failure): string {
  return `seed ${seed}: ${checker} at ${atMs} ms: ${says}\n  replay: npm run sim -- --seed ${seed} --trace`;
}

async function searchInThreads(
  whole: Omit<Row, 'step'>,
  jobs: number,
  show: (failure: Failure) => void,
): Promise<Tally> {
  const tally = createTally();
  const shares = Array.from({ length: jobs }, (_, index): Row => {
    const seeds = Math.ceil((whole.seeds - index) / jobs);
    return { ...whole, from: whole.from + index, step: jobs, seeds };
  });
  await Promise.all(shares.map(async (row) => mergeTally(tally, await runInThread(row, show))));
  return tally;
}

async function runInThread(row: Row, show: (failure: Failure) => void): Promise<Tally> {
  const worker = new Worker(path.join(import.meta.dirname, 'worker-main.ts'), { workerData: row });
  return new Promise<Tally>((resolve, reject) => {
    worker.on('message', (message: { failure?: Failure; tally?: Tally }) => {
      if (message.failure !== undefined) show(message.failure);
      if (message.tally !== undefined) resolve(message.tally);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a thread ended with code ${code} before its sum`)));
  });
}

async function tryMutants({ names, seeds }: Extract<Task, { do: 'mutants' }>): Promise<number> {
  const chosen = names === null ? mutants : mutants.filter(({ name }) => names.includes(name));
  if (chosen.length === 0) return refuseMutant(names?.join(' ') ?? '');
  let escaped = 0;
  console.log('first seed 1');
  for (const mutant of chosen) {
    const { seed, checker, seconds } = await catchMutant(mutant, seeds ?? mutant.seeds);
    if (seed === null) escaped += 1;
    const outcome = seed === null ? `ESCAPED ${seeds ?? mutant.seeds} seeds` : `seed ${seed} by ${checker}`;
    console.log(`${mutant.name.padEnd(36)} ${outcome} (${seconds.toFixed(1)} s): ${mutant.says}`);
  }
  console.log(`${chosen.length - escaped} of ${chosen.length} mutants caught`);
  return escaped === 0 ? 0 : 1;
}

function refuseMutant(name: string): number {
  console.error(
    mutants.length === 0
      ? 'There are no mutants yet.'
      : `There is no mutant "${name}". There are: ${mutants.map((one) => one.name).join(', ')}.`,
  );
  return 2;
}
