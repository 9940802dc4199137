// Users of SNMPv3 and tokens for custom traps in the database. Responsible for rows and sealed passwords.
import type { SnmpUser } from '@nezuban/protocol/intake/orders';
import type { Database } from '../database/database.ts';
import { snmpUserPurpose } from '../files/sealed-places.ts';
import type { SecretBox } from '../files/secret-box.ts';
import type { Transaction } from '../ports.ts';

export type StoredUser = {
  readonly user: SnmpUser;
  readonly updatedAt: Date;
  readonly updatedBy: string;
  /** The passwords do not open any more (the key file is another one). */
  readonly secretsLost: boolean;
};

type UserRow = {
  readonly name: string;
  readonly auth: SnmpUser['auth'];
  readonly priv: SnmpUser['priv'];
  readonly engine_id: string | null;
  readonly secret_box: Buffer | null;
  readonly updated_at: Date;
  readonly updated_by: string;
};
type Passwords = Pick<SnmpUser, 'auth_password' | 'priv_password'>;

const COLUMNS = 'name, auth, priv, engine_id, secret_box, updated_at, updated_by';

const toStored = (row: UserRow, secretBox: SecretBox): StoredUser => {
  const opened = row.secret_box === null ? '{}' : secretBox.open(row.secret_box, snmpUserPurpose(row.name));
  const passwords = JSON.parse(opened ?? '{}') as Passwords;
  return {
    user: {
      name: row.name,
      auth: row.auth,
      priv: row.priv,
      ...passwords,
      ...(row.engine_id === null ? {} : { engine_id: row.engine_id }),
    },
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
    secretsLost: opened === null,
  };
};

export const listUsers = async (database: Database, secretBox: SecretBox): Promise<StoredUser[]> => {
  const rows = await database.query<UserRow>({ text: `SELECT ${COLUMNS} FROM snmp_user ORDER BY name` });
  return rows.map((row) => toStored(row, secretBox));
};

export const lockUser = async (
  transaction: Transaction,
  name: string,
  secretBox: SecretBox,
): Promise<StoredUser | null> => {
  const { rows } = await transaction.query<UserRow>(
    `SELECT ${COLUMNS} FROM snmp_user WHERE name = $1 FOR UPDATE`,
    [name],
  );
  return rows[0] === undefined ? null : toStored(rows[0], secretBox);
};

export const saveUser = async (
  transaction: Transaction,
  { user, by }: { readonly user: SnmpUser; readonly by: string },
  secretBox: SecretBox,
): Promise<StoredUser> => {
  const { name, auth, priv, engine_id, auth_password, priv_password } = user;
  const box =
    auth_password === undefined
      ? null
      : secretBox.seal(JSON.stringify({ auth_password, priv_password }), snmpUserPurpose(name));
  const { rows } = await transaction.query<UserRow>(
    `INSERT INTO snmp_user (name, auth, priv, engine_id, secret_box, updated_by) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (name) DO UPDATE SET auth = $2, priv = $3, engine_id = $4, secret_box = $5, updated_by = $6, updated_at = now()
     RETURNING ${COLUMNS}`,
    [name, auth, priv, engine_id ?? null, box, by],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('An upsert gave no row');
  return toStored(row, secretBox);
};

export const deleteUser = async (transaction: Transaction, name: string): Promise<boolean> => {
  const { rowCount } = await transaction.query('DELETE FROM snmp_user WHERE name = $1', [name]);
  return rowCount === 1;
};

export type TokenRow = {
  readonly name: string;
  readonly token_hash: Buffer;
  readonly created_at: Date;
  readonly created_by: string;
};

const TOKEN_COLUMNS = 'name, token_hash, created_at, created_by';

export const listTokens = async (database: Database): Promise<TokenRow[]> =>
  await database.query<TokenRow>({ text: `SELECT ${TOKEN_COLUMNS} FROM trap_token ORDER BY name` });

/** Null: there is one of that name. */
export const insertToken = async (
  transaction: Transaction,
  token: { readonly name: string; readonly hash: Buffer; readonly by: string },
): Promise<TokenRow | null> => {
  const { rows } = await transaction.query<TokenRow>(
    `INSERT INTO trap_token (name, token_hash, created_by) VALUES ($1, $2, $3)
     ON CONFLICT (name) DO NOTHING RETURNING ${TOKEN_COLUMNS}`,
    [token.name, token.hash, token.by],
  );
  return rows[0] ?? null;
};

export const deleteToken = async (transaction: Transaction, name: string): Promise<boolean> => {
  const { rowCount } = await transaction.query('DELETE FROM trap_token WHERE name = $1', [name]);
  return rowCount === 1;
};
