// What this manager is and what it is busy with.
import type { Database } from './database/database.ts';
import type { Handlers, Identity } from './ports.ts';

export type SystemRouteServices = {
  readonly database: Database;
  readonly identity: Identity;
  readonly startedAt: Date;
  readonly nodeCounts: () => { readonly nodes: number; readonly connected: number };
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
  async getSystem() {
    const [counts] = await database.query<Counts>({
      name: 'system_counts',
      text: `SELECT (SELECT count(*) FROM net) AS nets,
               (SELECT count(*) FROM session WHERE state IN ('running', 'stopping')) AS running,
               (SELECT count(*) FROM attempt a JOIN session s ON s.id = a.session_id WHERE s.state IN ('running', 'stopping') AND a.end_status IS NULL) AS attempts,
               (SELECT count(*) FROM event WHERE priority = 'critical' AND confirmed_at IS NULL) AS critical`,
    });
    const { nodes, connected } = nodeCounts();
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
