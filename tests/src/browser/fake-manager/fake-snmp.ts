// MIBs, SNMPv3 users and tokens of the fake manager: the tree is the product's own, uploads are read by its own reader.
import type { MibModule } from '@nezuban/core/traps/mib/mib-module';
import { parseMib } from '@nezuban/core/traps/mib/mib-parser';
import { fullSymbolOf, type OidEntry } from '@nezuban/core/traps/mib/oid-names';
import type { MibView, OidView, SnmpUserView } from '@nezuban/protocol/traps/snmp-names';
import { ago } from './fake-data.ts';
import { paged, refuse, type FakeHandlers } from './fake-kit.ts';
import { mibModules, mibTree } from './fake-trap-data.ts';
import type { FakeWorld } from './fake-world.ts';

export type FakeMibs = Map<string, MibView>;

const viewOf = (module: MibModule, fileName: string | null): MibView => ({
  name: module.name,
  fileName,
  uploadedAt: fileName === null ? null : ago(300_000),
  uploadedBy: fileName === null ? null : 'admin',
  definitions: module.definitions.length,
  problems: [...module.problems],
});

export const sampleMibs = (): FakeMibs =>
  new Map([
    ...mibModules.builtIn
      .filter(({ definitions }) => definitions.length > 0)
      .map((module): [string, MibView] => [module.name, viewOf(module, null)]),
    ...mibModules.uploaded.map((module): [string, MibView] => [
      module.name,
      viewOf(module, 'NEZUBAN-MIB.txt'),
    ]),
    [
      'ACME-UPS-MIB',
      {
        name: 'ACME-UPS-MIB',
        fileName: 'acme-ups.mib',
        uploadedAt: ago(200_000),
        uploadedBy: 'yamada',
        definitions: 41,
        problems: [{ line: 12, message: 'ACME-SMI is imported, but is not here; upload it too' }],
      },
    ],
  ]);

export const sampleSnmpUsers = (): Map<string, SnmpUserView> =>
  new Map([
    [
      'ops',
      {
        name: 'ops',
        auth: 'sha256',
        priv: 'aes',
        engineId: null,
        updatedAt: ago(90_000),
        updatedBy: 'admin',
        secretsLost: false,
      },
    ],
  ]);

const viewOid = (entry: OidEntry): OidView => ({
  oid: entry.oid,
  module: entry.module,
  name: entry.name,
  kind: entry.kind,
  type: entry.syntax?.type ?? null,
  labels: [...(entry.syntax?.labels ?? [])].map(([number, label]) => ({ number, label })),
  displayHint: entry.syntax?.hint ?? null,
  description: entry.description,
  hasChildren: mibTree.hasChildren(entry.oid),
});

export const createFakeSnmpHandlers = (world: FakeWorld): FakeHandlers => {
  const { mibs, users, tokens } = world.traps;
  return {
    listMibs: ({ query }) => ({
      body: paged(
        [...mibs.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        query,
      ),
    }),
    uploadMibs: ({ body }) => {
      const read = body.files.map((file) => ({ file, modules: parseMib(file.text) }));
      for (const { file, modules } of read)
        for (const module of modules) mibs.set(module.name, viewOf(module, file.name));
      return {
        body: {
          modules: read.flatMap(({ file, modules }) =>
            modules.map((module) => ({
              name: module.name,
              fileName: file.name,
              replaced: false,
              definitions: module.definitions.length,
              problems: [...module.problems],
            })),
          ),
          refused: read
            .filter(({ modules }) => modules.length === 0)
            .map(({ file }) => ({ fileName: file.name, message: 'holds no MIB module' })),
        },
      };
    },
    deleteMib: ({ params }) => {
      mibs.delete(params.name);
      return { body: undefined };
    },
    browseOids: ({ query }) => {
      if (query.below === undefined)
        return { body: { at: null, items: mibTree.children(null).map(viewOid) } };
      const entry =
        mibTree.entry(query.below) ?? refuse('not_found', `Nobody says what "${query.below}" is.`);
      return { body: { at: viewOid(entry), items: mibTree.children(entry.oid).map(viewOid) } };
    },
    searchOids: ({ query }) => ({
      body: { items: mibTree.search(query.q, query.limit).map(viewOid) },
    }),
    translateOid: ({ query }) => {
      const oid = mibTree.names.oidOf(query.q) ?? refuse('not_found', `"${query.q}" is nobody's name.`);
      const found = mibTree.names.find(oid);
      return {
        body: { oid, symbol: fullSymbolOf(found, oid), entry: found === null ? null : viewOid(found.entry) },
      };
    },
    listSnmpUsers: () => ({ body: { items: [...users.values()] } }),
    putSnmpUser: ({ params, body }) => {
      const view = {
        name: params.name,
        auth: body.auth,
        priv: body.priv,
        engineId: body.engine_id ?? null,
        updatedAt: ago(0),
        updatedBy: 'admin',
        secretsLost: false,
      };
      users.set(params.name, view);
      return { body: view };
    },
    deleteSnmpUser: ({ params }) => {
      users.delete(params.name);
      return { body: undefined };
    },
    listTrapTokens: () => ({ body: { items: [...tokens.values()] } }),
    createTrapToken: ({ body }) => {
      if (tokens.has(body.name)) refuse('already_exists', `There is a token "${body.name}" already.`);
      const token = { name: body.name, createdAt: ago(0), createdBy: 'admin' };
      tokens.set(body.name, token);
      return { body: { ...token, token: 'nzt_k3Jw8sQvX2pTfA7bYcRm' } };
    },
    deleteTrapToken: ({ params }) => {
      tokens.delete(params.name);
      return { body: undefined };
    },
  };
};
