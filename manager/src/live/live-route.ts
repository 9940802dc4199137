// The operation that opens a live stream.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import type { StreamHandlers } from '../http/http-ports.ts';
import type { LiveStreams } from './live-bus.ts';

export type LiveRoutePorts = {
  readonly live: LiveStreams;
  /** Asked before a session is watched; the jobs domain knows. Null: there is no such session. */
  readonly netOfSession: (id: number) => Promise<string | null>;
};

export const createLiveRoute =
  ({ live, netOfSession }: LiveRoutePorts): StreamHandlers['openLive'] =>
  async ({ query }, principal) => {
    const session = query.session ?? null;
    const net = session === null ? null : await netOfSession(session);
    if (session !== null && (net === null || !principal.permissions.onNet('nets.read', net)))
      throw new CodedError('not_found', say('problem_there_is_no_session_2', { session }));
    return { stream: live.open({ topics: new Set(query.topic ?? []), session, net }, principal) };
  };
