// Tests of set-based statements.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import pg from 'pg';
import { bulkInsert, bulkUpdate, storableText, type Column } from './bulk-statement.ts';

type Row = {
  readonly id: number;
  readonly text: string | null;
  readonly flag: boolean | null;
  readonly at: number | null;
  readonly data: unknown;
};
const columns: readonly Column<Row>[] = [
  { name: 'id', type: 'bigint', key: true, of: (row) => row.id },
  { name: 'text', type: 'text', of: (row) => row.text },
  { name: 'flag', type: 'boolean', of: (row) => row.flag },
  { name: 'at', type: 'timestamptz', of: (row) => row.at },
  { name: 'data', type: 'jsonb', of: (row) => JSON.stringify(row.data) },
];

describe('bulk statement', () => {
  let database: TestDatabase;
  let client: pg.Client;
  before(async () => {
    database = await testDatabase({
      migrations: [
        "CREATE TABLE thing (id bigint PRIMARY KEY, text text, flag boolean, at timestamptz, data jsonb, note text DEFAULT 'x')",
      ],
    });
    client = new pg.Client(database.config);
    await client.connect();
  });
  after(async () => {
    await client.end();
    await database.drop();
  });
  const stored = async () =>
    (
      await client.query<{
        id: string;
        text: string | null;
        flag: boolean | null;
        at: Date | null;
        data: unknown;
        note: string | null;
      }>('SELECT * FROM thing ORDER BY id')
    ).rows;

  test('values of every kind: come back as they went in', async () => {
    const texts = [
      'plain',
      '',
      'NULL',
      'null',
      '{a,b}',
      '"quoted" \\ back',
      "it's; DROP TABLE thing",
      'line\nfeed\ttab\r',
      '日本語 🙂',
      ' spaces ',
      null,
    ];
    const rows = texts.map((text, index): Row => ({
      id: 5_000_000_000 + index,
      text,
      flag: [true, false, null][index % 3] ?? null,
      at: index === 0 ? null : 1_774_000_000_000 + index,
      data: { text },
    }));
    await client.query(bulkInsert('thing', 'all', columns)(rows));
    const back = (await stored()).map(({ note: _note, at, id, ...row }) => ({
      ...row,
      id: Number(id),
      at: at?.getTime() ?? null,
    }));
    assert.deepEqual(
      back,
      rows.map(({ id, text, flag, at, data }) => ({ text, flag, data, id, at })),
    );
  });

  test('update: by key, with constants; other rows stay', async () => {
    await client.query("INSERT INTO thing (id, text) VALUES (1, 'old'), (2, 'stays')");
    const update = bulkUpdate(
      { table: 'thing', name: 'test', constants: { note: 'NULL' } },
      columns.slice(0, 2),
    );
    await client.query(update([{ id: 1, text: 'new', flag: null, at: null, data: null }]));
    assert.deepEqual(
      (await stored()).slice(0, 2).map(({ text, note }) => [text, note]),
      [
        ['new', null],
        ['stays', 'x'],
      ],
    );
  });

  test('text and times that no database can hold: stored as the nearest that it can', async () => {
    assert.equal(storableText('a\0b\uD800'), 'a\uFFFDb\uFFFD');
    await client.query(
      bulkInsert(
        'thing',
        'all',
        columns,
      )([
        { id: 3, text: 'a\0b', flag: null, at: -1e15, data: null },
        { id: 4, text: null, flag: null, at: 1e18, data: null },
      ]),
    );
    const back = (await stored()).filter(({ id }) => id === '3' || id === '4');
    assert.deepEqual(
      back.map(({ at }) => at?.toISOString()),
      ['1970-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'],
    );
  });
});
