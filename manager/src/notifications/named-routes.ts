// Operations on inhibitions and escalations: lists, put and delete.
import { issueOf, type PathIssue } from '@nezuban/core/definitions/path-issue';
import { judgeEscalation, judgeInhibition } from '@nezuban/core/notifications/judge-notification';
import { CodedError } from '@nezuban/protocol/errors';
import type { Escalation } from '@nezuban/protocol/notifications/escalation';
import type { Inhibition } from '@nezuban/protocol/notifications/inhibition';
import { say } from '@nezuban/protocol/sentences/sentence';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { Actor, Handlers } from '../ports.ts';
import type { Expected } from './expected.ts';
import type { NamedChanges } from './named-changes.ts';
import type { NamedStore, StoredNamed } from './named-store.ts';

export type NamedDomain<Value> = {
  readonly store: NamedStore<Value>;
  readonly changes: NamedChanges<Value>;
};

export type NamedRoutesPorts = {
  readonly database: Database;
  readonly inhibitions: NamedDomain<Inhibition>;
  readonly escalations: NamedDomain<Escalation>;
};

type NamedRoutes = Pick<
  Handlers,
  | 'listInhibitions'
  | 'putInhibition'
  | 'deleteInhibition'
  | 'listEscalations'
  | 'putEscalation'
  | 'deleteEscalation'
>;

export const createNamedRoutes = ({ database, inhibitions, escalations }: NamedRoutesPorts): NamedRoutes => {
  const put = async <Value extends { readonly name: string }>(
    { changes }: NamedDomain<Value>,
    request: {
      readonly value: Value;
      readonly name: string;
      readonly issues: readonly PathIssue[];
      readonly expected: Expected;
      readonly actor: Actor;
    },
  ): Promise<StoredNamed<Value>> => {
    const { value, name, expected, actor } = request;
    const issues: readonly PathIssue[] =
      value.name === name
        ? request.issues
        : [{ path: ['name'], ...say('other_name', { name: value.name, address: name }) }];
    if (issues.length > 0)
      throw new CodedError('invalid_definition', say('problem_cannot_be_stored_as_it_is', { name }), {
        issues: issues.map(issueOf),
      });
    const applied = await database.inTransaction((transaction) =>
      changes.put(transaction, { value, expected, actor }),
    );
    applied.afterCommit();
    return applied.stored;
  };
  const remove = async <Value>(
    { changes }: NamedDomain<Value>,
    request: { readonly name: string; readonly expected: Expected; readonly actor: Actor },
  ): Promise<{ readonly body: undefined }> => {
    const afterCommit = await database.inTransaction((transaction) => changes.remove(transaction, request));
    afterCommit();
    return { body: undefined };
  };
  return {
    listInhibitions: ({ query }) =>
      Promise.resolve({ body: pageOf(inhibitions.store, query, inhibitionView) }),
    async putInhibition({ params, body, expected, actor }) {
      const issues = judgeInhibition(body);
      const stored = await put(inhibitions, { value: body, name: params.name, issues, expected, actor });
      return { body: inhibitionView(stored), revision: stored.revision };
    },
    deleteInhibition: ({ params, expected, actor }) =>
      remove(inhibitions, { name: params.name, expected, actor }),
    listEscalations: ({ query }) =>
      Promise.resolve({ body: pageOf(escalations.store, query, escalationView) }),
    async putEscalation({ params, body, expected, actor }) {
      const issues = judgeEscalation(body);
      const stored = await put(escalations, { value: body, name: params.name, issues, expected, actor });
      return { body: escalationView(stored), revision: stored.revision };
    },
    deleteEscalation: ({ params, expected, actor }) =>
      remove(escalations, { name: params.name, expected, actor }),
  };
};

const pageOf = <Value, Item>(
  store: NamedStore<Value & { readonly name: string }> | NamedStore<Value>,
  query: { readonly cursor?: string | undefined; readonly limit: number },
  toItem: (stored: StoredNamed<Value>) => Item,
) => {
  const after = decodeCursor(query.cursor, z.string());
  const found = [...(store as NamedStore<Value>).all()]
    .filter(([name]) => after === undefined || name > after)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, query.limit + 1);
  return toPage(found, {
    limit: query.limit,
    toItem: ([, stored]) => toItem(stored),
    positionOf: ([name]) => name,
  });
};

const revisionOf = ({ revision, updatedAt, updatedBy }: Omit<StoredNamed<unknown>, 'value'>) => ({
  revision,
  updatedAt: updatedAt.toISOString(),
  updatedBy,
});
const inhibitionView = (stored: StoredNamed<Inhibition>) => ({
  inhibition: stored.value,
  ...revisionOf(stored),
});
const escalationView = (stored: StoredNamed<Escalation>) => ({
  escalation: stored.value,
  ...revisionOf(stored),
});
