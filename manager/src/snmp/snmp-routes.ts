// Operations on MIB modules, OIDs, users of SNMPv3 and tokens for custom traps.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { MibModule } from '@nezuban/core/traps/mib/mib-module';
import { fullSymbolOf, type OidEntry } from '@nezuban/core/traps/mib/oid-names';
import { CodedError } from '@nezuban/protocol/errors';
import type { MibView, OidView, SnmpUserView } from '@nezuban/protocol/traps/snmp-names';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { Handlers } from '../ports.ts';
import { findMib } from './mib-store.ts';
import type { KnownMib, Mibs } from './mibs.ts';
import type { StoredUser, TokenRow } from './snmp-user-store.ts';
import type { TrapSecretChanges } from './trap-secrets.ts';

type SnmpRoutes = Pick<
  Handlers,
  | 'listMibs'
  | 'uploadMibs'
  | 'getMib'
  | 'deleteMib'
  | 'browseOids'
  | 'searchOids'
  | 'translateOid'
  | 'listSnmpUsers'
  | 'putSnmpUser'
  | 'deleteSnmpUser'
  | 'listTrapTokens'
  | 'createTrapToken'
  | 'deleteTrapToken'
>;

/** A node of the tree may have many thousand; more than that nobody reads. */
const CHILDREN_MAX = 5_000;

export const createSnmpRoutes = (ports: {
  readonly database: Database;
  readonly mibs: Mibs;
  readonly secrets: TrapSecretChanges;
}): SnmpRoutes => {
  const { database, mibs, secrets } = ports;

  const viewMib = (module: MibModule, known: KnownMib | null): MibView => ({
    name: module.name,
    fileName: known?.fileName ?? null,
    uploadedAt: known?.uploadedAt.toISOString() ?? null,
    uploadedBy: known?.uploadedBy ?? null,
    definitions: module.definitions.length,
    problems: problemsOf(module),
  });
  const problemsOf = (module: MibModule): MibView['problems'] => [
    ...module.problems,
    ...(mibs.tree().problems.get(module.name) ?? []),
  ];
  const viewEntry = (entry: OidEntry): OidView => viewOid(entry, mibs.tree().hasChildren(entry.oid));

  return {
    async listMibs({ query }) {
      const after = decodeCursor(query.cursor, z.string());
      const uploaded = mibs.uploaded();
      const views = [
        ...[...uploaded.values()].map((known) => viewMib(known.module, known)),
        ...mibs.builtIn
          .filter(({ name, definitions }) => !uploaded.has(name) && definitions.length > 0)
          .map((module) => viewMib(module, null)),
      ]
        .filter(({ name }) => after === undefined || name > after)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      return {
        body: toPage(views.slice(0, query.limit + 1), {
          limit: query.limit,
          toItem: (view) => view,
          positionOf: ({ name }) => name,
        }),
      };
    },

    async uploadMibs({ body, actor }) {
      const { taken, refused } = await mibs.upload(body.files, actor);
      return {
        body: {
          modules: taken.map(({ module, fileName, replaced }) => ({
            name: module.name,
            fileName,
            replaced,
            definitions: module.definitions.length,
            problems: problemsOf(module),
          })),
          refused: [...refused],
        },
      };
    },

    async getMib({ params }) {
      const known = mibs.uploaded().get(params.name);
      const row = known === undefined ? undefined : await findMib(database, params.name);
      if (known === undefined || row === undefined)
        throw new CodedError(
          'not_found',
          say('problem_there_is_no_uploaded_mib_module', { name: params.name }),
        );
      return { body: { ...viewMib(known.module, known), text: row.text } };
    },

    async deleteMib({ params, actor }) {
      await mibs.remove(params.name, actor);
      return { body: undefined };
    },

    async browseOids({ query }) {
      const tree = mibs.tree();
      if (query.below === undefined)
        return { body: { at: null, items: tree.children(null).slice(0, CHILDREN_MAX).map(viewEntry) } };
      const oid = tree.names.oidOf(query.below);
      const entry = oid === null ? null : tree.entry(oid);
      if (entry === null)
        throw new CodedError(
          'not_found',
          say('problem_no_mib_module_that_is_here_says', { below: query.below }),
        );
      const items = tree.children(entry.oid).slice(0, CHILDREN_MAX).map(viewEntry);
      return { body: { at: viewEntry(entry), items } };
    },

    async searchOids({ query }) {
      return { body: { items: mibs.tree().search(query.q, query.limit).map(viewEntry) } };
    },

    async translateOid({ query }) {
      const { names } = mibs.tree();
      const oid = names.oidOf(query.q.trim());
      if (oid === null)
        throw new CodedError('not_found', say('problem_is_neither_an_oid_in_numbers_nor', { q: query.q }));
      const found = names.find(oid);
      return {
        body: {
          oid,
          symbol: fullSymbolOf(found, oid),
          entry: found === null ? null : viewEntry(found.entry),
        },
      };
    },

    async listSnmpUsers() {
      return { body: { items: [...secrets.users().values()].map(viewUser) } };
    },
    async putSnmpUser({ params, body, actor }) {
      return { body: viewUser(await secrets.putUser({ name: params.name, ...body }, actor)) };
    },
    async deleteSnmpUser({ params, actor }) {
      await secrets.removeUser(params.name, actor);
      return { body: undefined };
    },

    async listTrapTokens() {
      return { body: { items: [...secrets.tokens().values()].map(viewToken) } };
    },
    async createTrapToken({ body, actor }) {
      const { row, token } = await secrets.createToken(body.name, actor);
      return { body: { ...viewToken(row), token } };
    },
    async deleteTrapToken({ params, actor }) {
      await secrets.removeToken(params.name, actor);
      return { body: undefined };
    },
  };
};

const viewOid = (entry: OidEntry, hasChildren: boolean): OidView => ({
  oid: entry.oid,
  module: entry.module,
  name: entry.name,
  kind: entry.kind,
  type: entry.syntax?.type ?? null,
  labels: [...(entry.syntax?.labels ?? [])].map(([number, label]) => ({ number, label })),
  displayHint: entry.syntax?.hint ?? null,
  description: entry.description,
  hasChildren,
});

const viewUser = ({ user, updatedAt, updatedBy, secretsLost }: StoredUser): SnmpUserView => ({
  name: user.name,
  auth: user.auth,
  priv: user.priv,
  engineId: user.engine_id ?? null,
  updatedAt: updatedAt.toISOString(),
  updatedBy,
  secretsLost,
});

const viewToken = (row: TokenRow) => ({
  name: row.name,
  createdAt: row.created_at.toISOString(),
  createdBy: row.created_by,
});
