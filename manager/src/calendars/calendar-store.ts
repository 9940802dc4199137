// Calendars in the database, and the copy in memory that schedules and rules ask.
// Responsible for rows and revisions. The copy changes only after a commit; what a change means is calendar-changes.ts.
import { createCalendarBook, type CalendarBook } from '@nezuban/core/calendars/calendar';
import type { Logger } from '@nezuban/platform/logger';
import { calendarSchema, type CalendarDefinition } from '@nezuban/protocol/calendars/calendar';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';

export type StoredCalendar = {
  readonly value: CalendarDefinition;
  readonly revision: number;
  readonly updatedAt: Date;
  readonly updatedBy: string;
  /** `2026-12-31`: the last day of its lists of which it was told that it comes near. */
  readonly endToldFor: string | null;
};
export type StoredCalendars = ReadonlyMap<string, StoredCalendar>;

type Row = {
  readonly name: string;
  readonly definition: unknown;
  readonly revision: number;
  readonly updated_at: Date;
  readonly updated_by: string;
  readonly end_told_for: string | null;
};

export type CalendarStore = {
  /** All as last committed, by name. */
  readonly all: () => StoredCalendars;
  readonly book: () => CalendarBook;
  /** The highest revision that the copy has seen. */
  readonly newest: () => number;
  load(): Promise<void>;
  /** All in the database, as the transaction sees them. */
  readAll(transaction: Transaction): Promise<StoredCalendars>;
  /** The one in the database, locked until the end of the transaction. */
  lock(transaction: Transaction, name: string): Promise<StoredCalendar | null>;
  /** It is there, and is not deleted before the transaction ends. */
  exists(transaction: Transaction, name: string): Promise<boolean>;
  /** Writes it and gives it back with its new revision. `publish` it after the commit. */
  save(transaction: Transaction, value: CalendarDefinition, by: string): Promise<StoredCalendar>;
  remove(transaction: Transaction, name: string): Promise<void>;
  saveEndTold(transaction: Transaction, name: string, day: string): Promise<void>;
  publish(name: string, stored: StoredCalendar | null): void;
};

const COLUMNS =
  "name, definition, revision, updated_at, updated_by, to_char(end_told_for, 'YYYY-MM-DD') AS end_told_for";

export const createCalendarStore = ({
  database,
  logger,
}: {
  readonly database: Database;
  readonly logger: Logger;
}): CalendarStore => {
  let all: StoredCalendars = new Map();
  let book = createCalendarBook(new Map());
  let newest = 0;

  const take = (next: StoredCalendars): void => {
    all = next;
    book = createCalendarBook(definitionsOf(next));
    for (const { revision } of next.values()) newest = Math.max(newest, revision);
  };
  const toAll = (rows: readonly Row[]): StoredCalendars =>
    new Map(
      rows.flatMap((row) => {
        const stored = toStored(row);
        // What a newer release wrote must not keep this one from starting.
        if (stored === null)
          logger.error({ calendar: row.name }, 'A calendar cannot be read; it is left out');
        return stored === null ? [] : [[row.name, stored] as const];
      }),
    );

  return {
    all: () => all,
    book: () => book,
    newest: () => newest,
    async load() {
      const rows = await database.query<Row>({ text: `SELECT ${COLUMNS} FROM calendar ORDER BY name` });
      take(toAll(rows));
    },
    async readAll(transaction) {
      const { rows } = await transaction.query<Row>(`SELECT ${COLUMNS} FROM calendar ORDER BY name`);
      return toAll(rows);
    },
    async lock(transaction, name) {
      const { rows } = await transaction.query<Row>(
        `SELECT ${COLUMNS} FROM calendar WHERE name = $1 FOR UPDATE`,
        [name],
      );
      return rows[0] === undefined ? null : toStored(rows[0]);
    },
    async exists(transaction, name) {
      const { rowCount } = await transaction.query('SELECT 1 FROM calendar WHERE name = $1 FOR KEY SHARE', [
        name,
      ]);
      return rowCount !== 0;
    },
    async save(transaction, value, by) {
      const { rows } = await transaction.query<Row>(
        `INSERT INTO calendar (name, definition, updated_by) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET definition = $2, updated_by = $3, updated_at = now(),
           revision = nextval('calendar_revision')
         RETURNING ${COLUMNS}`,
        [value.name, JSON.stringify(value), by],
      );
      const stored = rows[0] === undefined ? null : toStored(rows[0]);
      if (stored === null) throw new Error(`Calendar ${value.name} cannot be read back`);
      return stored;
    },
    async remove(transaction, name) {
      await transaction.query('DELETE FROM calendar WHERE name = $1', [name]);
    },
    async saveEndTold(transaction, name, day) {
      await transaction.query('UPDATE calendar SET end_told_for = $2 WHERE name = $1', [name, day]);
    },
    publish(name, stored) {
      const next = new Map(all);
      // Of two that committed one right after the other, the later one counts, whoever comes here first.
      if (stored !== null && (all.get(name)?.revision ?? 0) > stored.revision) return;
      if (stored === null) next.delete(name);
      else next.set(name, stored);
      take(next);
    },
  };
};

export const definitionsOf = (stored: StoredCalendars): ReadonlyMap<string, CalendarDefinition> =>
  new Map([...stored].map(([name, { value }]) => [name, value]));

const toStored = (row: Row): StoredCalendar | null => {
  const { data } = calendarSchema.safeParse(row.definition);
  return data === undefined
    ? null
    : {
        value: data,
        revision: row.revision,
        updatedAt: row.updated_at,
        updatedBy: row.updated_by,
        endToldFor: row.end_told_for,
      };
};
