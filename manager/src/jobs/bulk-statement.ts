// Statements that write many rows of one table at once: one array a column, unpacked by the server.
// Responsible for the text of such statements and for arrays in PostgreSQL's own notation, made here because the driver's general way
// costs more than everything else that the engine does. Pure. Called by `session-statements.ts`.
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

export type BulkTable<Row> = {
  readonly insert: (rows: readonly Row[]) => pg.QueryConfig<string[]>;
  readonly update: (rows: readonly Row[]) => pg.QueryConfig<string[]>;
};

/** Insert and update by key of one table, each a prepared statement whatever the number of rows. */
export const bulkTable = <Row>(table: string, columns: readonly Column<Row>[]): BulkTable<Row> => {
  const changing = columns.filter((column) => column.fixed !== true);
  const insertText = `INSERT INTO ${table} (${namesOf(columns)}) SELECT * FROM ${unnest(columns)}`;
  const updateText =
    `UPDATE ${table} AS t SET ${changing
      .filter(({ key }) => key !== true)
      .map(({ name }) => `${name} = v.${name}`)
      .join(', ')} ` +
    `FROM ${unnest(changing)} AS v (${namesOf(changing)}) WHERE ${changing
      .filter(({ key }) => key === true)
      .map(({ name }) => `t.${name} = v.${name}`)
      .join(' AND ')}`;
  return {
    insert: (rows) => ({ name: `insert_${table}`, text: insertText, values: arraysOf(columns, rows) }),
    update: (rows) => ({ name: `update_${table}`, text: updateText, values: arraysOf(changing, rows) }),
  };
};

const namesOf = <Row>(columns: readonly Column<Row>[]): string => columns.map(({ name }) => name).join(', ');
const sqlType = (type: ColumnType): string => (type === 'word' ? 'text' : type);
const unnest = <Row>(columns: readonly Column<Row>[]): string =>
  `unnest(${columns.map(({ type }, index) => `$${index + 1}::${sqlType(type)}[]`).join(', ')})`;
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
      return instantLiteral(Number(value));
    case 'text':
    case 'jsonb':
      return quote(storableText(String(value)));
  }
};

/** A clock that is far off must not make a row that cannot be stored: years below 1 become 1970. */
const instantLiteral = (ms: number): string =>
  ms >= 0 ? new Date(ms).toISOString() : new Date(0).toISOString();

/** Text as PostgreSQL can store it: what came from outside may hold NUL or half a surrogate pair. */
export const storableText = (text: string): string =>
  (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text).toWellFormed();

const quote = (text: string): string =>
  `"${/["\\]/.test(text) ? text.replaceAll(/["\\]/g, String.raw`\$&`) : text}"`;
