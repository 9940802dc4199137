// Tests of where the stream of events stands: no number counts as settled while a transaction that has drawn one up to it may still commit.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import type { Clock } from '@nezuban/platform/clock';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import pg from 'pg';
import { createDatabase, type Database } from '../database/database.ts';
import { loadMigrations } from '../database/migrations.ts';
import { createEventPosition, createSettledEvents } from './event-position.ts';
import { drawIds } from './event-store.ts';

describe('event position', () => {
  let server: TestDatabase;
  let database: Database;
  const clients: pg.Client[] = [];
  before(async () => {
    server = await testDatabase({ migrations: (await loadMigrations()).map(({ sql }) => sql) });
    database = createDatabase({ address: server.config, logger: createMemoryLogger(), name: 'test' });
  });
  after(async () => {
    for (const client of clients) await client.end();
    await database.stop();
    await server.drop();
  });

  // Other tests use the same server: their transactions may hold a number back for a moment, too.

  /** A transaction that has drawn a number and does not end yet. */
  const draw = async () => {
    const client = new pg.Client(server.config);
    clients.push(client);
    await client.connect();
    await client.query('BEGIN');
    const [id = 0] = await drawIds(client as never, 1);
    return { id, end: async (how: 'COMMIT' | 'ROLLBACK') => void (await client.query(how)) };
  };

  test('settled: one that is the newest of all transactions holds its number back', async () => {
    const settled = createSettledEvents(database);
    const first = await draw();
    // Nothing has ended since it began: a snapshot does not name it.
    const held = await settled.look();
    assert.ok(held.upTo < first.id);
    assert.equal(held.waits, true);
    await first.end('COMMIT');
    await waitFor(async () => isDeepStrictEqual(await settled.look(), { upTo: first.id, waits: false }));
  });

  test('settled: of several, each holds back what is above it, in whatever order they end, rolled back or not', async () => {
    const settled = createSettledEvents(database);
    const [a, b, c] = [await draw(), await draw(), await draw()];
    assert.ok((await settled.look()).upTo < a.id);
    await b.end('COMMIT');
    assert.ok((await settled.look()).upTo < a.id);
    await a.end('ROLLBACK');
    assert.ok((await settled.look()).upTo < c.id);
    await c.end('COMMIT');
    await waitFor(async () => (await settled.look()).upTo === c.id);
  });

  test('last: below what is under way, above all that was committed; a transaction that nobody hears of is forgotten', async () => {
    let now = 0;
    const clock: Pick<Clock, 'monotonicMs'> = { monotonicMs: () => now };
    const position = createEventPosition({ database, clock: clock as Clock });
    await position.load();
    const begin = position.last();
    const slow = position.writing();
    position.writing()(begin + 5);
    assert.equal(position.last(), begin, 'the slow one may have drawn any number above');
    slow(begin + 2);
    assert.equal(position.last(), begin + 5);
    position.writing();
    position.writing()(begin + 9);
    assert.equal(position.last(), begin + 5);
    now += 60_000;
    assert.equal(position.last(), begin + 9);
  });
});
