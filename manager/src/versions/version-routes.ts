// The route that says what this manager is made of, for who wants to upgrade it.
// Responsible for gathering; what stands in the way is judged by who asks (the command line), by the facts of the new release.
import { agentLinkVersions } from '@nezuban/protocol/agent/link';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import type { Versions } from '@nezuban/protocol/versions/versions';
import type { Database } from '../database/database.ts';
import type { NodeRow } from '../inventory/node-store.ts';
import type { Handlers, Identity } from '../ports.ts';

export type VersionRoutePorts = {
  readonly database: Database;
  readonly identity: Pick<Identity, 'version'>;
  readonly disks: () => Promise<Versions['disks']>;
  readonly agents: () => readonly AgentFacts[];
};
export type AgentFacts = {
  readonly node: string;
  readonly version: string;
  readonly protocol: { readonly min: number; readonly max: number } | null;
  readonly support: NodeView['agentSupport'];
};

/** Names of nodes in each group; the number says how many there are. */
const NAMES_MAX = 20;

type AppliedRow = {
  readonly name: string;
  readonly sha256: string;
  readonly oldest: string | null;
  readonly applied_at: Date;
};
type FactsRow = {
  readonly version: string;
  readonly bytes: number;
  readonly running: number;
  readonly attempts: number;
};
type OldestRow = { readonly id: number; readonly net: string; readonly created_at: Date };

export const createVersionRoutes = ({
  database,
  identity,
  disks,
  agents,
}: VersionRoutePorts): Pick<Handlers, 'getVersions'> => ({
  async getVersions() {
    const [applied, [facts], [oldest], places] = await Promise.all([
      database.query<AppliedRow>({
        text: 'SELECT name, sha256, oldest_release AS oldest, applied_at FROM schema_migration ORDER BY number',
      }),
      database.query<FactsRow>({
        text: `SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes,
                 (SELECT count(*) FROM session WHERE state IN ('running', 'stopping')) AS running,
                 (SELECT count(*) FROM attempt a JOIN session s ON s.id = a.session_id WHERE s.state IN ('running', 'stopping') AND a.end_status IS NULL) AS attempts`,
      }),
      database.query<OldestRow>({
        text: "SELECT id, net, created_at FROM session WHERE state IN ('running', 'stopping') ORDER BY created_at LIMIT 1",
      }),
      disks(),
    ]);
    const version = facts?.version ?? '';
    return {
      body: {
        release: identity.version,
        agentProtocol: { ...agentLinkVersions },
        postgres: { version, major: Number.parseInt(version, 10) },
        schema: applied.map(({ name, sha256, oldest: oldestRelease, applied_at: at }) => ({
          name,
          sha256,
          oldestRelease,
          appliedAt: at.toISOString(),
        })),
        agents: groupAgents(agents()),
        databaseBytes: facts?.bytes ?? 0,
        disks: places.map(({ name, folder, freeBytes, totalBytes }) => ({
          name,
          folder,
          freeBytes,
          totalBytes,
        })),
        sessions: {
          running: facts?.running ?? 0,
          openAttempts: facts?.attempts ?? 0,
          oldest:
            oldest === undefined
              ? null
              : { id: oldest.id, net: oldest.net, startedAt: oldest.created_at.toISOString() },
        },
      },
    };
  },
});

/** What is said of agents, from their rows. Pure. */
export const agentFacts = (row: NodeRow, support: AgentFacts['support']): AgentFacts => ({
  node: row.name,
  version: row.agent_version,
  protocol:
    row.agent_protocol_min === null || row.agent_protocol_max === null
      ? null
      : { min: row.agent_protocol_min, max: row.agent_protocol_max },
  support,
});

/** Those that are alike together, most first. Pure. */
export const groupAgents = (agents: readonly AgentFacts[]): Versions['agents'] =>
  [
    ...Map.groupBy(agents, ({ version, protocol, support }) =>
      JSON.stringify([version, protocol?.min, protocol?.max, support]),
    ).values(),
  ]
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { version, protocol, support } = first;
      const nodes = group.map(({ node }) => node).sort();
      return [{ version, protocol, support, count: group.length, nodes: nodes.slice(0, NAMES_MAX) }];
    })
    .sort((a, b) => b.count - a.count);
