// Kept secrets: in the database, sealed, and the copy in memory that orders are filled from.
// Responsible for rows and boxes. The copy changes only after a commit. Called by the routes, and by the jobs domain, which asks for values.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import type { SecretBox } from '../files/secret-box.ts';
import { secretPurpose } from '../files/sealed-places.ts';
import type { Transaction } from '../ports.ts';

export type KeptSecret = {
  readonly name: string;
  readonly description: string | null;
  /** Null: its box does not open with the key of this manager. */
  readonly value: string | null;
  readonly revision: number;
  readonly updatedAt: Date;
  readonly updatedBy: string;
};

export type SecretStore = {
  readonly load: () => Promise<void>;
  /** As last committed, by name. */
  readonly all: () => ReadonlyMap<string, KeptSecret>;
  /** Writes it and gives it back. `publish` it after the commit. */
  readonly save: (
    transaction: Transaction,
    secret: Pick<KeptSecret, 'name' | 'description'> & { readonly value: string; readonly by: string },
  ) => Promise<KeptSecret>;
  /** False: there is none. */
  readonly remove: (transaction: Transaction, name: string) => Promise<boolean>;
  /** After the commit. Null: it is gone. */
  readonly publish: (name: string, secret: KeptSecret | null) => void;
};

/** More are a store of passwords, which this is not. */
const SECRETS_MAX = 2_000;

type Row = {
  readonly name: string;
  readonly description: string | null;
  readonly secret_box: Buffer;
  readonly revision: number;
  readonly updated_at: Date;
  readonly updated_by: string;
};
const COLUMNS = 'name, description, secret_box, revision, updated_at, updated_by';

export const createSecretStore = ({
  database,
  secretBox,
  logger,
}: {
  readonly database: Database;
  readonly secretBox: SecretBox;
  readonly logger: Logger;
}): SecretStore => {
  let all: ReadonlyMap<string, KeptSecret> = new Map();

  const toSecret = (row: Row): KeptSecret => {
    const value = secretBox.open(row.secret_box, secretPurpose(row.name));
    if (value === null)
      logger.error({ name: row.name }, 'A kept secret cannot be opened with the secret key of this manager');
    return {
      name: row.name,
      description: row.description,
      value,
      revision: row.revision,
      updatedAt: row.updated_at,
      updatedBy: row.updated_by,
    };
  };

  return {
    async load() {
      const rows = await database.query<Row>({ text: `SELECT ${COLUMNS} FROM secret ORDER BY name` });
      all = new Map(rows.map((row) => [row.name, toSecret(row)]));
    },
    all: () => all,
    async save(transaction, { name, description, value, by }) {
      if (!all.has(name) && all.size >= SECRETS_MAX)
        throw new CodedError(
          'operation_refused',
          say('problem_there_are_secrets_already_delete_some_first', { max: SECRETS_MAX }),
        );
      const { rows } = await transaction.query<Row>(
        `INSERT INTO secret (name, description, secret_box, updated_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET description = $2, secret_box = $3, updated_by = $4, updated_at = now(),
           revision = nextval('notification_rule_revision')
         RETURNING ${COLUMNS}`,
        [name, description, secretBox.seal(value, secretPurpose(name)), by],
      );
      const [row] = rows;
      if (row === undefined) throw new Error('An upsert gave no row');
      return toSecret(row);
    },
    async remove(transaction, name) {
      const { rowCount } = await transaction.query('DELETE FROM secret WHERE name = $1', [name]);
      return rowCount === 1;
    },
    publish(name, secret) {
      const next = new Map(all);
      if (secret === null) next.delete(name);
      else next.set(name, secret);
      all = next;
    },
  };
};
