// Uploaded MIB modules in the database. Responsible for rows alone.
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

export type MibRow = {
  readonly name: string;
  readonly text: string;
  readonly file_name: string;
  readonly uploaded_at: Date;
  readonly uploaded_by: string;
};

const COLUMNS = 'name, text, file_name, uploaded_at, uploaded_by';

export const listMibNames = async (database: Database): Promise<string[]> => {
  const rows = await database.query<{ name: string }>({ text: 'SELECT name FROM mib_module ORDER BY name' });
  return rows.map(({ name }) => name);
};

export const findMib = async (database: Database, name: string): Promise<MibRow | undefined> => {
  const [row] = await database.query<MibRow>({
    text: `SELECT ${COLUMNS} FROM mib_module WHERE name = $1`,
    values: [name],
  });
  return row;
};

export const saveMib = async (
  transaction: Transaction,
  mib: Omit<MibRow, 'uploaded_at'>,
): Promise<{ readonly uploadedAt: Date }> => {
  const { rows } = await transaction.query<{ uploaded_at: Date }>(
    `INSERT INTO mib_module (name, text, file_name, uploaded_by) VALUES ($1, $2, $3, $4)
     ON CONFLICT (name) DO UPDATE SET text = $2, file_name = $3, uploaded_by = $4, uploaded_at = now()
     RETURNING uploaded_at`,
    [mib.name, mib.text, mib.file_name, mib.uploaded_by],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('An upsert gave no row');
  return { uploadedAt: row.uploaded_at };
};

/** Modules and characters of all; others that write wait until the end of the transaction. */
export const lockMibs = async (
  transaction: Transaction,
): Promise<{ readonly modules: number; readonly chars: number }> => {
  await transaction.query('LOCK TABLE mib_module IN SHARE ROW EXCLUSIVE MODE');
  const { rows } = await transaction.query<{ modules: number; chars: number }>(
    'SELECT count(*)::int AS modules, coalesce(sum(length(text)), 0)::int AS chars FROM mib_module',
  );
  return rows[0] ?? { modules: 0, chars: 0 };
};

export const deleteMib = async (transaction: Transaction, name: string): Promise<boolean> => {
  const { rowCount } = await transaction.query('DELETE FROM mib_module WHERE name = $1', [name]);
  return rowCount === 1;
};
