// The audit log: who changed what, from where.
// Responsible for writing entries in the caller's transaction, so that there is no change without its entry, and for listing them.
import type { Logger } from '@nezuban/platform/logger';
import { redactSecrets } from '@nezuban/platform/redact';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { AuditLog, Handlers } from '../ports.ts';

type AuditRow = {
  readonly id: number;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly target: string | null;
  readonly details: Record<string, unknown>;
  readonly address: string | null;
};

export const createAuditLog = (logger: Logger): AuditLog => ({
  async record(transaction, { actor, action, target, details }) {
    // Secrets do not belong into details; a slip must not put one where it can be read for ever.
    const safe = redactSecrets(details);
    await transaction.query(
      'INSERT INTO audit (actor, action, target, details, address) VALUES ($1, $2, $3, $4, $5)',
      [actor.name, action, target, JSON.stringify(safe), actor.address],
    );
    logger.debug({ actor: actor.name, action, target }, 'Audit entry written');
  },
});

export const createAuditRoutes = (database: Database): Pick<Handlers, 'listAudit'> => ({
  async listAudit({ query }) {
    const before = decodeCursor(query.cursor, z.int());
    const rows = await database.query<AuditRow>({
      text: `SELECT id, at, actor, action, target, details, address FROM audit
             WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR actor = $2) AND ($3::text IS NULL OR action = $3)
             ORDER BY id DESC LIMIT $4`,
      values: [before ?? null, query.actor ?? null, query.action ?? null, query.limit + 1],
    });
    return {
      body: toPage(rows, {
        limit: query.limit,
        toItem: (row) => ({ ...row, at: row.at.toISOString() }),
        positionOf: ({ id }) => id,
      }),
    };
  },
});
