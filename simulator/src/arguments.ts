/** The command line of the simulator, judged: what is to be run, or one sentence that says what is wrong. */
import { parseArgs } from 'node:util';

export const USAGE =
  'Use: npm run sim -- --seeds N [--from S] [--jobs J] | --minutes N [--from S] [--jobs J] | --seed S [--trace] | --mutant NAME [--seeds N] | --mutants [--seeds N]';

export type Task =
  | { readonly do: 'seeds'; readonly from: number; readonly seeds: number; readonly jobs: number }
  | { readonly do: 'minutes'; readonly from: number; readonly minutes: number; readonly jobs: number }
  | { readonly do: 'seed'; readonly seed: number; readonly trace: boolean; readonly mutant: string | null }
  | { readonly do: 'mutants'; readonly names: readonly string[] | null; readonly seeds: number | null };

export type Judged =
  | { readonly ok: true; readonly task: Task }
  | { readonly ok: false; readonly says: string };

/** One machine has hardly more cores than that. */
const JOBS_MAX = 64;
const options = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  minutes: { type: 'string' },
  seed: { type: 'string' },
  trace: { type: 'boolean' },
  mutant: { type: 'string' },
  mutants: { type: 'boolean' },
  jobs: { type: 'string' },
} as const;

class Refusal extends Error {}

/** A whole number from `low` up, or the sentence that it is none. */
function toNumber(
  name: string,
  text: string | undefined,
  bounds: { low: number; high: number },
): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  const { low, high } = bounds;
  if (!Number.isSafeInteger(value) || value < low || value > high)
    throw new Refusal(
      `--${name} takes a whole number from ${low}${high < Number.MAX_SAFE_INTEGER ? ` to ${high}` : ''}, not "${text}".`,
    );
  return value;
}

export function judgeArguments(argv: readonly string[]): Judged {
  try {
    return { ok: true, task: toTask(argv) };
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return { ok: false, says: error instanceof Refusal ? says : `${says.split('\n')[0] ?? ''} ${USAGE}` };
  }
}

function toTask(argv: readonly string[]): Task {
  const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
  const any = { low: 1, high: Number.MAX_SAFE_INTEGER };
  const seeds = toNumber('seeds', values.seeds, any);
  const from = toNumber('from', values.from, any) ?? 1;
  const minutes = toNumber('minutes', values.minutes, any);
  const seed = toNumber('seed', values.seed, any);
  const jobs = toNumber('jobs', values.jobs, { low: 1, high: JOBS_MAX }) ?? 1;
  if (values.trace === true && seed === null) throw new Refusal('--trace belongs to --seed S.');
  if (values.mutants === true) return { do: 'mutants', names: null, seeds };
  if (seed !== null) return { do: 'seed', seed, trace: values.trace === true, mutant: values.mutant ?? null };
  if (values.mutant !== undefined) return { do: 'mutants', names: [values.mutant], seeds };
  if (seeds !== null && minutes !== null) throw new Refusal('Give --seeds or --minutes, not both.');
  if (minutes !== null) return { do: 'minutes', from, minutes, jobs };
  if (seeds !== null) return { do: 'seeds', from, seeds, jobs };
  throw new Refusal(USAGE);
}
