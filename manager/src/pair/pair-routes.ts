// Operations on the pair.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import type { AuditLog, Handlers } from '../ports.ts';
import type { PairDesk } from './pair-desk.ts';

export type PairRoutesPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly desk: Pick<PairDesk, 'status' | 'command'>;
};

export const createPairRoutes = ({
  database,
  audit,
  desk,
}: PairRoutesPorts): Pick<Handlers, 'getPair' | 'commandPair'> => ({
  async getPair() {
    const status = desk.status();
    if (status === null)
      throw new CodedError('not_master', say('problem_the_keeper_of_this_host_has_not'), {
        retryAfterSeconds: 1,
      });
    return { body: status };
  },

  async commandPair({ body, actor }) {
    const { host, command } = body;
    // Written before it is done: after a switch this host can write nothing any more.
    await database.inTransaction(async (transaction) => {
      await audit.record(transaction, {
        actor,
        action: 'commandPair',
        target: host,
        details: { ...command, command: command.do },
      });
    });
    const result = await desk.command(host, command);
    if (!result.ok) throw new CodedError('pair_refused', result.says);
    return { body: result };
  },
});
