/**
 * Two job queues on PostgreSQL from npm, each with the same trivial job: how many a second on this server.
 *
 * Responsible for fetching them into a scratch folder on demand (they are no dependency of the product) and for settings that flatter them.
 * Called by `engine-load.ts`.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { waitFor } from '@nezuban/tests/support/wait-for';
import type { DurablePostgres } from '../durable-postgres.ts';

const VERSIONS = ['graphile-worker@0.18.0', 'pg-boss@12.38.0'] as const;
const INSTALL_TIMEOUT_MS = 300_000;
const DONE_TIMEOUT_MS = 300_000;
/** More connections than this made both slower on two cores. */
const CONCURRENCY = 24;
const LOCAL_QUEUE = 500;
const BATCH = 500;
const INSERT_PART = 2_000;

export type JobQueues = AsyncDisposable & {
  /** Jobs a second, from the first taken to the last reported. */
  readonly graphileWorker: (jobs: number, localQueue: boolean) => Promise<number>;
  readonly pgBoss: (jobs: number) => Promise<number>;
};

type GraphileModule = {
  readonly makeWorkerUtils: (options: object) => Promise<{
    readonly migrate: () => Promise<void>;
    readonly addJobs: (jobs: readonly object[]) => Promise<unknown>;
    readonly release: () => Promise<void>;
  }>;
  readonly run: (options: object) => Promise<{ readonly stop: () => Promise<void> }>;
  readonly Logger: new (factory: () => () => void) => object;
};
type Boss = {
  readonly on: (event: 'error', listener: (error: unknown) => void) => void;
  readonly start: () => Promise<unknown>;
  readonly createQueue: (name: string) => Promise<void>;
  readonly insert: (name: string, jobs: readonly object[]) => Promise<unknown>;
  readonly work: (
    name: string,
    options: object,
    handler: (jobs: readonly object[]) => Promise<void>,
  ) => Promise<string>;
  readonly stop: (options: object) => Promise<void>;
};

export async function fetchJobQueues(address: DurablePostgres['address']): Promise<JobQueues> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nezuban-bench-queues-'));
  await writeFile(path.join(folder, 'package.json'), '{ "private": true }');
  const words = ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...VERSIONS];
  await promisify(execFile)('npm', words, { cwd: folder, timeout: INSTALL_TIMEOUT_MS });
  const require = createRequire(pathToFileURL(path.join(folder, 'package.json')));
  const load = async (name: string): Promise<unknown> =>
    await import(pathToFileURL(require.resolve(name)).href);
  const graphile = (await load('graphile-worker')) as GraphileModule;
  const { PgBoss } = (await load('pg-boss')) as { readonly PgBoss: new (options: object) => Boss };

  return {
    async graphileWorker(jobs, localQueue) {
      const pgPool = new pg.Pool({ ...address, max: CONCURRENCY + 4 });
      pgPool.on('error', (error) => console.error(error));
      const logger = new graphile.Logger(() => () => undefined);
      const utils = await graphile.makeWorkerUtils({ pgPool, logger });
      await utils.migrate();
      for (let from = 0; from < jobs; from += INSERT_PART) {
        const part = Array.from({ length: Math.min(INSERT_PART, jobs - from) }, (_, index) => ({
          identifier: 'trivial',
          payload: { id: from + index },
        }));
        await utils.addJobs(part);
      }
      await utils.release();
      const started = performance.now();
      const batching = {
        localQueue: { size: LOCAL_QUEUE },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      };
      const runner = await graphile.run({
        pgPool,
        logger,
        concurrency: CONCURRENCY,
        noHandleSignals: true,
        taskList: { trivial: () => undefined },
        ...(localQueue ? { preset: { worker: batching } } : {}),
      });
      const rest = async (): Promise<boolean> => {
        const { rows } = await pgPool.query('SELECT FROM graphile_worker._private_jobs LIMIT 1');
        return rows.length === 0;
      };
      await waitFor(rest, { timeoutMs: DONE_TIMEOUT_MS, intervalMs: 20, message: 'all jobs to be done' });
      const rate = (jobs / (performance.now() - started)) * 1000;
      await runner.stop();
      await pgPool.end();
      return rate;
    },
    async pgBoss(jobs) {
      const boss = new PgBoss({ ...address, max: CONCURRENCY, supervise: false, schedule: false });
      boss.on('error', (error) => console.error(error));
      await boss.start();
      await boss.createQueue('trivial');
      for (let from = 0; from < jobs; from += INSERT_PART) {
        const part = Array.from({ length: Math.min(INSERT_PART, jobs - from) }, (_, index) => ({
          data: { id: from + index },
        }));
        await boss.insert('trivial', part);
      }
      let taken = 0;
      const started = performance.now();
      const options = {
        batchSize: BATCH,
        localConcurrency: 4,
        burstWhenBatchFull: true,
        pollingIntervalSeconds: 0.5,
      };
      await boss.work('trivial', options, (items) => {
        taken += items.length;
        return Promise.resolve();
      });
      await waitFor(() => taken === jobs, {
        timeoutMs: DONE_TIMEOUT_MS,
        intervalMs: 5,
        message: 'all jobs to be taken',
      });
      await boss.stop({ graceful: true, timeout: 30_000 });
      return (jobs / (performance.now() - started)) * 1000;
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}
