// Inhibitions and escalations in the database, and the copy in memory that decisions are made with.
// Responsible for rows and revisions of one kind. The copy changes only after a commit; what a change means is `named-changes.ts`.
import { thing } from '@nezuban/protocol/sentences/thing';
import { say } from '@nezuban/protocol/sentences/sentence';
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import { notificationLimits } from './notification-limits.ts';

export type NamedKind = 'inhibition' | 'escalation';

export type StoredNamed<Value> = {
  readonly value: Value;
  readonly revision: number;
  readonly updatedAt: Date;
  readonly updatedBy: string;
};

export type NamedStore<Value> = {
  readonly kind: NamedKind;
  /** All as last committed, by name. */
  readonly all: () => ReadonlyMap<string, StoredNamed<Value>>;
  load(): Promise<void>;
  /** The one in the database, locked until the end of the transaction. */
  lock(transaction: Transaction, name: string): Promise<StoredNamed<Value> | null>;
  save(
    transaction: Transaction,
    change: { readonly value: Value & { readonly name: string }; readonly by: string },
  ): Promise<StoredNamed<Value>>;
  remove(transaction: Transaction, name: string): Promise<void>;
  publish(name: string, stored: StoredNamed<Value> | null): void;
};

type NamedRow = {
  readonly name: string;
  readonly definition: unknown;
  readonly revision: number;
  readonly updated_at: Date;
  readonly updated_by: string;
};
const COLUMNS = 'name, definition, revision, updated_at, updated_by';

export type NamedStorePorts = { readonly database: Database; readonly logger: Logger };
export type NamedStoreOptions<Value> = {
  readonly kind: NamedKind;
  readonly schema: { safeParse(value: unknown): { readonly success: boolean; readonly data?: Value } };
};

export const createNamedStore = <Value>(
  { database, logger }: NamedStorePorts,
  { kind, schema }: NamedStoreOptions<Value>,
): NamedStore<Value> => {
  let all: ReadonlyMap<string, StoredNamed<Value>> = new Map();
  const toStored = (row: NamedRow): StoredNamed<Value> | null => {
    const parsed = schema.safeParse(row.definition);
    if (!parsed.success || parsed.data === undefined) {
      logger.error({ kind, name: row.name }, 'A stored definition of notifications cannot be read');
      return null;
    }
    return {
      value: parsed.data,
      revision: row.revision,
      updatedAt: row.updated_at,
      updatedBy: row.updated_by,
    };
  };
  return {
    kind,
    all: () => all,
    async load() {
      const rows = await database.query<NamedRow>({
        text: `SELECT ${COLUMNS} FROM notification_definition WHERE kind = $1 ORDER BY name`,
        values: [kind],
      });
      all = new Map(
        rows.flatMap((row) => {
          const stored = toStored(row);
          return stored === null ? [] : [[row.name, stored] as const];
        }),
      );
    },
    async lock(transaction, name) {
      const { rows } = await transaction.query<NamedRow>(
        `SELECT ${COLUMNS} FROM notification_definition WHERE kind = $1 AND name = $2 FOR UPDATE`,
        [kind, name],
      );
      return rows[0] === undefined ? null : toStored(rows[0]);
    },
    async save(transaction, { value, by }) {
      if (!all.has(value.name) && all.size >= notificationLimits.namedMax)
        throw new CodedError(
          'operation_refused',
          say('problem_there_are_definitions_of_the_kind_already', {
            max: notificationLimits.namedMax,
            kind: thing(kind),
          }),
        );
      const { rows } = await transaction.query<NamedRow>(
        `INSERT INTO notification_definition (kind, name, definition, updated_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (kind, name) DO UPDATE SET definition = $3, updated_by = $4, updated_at = now(), revision = nextval('notification_rule_revision')
         RETURNING ${COLUMNS}`,
        [kind, value.name, JSON.stringify(value), by],
      );
      const stored = rows[0] === undefined ? null : toStored(rows[0]);
      if (stored === null) throw new Error('An upsert gave no row that can be read');
      return stored;
    },
    async remove(transaction, name) {
      await transaction.query('DELETE FROM notification_definition WHERE kind = $1 AND name = $2', [
        kind,
        name,
      ]);
    },
    publish(name, stored) {
      const next = new Map(all);
      if (stored === null) next.delete(name);
      else next.set(name, stored);
      all = next;
    },
  };
};
