// Who may do something with a session: of sessions, as of all that is kept of a job net, the net says who may. Called by the routes.
import type { Right } from '@nezuban/protocol/access/rights';
import { CodedError } from '@nezuban/protocol/errors';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import type { Database } from '../database/database.ts';
import type { RequestActor } from '../ports.ts';
import { findNetOfSession } from './session-lists.ts';

export type SessionAccess = {
  /** Throws as if the session were not there, or `forbidden`. */
  readonly require: (right: Right, id: number, actor: RequestActor) => Promise<void>;
};

export const createSessionAccess = (database: Database): SessionAccess => ({
  async require(right, id, { permissions }) {
    if (permissions.everywhere(right) && permissions.everywhere('nets.read')) return;
    const missing = sayNoSession(id);
    const net = await findNetOfSession(database, id);
    if (net === null) throw new CodedError('not_found', missing);
    permissions.requireOnNet(right, net, missing);
  },
});

/** What an operation takes besides `nets.run`. */
export const rightFor = (operation: OperationName): Right | null => {
  if (operation === 'kill') return 'nets.kill';
  return operation === 'set_status' ? 'nets.correct' : null;
};

export const sayNoSession = (id: number): string => `There is no session ${id}.`;
