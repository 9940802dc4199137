// Definitions with sealed secrets in a table of their own, and the copy in memory that the manager works with.
// Responsible for rows, revisions and secrets, whatever the definitions are. The copy changes only after a commit. Called by the stores of
// notification rules and of named channels.
import { thing } from '@nezuban/protocol/sentences/thing';
import { say } from '@nezuban/protocol/sentences/sentence';
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import type { SecretBox } from '../files/secret-box.ts';
import type { Transaction } from '../ports.ts';
import type { Secrets } from './channels/channel.ts';

export type SealedMeta = {
  readonly revision: number;
  readonly updatedAt: Date;
  readonly updatedBy: string;
  /** The stored secrets do not open any more (the key file is another one): they must be entered again. */
  readonly secretsLost: boolean;
};

export type SealedStorePorts = {
  readonly database: Database;
  readonly secretBox: SecretBox;
  readonly logger: Logger;
};

export type SealedStoreOptions<Value, Stored> = {
  readonly table: 'notification_rule' | 'notification_channel';
  /** For people, such as `notification rule`. */
  readonly what: string;
  readonly max: number;
  /** What the box is bound to. */
  readonly purposeOf: (name: string) => string;
  /** The value of a row with its secrets put back. */
  readonly join: (definition: unknown, secrets: Secrets) => Value;
  readonly wrap: (value: Value, meta: SealedMeta) => Stored;
};

export type SealedStore<Value, Stored> = {
  /** All as last committed, by name. */
  readonly all: () => ReadonlyMap<string, Stored>;
  readonly load: () => Promise<void>;
  /** The one in the database, locked until the end of the transaction. */
  readonly lock: (transaction: Transaction, name: string) => Promise<Stored | null>;
  /** Writes it, without its secrets, and gives it back with its new revision. `publish` it after the commit. */
  readonly save: (
    transaction: Transaction,
    change: { readonly value: Value; readonly secrets: Secrets; readonly by: string },
  ) => Promise<Stored>;
  readonly remove: (transaction: Transaction, name: string) => Promise<void>;
  /** After the commit. Null: it is gone. */
  readonly publish: (name: string, stored: Stored | null) => void;
};

type Row = {
  readonly name: string;
  readonly definition: unknown;
  readonly secret_box: Buffer | null;
  readonly revision: number;
  readonly updated_at: Date;
  readonly updated_by: string;
};
const COLUMNS = 'name, definition, secret_box, revision, updated_at, updated_by';

export const createSealedStore = <Value extends { readonly name: string }, Stored>(
  { database, secretBox, logger }: SealedStorePorts,
  { table, what, max, purposeOf, join, wrap }: SealedStoreOptions<Value, Stored>,
): SealedStore<Value, Stored> => {
  let all: ReadonlyMap<string, Stored> = new Map();

  const toStored = (row: Row): Stored => {
    const opened = row.secret_box === null ? '{}' : secretBox.open(row.secret_box, purposeOf(row.name));
    if (opened === null)
      logger.error(
        { name: row.name },
        `The stored secrets of a ${what} cannot be opened with the secret key of this manager`,
      );
    return wrap(join(row.definition, JSON.parse(opened ?? '{}') as Secrets), {
      revision: row.revision,
      updatedAt: row.updated_at,
      updatedBy: row.updated_by,
      secretsLost: opened === null,
    });
  };

  return {
    all: () => all,
    async load() {
      const rows = await database.query<Row>({ text: `SELECT ${COLUMNS} FROM ${table} ORDER BY name` });
      all = new Map(rows.map((row) => [row.name, toStored(row)]));
    },
    async lock(transaction, name) {
      const { rows } = await transaction.query<Row>(
        `SELECT ${COLUMNS} FROM ${table} WHERE name = $1 FOR UPDATE`,
        [name],
      );
      return rows[0] === undefined ? null : toStored(rows[0]);
    },
    async save(transaction, { value, secrets, by }) {
      if (!all.has(value.name) && all.size >= max)
        throw new CodedError(
          'operation_refused',
          say('problem_there_are_s_already_delete_some_first', { max, what: thing(what) }),
        );
      const box =
        Object.keys(secrets).length === 0
          ? null
          : secretBox.seal(JSON.stringify(secrets), purposeOf(value.name));
      const { rows } = await transaction.query<Row>(
        `INSERT INTO ${table} (name, definition, secret_box, updated_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET definition = $2, secret_box = $3, updated_by = $4, updated_at = now(),
           revision = nextval('notification_rule_revision')
         RETURNING ${COLUMNS}`,
        [value.name, JSON.stringify(value), box, by],
      );
      const [row] = rows;
      if (row === undefined) throw new Error('An upsert gave no row');
      return toStored(row);
    },
    async remove(transaction, name) {
      await transaction.query(`DELETE FROM ${table} WHERE name = $1`, [name]);
    },
    publish(name, stored) {
      const next = new Map(all);
      if (stored === null) next.delete(name);
      else next.set(name, stored);
      all = next;
    },
  };
};
