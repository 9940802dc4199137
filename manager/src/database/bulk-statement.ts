// Statements that write many rows of one table at once: one array a column, unpacked by the server.
// Responsible for the text of such statements and for arrays in PostgreSQL's own notation, made here because the driver's general way
// costs more than everything else that the engine does. Pure. Called by the stores of sessions and events.
import type pg from 'pg';

/** `text` may hold anything; `word` is text that we made ourselves, without a character that needs care. */
export type ColumnType = 'bigint' | 'integer' | 'boolean' | 'word' | 'text' | 'timestamptz' | 'jsonb';
export type Value = string | number | boolean | null;
export type Column<Row> = {
  readonly name: string;
  readonly type: ColumnType;
  readonly key?: true;
  /** Written by insert alone. */ readonly fixed?: true;
  readonly of: (row: Row) => Value;
};

export type BulkStatement<Row> = (rows: readonly Row[]) => pg.QueryConfig<string[]>;

/** Inserts rows: a prepared statement, whatever their number. Columns that are not named get their default. */
export const bulkInsert = <Row>(
  table: string,
  name: string,
  columns: readonly Column<Row>[],
): BulkStatement<Row> => {
  const values = columns.map((column) => stored(column)).join(', ');
  const text = `INSERT INTO ${table} (${namesOf(columns)}) SELECT ${values} FROM ${unnest(columns)}`;
  return (rows) => ({ name: `insert_${table}_${name}`, text, values: arraysOf(columns, rows) });
};

export type UpdateTarget = {
  readonly table: string;
  /** Tells the statement from others of the same table. */ readonly name: string;
  /** SQL of columns that are the same for all rows. */ readonly constants?: Readonly<Record<string, string>>;
};

/** Updates rows by their key: a prepared statement, whatever their number. */
export const bulkUpdate = <Row>(
  { table, name, constants = {} }: UpdateTarget,
  columns: readonly Column<Row>[],
): BulkStatement<Row> => {
  const changes = columns
    .filter(({ key }) => key !== true)
    .map((column) => `${column.name} = ${stored(column)}`);
  const same = Object.entries(constants).map(([column, sql]) => `${column} = ${sql}`);
  const keys = columns
    .filter(({ key }) => key === true)
    .map((column) => `t.${column.name} = v.${column.name}`);
  // No bounds of the keys beside them, although they would leave out partitions at once: while a partition is empty, PostgreSQL takes such a
  // range for a few rows, reads it whole for each batch, and keeps that plan.
  const text = `UPDATE ${table} AS t SET ${[...changes, ...same].join(', ')} FROM ${unnest(columns)} WHERE ${keys.join(' AND ')}`;
  return (rows) => ({ name: `update_${table}_${name}`, text, values: arraysOf(columns, rows) });
};

const namesOf = <Row>(columns: readonly Column<Row>[]): string => columns.map(({ name }) => name).join(', ');
const unnest = <Row>(columns: readonly Column<Row>[]): string =>
  `unnest(${columns.map(({ type }, index) => `$${index + 1}::${sentType(type)}[]`).join(', ')}) AS v (${namesOf(columns)})`;
/** Times travel as milliseconds: both sides read numbers in a fraction of the time that they need for dates. */
const sentType = (type: ColumnType): string =>
  type === 'word' ? 'text' : type === 'timestamptz' ? 'bigint' : type;
const stored = <Row>({ name, type }: Column<Row>): string =>
  type === 'timestamptz' ? `to_timestamp(v.${name}::double precision / 1000)` : `v.${name}`;
const arraysOf = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] =>
  columns.map(({ type, of }) => arrayLiteral(type, rows, of));

const arrayLiteral = <Row>(type: ColumnType, rows: readonly Row[], of: (row: Row) => Value): string => {
  let literal = '{';
  let separator = '';
  for (const row of rows) {
    literal += separator + elementLiteral(type, of(row));
    separator = ',';
  }
  return `${literal}}`;
};

const elementLiteral = (type: ColumnType, value: Value): string => {
  if (value === null) return 'NULL';
  switch (type) {
    case 'bigint':
    case 'integer':
    case 'word':
      return String(value);
    case 'boolean':
      return value === true ? 't' : 'f';
    case 'timestamptz':
      return String(storableInstant(Number(value)));
    case 'text':
    case 'jsonb':
      return quote(storableText(String(value)));
  }
};

/** A clock that is far off must not make a time that cannot be stored or read back. */
const storableInstant = (ms: number): number => Math.min(Math.max(0, Math.trunc(ms)), INSTANT_MAX_MS);
/** The end of the year 9999: later ones are no RFC 3339. */
const INSTANT_MAX_MS = 253_402_300_799_999;

/** Text as PostgreSQL can store it: what came from outside may hold NUL or half a surrogate pair. */
export const storableText = (text: string): string =>
  (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text).toWellFormed();

const quote = (text: string): string =>
  `"${/["\\]/.test(text) ? text.replaceAll(/["\\]/g, String.raw`\$&`) : text}"`;
