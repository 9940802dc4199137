// Scopes in the database. Responsible for rows alone.
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

export type ScopeRow = {
  readonly name: string;
  readonly title: string | null;
  readonly parent: string | null;
  readonly nodes: readonly string[];
};
export type StoredScope = ScopeRow & {
  readonly revision: number;
  readonly updated_at: Date;
  readonly updated_by: string;
};

const SELECT = `SELECT s.name, s.title, s.parent, s.revision, s.updated_at, s.updated_by,
    coalesce((SELECT array_agg(n.name ORDER BY n.name) FROM scope_node sn JOIN node n ON n.id = sn.node_id WHERE sn.scope = s.name), '{}') AS nodes FROM scope s`;

export const loadScopes = async (database: Database): Promise<StoredScope[]> =>
  await database.query<StoredScope>({ text: SELECT });

/** All scopes as this transaction sees them, none of them changing meanwhile. */
export const lockScopes = async (transaction: Transaction): Promise<Map<string, StoredScope>> => {
  // Small and rarely changed: one lock for all keeps the tree a tree.
  await transaction.query('LOCK TABLE scope IN SHARE ROW EXCLUSIVE MODE');
  const { rows } = await transaction.query<StoredScope>(SELECT);
  return new Map(rows.map((row) => [row.name, row]));
};

/** Those of the names that are no node. */
export const findUnknownNodes = async (
  transaction: Transaction,
  names: readonly string[],
): Promise<Set<string>> => {
  const { rows } = await transaction.query<{ name: string }>(
    'SELECT wanted.name FROM unnest($1::text[]) AS wanted (name) WHERE NOT EXISTS (SELECT FROM node WHERE node.name = wanted.name)',
    [names],
  );
  return new Set(rows.map(({ name }) => name));
};

export const saveScope = async (
  transaction: Transaction,
  scope: ScopeRow,
  by: string,
): Promise<StoredScope> => {
  const { rows } = await transaction.query<Pick<StoredScope, 'revision' | 'updated_at' | 'updated_by'>>(
    `INSERT INTO scope (name, title, parent, updated_by) VALUES ($1, $2, $3, $4)
     ON CONFLICT (name) DO UPDATE
       SET title = $2, parent = $3, updated_by = $4, updated_at = now(), revision = nextval('scope_revision')
     RETURNING revision, updated_at, updated_by`,
    [scope.name, scope.title, scope.parent, by],
  );
  await transaction.query('DELETE FROM scope_node WHERE scope = $1', [scope.name]);
  await transaction.query(
    'INSERT INTO scope_node (scope, node_id) SELECT $1, id FROM node WHERE name = ANY($2::text[])',
    [scope.name, scope.nodes],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('an insert gave no row');
  return { ...scope, ...row };
};

export const deleteScope = async (transaction: Transaction, name: string): Promise<void> => {
  await transaction.query('DELETE FROM scope WHERE name = $1', [name]);
};
