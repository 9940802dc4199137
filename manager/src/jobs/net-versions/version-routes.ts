// Routes of revisions, differences, restores and releases. Responsible for turning requests into calls and rows into answers, and for who
// may: of everything here, the net says. Decides nothing.
import { diffJobNets } from '@nezuban/core/definitions/diff-job-nets';
import { formatJobNet } from '@nezuban/core/definitions/format-job-net';
import { CodedError } from '@nezuban/protocol/errors';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import { type Said, say } from '@nezuban/protocol/sentences/sentence';
import * as z from 'zod';
import type { Database } from '../../database/database.ts';
import { createWhere } from '../../database/where.ts';
import { decodeCursor, toPage } from '../../http/paging.ts';
import type { Handlers, RequestActor } from '../../ports.ts';
import { invalidDefinition, readDefinitionFiles } from '../definition-files.ts';
import type { DefinitionParser } from '../definition-parser.ts';
import { listReleases, viewRelease } from './release-store.ts';
import type { Releases } from './releases.ts';
import {
  findLastInForce,
  findPrevious,
  findRevision,
  listRevisions,
  viewRevision,
  viewRevisionDetail,
  type RevisionDetailRow,
} from './revision-store.ts';

export type NetVersionHandlers = Pick<
  Handlers,
  | 'listNetRevisions'
  | 'getNetRevision'
  | 'exportNetRevision'
  | 'diffNetRevisions'
  | 'restoreNetRevision'
  | 'planNetRelease'
  | 'listNetReleases'
  | 'cancelNetRelease'
>;

export type NetVersionServices = {
  readonly database: Database;
  readonly parser: DefinitionParser;
  readonly releases: Releases;
};

const YAML_FILE = 'release.yaml';

export const createNetVersionRoutes = ({
  database,
  parser,
  releases,
}: NetVersionServices): NetVersionHandlers => {
  const require = (right: 'nets.read' | 'nets.write', net: string, { permissions }: RequestActor): void =>
    permissions.requireOnNet(right, net, sayNoNet(net));
  const readRevision = async (net: string, revision: number): Promise<RevisionDetailRow> => {
    const row = await findRevision(database, net, revision);
    if (row === null)
      throw new CodedError('not_found', say('problem_there_is_no_revision_of_a_job', { revision, net }));
    return row;
  };
  const lastOf = async (net: string): Promise<number> => {
    const revision = await findLastInForce(database, net);
    if (revision === null) throw new CodedError('not_found', sayNoNet(net));
    return revision;
  };
  /** The one job net of this name that the text holds. */
  const readYaml = async (net: string, text: string): Promise<JobNetDefinition> => {
    const documents = await readDefinitionFiles(parser, [{ name: YAML_FILE, text }]);
    const [document] = documents;
    const isIt = documents.length === 1 && document?.kind === 'jobnet' && document.value.name === net;
    if (!isIt) throw invalidDefinition(YAML_FILE, [{ path: '', ...say('file_must_hold_one_net', { net }) }]);
    return document.value;
  };

  return {
    async listNetRevisions({ params: { name }, query, actor }) {
      require('nets.read', name, actor);
      const before = decodeCursor(query.cursor, z.int());
      const rows = await listRevisions(database, { net: name, before, limit: query.limit + 1 });
      if (rows.length === 0 && before === undefined) throw new CodedError('not_found', sayNoNet(name));
      return {
        body: toPage(rows, {
          limit: query.limit,
          toItem: viewRevision,
          positionOf: ({ revision }) => revision,
        }),
      };
    },
    async getNetRevision({ params: { name, revision }, actor }) {
      require('nets.read', name, actor);
      return { body: viewRevisionDetail(await readRevision(name, revision)) };
    },
    async exportNetRevision({ params: { name, revision }, actor }) {
      require('nets.read', name, actor);
      return { body: formatJobNet((await readRevision(name, revision)).definition) };
    },
    async diffNetRevisions({ params: { name }, query, actor }) {
      require('nets.read', name, actor);
      const toRevision = query.to ?? (await lastOf(name));
      // Of the first revision there is none before: it is compared with itself, and nothing differs.
      const fromRevision = query.from ?? (await findPrevious(database, name, toRevision)) ?? toRevision;
      const [from, to] = await Promise.all([
        readRevision(name, fromRevision),
        readRevision(name, toRevision),
      ]);
      return {
        body: {
          from: viewRevisionDetail(from),
          to: viewRevisionDetail(to),
          changes: diffJobNets(from.definition, to.definition),
          before: formatJobNet(from.definition),
          after: formatJobNet(to.definition),
        },
      };
    },
    async restoreNetRevision({ params: { name, revision }, body, actor }) {
      require('nets.write', name, actor);
      return { body: await releases.restore({ net: name, revision, reason: body.reason, actor }) };
    },
    async planNetRelease({ params: { name }, body, actor }) {
      require('nets.write', name, actor);
      const { revision, yaml, at, ifChanged, reason } = body;
      const content =
        revision !== undefined ? { revision } : { definition: await readYaml(name, yaml ?? '') };
      const row = await releases.plan({
        net: name,
        content,
        at: at === undefined ? null : new Date(at),
        ifChanged,
        reason,
        actor,
      });
      return { body: viewRelease(row) };
    },
    async listNetReleases({ query, actor }) {
      const where = createWhere();
      where.addIf(decodeCursor(query.cursor, z.int()), (id, place) => `r.id < ${place(id)}`);
      where.addIf(query.net, (net, place) => `r.net = ${place(net)}`);
      where.addIf(query.state, (states, place) => `r.state = ANY (${place(states)})`);
      where.add(actor.permissions.netsIn('nets.read', 'r.net'));
      const rows = await listReleases(database, where, query.limit + 1);
      return {
        body: toPage(rows, {
          limit: query.limit,
          toItem: viewRelease,
          positionOf: ({ id }) => Number(id),
        }),
      };
    },
    async cancelNetRelease({ params: { id }, body, actor }) {
      return { body: viewRelease(await releases.cancel({ id, reason: body.reason, actor })) };
    },
  };
};

const sayNoNet = (name: string): Said => say('problem_there_is_no_job_net', { net: name });
