/**
 * Scenarios: what falls due some time after a take-over, which is the new master's to do: the daily backup, and the removal of what is too old.
 *
 * Part of the table in `scenarios.ts`. Long, since retention looks for the first time five minutes after a master has come on duty.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { operations } from '@nezuban/protocol/api/operations';
import pg from 'pg';
import { waitFor } from '../support/wait-for.ts';
import type { MemberName } from './network.ts';
import type { Pair } from './pair.ts';
import type { Scenario } from './scenario.ts';
import { PROMISED_MS } from './scenarios-kills.ts';

/** Of the minute after next: the fault comes long before, and nobody waits for long. */
const DUE_IN_MS = 90_000;
const BACKUP_TIMEOUT_MS = 240_000;
/** Five minutes to the first look; the rest is for a busy machine. */
const REMOVAL_TIMEOUT_MS = 420_000;
/** Line of `postmaster.pid` with the folder of the socket. */
const SOCKET_LINE = 4;
const OLD_MONTH = 'event_2024_01';

/** On the database of that host, which is a file away whatever network the host is in. */
async function onDatabase<Result>(
  pair: Pair,
  name: MemberName,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const file = path.join(pair.hosts[name].home, 'postgres/data/postmaster.pid');
  const host = fs.readFileSync(file, 'utf8').split('\n')[SOCKET_LINE] ?? '';
  const client = new pg.Client({ host, port: 5432, user: 'nezuban', database: 'nezuban' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function makeOldMonth(client: pg.Client): Promise<void> {
  await client.query(
    `CREATE TABLE ${OLD_MONTH} PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
     INSERT INTO event (recorded_at, at, priority, code, message) SELECT at, at, 'info', 'session_started', 'old'
       FROM generate_series('2024-01-05'::timestamptz, '2024-01-25', '1 hour') at;
     INSERT INTO retention_state (looked_at) VALUES (now()) ON CONFLICT (singleton) DO UPDATE SET looked_at = now(), held_until = NULL`,
  );
  // What is told counts rows by the estimate.
  await client.query(`ANALYZE ${OLD_MONTH}`);
}

async function hasOldMonth(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [
    OLD_MONTH,
  ]);
  return rows[0]?.found === true;
}

export const dueScenarios: readonly Scenario[] = [
  {
    name: 'what falls due after a take-over: the new master makes the scheduled backup, and removes the month that is too old',
    row: 'after a take-over',
    long: true,
    own: { witness: 'agent', agents: 1 },
    load: { jobPauseMs: 500 },
    outageMsMax: PROMISED_MS,
    async play(stage) {
      const { pair, master, standby } = stage;
      const due = Temporal.Now.zonedDateTimeISO()
        .add({ milliseconds: DUE_IN_MS })
        .round({ smallestUnit: 'minute', roundingMode: 'ceil' });
      await pair.api.call(operations.putSettings, {
        params: { section: 'backup' },
        body: {
          directory: path.join(pair.scratch, 'scheduled'),
          daily_at: due.toPlainTime().toString({ smallestUnit: 'minute' }),
        },
        ifMatch: null,
      });
      await onDatabase(pair, master, makeOldMonth);
      await stage.fault(() => pair.powerOff(master));
      await stage.expectTakeOver();

      const { lastMade } = await waitFor(
        async () => {
          const status = await pair.api.call(operations.getBackupStatus);
          assert.equal(status.lastFailed, null);
          return status.lastMade !== null && status;
        },
        { timeoutMs: BACKUP_TIMEOUT_MS, intervalMs: 1_000, message: 'the scheduled backup' },
      );
      assert.deepEqual([lastMade?.cause, lastMade?.host], ['schedule', `host-${standby}`]);
      assert.ok(Date.parse(lastMade?.startedAt ?? '') >= due.epochMilliseconds, 'at its time');

      assert.ok(await onDatabase(pair, standby, hasOldMonth), 'the old month has come over');
      const told = await waitFor(
        async () => {
          const { items } = await pair.api.call(operations.listEvents, { query: { code: ['data_removed'] } });
          return items.find(({ details }) => details['kind'] === 'events');
        },
        { timeoutMs: REMOVAL_TIMEOUT_MS, intervalMs: 1_000, message: 'the removal of the old month' },
      );
      assert.match(told.message, /before 2024-02-01T00:00:00/);
      assert.ok(!(await onDatabase(pair, standby, hasOldMonth)), 'the table is gone');
      assert.equal((await pair.api.call(operations.getStorage)).lastFailure, null);

      // The removal reaches the host that comes back, too.
      assert.equal(await pair.restore(), standby);
      assert.ok(!(await onDatabase(pair, master, hasOldMonth)), 'gone on the other host');
    },
  },
];
