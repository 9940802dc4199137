// Queues, locks and limits of nodes in the database. Responsible for rows alone. Called by limit-changes.ts and at the start.
import type { Logger } from '@nezuban/platform/logger';
import {
  limitDefinitionSchema,
  limitPauseSchema,
  type LimitDefinition,
  type LimitKind,
  type LimitPause,
} from '@nezuban/protocol/jobs/control/limit';
import type { Database } from '../../database/database.ts';
import type { Transaction } from '../../ports.ts';

export type StoredLimit = {
  readonly definition: LimitDefinition;
  readonly paused: LimitPause | null;
  readonly revision: number;
};

type Row = {
  readonly kind: LimitKind;
  readonly name: string;
  readonly definition: unknown;
  readonly paused: unknown;
  readonly revision: number;
};

const COLUMNS = 'kind, name, definition, paused, revision';

export const loadLimits = async (database: Database, logger: Logger): Promise<StoredLimit[]> => {
  const rows = await database.query<Row>({ text: `SELECT ${COLUMNS} FROM job_limit ORDER BY kind, name` });
  return rows.flatMap((row) => {
    const stored = toStored(row);
    // What a newer release wrote must not keep this one from starting.
    if (stored === null)
      logger.error({ kind: row.kind, name: row.name }, 'A limit cannot be read; it is left out');
    return stored ?? [];
  });
};

/** The one in the database, held against other changes until the end of the transaction. */
export const lockLimit = async (
  transaction: Transaction,
  kind: LimitKind,
  name: string,
): Promise<StoredLimit | null> => {
  const { rows } = await transaction.query<Row>(
    `SELECT ${COLUMNS} FROM job_limit WHERE kind = $1 AND name = $2 FOR UPDATE`,
    [kind, name],
  );
  return rows[0] === undefined ? null : toStored(rows[0]);
};

export const saveLimit = async (
  transaction: Transaction,
  { definition, by, at }: { readonly definition: LimitDefinition; readonly by: string; readonly at: Date },
): Promise<StoredLimit> => {
  const { rows } = await transaction.query<Row>(
    `INSERT INTO job_limit (kind, name, definition, revision, updated_at, updated_by) VALUES ($1, $2, $3, 1, $4, $5)
     ON CONFLICT (kind, name) DO UPDATE SET definition = $3, revision = job_limit.revision + 1, updated_at = $4, updated_by = $5
     RETURNING ${COLUMNS}`,
    [definition.kind, definition.name, JSON.stringify(definition), at, by],
  );
  const stored = rows[0] === undefined ? null : toStored(rows[0]);
  if (stored === null) throw new Error(`the ${definition.kind} ${definition.name} cannot be read back`);
  return stored;
};

export const savePause = async (
  transaction: Transaction,
  { definition: { kind, name } }: StoredLimit,
  paused: LimitPause | null,
): Promise<void> => {
  await transaction.query('UPDATE job_limit SET paused = $3 WHERE kind = $1 AND name = $2', [
    kind,
    name,
    paused === null ? null : JSON.stringify(paused),
  ]);
};

export const removeLimit = async (transaction: Transaction, kind: LimitKind, name: string): Promise<void> => {
  await transaction.query('DELETE FROM job_limit WHERE kind = $1 AND name = $2', [kind, name]);
};

const toStored = ({ definition, paused, revision }: Row): StoredLimit | null => {
  const { data } = limitDefinitionSchema.safeParse(definition);
  if (data === undefined) return null;
  return { definition: data, paused: limitPauseSchema.safeParse(paused).data ?? null, revision };
};
