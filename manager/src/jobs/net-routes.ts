// Routes of job nets: apply, list, read, write, delete, run, and the sample.
// Responsible for turning requests into calls and rows into answers; decides nothing.
import { formatJobNet } from '@nezuban/core/definitions/format-job-net';
import { judgeJobNet } from '@nezuban/core/definitions/judge-job-net';
import { CodedError, type Issue } from '@nezuban/protocol/errors';
import { netNameSchema } from '@nezuban/protocol/ids';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { Actor, Handlers, Inventory } from '../ports.ts';
import type { Definitions } from './definition-apply.ts';
import type { DefinitionParser } from './definition-parser.ts';
import { detailNet, findNet, listNets, summariseNet, type NextRunOf } from './net-lists.ts';
import type { RunRequests } from './run-requests.ts';

export type NetRouteServices = {
  readonly database: Database;
  readonly inventory: Pick<Inventory, 'snapshot'>;
  readonly definitions: Definitions;
  readonly parser: DefinitionParser;
  readonly runs: RunRequests;
  readonly nextRunOf: NextRunOf;
  /** The YAML text of the sample. */
  readonly readSample: () => Promise<string>;
};
type NetHandlers = Pick<
  Handlers,
  | 'applyDefinitions'
  | 'listNets'
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
  nextRunOf,
  readSample,
}: NetRouteServices): NetHandlers => {
  const applyText = async (
    source: string,
    { file, dryRun, actor }: { readonly file: string; readonly dryRun: boolean; readonly actor: Actor },
  ) => {
    const parsed = await parser.parse(source, file);
    if (!parsed.ok) throw invalidDefinition(file, parsed.issues);
    return await definitions.applyFile({ documents: parsed.documents, file, dryRun, actor });
  };
  const readNet = async (name: string) => {
    const row = await findNet(database, name);
    if (row === null) throw new CodedError('not_found', `There is no job net "${name}".`);
    return row;
  };

  return {
    async applyDefinitions({ body, query, actor }) {
      return {
        body: await applyText(body, { file: query.file ?? 'definitions.yaml', dryRun: query.dry_run, actor }),
      };
    },
    async installSample({ actor }) {
      if (!inventory.snapshot().nodes.has(SAMPLE_NODE))
        throw new CodedError(
          'no_target',
          `The sample runs on the node "${SAMPLE_NODE}", and no agent has joined by that name.`,
        );
      const { changes } = await applyText(await readSample(), { file: SAMPLE_FILE, dryRun: false, actor });
      const [applied] = changes;
      if (applied === undefined) throw new Error('The sample holds no job net');
      return { body: { net: applied.name, change: applied.change } };
    },
    async listNets({ query }) {
      const after = decodeCursor(query.cursor, netNameSchema);
      const rows = await listNets(database, { after, text: query.q, limit: query.limit + 1 });
      return {
        body: toPage(rows, {
          limit: query.limit,
          toItem: (row) => summariseNet(row, nextRunOf),
          positionOf: ({ name }) => name,
        }),
      };
    },
    async getNet({ params }) {
      const row = await readNet(params.name);
      return { body: detailNet(row, nextRunOf), revision: row.revision };
    },
    async exportNet({ params }) {
      const row = await readNet(params.name);
      return { body: formatJobNet(row.definition), revision: row.revision };
    },
    async putNet({ params, body, expected, actor }) {
      const issues =
        body.name === params.name
          ? judgeJobNet(body)
          : [{ path: 'name', message: `is "${body.name}", but the address says "${params.name}"` }];
      if (issues.length > 0) throw invalidDefinition(params.name, issues);
      await definitions.putNet({ definition: body, expected, actor });
      const row = await readNet(params.name);
      return { body: detailNet(row, nextRunOf), revision: row.revision };
    },
    async deleteNet({ params, expected, actor }) {
      await definitions.deleteNet({ name: params.name, expected, actor });
      return { body: undefined };
    },
    async runNet({ params, body, actor }) {
      return {
        body: await runs.run({
          net: params.name,
          parameters: body.parameters,
          idempotencyKey: body.idempotencyKey,
          actor,
        }),
      };
    },
  };
};

const invalidDefinition = (what: string, issues: readonly Issue[]): CodedError => {
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const place = first?.line === undefined ? '' : `:${first.line}:${first.column ?? 1}`;
  return new CodedError(
    'invalid_definition',
    `${what}${place}: ${first?.path === '' ? '' : `${first?.path} `}${first?.message}${more}`,
    { issues },
  );
};
