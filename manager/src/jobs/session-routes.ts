// Routes of sessions and attempts. Responsible for turning requests into calls and rows into answers; decides nothing.
import { viewSession } from '@nezuban/core/jobs/session-view';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { AuditLog, Freezes, Handlers } from '../ports.ts';
import type { DefinitionCache } from './definition-cache.ts';
import type { Engine } from './engine.ts';
import { findSummary, listAttempts, listSessions, summariseListed, viewListed } from './session-lists.ts';
import type { SessionReader } from './session-reader.ts';

export type SessionRouteServices = {
  readonly database: Database;
  readonly definitions: DefinitionCache;
  readonly engine: Pick<Engine, 'operate'>;
  readonly reader: SessionReader;
  readonly freezes: Pick<Freezes, 'assertMayOverride'>;
  readonly audit: AuditLog;
};
type SessionHandlers = Pick<Handlers, 'listSessions' | 'getSession' | 'operateSession' | 'listAttempts'>;

const attemptPositionSchema = z.tuple([z.int(), z.int(), z.int()]);

export const createSessionRoutes = ({
  database,
  definitions,
  engine,
  reader,
  freezes,
  audit,
}: SessionRouteServices): SessionHandlers => ({
  async listSessions({ query }) {
    const before = decodeCursor(query.cursor, z.int());
    const rows = await listSessions(database, {
      before,
      net: query.net,
      folder: query.folder,
      states: query.state,
      endStatuses: query.end_status,
      triggers: query.trigger,
      text: query.q,
      from: query.from,
      to: query.to,
      limit: query.limit + 1,
    });
    return {
      body: toPage(rows, { limit: query.limit, toItem: summariseListed, positionOf: ({ id }) => id }),
    };
  },
  async getSession({ params }) {
    return { body: await reader.read(params.id, viewSession) };
  },
  async operateSession({ params, body, actor }) {
    const { operation, unit } = body;
    const overrideFreeze = body.overrideFreeze ?? false;
    if (overrideFreeze) {
      const session = await findSummary(database, params.id);
      if (session !== null) freezes.assertMayOverride(session.net, actor);
    }
    const detail = await engine.operate({
      sessionId: params.id,
      operation,
      unit,
      actor: actor.name,
      overrideFreeze,
      alsoWrite: async (transaction) =>
        audit.record(transaction, {
          actor,
          action: 'operateSession',
          target: String(params.id),
          details: {
            operation,
            ...(unit === undefined ? {} : { unit }),
            ...(overrideFreeze ? { overrideFreeze } : {}),
          },
        }),
    });
    return { body: detail };
  },
  async listAttempts({ params, query }) {
    const before = decodeCursor(query.cursor, attemptPositionSchema);
    const rows = await listAttempts(
      { database, definitions },
      { id: params.id, unit: query.unit, before, limit: query.limit + 1 },
    );
    return {
      body: toPage(rows, {
        limit: query.limit,
        toItem: viewListed,
        positionOf: (row) => [row.run, row.try, row.node_index],
      }),
    };
  },
});
