// What this manager is and what it is busy with.
import type { Database } from './database/database.ts';
import type { Condition } from './database/where.ts';
import type { ActorPermissions, Handlers, Identity } from './ports.ts';

export type SystemRouteServices = {
  readonly database: Database;
  readonly identity: Identity;
  readonly startedAt: Date;
  /** Of the nodes that `sees` says yes to. */
  readonly nodeCounts: (sees: (node: string) => boolean) => {
    readonly nodes: number;
    readonly connected: number;
  };
};
type Counts = {
  readonly nets: number;
  readonly running: number;
  readonly attempts: number;
  readonly critical: number;
};

export const createSystemRoutes = ({
  database,
  identity,
  startedAt,
  nodeCounts,
}: SystemRouteServices): Pick<Handlers, 'getSystem'> => ({
  async getSystem({ actor: { permissions } }) {
    const [counts] = await database.query<Counts>(countsSeenBy(permissions));
    const { nodes, connected } = nodeCounts((node) => permissions.onNode('nodes.read', node));
    return {
      body: {
        product: 'Nezuban',
        version: identity.version,
        managerId: identity.managerId,
        term: identity.term,
        startedAt: startedAt.toISOString(),
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        counts: {
          nets: counts?.nets ?? 0,
          runningSessions: counts?.running ?? 0,
          openAttempts: counts?.attempts ?? 0,
          nodesConnected: connected,
          nodes,
          unconfirmedCritical: counts?.critical ?? 0,
        },
      },
    };
  },
});

/** Nobody reads a larger number, and a flood of events must not make the overview slow. */
const CRITICAL_COUNTED_MAX = 100_000;

/** Nobody learns by counting what he may not see. Who sees everything asks with the same words each time, so that it is planned once. */
export const countsSeenBy = (permissions: ActorPermissions) => {
  const values: unknown[] = [];
  const and = (condition: Condition | undefined): string =>
    condition === undefined ? '' : ` AND ${condition((value) => `$${values.push(value)}`)}`;
  const nets = (column: string): string => and(permissions.netsIn('nets.read', column));
  const open = `s.state IN ('running', 'stopping')`;
  const text = `SELECT (SELECT count(*) FROM net n WHERE true${nets('n.name')}) AS nets,
      (SELECT count(*) FROM session s WHERE ${open}${nets('s.net')}) AS running,
      (SELECT count(*) FROM attempt a JOIN session s ON s.id = a.session_id WHERE ${open} AND a.end_status IS NULL${nets('s.net')}) AS attempts,
      (SELECT count(*) FROM (SELECT FROM event WHERE priority = 'critical' AND confirmed_at IS NULL${and(permissions.eventsIn('events.read'))} LIMIT ${CRITICAL_COUNTED_MAX}) c) AS critical`;
  return values.length === 0 ? { name: 'system_counts', text, values } : { text, values };
};
