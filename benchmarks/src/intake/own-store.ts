/**
 * What Nezuban has stored of the load, asked of its database, and the monitor that makes an event of each line.
 *
 * Called by `intake.ts` and `intake-pair.ts`.
 */
import type pg from 'pg';
import type { Store } from './trial.ts';

export const MONITOR = `kind: trap_monitor
name: load
source: syslog
rules:
  - name: numbered
    when: { text: { contains: "run=" } }
    priority: info
`;

/** Events are what is counted: a trap that became none is lost to who waits for it. */
export function storeOf(database: pg.Client, name: string, targets: readonly string[]): Store {
  return {
    name,
    targets,
    async stored() {
      const { rows } = await database.query<{ next: string }>('SELECT next_id AS next FROM trap_state');
      return Number(rows[0]?.next ?? 1) - 1;
    },
    async count(run) {
      const { rows } = await database.query<{ rows: string; distinct: string }>(
        `SELECT count(*) AS rows, count(DISTINCT message) AS distinct FROM event
         WHERE code = 'trap_received' AND message LIKE '%run=' || $1 || ' %'`,
        [run],
      );
      return { rows: Number(rows[0]?.rows ?? 0), distinct: Number(rows[0]?.distinct ?? 0) };
    },
  };
}
