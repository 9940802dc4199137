// Reading the audit log: the list, and the export of all that fits as CSV or as lines of JSON.
import { Readable } from 'node:stream';
import type { AuditEntry } from '@nezuban/protocol/access/views';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { createWhere, textIn } from '../database/where.ts';
import { createSlots } from '../slots.ts';
import { CSV_START, csvLine } from '../http/csv.ts';
import type { StreamHandlers } from '../http/http-ports.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { AuditLog, Handlers } from '../ports.ts';
import { accessLimits } from './access-limits.ts';

type AuditRow = Omit<AuditEntry, 'at'> & { readonly at: Date };
type AuditFilter = {
  readonly q?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

export const createAuditRoutes = (ports: {
  readonly database: Database;
  readonly audit: AuditLog;
}): Pick<Handlers, 'listAudit'> & Pick<StreamHandlers, 'exportAudit'> => {
  const { database, audit } = ports;
  return {
    async listAudit({ query }) {
      const { cursor, limit, ...filter } = query;
      const before = decodeCursor(cursor, z.int());
      const rows = await readAudit(database, { filter, before, limit: limit + 1 });
      return { body: toPage(rows, { limit, toItem: toEntry, positionOf: ({ id }) => id }) };
    },

    async exportAudit({ query, actor }) {
      const { format, ...filter } = query;
      // Who took the whole log away belongs into it; and the export ends before its own entry.
      const { before } = await database.inTransaction(async (transaction) => {
        const { rows } = await transaction.query<{ before: number | null }>(
          'SELECT max(id) AS before FROM audit',
        );
        await audit.record(transaction, {
          actor,
          action: 'exportAudit',
          target: null,
          details: { format, ...filter },
        });
        return { before: (rows[0]?.before ?? 0) + 1 };
      });
      const name = `nezuban-audit.${format === 'csv' ? 'csv' : 'ndjson'}`;
      return {
        stream: Readable.from(lines(database, { filter, before, format }), { objectMode: false }),
        headers: { 'content-disposition': `attachment; filename="${name}"` },
      };
    },
  };
};

/** A text is compared with every entry: few do that at once, so that all others find a connection. */
const searches = createSlots({ atOnce: 2, waitingMax: 6, what: 'searches' });

const readAudit = async (
  database: Database,
  asked: { readonly filter: AuditFilter; readonly before: number | undefined; readonly limit: number },
): Promise<AuditRow[]> => {
  const { q, actor, action, target, from, to } = asked.filter;
  const where = createWhere();
  where.addIf(asked.before, (id, place) => `id < ${place(id)}`);
  where.addIf(actor, (value, place) => `actor = ${place(value)}`);
  where.addIf(action, (value, place) => `action = ${place(value)}`);
  where.addIf(target, (value, place) => `target = ${place(value)}`);
  where.addIf(from, (value, place) => `at >= ${place(value)}`);
  where.addIf(to, (value, place) => `at < ${place(value)}`);
  if (q !== undefined && q !== '') where.add(textIn(['actor', 'action', 'target', 'details::text'], q));
  const read = async (): Promise<AuditRow[]> =>
    await database.query<AuditRow>({
      text: `SELECT id, at, actor, action, target, details, address FROM audit ${where.sql()} ORDER BY id DESC LIMIT ${where.place(asked.limit)}`,
      values: where.values,
    });
  return q === undefined ? await read() : await searches.run(read);
};

/** Page after page as the reader takes them: memory holds one. */
async function* lines(
  database: Database,
  asked: { readonly filter: AuditFilter; readonly before: number; readonly format: 'csv' | 'ndjson' },
): AsyncGenerator<string> {
  const isCsv = asked.format === 'csv';
  if (isCsv) yield CSV_START + csvLine(['id', 'at', 'actor', 'address', 'action', 'target', 'details']);
  let { before } = asked;
  for (;;) {
    const rows = await readAudit(database, {
      filter: asked.filter,
      before,
      limit: accessLimits.auditExportRows,
    });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => (isCsv ? toCsv(toEntry(row)) : `${JSON.stringify(toEntry(row))}\n`)).join('');
    if (rows.length < accessLimits.auditExportRows) return;
    before = last.id;
  }
}

const toCsv = ({ id, at, actor, address, action, target, details }: AuditEntry): string =>
  csvLine([id, at, actor, address, action, target, JSON.stringify(details)]);

const toEntry = (row: AuditRow): AuditEntry => ({ ...row, at: row.at.toISOString() });
