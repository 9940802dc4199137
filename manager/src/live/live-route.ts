// The operation that opens a live stream.
import { CodedError } from '@nezuban/protocol/errors';
import type { StreamHandlers } from '../http/http-ports.ts';
import type { LiveStreams } from './live-bus.ts';

export type LiveRoutePorts = {
  readonly live: LiveStreams;
  /** Asked before a session is watched; the jobs domain knows. */
  readonly sessionExists: (id: number) => Promise<boolean>;
};

export const createLiveRoute =
  ({ live, sessionExists }: LiveRoutePorts): StreamHandlers['openLive'] =>
  async ({ query }, principal) => {
    const session = query.session ?? null;
    if (session !== null && !(await sessionExists(session)))
      throw new CodedError('not_found', `There is no session ${session}.`);
    return { stream: live.open({ topics: new Set(query.topic ?? []), session }, principal) };
  };
