// Sessions in the database: what the engine commits, and what it takes up again.
// Responsible for writing the changes of a whole batch in a handful of statements, and for loading sessions with their rows.
// Not responsible for transactions (the engine owns them) nor for lists and pages (`session-lists.ts`).
import type { NetPlan } from '@nezuban/core/jobs/net-plan';
import type { SessionHistory } from '@nezuban/core/jobs/session-inputs';
import type { AttemptRow, SessionRows, UnitRow } from '@nezuban/core/jobs/session-state';
import type { CodedError } from '@nezuban/protocol/errors';
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import type pg from 'pg';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import { formatAttemptId } from './attempt-key.ts';
import type { BulkStatement } from '../database/bulk-statement.ts';
import type { DefinitionCache } from './definition-cache.ts';
import { loadSessionHistory } from './session-history.ts';
import { sessionNotFound } from './removed-sessions.ts';
import {
  insertAttempts,
  insertPlainAttempts,
  insertPlainUnits,
  insertSessions,
  insertUnits,
  isPlainEnd,
  isPlainNewAttempt,
  isPlainUnit,
  toAttemptRow,
  toSessionRow,
  toUnitRow,
  updateClosedAttempts,
  updateOpenAttempts,
  updatePlainEnds,
  updatePlainUnits,
  updateSessions,
  updateUnits,
  updateExtras,
  type AttemptWrite,
  type SessionExtras,
  type SessionWrite,
  type StoredAttempt,
  type StoredSession,
  type StoredUnit,
  type UnitWrite,
} from './session-statements.ts';

/** Rows of one transaction, those of new rows apart: an insert that need not look for an older row costs half. */
export type SessionWrites = {
  readonly newSessions: SessionWrite[];
  readonly sessions: SessionWrite[];
  readonly newUnits: UnitWrite[];
  readonly units: UnitWrite[];
  readonly newAttempts: AttemptWrite[];
  readonly openAttempts: AttemptWrite[];
  readonly closedAttempts: AttemptWrite[];
  /** What few sessions have. */
  readonly extras: SessionExtras[];
};

export const noWrites = (): SessionWrites => ({
  newSessions: [],
  sessions: [],
  newUnits: [],
  units: [],
  newAttempts: [],
  openAttempts: [],
  closedAttempts: [],
  extras: [],
});

export type LoadedSession = {
  readonly rows: SessionRows;
  readonly plan: NetPlan;
  readonly netRevision: number;
  readonly secretBox: Buffer | null;
};

export type UnheardCancel = {
  readonly attemptId: AttemptId;
  readonly node: string;
  readonly isKill: boolean;
};
type UnheardCancelRow = {
  readonly session_id: SessionId;
  readonly nonce: string;
  readonly unit: number;
  readonly run: number;
  readonly node_index: number;
  readonly try: number;
  readonly node: string;
  readonly kill_requested: boolean;
};
/** Attempts that operators have closed and whose agents have never come back: more than that many of a manager are not given to hands. */
const UNHEARD_MAX = 10_000;

export type SessionStore = {
  /** Sends all statements at once; resolves when all are done. */
  readonly write: (transaction: Transaction, writes: SessionWrites) => Promise<void>;
  readonly highestId: () => Promise<number>;
  /** Ids of sessions that have not ended, rising. */
  readonly unfinishedIds: () => Promise<SessionId[]>;
  /** Those of the given ids that exist. */
  readonly load: (ids: readonly SessionId[]) => Promise<LoadedSession[]>;
  /**
   * Those of the given ids that are not there (any more). The others stay to the end of the transaction: retention waits for it.
   */
  readonly findMissing: (transaction: Transaction, ids: readonly SessionId[]) => Promise<SessionId[]>;
  /** Those of them with an attempt that was closed by hand and of which its agent has not told the end. */
  readonly findClosedByHand: (ids: readonly SessionId[]) => Promise<SessionId[]>;
  /** Cancels of attempts that were closed by hand in sessions that have ended since: nobody has heard that they are through. The oldest. */
  readonly unheardCancels: () => Promise<readonly UnheardCancel[]>;
  /** How earlier sessions of the net went. */
  readonly history: (plan: NetPlan) => Promise<SessionHistory>;
  /** The error for a session that is not there: never was, or was too old. */
  readonly notFound: (id: SessionId) => Promise<CodedError>;
};

export const createSessionStore = (database: Database, definitions: DefinitionCache): SessionStore => ({
  async write(transaction, writes) {
    const statements = statementsOf(writes).map(async (statement) => await transaction.query(statement));
    await Promise.all(statements);
  },
  async highestId() {
    // Ids of sessions that retention has removed stay used.
    const [row] = await database.query<{ id: number | null }>({
      text: 'SELECT greatest((SELECT max(id) FROM session), (SELECT max(end_id) - 1 FROM session_range WHERE removed_at IS NOT NULL)) AS id',
    });
    return row?.id ?? 0;
  },
  async unfinishedIds() {
    const rows = await database.query<{ id: SessionId }>({
      text: "SELECT id FROM session WHERE state IN ('running', 'stopping') ORDER BY id",
    });
    return rows.map(({ id }) => id);
  },
  async findMissing(transaction, ids) {
    const { rows } = await transaction.query<{ id: SessionId }>(
      'SELECT id FROM unnest($1::bigint[]) AS asked (id) WHERE NOT EXISTS (SELECT FROM session WHERE session.id = asked.id)',
      [ids],
    );
    return rows.map(({ id }) => id);
  },
  async findClosedByHand(ids) {
    const rows = await database.query<{ session_id: SessionId }>({
      name: 'attempts_closed_by_hand',
      text: "SELECT DISTINCT session_id FROM attempt WHERE session_id = ANY ($1) AND by_hand IS NOT NULL AND by_hand->>'late' IS NULL",
      values: [ids],
    });
    return rows.map(({ session_id }) => session_id);
  },
  async unheardCancels() {
    const rows = await database.query<UnheardCancelRow>({
      text: `SELECT a.session_id, s.nonce, a.unit, a.run, a.node_index, a.try, a.node, a.kill_requested FROM attempt a JOIN session s ON s.id = a.session_id
             WHERE a.by_hand IS NOT NULL AND a.by_hand->>'late' IS NULL AND a.cancel_requested AND s.state NOT IN ('running', 'stopping')
             ORDER BY a.session_id LIMIT $1`,
      values: [UNHEARD_MAX],
    });
    return rows.map((row) => ({
      attemptId: formatAttemptId({
        sessionId: row.session_id,
        nonce: row.nonce,
        unit: row.unit,
        run: row.run,
        nodeIndex: row.node_index,
        try: row.try,
      }),
      node: row.node,
      isKill: row.kill_requested,
    }));
  },
  history: async (plan) => await loadSessionHistory({ database, definitions }, plan),
  notFound: async (id) => await sessionNotFound(database, id),
  async load(ids) {
    if (ids.length === 0) return [];
    const [sessions, units, attempts] = await Promise.all([
      database.query<StoredSession>({
        name: 'load_sessions',
        text: 'SELECT * FROM session WHERE id = ANY ($1) AND id BETWEEN $2 AND $3',
        values: [ids, Math.min(...ids), Math.max(...ids)],
      }),
      database.query<StoredUnit>({
        name: 'load_units',
        text: 'SELECT * FROM session_unit WHERE session_id = ANY ($1) AND session_id BETWEEN $2 AND $3',
        values: [ids, Math.min(...ids), Math.max(...ids)],
      }),
      database.query<StoredAttempt>({
        name: 'load_attempts',
        text: 'SELECT * FROM attempt WHERE session_id = ANY ($1) AND session_id BETWEEN $2 AND $3',
        values: [ids, Math.min(...ids), Math.max(...ids)],
      }),
    ]);
    const unitsOf = Map.groupBy(units, ({ session_id }) => session_id);
    const attemptsOf = Map.groupBy(attempts, ({ session_id }) => session_id);
    return await Promise.all(
      sessions.map(async (stored) => ({
        plan: await definitions.loadPlan({
          net: stored.net,
          revision: stored.net_revision,
          references: stored.net_references,
          numbers: stored.unit_numbers,
        }),
        netRevision: stored.net_revision,
        secretBox: stored.secret_box,
        rows: {
          session: toSessionRow(stored),
          units: (unitsOf.get(stored.id) ?? []).map((unit): UnitRow => toUnitRow(unit)),
          attempts: (attemptsOf.get(stored.id) ?? []).map((attempt): AttemptRow =>
            toAttemptRow(attempt, stored.nonce),
          ),
        },
      })),
    );
  },
});

const statementsOf = (writes: SessionWrites): pg.QueryConfig<string[]>[] => {
  const [newPlainUnits, newOtherUnits] = partition(writes.newUnits, isPlainUnit);
  const [plainUnits, otherUnits] = partition(writes.units, isPlainUnit);
  const [newPlainAttempts, newOtherAttempts] = partition(writes.newAttempts, isPlainNewAttempt);
  const [plainEnds, otherEnds] = partition(writes.closedAttempts, isPlainEnd);
  return [
    ...statement(insertSessions, writes.newSessions),
    ...statement(updateSessions, writes.sessions),
    ...statement(insertPlainUnits, newPlainUnits),
    ...statement(insertUnits, newOtherUnits),
    ...statement(updatePlainUnits, plainUnits),
    ...statement(updateUnits, otherUnits),
    ...statement(insertPlainAttempts, newPlainAttempts),
    ...statement(insertAttempts, newOtherAttempts),
    ...statement(updateOpenAttempts, writes.openAttempts),
    ...statement(updatePlainEnds, plainEnds),
    ...statement(updateClosedAttempts, otherEnds),
    ...writes.extras.map(updateExtras),
  ];
};

const statement = <Row>(make: BulkStatement<Row>, rows: readonly Row[]): pg.QueryConfig<string[]>[] =>
  rows.length === 0 ? [] : [make(rows)];

const partition = <Row>(rows: readonly Row[], holds: (row: Row) => boolean): readonly [Row[], Row[]] => {
  const parts: [Row[], Row[]] = [[], []];
  for (const row of rows) parts[holds(row) ? 0 : 1].push(row);
  return parts;
};
