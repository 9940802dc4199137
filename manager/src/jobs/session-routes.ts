// Routes of sessions and attempts. Responsible for turning requests into calls and rows into answers; decides nothing.
import { viewSession } from '@nezuban/core/jobs/session-view';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import * as z from 'zod';
import type { Clock } from '@nezuban/platform/clock';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { AuditLog, Freezes, Handlers, Inventory } from '../ports.ts';
import type { SettingsPort } from '../settings/settings.ts';
import type { AuthorRights } from './author-rights.ts';
import type { DefinitionCache } from './definition-cache.ts';
import type { Engine } from './engine.ts';
import {
  findRevisionOfSession,
  findSummary,
  listAttempts,
  listSessions,
  summariseListed,
  viewListed,
} from './session-lists.ts';
import { assertReasonGiven, createSessionAccess, requireToOperate, sayNoSession } from './session-access.ts';
import { withSilentAgents } from './silent-agents.ts';
import { loadNewDefinition } from './new-definition.ts';
import type { SessionReader } from './session-reader.ts';

export type SessionRouteServices = {
  readonly database: Database;
  readonly definitions: DefinitionCache;
  readonly engine: Pick<Engine, 'operate'>;
  readonly reader: SessionReader;
  readonly authors: AuthorRights;
  readonly freezes: Pick<Freezes, 'assertMayOverride'>;
  readonly inventory: Pick<Inventory, 'snapshot'>;
  readonly settings: Pick<SettingsPort, 'of'>;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** Since when the agent of a node with running attempts is silent; null: it is not. */
  readonly silentSince: (node: string) => Date | null;
};
type SessionHandlers = Pick<Handlers, 'listSessions' | 'getSession' | 'operateSession' | 'listAttempts'>;

const attemptPositionSchema = z.tuple([z.int(), z.int(), z.int()]);

export const createSessionRoutes = ({
  database,
  definitions,
  engine,
  reader,
  authors,
  freezes,
  inventory,
  settings,
  audit,
  clock,
  silentSince,
}: SessionRouteServices): SessionHandlers => {
  const access = createSessionAccess(database);
  /** A session runs the revision with which it began, whatever has become of the net since. */
  const withRevision = async (detail: SessionDetail): Promise<SessionDetail> => {
    const netRevision = await findRevisionOfSession(database, detail.id);
    return netRevision === null ? detail : { ...detail, netRevision };
  };
  return {
    async listSessions({ query, actor }) {
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
        time: query.time,
        now: clock.epochMs(),
        visible: actor.permissions.netsIn('nets.read', 's.net'),
        limit: query.limit + 1,
      });
      return {
        body: toPage(rows, { limit: query.limit, toItem: summariseListed, positionOf: ({ id }) => id }),
      };
    },
    async getSession({ params, actor }) {
      const body = await reader.read(params.id, (session) => viewSession(session, inventory.snapshot()));
      actor.permissions.requireOnNet('nets.read', body.net, sayNoSession(params.id));
      return { body: withSilentAgents(await withRevision(body), silentSince) };
    },
    async operateSession({ params, body, actor }) {
      const { operation, unit, overrideFreeze = false, ...options } = body;
      await requireToOperate({ access, reader }, { id: params.id, operation, unit }, actor);
      assertReasonGiven(settings, options.reason);
      if (overrideFreeze) {
        const session = await findSummary(database, params.id);
        if (session !== null) freezes.assertMayOverride(session.net, actor);
      }
      const definition =
        operation === 'take_definition'
          ? await loadNewDefinition({ database, definitions, authors, reader }, params.id, {
              revision: options.revision,
              actor,
            })
          : undefined;
      const detail = await engine.operate({
        sessionId: params.id,
        operation,
        unit,
        options,
        ...(definition === undefined ? {} : { definition }),
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
              ...options,
              ...(definition === undefined ? {} : { revision: definition.revision }),
              ...(overrideFreeze ? { overrideFreeze } : {}),
            },
          }),
      });
      return { body: await withRevision(detail) };
    },
    async listAttempts({ params, query, actor }) {
      await access.require('nets.read', params.id, actor);
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
  };
};
