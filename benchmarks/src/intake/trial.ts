/**
 * One rate tried: so many lines a second for so long, then counted in the database.
 *
 * Responsible for what counts as kept up with: nothing lost, nothing doubled, and everything stored within a tenth of the time after the last
 * line was sent, so that no queue grows. Responsible for the search of the highest such rate, too. Called by `intake.ts` for each of those
 * that are compared.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Load } from './load.ts';

export type Store = {
  readonly name: string;
  /** `ADDRESS:PORT` of each host that hears. */
  readonly targets: readonly string[];
  /** Of a run: rows, and how many of them are different. */
  readonly count: (run: string) => Promise<{ readonly rows: number; readonly distinct: number }>;
  /** Cheap: rows of all runs, about. */
  readonly stored: () => Promise<number>;
};

export type Trial = {
  readonly rate: number;
  readonly sentPerSecond: number;
  readonly lost: number;
  readonly doubled: number;
  /** From the last line sent to the last one stored. */
  readonly drainSeconds: number;
  readonly isKept: boolean;
};

const LOOK_MS = 100;
/** Nothing more has come for so long: what is missing is lost. */
const STILL_MS = 10_000;
const DRAIN_PART = 0.1;

export async function tryRate(
  store: Store,
  load: Load,
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<Trial> {
  const run = `${store.name.replaceAll(/\W/g, '')}${Date.now().toString(36)}`;
  const before = await store.stored();
  const { sent, seconds: took } = await load.send(run, { rate, seconds, targets: store.targets });
  const ended = performance.now();
  let last = await store.stored();
  let changed = ended;
  while (last - before < sent && performance.now() - changed < STILL_MS) {
    await delay(LOOK_MS);
    const now = await store.stored();
    if (now === last) continue;
    last = now;
    changed = performance.now();
  }
  const { rows, distinct } = await store.count(run);
  const drainSeconds = Math.max(0, (changed - ended) / 1_000);
  const lost = sent - distinct;
  const doubled = rows - distinct;
  return {
    rate,
    sentPerSecond: Math.round(sent / took),
    lost,
    doubled,
    drainSeconds,
    isKept: lost === 0 && doubled === 0 && drainSeconds <= Math.max(1, took * DRAIN_PART),
  };
}

/** What else runs on the machine must not decide: a rate that is not kept has a second try. */
async function tryTwice(
  store: Store,
  load: Load,
  what: { readonly rate: number; readonly seconds: number },
): Promise<Trial> {
  const first = await tryRate(store, load, what);
  report(store, first);
  if (first.isKept) return first;
  const second = await tryRate(store, load, what);
  report(store, second);
  return second;
}

/** The highest of the rates that is kept, tried upwards; the last of them for the whole time. */
export async function findHighest(
  store: Store,
  load: Load,
  plan: { readonly rates: readonly number[]; readonly trySeconds: number; readonly fullSeconds: number },
): Promise<Trial | null> {
  const kept: number[] = [];
  for (const rate of plan.rates) {
    const trial = await tryTwice(store, load, { rate, seconds: plan.trySeconds });
    if (trial.isKept) kept.push(rate);
    else if (kept.length > 0) break;
    else return null;
  }
  for (const rate of kept.toReversed()) {
    const trial = await tryTwice(store, load, { rate, seconds: plan.fullSeconds });
    if (trial.isKept) return trial;
  }
  return null;
}

const report = (store: Store, trial: Trial): void =>
  console.log(
    `  ${store.name}: ${trial.rate}/s (sent ${trial.sentPerSecond}/s): lost ${trial.lost}, doubled ${trial.doubled}, drained ${trial.drainSeconds.toFixed(1)} s later -> ${trial.isKept ? 'kept' : 'not kept'}`,
  );
