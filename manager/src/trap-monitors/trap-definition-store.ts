// Trap monitors and aliases in the database, and the copy in memory that traps are judged and placed with.
// Responsible for rows and revisions of both kinds, which are kept alike. The copy changes only after a commit.
import type { Logger } from '@nezuban/platform/logger';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

/** What both kinds have. */
export type TrapDefinition = { readonly kind: 'trap_monitor' | 'trap_alias'; readonly name: string };

export type Stored<Value extends TrapDefinition> = {
  readonly value: Value;
  readonly revision: number;
  readonly updatedAt: Date;
  readonly updatedBy: string;
};

type Row = {
  readonly name: string;
  readonly definition: unknown;
  readonly revision: number;
  readonly updated_at: Date;
  readonly updated_by: string;
};

export type TrapDefinitionStore<Value extends TrapDefinition> = {
  /** All as last committed, by name. */
  readonly all: () => ReadonlyMap<string, Stored<Value>>;
  load(): Promise<void>;
  /** The one in the database, locked until the end of the transaction. */
  lock(transaction: Transaction, name: string): Promise<Stored<Value> | null>;
  /** Writes it and gives it back with its new revision. `publish` it after the commit. */
  save(transaction: Transaction, value: Value, by: string): Promise<Stored<Value>>;
  remove(transaction: Transaction, name: string): Promise<void>;
  publish(name: string, stored: Stored<Value> | null): void;
  /** After each change of the copy, with the name that changed. */
  onChange(listener: (name: string) => void): void;
};

export type TrapTable<Value extends TrapDefinition> = {
  /** Kind and name of the table. */
  readonly kind: Value['kind'];
  readonly schema: {
    safeParse(value: unknown): { readonly success: boolean; readonly data?: Value | undefined };
  };
};

const COLUMNS = 'name, definition, revision, updated_at, updated_by';

export const createTrapDefinitionStore = <Value extends TrapDefinition>(
  { database, logger }: { readonly database: Database; readonly logger: Logger },
  { kind, schema }: TrapTable<Value>,
): TrapDefinitionStore<Value> => {
  let all: ReadonlyMap<string, Stored<Value>> = new Map();
  const listeners: ((name: string) => void)[] = [];

  const toStored = (row: Row): Stored<Value> | null => {
    const { data } = schema.safeParse(row.definition);
    return data === undefined
      ? null
      : { value: data, revision: row.revision, updatedAt: row.updated_at, updatedBy: row.updated_by };
  };

  return {
    all: () => all,
    async load() {
      const rows = await database.query<Row>({ text: `SELECT ${COLUMNS} FROM ${kind} ORDER BY name` });
      const read = rows.map((row) => [row.name, toStored(row)] as const);
      // What a newer release wrote must not keep this one from starting.
      for (const [name, stored] of read)
        if (stored === null) logger.error({ kind, name }, 'A trap definition cannot be read; it is left out');
      all = new Map(read.flatMap(([name, stored]) => (stored === null ? [] : [[name, stored] as const])));
    },
    async lock(transaction, name) {
      const { rows } = await transaction.query<Row>(
        `SELECT ${COLUMNS} FROM ${kind} WHERE name = $1 FOR UPDATE`,
        [name],
      );
      return rows[0] === undefined ? null : toStored(rows[0]);
    },
    async save(transaction, value, by) {
      const { rows } = await transaction.query<Row>(
        `INSERT INTO ${kind} (name, definition, updated_by) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET definition = $2, updated_by = $3, updated_at = now(),
           revision = nextval('trap_definition_revision')
         RETURNING ${COLUMNS}`,
        [value.name, JSON.stringify(value), by],
      );
      const stored = rows[0] === undefined ? null : toStored(rows[0]);
      if (stored === null) throw new Error(`${kind} ${value.name} cannot be read back`);
      return stored;
    },
    async remove(transaction, name) {
      await transaction.query(`DELETE FROM ${kind} WHERE name = $1`, [name]);
    },
    publish(name, stored) {
      const next = new Map(all);
      // Of two that committed one right after the other, the later one counts, whoever comes here first.
      if (stored !== null && (all.get(name)?.revision ?? 0) > stored.revision) return;
      if (stored === null) next.delete(name);
      else next.set(name, stored);
      all = next;
      for (const listener of listeners) listener(name);
    },
    onChange: (listener) => void listeners.push(listener),
  };
};
