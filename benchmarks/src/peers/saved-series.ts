/**
 * Results of series, kept so that one peer can be weighed again alone, and the table be printed again beside newer figures of ours.
 *
 * Responsible for the file `benchmarks/results/peers.json`. Called by `main.ts`.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RESULTS_DIRECTORY } from './our-failover.ts';
import type { SeriesResult } from './series.ts';

export interface SavedSeries extends SeriesResult {
  /** Packages of the peer. */
  readonly versions: string;
}

const FILE = path.join(RESULTS_DIRECTORY, 'peers.json');

export async function readSavedSeries(): Promise<readonly SavedSeries[]> {
  try {
    const { series } = JSON.parse(await readFile(FILE, 'utf8')) as { series: readonly SavedSeries[] };
    return series;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Replaces what was known of the same settings. */
export async function saveSeries(one: SavedSeries): Promise<void> {
  const others = (await readSavedSeries()).filter(({ name }) => name !== one.name);
  await mkdir(RESULTS_DIRECTORY, { recursive: true });
  await writeFile(FILE, `${JSON.stringify({ series: [...others, one] }, null, 2)}\n`);
}
