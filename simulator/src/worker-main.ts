/** One thread of `--jobs`: runs its share of the seeds, tells each failure at once and the sum at the end. */
import { parentPort, workerData } from 'node:worker_threads';
import { runMany, type Row } from './run-many.ts';
import { realSubject } from './subject.ts';

parentPort?.postMessage({
  tally: runMany(workerData as Row, realSubject, (failure) => parentPort?.postMessage({ failure })),
});
