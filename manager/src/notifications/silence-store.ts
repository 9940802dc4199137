// Silences in the database, and those that are open in memory, where decisions see them. The copy changes only after a commit.
import { eventMatchSchema } from '@nezuban/protocol/notifications/event-match';
import type { ActiveSilence } from '@nezuban/core/notifications/configuration';
import type { SilenceView } from '@nezuban/protocol/api/notification-operations';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

type SilenceRow = {
  readonly id: number;
  readonly match: unknown;
  readonly reason: string;
  readonly from_at: Date;
  readonly until: Date;
  readonly made_by: string;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
};
const COLUMNS = 'id, match, reason, from_at, until, made_by, ended_at, ended_by';

export type SilenceStore = {
  /** As last committed; those that have ended since the last change are among them. */
  readonly open: () => readonly ActiveSilence[];
  load(): Promise<void>;
  list(filter: {
    readonly open: boolean;
    readonly beforeId: number | undefined;
    readonly limit: number;
  }): Promise<readonly SilenceView[]>;
  add(
    transaction: Transaction,
    silence: {
      readonly match: ActiveSilence['match'];
      readonly reason: string;
      readonly until: Date;
      readonly by: string;
    },
  ): Promise<SilenceView>;
  /** Null: there is none. One that has ended stays as it is. */
  end(
    transaction: Transaction,
    what: { readonly id: number; readonly by: string },
  ): Promise<{ readonly silence: SilenceView; readonly changed: boolean } | null>;
};

export const createSilenceStore = ({ database }: { readonly database: Database }): SilenceStore => {
  let open: readonly ActiveSilence[] = [];
  return {
    open: () => open,
    async load() {
      const rows = await database.query<SilenceRow>({
        text: `SELECT ${COLUMNS} FROM silence WHERE ended_at IS NULL AND until > now() ORDER BY id`,
      });
      open = rows.map(toActive);
    },
    async list(filter) {
      const rows = await database.query<SilenceRow>({
        text: `SELECT ${COLUMNS} FROM silence WHERE ($1::bigint IS NULL OR id < $1) AND (NOT $2 OR (ended_at IS NULL AND until > now()))
               ORDER BY id DESC LIMIT $3`,
        values: [filter.beforeId ?? null, filter.open, filter.limit],
      });
      return rows.map(toView);
    },
    async add(transaction, { match, reason, until, by }) {
      const { rows } = await transaction.query<SilenceRow>(
        `INSERT INTO silence (match, reason, until, made_by) VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
        [JSON.stringify(match), reason, until, by],
      );
      const [row] = rows;
      if (row === undefined) throw new Error('An insert gave no row');
      return toView(row);
    },
    async end(transaction, { id, by }) {
      const { rows } = await transaction.query<SilenceRow>(
        `UPDATE silence SET ended_at = now(), ended_by = $2 WHERE id = $1 AND ended_at IS NULL AND until > now() RETURNING ${COLUMNS}`,
        [id, by],
      );
      if (rows[0] !== undefined) return { silence: toView(rows[0]), changed: true };
      const there = await transaction.query<SilenceRow>(`SELECT ${COLUMNS} FROM silence WHERE id = $1`, [id]);
      return there.rows[0] === undefined ? null : { silence: toView(there.rows[0]), changed: false };
    },
  };
};

const toActive = (row: SilenceRow): ActiveSilence => ({
  id: row.id,
  match: eventMatchSchema.parse(row.match),
  fromMs: row.from_at.getTime(),
  untilMs: row.until.getTime(),
});

const toView = (row: SilenceRow): SilenceView => ({
  id: row.id,
  match: eventMatchSchema.parse(row.match),
  reason: row.reason,
  from: row.from_at.toISOString(),
  until: row.until.toISOString(),
  by: row.made_by,
  endedAt: row.ended_at?.toISOString() ?? null,
  endedBy: row.ended_by,
});
