// The manager's watch over itself on a real database: told once, taken back once, over a restart too; nothing is lost when a write fails.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { settingsSections } from '@nezuban/protocol/settings/settings';
import { openBareDatabase, type BareDatabase } from '../testing/bare-database.ts';
import type { Settings } from '@nezuban/protocol/settings/settings';
import type { Measured } from './readings.ts';
import { createSelfWatch } from './self-watch.ts';

const GB = 1e9;
const HOUR_MS = 3_600_000;
let manager: BareDatabase;

before(async () => {
  manager = await openBareDatabase();
});
after(async () => {
  await manager.stop();
});

type World = {
  freeBytes: number;
  freeInodesPercent: number | null;
  measured: ReturnType<Parameters<typeof createSelfWatch>[0]['measure']>;
  databaseBytes: number | null;
};

const healthy = (): World => ({
  freeBytes: 50 * GB,
  freeInodesPercent: 90,
  measured: {
    standbyDisk: null,
    queues: [{ name: 'engine', length: 0, max: 20_000 }],
    lagMs: 1,
    certificates: [{ name: 'server', expiresAt: new Date('2099-01-01T00:00:00Z') }],
    clock: null,
    line: null,
  },
  databaseBytes: 1 * GB,
});

const watchOver = (world: World, options: { readonly failing?: () => boolean } = {}) => {
  const clock = createFakeClock('2026-05-01T00:00:00Z');
  const values: Settings['self_watch'] = settingsSections.self_watch.parse({});
  const { database } = manager;
  const watch = createSelfWatch({
    database: {
      ...database,
      inTransaction: async (work) => {
        if (options.failing?.() === true) throw new Error('the database is away');
        return await database.inTransaction(work);
      },
    },
    events: manager.events,
    settings: { of: () => values as never, onChange: () => undefined },
    figures: {
      refresh: async () => undefined,
      latest: () =>
        world.databaseBytes === null
          ? null
          : {
              sessions: {},
              attempts: {},
              deliveriesPending: 0,
              deliveriesFailed: 0,
              databaseBytes: world.databaseBytes,
              partitions: 0,
              strayEvents: 0,
              agentCertificate: null,
            },
    },
    clock,
    timers: clock,
    logger: manager.logger,
    disks: async () => [
      {
        name: 'home',
        folder: '/data',
        freeBytes: world.freeBytes,
        totalBytes: 100 * GB,
        freeInodesPercent: world.freeInodesPercent,
      },
    ],
    measure: (): Pick<Measured, 'standbyDisk' | 'queues' | 'lagMs' | 'certificates' | 'clock' | 'line'> =>
      world.measured,
  });
  return { watch, clock };
};

const told = async (item: string) =>
  await manager.database.query<{ code: string; priority: string; message: string }>({
    text: `SELECT code, priority, message FROM event WHERE code IN ('self_watch_raised', 'self_watch_cleared')
             AND details ->> 'item' = $1 ORDER BY id`,
    values: [item],
  });

test('self-watch: a disk gets low, then critical, then free: three events, and the status says the same', async () => {
  const world = healthy();
  const { watch } = watchOver(world);
  await watch.start();
  await watch.look();
  world.freeBytes = 12 * GB;
  for (let look = 0; look < 5; look += 1) await watch.look();
  world.freeBytes = 2 * GB;
  for (let look = 0; look < 5; look += 1) await watch.look();
  const critical = watch.view();
  assert.equal(critical.level, 'critical');
  const item = critical.items.find(({ id }) => id === 'disk_free_percent:home');
  assert.deepEqual([item?.value, item?.warning, item?.critical, item?.level], [2, 15, 5, 'critical']);
  world.freeBytes = 40 * GB;
  for (let look = 0; look < 5; look += 1) await watch.look();
  assert.deepEqual(
    (await told('disk_free_percent:home')).map(({ code, priority }) => [code, priority]),
    [
      ['self_watch_raised', 'warning'],
      ['self_watch_raised', 'critical'],
      ['self_watch_cleared', 'info'],
    ],
  );
  assert.equal(watch.view().level, 'ok');
  await watch.stop();
});

test('self-watch: a restart while something is bad: not told again; what cannot be measured yet stays as told', async () => {
  const world = healthy();
  world.freeInodesPercent = 3;
  const first = watchOver(world);
  await first.watch.start();
  for (let look = 0; look < 3; look += 1) await first.watch.look();
  await first.watch.stop();
  await manager.database.query({
    text: "INSERT INTO self_watch (id, level) VALUES ('disk_full_in_hours:home', 'warning')",
  });
  const second = watchOver(world);
  await second.watch.start();
  for (let look = 0; look < 15; look += 1) await second.watch.look();
  assert.deepEqual(
    (await told('inodes_free_percent:home')).map(({ priority }) => priority),
    ['critical'],
  );
  assert.deepEqual(await told('disk_full_in_hours:home'), []);
  const full = second.watch.view().items.find(({ id }) => id === 'disk_full_in_hours:home');
  assert.deepEqual([full?.value, full?.level], [null, 'warning']);
  await second.watch.stop();
  await manager.database.query({ text: 'DELETE FROM self_watch' });
});

test('self-watch: a disk that fills evenly: the forecast is told hours ahead', async () => {
  const world = healthy();
  const { watch, clock } = watchOver(world);
  await watch.start();
  for (let minute = 0; minute < 60; minute += 1) {
    world.freeBytes -= 0.1 * GB;
    await clock.advance(60_000);
    await watch.look();
  }
  const [event] = await told('disk_full_in_hours:home');
  assert.equal(event?.code, 'self_watch_raised');
  assert.match(event?.message ?? '', /^The disk of \/data will be full in about (7|8|9)(\.\d)? h/);
  await watch.stop();
  await manager.database.query({ text: 'DELETE FROM self_watch' });
});

test('self-watch: the database is away while something gets bad: told as soon as it answers', async () => {
  const world = healthy();
  let failing = true;
  const { watch } = watchOver(world, { failing: () => failing });
  await watch.start();
  world.measured = { ...world.measured, queues: [{ name: 'engine', length: 19_000, max: 20_000 }] };
  for (let look = 0; look < 6; look += 1) await watch.look();
  assert.deepEqual(await told('queue_percent:engine'), []);
  failing = false;
  await watch.look();
  assert.deepEqual(await told('queue_percent:engine'), [
    {
      code: 'self_watch_raised',
      priority: 'critical',
      message: 'The queue "engine" is 95% full (19000 of at most 20000)',
    },
  ]);
  await watch.stop();
  await manager.database.query({ text: 'DELETE FROM self_watch' });
});

test('self-watch: a certificate near its end, a host that leaves: told, and taken back', async () => {
  const world = healthy();
  const { watch, clock } = watchOver(world);
  const inDays = (days: number) => [
    { name: 'server', expiresAt: new Date(clock.epochMs() + days * 24 * HOUR_MS) },
  ];
  world.measured = { ...world.measured, certificates: inDays(20.5) };
  await watch.start();
  await watch.look();
  world.measured = { ...world.measured, certificates: [] };
  for (let look = 0; look < 12; look += 1) await watch.look();
  assert.deepEqual(
    (await told('certificate_days:server')).map(({ message }) => message),
    [
      'The certificate "server" expires in 20 days (2026-05-21)',
      '"certificate_days:server" is not watched any more',
    ],
  );
  await watch.stop();
});

test('self-watch: a line for places that does not move: told with its name, and when all move again', async () => {
  const world = healthy();
  const { watch } = watchOver(world);
  await watch.start();
  const line = { kind: 'lock', name: 'ledger', waiting: 3, standsMs: 90 * 60_000 };
  world.measured = { ...world.measured, line };
  for (let look = 0; look < 3; look += 1) await watch.look();
  world.measured = { ...world.measured, line: null };
  for (let look = 0; look < 3; look += 1) await watch.look();
  assert.deepEqual(
    (await told('line_stands_minutes:lines')).map(({ priority, message }) => [priority, message]),
    [
      [
        'warning',
        'The line for the lock "ledger" has not moved for 90 minutes: 3 wait for it, and nobody gets a place. Look who holds it with "nezuban queues"',
      ],
      ['info', 'All lines for queues, locks and nodes move again'],
    ],
  );
  await watch.stop();
});
