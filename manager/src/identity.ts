// Who this manager is, and its term.
// Responsible for the one row that says so: made at the very first start, its term raised at each taking of duty, by the rule of
// `protocol/src/pair/agent-term.ts`. It is the first thing that a manager on duty writes. Agents refuse commands of a lower term than they
// have seen, and the engine of an older start commits nothing more (`jobs/engine-commit.ts`). Called by master.ts.
import { randomBytes } from 'node:crypto';
import type { Term } from '@nezuban/protocol/ids';
import { AGENT_TERMS_PER_DUTY_TERM } from '@nezuban/protocol/pair/agent-term';
import type { Database } from './database/database.ts';
import type { Identity } from './ports.ts';

const ID_BYTES = 10;

/** Waits for a transaction of an older start that is under way, so that what it commits is seen by this one. */
export const beginTerm = async (database: Database, version: string, dutyTerm: number): Promise<Identity> => {
  const [row] = await database.query<{ manager_id: string; term: Term }>({
    text: `INSERT INTO manager_identity (manager_id, term, started_at) VALUES ($1, greatest(1, $2::bigint), now())
           ON CONFLICT (singleton) DO UPDATE SET term = greatest(manager_identity.term + 1, $2::bigint), started_at = now()
           RETURNING manager_id, term`,
    values: [`mgr_${randomBytes(ID_BYTES).toString('hex')}`, dutyTerm * AGENT_TERMS_PER_DUTY_TERM],
  });
  if (row === undefined) throw new Error('An upsert gave no row');
  return {
    managerId: row.manager_id,
    term: row.term,
    startId: randomBytes(ID_BYTES).toString('hex'),
    version,
  };
};
