/**
 * Our own figures beside the peers': written by `npm run bench:failover`, read by `npm run bench:peers`.
 *
 * Responsible for the file `benchmarks/results/failover.json`. Not responsible for measuring.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { quantile } from '../statistics.ts';

/** From the fault to the first write that the other host acknowledged, in milliseconds. */
export interface OurFigures {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly n: number;
}
export type OurFailover = Readonly<Partial<Record<'kill' | 'cut' | 'switch', OurFigures>>>;

/** Of this machine; not kept in the repository. */
export const RESULTS_DIRECTORY = path.resolve(import.meta.dirname, '../../results');
const FILE = path.join(RESULTS_DIRECTORY, 'failover.json');

export async function saveOurFailover(times: {
  readonly kill: readonly number[];
  readonly cut: readonly number[];
  readonly switch: readonly number[];
}): Promise<void> {
  const figures = Object.fromEntries(
    Object.entries(times)
      .filter(([, ms]) => ms.length > 0)
      .map(([kind, ms]) => [
        kind,
        { p50: quantile(ms, 0.5), p99: quantile(ms, 0.99), max: quantile(ms, 1), n: ms.length },
      ]),
  );
  await mkdir(RESULTS_DIRECTORY, { recursive: true });
  await writeFile(FILE, `${JSON.stringify(figures, null, 2)}\n`);
}

/** Null where `npm run bench:failover` has not been run. */
export async function readOurFailover(): Promise<OurFailover | null> {
  try {
    return JSON.parse(await readFile(FILE, 'utf8')) as OurFailover;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
