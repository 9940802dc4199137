// Tests of what an upgrade does to managers that had no rules for users of the operating system, and asked nobody for the starts of other nets:
// by the real migration on a database of before. Called by nobody.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import pg from 'pg';
import { loadMigrations, migrate, type Migration } from '../database/migrations.ts';

const LAST_BEFORE = 26;
const netOf = (unit: object, more: object = {}) =>
  JSON.stringify({ kind: 'jobnet', name: 'n', units: [{ name: 'a', type: 'command', ...unit }], ...more });

describe('the upgrade to rules for users', () => {
  let server: TestDatabase;
  let client: pg.Client;
  let last: Migration;
  before(async () => {
    server = await testDatabase();
    client = new pg.Client(server.config);
    await client.connect();
    const migrations = await loadMigrations();
    await migrate(
      client,
      migrations.filter(({ number }) => number <= LAST_BEFORE),
      {},
    );
    last = migrations.find(({ number }) => number === LAST_BEFORE + 1) as Migration;
  });
  after(async () => {
    await client?.end();
    await server?.drop();
  });
  beforeEach(async () => {
    await client.query('BEGIN');
  });

  const isOpenAfter = async (...statements: readonly [string, readonly unknown[]][]): Promise<boolean> => {
    for (const [text, values] of statements) await client.query(text, [...values]);
    await client.query(last.sql);
    const { rows } = await client.query("SELECT value FROM setting WHERE section = 'run_as'");
    const asked = await client.query('SELECT starts_asked_of FROM net_revision');
    assert.ok(asked.rows.every((row: { starts_asked_of: unknown }) => row.starts_asked_of === null));
    await client.query('ROLLBACK');
    return rows.length > 0;
  };
  const revision = (number: number, definition: string): [string, readonly unknown[]] => [
    `INSERT INTO net_revision (net, revision, definition, created_at, created_by) VALUES ('n', $1, $2, now(), 'x')`,
    [number, definition],
  ];
  const inForce = (number: number): [string, readonly unknown[]] => [
    `INSERT INTO net (name, revision, unit_count, timezone, schedules, updated_at, updated_by) VALUES ('n', $1, 1, 'UTC', '[]', now(), 'x')`,
    [number],
  ];
  const channel = (definition: object): [string, readonly unknown[]] => [
    `INSERT INTO notification_channel (name, definition, updated_by) VALUES ('c', $1, 'x')`,
    [JSON.stringify({ kind: 'channel', name: 'c', enabled: true, channel: definition })],
  ];

  test('nobody names a user: no rule is written', async () => {
    assert.equal(
      await isOpenAfter(
        revision(1, netOf({ command: 'id' })),
        inForce(1),
        channel({ type: 'command', command: 'id' }),
      ),
      false,
    );
  });
  test('a revision in force names a user, or a group deep inside: an open rule', async () => {
    assert.equal(await isOpenAfter(revision(1, netOf({ user: 'app' })), inForce(1)), true);
    await client.query('BEGIN');
    const inside = netOf({ type: 'net', units: [{ name: 'b', group: 'dba' }] });
    assert.equal(await isOpenAfter(revision(1, inside), inForce(1)), true);
  });
  test('only a revision that is not in force names one: planned, restorable, or run by an open session: an open rule', async () => {
    assert.equal(
      await isOpenAfter(revision(1, netOf({})), revision(2, netOf({ user: 'app' })), inForce(1)),
      true,
    );
  });
  test('only a command of a channel names one: an open rule, though it has never run', async () => {
    assert.equal(await isOpenAfter(channel({ type: 'command', command: 'id', user: 'ops' })), true);
  });
});
