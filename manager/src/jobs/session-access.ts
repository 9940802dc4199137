// Who may do something with a session: of sessions, as of all that is kept of a job net, the net says who may. Called by the routes.
import { approvalPassedBy } from '@nezuban/core/jobs/operate/passed-approval';
import type { Right } from '@nezuban/protocol/access/rights';
import { CodedError } from '@nezuban/protocol/errors';
import { type Said, say } from '@nezuban/protocol/sentences/sentence';
import type { SessionId } from '@nezuban/protocol/ids';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import type { Database } from '../database/database.ts';
import type { RequestActor } from '../ports.ts';
import type { SettingsPort } from '../settings/settings.ts';
import { findNetOfSession } from './session-lists.ts';
import type { SessionReader } from './session-reader.ts';

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

/** `nets.run`, and what the operation takes besides it. Throws as `require` does. */
export const requireToOperate = async (
  { access, reader }: { readonly access: SessionAccess; readonly reader: SessionReader },
  {
    id,
    operation,
    unit,
  }: { readonly id: SessionId; readonly operation: OperationName; readonly unit?: string | undefined },
  actor: RequestActor,
): Promise<void> => {
  await access.require('nets.run', id, actor);
  const right = rightFor(operation);
  if (right !== null) await access.require(right, id, actor);
  const passed = await reader.read(id, (session) => approvalPassedBy(session, { operation, unit }));
  if (passed === null) return;
  try {
    await access.require('nets.correct', id, actor);
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'forbidden') throw error;
    throw new CodedError('forbidden', say('problem_the_approval_has_kept_this_from_running', { passed }));
  }
};

/** Throws `invalid_request` where this manager asks for a reason. */
export const assertReasonGiven = (settings: Pick<SettingsPort, 'of'>, reason: string | undefined): void => {
  if (settings.of('operations').reason === 'required' && reason === undefined)
    throw new CodedError('invalid_request', say('problem_body_reason_every_operation_on_a_session'), {
      issues: [{ path: 'body.reason', ...say('reason_asked_for') }],
    });
};

const rightFor = (operation: OperationName): Right | null => {
  if (operation === 'kill') return 'nets.kill';
  return operation === 'set_status' ? 'nets.correct' : null;
};

export const sayNoSession = (id: number): Said => say('problem_there_is_no_session', { id });
