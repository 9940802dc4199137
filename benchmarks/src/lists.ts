/**
 * How long the lists of a large installation take: 10,000 nets in 500 folders, 200,000 sessions, 1,000,000 events; each as the manager asks for it,
 * on a durable PostgreSQL. And the search of text in those events: Japanese and English, frequent and rare words, and what is not there.
 * Prints the median and the 99th percentile of each, with the processor time of the server beside it, which on a busy machine says more.
 * Run: `npm run bench:lists`; `-- --search` for the search alone, `-- --events N` for another number of events.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { allPermissions } from '@nezuban/manager/access/actor-permissions';
import { createDatabase, type Database } from '@nezuban/manager/database/database';
import { exportEvents } from '@nezuban/manager/events/event-export';
import { listEvents, type EventFilter } from '@nezuban/manager/events/event-store';
import { loadNetHistory } from '@nezuban/manager/jobs/net-history';
import { listNetFolders, listNets } from '@nezuban/manager/jobs/net-lists';
import { listSessions } from '@nezuban/manager/jobs/session-lists';
import { ensureMonths } from '@nezuban/manager/retention/months';
import { viewStorage } from '@nezuban/manager/retention/storage-view';
import { countsSeenBy } from '@nezuban/manager/system-routes';
import { prepareDatabase } from '@nezuban/manager/testing/jobs-harness';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { settingsSections } from '@nezuban/protocol/settings/settings';
import pg from 'pg';
import { startDurablePostgres } from './durable-postgres.ts';
import { confirmEvents, fillEvents, fillNets, fillSessions, RARE } from './list-data.ts';
import { printRow, quantile } from './statistics.ts';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    search: { type: 'boolean', default: false },
  },
});
const NETS = 10_000;
const SESSIONS = 200_000;
const EVENTS = Number(options.events);
const ROUNDS = 15;

const postgres = await startDurablePostgres();
try {
  await prepareDatabase(postgres.address);
  const database = createDatabase({
    address: postgres.address,
    logger: createMemoryLogger(),
    name: 'bench-lists',
    connectionsMax: 1,
  });
  // Filling takes longer than the manager lets any statement take.
  const admin = new pg.Client(postgres.address);
  await admin.connect();
  const began = performance.now();
  await ensureMonths(database, { nowMs: Date.now() });
  if (!options.search) {
    await fillNets(admin, NETS);
    await fillSessions(admin, { sessions: SESSIONS, nets: NETS });
  }
  const rate = await fillEvents(database, EVENTS);
  await confirmEvents(admin);
  await admin.query('VACUUM ANALYZE');
  await admin.end();
  console.log(`filled in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  printRow('events written a second, 500 at once', String(Math.round(rate)));
  if (!options.search) await measureLists(database);
  await measureSearch(database);
  await database.stop();
} finally {
  await postgres.stop();
}

async function measureLists(database: Database): Promise<void> {
  const nets = (change: object) => listNets(database, { ...noNets, limit: 51, ...change });
  const noNets = { after: undefined, text: undefined, folder: undefined, direct: false };
  await measure(database, 'nets: first page with last sessions', () => nets({}));
  await measure(database, 'nets: a page in the middle', () => nets({ after: 'folder250/net0005000' }));
  await measure(database, 'nets: 500 at once', () => nets({ limit: 501 }));
  await measure(database, 'nets: text, few hits', () => nets({ text: 'net0004711' }));
  await measure(database, 'nets: text in Japanese titles, many hits', () => nets({ text: '決済' }));
  await measure(database, 'nets: text, none', () => nets({ text: 'nothing like this' }));
  await measure(database, 'nets: a folder', () => nets({ folder: 'folder123' }));
  await measure(database, 'nets: folders with their counts', () => listNetFolders(database));
  await measure(database, 'net: history of 50', () => loadNetHistory(database, 'folder000/net0000000', 50));
  const sessions = (change: object) => listSessions(database, { limit: 51, ...change });
  await measure(database, 'sessions: first page', () => sessions({}));
  await measure(database, 'sessions: of a net', () => sessions({ net: 'folder123/net0000123' }));
  await measure(database, 'sessions: of a folder', () => sessions({ folder: 'folder123' }));
  await measure(database, 'sessions: of a folder that never ran', () => sessions({ folder: 'quiet' }));
  await measure(database, 'sessions: stopped', () => sessions({ states: ['stopped'] }));
  await measure(database, 'sessions: abnormal', () => sessions({ endStatuses: ['abnormal'] }));
  await measure(database, 'sessions: abnormal in a folder', () =>
    sessions({ endStatuses: ['abnormal'], folder: 'folder123' }),
  );
  await measure(database, 'sessions: started by people', () => sessions({ triggers: ['manual'] }));
  await measure(database, 'sessions: text', () => sessions({ text: 'net0004711' }));
  await measure(database, 'sessions: an hour half a year ago', () =>
    sessions({ from: hoursAgo(24 * 180), to: hoursAgo(24 * 180 - 1) }),
  );
  const events = (change: Partial<EventFilter>) =>
    listEvents(database, { beforeId: undefined, limit: 51, ...change });
  await measure(database, 'events: first page', () => events({}));
  await measure(database, 'events: critical', () => events({ priority: ['critical'] }));
  await measure(database, 'events: critical, unconfirmed', () =>
    events({ priority: ['critical'], confirm: 'unconfirmed' }),
  );
  await measure(database, 'events: confirmed', () => events({ confirm: 'confirmed' }));
  await measure(database, 'events: a rare code', () => events({ code: ['agent_disconnected'] }));
  await measure(database, 'events: a node', () => events({ node: 'node-17' }));
  await measure(database, 'events: a session', () => events({ session: 4_711 }));
  await measure(database, 'events: an hour a month ago', () =>
    events({ from: hoursAgo(721), to: hoursAgo(720) }),
  );
  await measure(database, 'events: page 2,000', () => events({ beforeId: EVENTS - 100_000 }));
  await measure(database, 'counts of the overview', () => database.query(countsSeenBy(allPermissions)));
  await measure(database, 'storage, for the settings page', () =>
    viewStorage(database, { nowMs: Date.now(), policy: settingsSections.retention.parse({}) }),
  );
  const before = process.memoryUsage.rss();
  const start = performance.now();
  let bytes = 0;
  for await (const piece of await exportEvents(database, {}, 'csv')) bytes += (piece as Buffer).length;
  printRow(
    'export of all events as CSV',
    `${((performance.now() - start) / 1000).toFixed(1)} s, ${Math.round(bytes / 1e6)} MB; memory +${Math.round((process.memoryUsage.rss() - before) / 1e6)} MB`,
  );
}

async function measureSearch(database: Database): Promise<void> {
  const search = (q: string, change: Partial<EventFilter> = {}) =>
    listEvents(database, { beforeId: undefined, limit: 51, q, ...change });
  const words: readonly (readonly [string, string])[] = [
    ['one Japanese character, frequent', '口'],
    ['two Japanese characters, frequent', '異常'],
    ['one Japanese character, in one event', RARE.character],
    ['two Japanese characters, in one event', RARE.pair],
    ['half-width kana, found by full width', 'セツゾク'],
    ['English, frequent', 'session'],
    ['English, in one event', RARE.word],
    ['not there at all', 'nothing like this'],
  ];
  for (const [what, word] of words) await measure(database, `search: ${what}`, () => search(word));
  await measure(database, 'search: not there, of critical ones', () =>
    search(RARE.absent, { priority: ['critical'] }),
  );
  await measure(database, 'search: not there, of a node, unconfirmed', () =>
    search(RARE.absent, { node: 'node-17', confirm: 'unconfirmed' }),
  );
  await measure(database, 'search: not there, of a code in the last week', () =>
    search(RARE.absent, { code: ['session_ended'], from: hoursAgo(168) }),
  );
  await measure(database, 'search: frequent word among those that never hold it', () =>
    search('異常', { priority: ['info'] }),
  );
}

async function measure(database: Database, what: string, work: () => Promise<unknown>): Promise<void> {
  const [{ pid } = { pid: 0 }] = await database.query<{ pid: number }>({
    text: 'SELECT pg_backend_pid() AS pid',
  });
  await work();
  const times: number[] = [];
  const before = cpuMsOf(pid);
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  const cpu = (cpuMsOf(pid) - before) / ROUNDS;
  printRow(
    what,
    `p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms; server ${cpu.toFixed(1)} ms`,
  );
}

function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * 3_600_000).toISOString();
}

/** Time on a processor; the first number of schedstat is in nanoseconds. */
function cpuMsOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return Number.NaN;
  }
}
