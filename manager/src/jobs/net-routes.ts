// Routes of job nets: apply, list, read, write, delete, run, and the sample.
// Responsible for turning requests into calls and rows into answers; decides nothing.
import { formatJobNet } from '@nezuban/core/definitions/format-job-net';
import { judgeJobNet } from '@nezuban/core/definitions/judge-job-net';
import { CodedError } from '@nezuban/protocol/errors';
import { netNameSchema } from '@nezuban/protocol/ids';
import { type Said, say } from '@nezuban/protocol/sentences/sentence';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { Handlers, Inventory, RequestActor } from '../ports.ts';
import { listComing } from './coming-starts.ts';
import type { Definitions } from './definition-apply.ts';
import { invalidDefinition, readDefinitionFiles } from './definition-files.ts';
import type { DefinitionParser } from './definition-parser.ts';
import { loadNetMap } from './net-map.ts';
import { loadNetHistory } from './net-history.ts';
import {
  detailNet,
  findNet,
  listNetFolders,
  listNets,
  loadTitles,
  summariseNet,
  type ScheduleFacts,
} from './net-lists.ts';
import type { RunRequests } from './run-requests.ts';
import type { PlannedStarts } from './planned-starts.ts';
import type { ScheduleLoop } from './schedule-loop.ts';

export type NetRouteServices = {
  readonly database: Database;
  readonly inventory: Pick<Inventory, 'snapshot'>;
  readonly definitions: Definitions;
  readonly parser: DefinitionParser;
  readonly runs: RunRequests;
  readonly schedules: ScheduleFacts;
  readonly coming: Pick<ScheduleLoop, 'comingStarts' | 'prepared'>;
  readonly plannedStarts: Pick<PlannedStarts, 'change' | 'moved'>;
  /** The YAML text of the sample. */
  readonly readSample: () => Promise<string>;
};
export type NetHandlers = Pick<
  Handlers,
  | 'applyDefinitions'
  | 'applyDefinitionSet'
  | 'listNets'
  | 'listNetFolders'
  | 'getNetMap'
  | 'listComingStarts'
  | 'changeComingStart'
  | 'getNetHistory'
  | 'getNet'
  | 'exportNet'
  | 'putNet'
  | 'deleteNet'
  | 'runNet'
  | 'installSample'
>;

const SAMPLE_FILE = 'sample-night-run.yaml';
/** The target that the sample names. */
const SAMPLE_NODE = 'local';

export const createNetRoutes = ({
  database,
  inventory,
  definitions,
  parser,
  runs,
  schedules,
  coming,
  plannedStarts,
  readSample,
}: NetRouteServices): NetHandlers => {
  const applyText = async (
    source: string,
    {
      file,
      dryRun,
      actor,
      reason,
    }: {
      readonly file: string;
      readonly dryRun: boolean;
      readonly actor: RequestActor;
      readonly reason?: string | undefined;
    },
  ) => {
    const documents = await readDefinitionFiles(parser, [{ name: file, text: source }]);
    const request = { documents, prune: null, dryRun, actor, operation: 'applyDefinitions', reason };
    const { changes } = await definitions.applySet(request);
    return { dryRun, changes: [...changes] };
  };
  const readNet = async (name: string, { permissions }: RequestActor) => {
    permissions.requireOnNet('nets.read', name, sayNoNet(name));
    const row = await findNet(database, name);
    if (row === null) throw new CodedError('not_found', sayNoNet(name));
    return row;
  };

  return {
    async applyDefinitions({ body, query, actor }) {
      return {
        body: await applyText(body, {
          file: query.file ?? 'definitions.yaml',
          dryRun: query.dry_run,
          actor,
          reason: query.reason,
        }),
      };
    },
    async applyDefinitionSet({ body, actor }) {
      const documents = await readDefinitionFiles(parser, body.files);
      const { prune, dryRun, reason } = body;
      const operation = 'applyDefinitionSet';
      const result = await definitions.applySet({ documents, prune, dryRun, actor, operation, reason });
      return { body: { dryRun, changes: [...result.changes] } };
    },
    async installSample({ actor }) {
      if (!inventory.snapshot().nodes.has(SAMPLE_NODE))
        throw new CodedError(
          'no_target',
          say('problem_the_sample_runs_on_the_node_and', { max: SAMPLE_NODE }),
        );
      const { changes } = await applyText(await readSample(), { file: SAMPLE_FILE, dryRun: false, actor });
      const [applied] = changes;
      if (applied === undefined || applied.change === 'deleted')
        throw new Error('The sample holds no job net');
      return { body: { net: applied.name, change: applied.change } };
    },
    async listNets({ query, actor }) {
      const after = decodeCursor(query.cursor, netNameSchema);
      const rows = await listNets(database, {
        after,
        text: query.q,
        folder: query.folder,
        direct: query.direct,
        visible: actor.permissions.netsIn('nets.read', 'n.name'),
        limit: query.limit + 1,
      });
      return {
        body: toPage(rows, {
          limit: query.limit,
          toItem: (row) => summariseNet(row, schedules),
          positionOf: ({ name }) => name,
        }),
      };
    },
    async listNetFolders({ actor }) {
      return { body: await listNetFolders(database, actor.permissions.netsIn('nets.read', 'n.name')) };
    },
    async getNetMap({ query, actor }) {
      const { net, folder, depth } = query;
      const mayRead = (name: string) => actor.permissions.onNet('nets.read', name);
      if (net !== undefined) await readNet(net, actor);
      return {
        body: await loadNetMap(database, { net, folder, depth: net === undefined ? 1 : depth, mayRead }),
      };
    },
    async changeComingStart({ params, body, actor }) {
      actor.permissions.requireOnNet('nets.run', params.name, sayNoNet(params.name));
      const { schedule, at, change, to, reason = null } = body;
      if ((change === 'move') !== (to !== undefined))
        throw new CodedError('invalid_request', say('problem_body_to_goes_with_move_and_with'));
      const { session } = await plannedStarts.change({
        net: params.name,
        schedule,
        at: at === undefined ? null : Date.parse(at),
        change: change === 'move' ? { kind: change, to: Date.parse(to ?? '') } : { kind: change },
        reason,
        actor,
      });
      return { body: { session } };
    },
    async listComingStarts({ query, actor }) {
      const shows = (net: string): boolean => actor.permissions.onNet('nets.read', net);
      const starts = listComing({ coming, moved: plannedStarts.moved() }, { shows, limit: query.limit });
      const titles = await loadTitles(
        database,
        starts.map(({ net }) => net),
      );
      return {
        body: {
          items: starts.map(({ net, schedule, at, movedFrom, prepared }) => ({
            net,
            title: titles.get(net) ?? null,
            schedule,
            at: new Date(at).toISOString(),
            ...(movedFrom === undefined ? {} : { movedFrom: new Date(movedFrom).toISOString() }),
            ...(prepared === undefined ? {} : { prepared: { by: prepared.by, reason: prepared.reason } }),
          })),
        },
      };
    },
    async getNetHistory({ params, query, actor }) {
      actor.permissions.requireOnNet('nets.read', params.name, sayNoNet(params.name));
      const history = await loadNetHistory(database, params.name, query.limit);
      if (history === null) throw new CodedError('not_found', sayNoNet(params.name));
      return { body: history };
    },
    async getNet({ params, actor }) {
      const row = await readNet(params.name, actor);
      return { body: detailNet(row, schedules), revision: row.revision };
    },
    async exportNet({ params, actor }) {
      const row = await readNet(params.name, actor);
      return { body: formatJobNet(row.definition), revision: row.revision };
    },
    async putNet({ params, query, body, expected, actor }) {
      const issues =
        body.name === params.name
          ? judgeJobNet(body)
          : [{ path: 'name', ...say('other_name', { name: body.name, address: params.name }) }];
      if (issues.length > 0) throw invalidDefinition(params.name, issues);
      await definitions.putNet({ definition: body, expected, actor, reason: query.reason });
      const row = await readNet(params.name, actor);
      return { body: detailNet(row, schedules), revision: row.revision };
    },
    async deleteNet({ params, query, expected, actor }) {
      await definitions.deleteNet({ name: params.name, expected, actor, reason: query.reason });
      return { body: undefined };
    },
    async runNet({ params, body, actor }) {
      actor.permissions.requireOnNet('nets.run', params.name, sayNoNet(params.name));
      return {
        body: await runs.run({
          net: params.name,
          parameters: body.parameters,
          idempotencyKey: body.idempotencyKey,
          overriding: body.overrideFreeze === true ? actor : null,
          actor,
        }),
      };
    },
  };
};

const sayNoNet = (name: string): Said => say('problem_there_is_no_job_net', { net: name });
