// Operations on scopes. What a change may be is decided in scope-changes.ts.
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { Handlers } from '../ports.ts';
import { toScopeView } from './node-registry.ts';
import type { NodeRegistry } from './node-registry.ts';
import { noSuchScope } from './scope-changes.ts';
import type { ScopeChanges } from './scope-changes.ts';

export type ScopeRoutesPorts = {
  readonly database: Database;
  readonly registry: NodeRegistry;
  readonly changes: ScopeChanges;
};

export type ScopeRoutes = Pick<Handlers, 'listScopes' | 'getScope' | 'putScope' | 'deleteScope'>;

export const createScopeRoutes = ({ database, registry, changes }: ScopeRoutesPorts): ScopeRoutes => ({
  async listScopes({ query, actor }) {
    const after = decodeCursor(query.cursor, z.string());
    const names = [...registry.scopes().keys()]
      .filter((name) => after === undefined || name > after)
      .filter((name) => actor.permissions.onScope('nodes.read', name))
      .sort()
      .slice(0, query.limit + 1);
    const page = toPage(names, {
      limit: query.limit,
      toItem: (name) => registry.scopeView(name),
      positionOf: (name) => name,
    });
    return { body: { ...page, items: page.items.filter((view) => view !== null) } };
  },

  async getScope({ params, actor }) {
    const view = registry.scopeView(params.name);
    if (view === null || !actor.permissions.onScope('nodes.read', params.name))
      throw noSuchScope(params.name);
    return { body: view, revision: view.revision };
  },

  async putScope({ params, body, expected, actor }) {
    const { stored, afterCommit } = await database.inTransaction((transaction) =>
      changes.put(transaction, { scope: { name: params.name, ...body }, expected, actor }),
    );
    afterCommit();
    return { body: toScopeView(stored), revision: stored.revision };
  },

  async deleteScope({ params, expected, actor }) {
    const afterCommit = await database.inTransaction((transaction) =>
      changes.remove(transaction, { name: params.name, expected, actor }),
    );
    afterCommit();
    return { body: undefined };
  },
});
