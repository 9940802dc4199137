/**
 * The host's side of joining: one request in, one response out, on a connection of somebody who has no certificate yet.
 *
 * Responsible for shape, size, time, and for how often one address may try in vain: a token has 32 random bytes, but nobody needs to be let
 * try. Not responsible for who is admitted (`onJoin`, with `join-tokens.ts`). Called by `duty-link.ts`.
 */
import type tls from 'node:tls';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import {
  joinRequestSchema,
  pairLinkLimits,
  type JoinRequest,
  type JoinResponse,
} from '@nezuban/protocol/pair/pair-link';
import { createLineReader } from './line-reader.ts';

/** Certifying asks the manager, who may ask its database. */
const JOIN_MS = 20_000;
const JOINS_AT_ONCE_MAX = 8;
/** Of one address within `FAILED_WINDOW_MS`: enough for a human who copies wrongly. */
const FAILED_MAX = 10;
const FAILED_WINDOW_MS = 60_000;
/** Addresses that are remembered; the longest ago is forgotten first. */
const ADDRESSES_MAX = 1_000;
const LINGER_MS = 1_000;

export type JoinServer = {
  readonly serve: (socket: tls.TLSSocket) => void;
  readonly stop: () => void;
};

export function createJoinServer(
  ports: { readonly clock: Clock; readonly timers: Timers; readonly logger: Logger },
  options: { readonly onJoin: (request: JoinRequest, remoteAddress: string) => Promise<JoinResponse> },
): JoinServer {
  const open = new Set<tls.TLSSocket>();
  const failed = new Map<string, { since: number; count: number }>();

  function serve(socket: tls.TLSSocket): void {
    // An IPv4 address of a socket that takes both kinds is written as one.
    const from = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
    if (open.size >= JOINS_AT_ONCE_MAX) {
      answer(socket, refusal('busy', 'Too many hosts join at the same time: try again in some seconds.'));
      return;
    }
    open.add(socket);
    const cancel = ports.timers.after(JOIN_MS, () => socket.destroy());
    socket.once('close', () => {
      cancel();
      open.delete(socket);
    });
    const reader = createLineReader(pairLinkLimits.frameBytesMax);
    const onData = (bytes: Buffer): void => {
      const lines = reader.push(bytes);
      const [line] = lines ?? [''];
      if (line === undefined) return;
      socket.off('data', onData);
      // What comes after the request is of no interest, but the end of the connection is.
      socket.resume();
      void decide(line, from).then((response) => answer(socket, response));
    };
    socket.on('data', onData);
  }

  async function decide(line: string, from: string): Promise<JoinResponse> {
    const tries = failed.get(from);
    if (tries !== undefined && tries.count >= FAILED_MAX && !isOver(tries))
      return refusal(
        'too-many-tries',
        `Too many tries in vain came from ${from}: wait a minute, then try again.`,
      );
    const request = joinRequestSchema.safeParse(parseJson(line));
    if (!request.success) {
      note(from);
      return refusal(
        'wrong-request',
        'This is no request to join a pair: do both hosts have the same release?',
      );
    }
    try {
      const response = await options.onJoin(request.data, from);
      if (response.ok) failed.delete(from);
      else note(from);
      return response;
    } catch (error) {
      ports.logger.error({ err: error, from }, 'a host could not be admitted to the pair');
      return refusal('failed', 'This host could not admit the other one now; its log says why.');
    }
  }

  function note(from: string): void {
    const tries = failed.get(from);
    if (tries !== undefined && !isOver(tries)) {
      tries.count += 1;
      return;
    }
    failed.delete(from);
    const [oldest] = failed.keys();
    if (failed.size >= ADDRESSES_MAX && oldest !== undefined) failed.delete(oldest);
    failed.set(from, { since: ports.clock.monotonicMs(), count: 1 });
  }

  const isOver = (tries: { readonly since: number }): boolean =>
    ports.clock.monotonicMs() - tries.since >= FAILED_WINDOW_MS;

  function answer(socket: tls.TLSSocket, response: JoinResponse): void {
    if (socket.destroyed) return;
    socket.end(`${JSON.stringify(response)}\n`);
    const cancel = ports.timers.after(LINGER_MS, () => socket.destroy());
    socket.once('close', cancel);
  }

  return {
    serve,
    stop() {
      for (const socket of open) socket.destroy();
    },
  };
}

function refusal(code: string, says: string): JoinResponse {
  return { ok: false, code, says };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
