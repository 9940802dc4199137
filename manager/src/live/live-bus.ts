// Live changes to browsers.
// Responsible for who gets what (nobody more than he may see), for folding bursts of session summaries, for heartbeats and the end of streams.
// Never blocks and never throws at a publisher. Made by manager.ts; published to by every domain after its commits.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { Readable } from 'node:stream';
import type { Clock } from '@nezuban/platform/clock';
import type { Timers } from '@nezuban/platform/timers';
import type { LiveMessage } from '@nezuban/protocol/api/live';
import { CodedError } from '@nezuban/protocol/errors';
import type { Principal } from '../http/http-ports.ts';
import type { Identity, LiveBus } from '../ports.ts';
import { createLiveClient, toFrame, visible, wants } from './live-client.ts';
import type { LiveClient, LiveInterest } from './live-client.ts';
import { liveLimits } from './live-limits.ts';

export type LiveStreams = LiveBus & {
  /** A new stream; its first message is `hello`. Throws too_many_requests at the limit. */
  open(interest: LiveInterest, principal: Principal): Readable;
  /** Ends streams: of sign-ins and tokens that have ended, or whose rights have changed. A browser comes back and is asked anew. */
  endOf(of: (principal: Principal) => boolean): void;
  /** Of whom there are streams: `key` of each principal. */
  readonly keys: () => ReadonlySet<string>;
  readonly clientCount: () => number;
  /** Ends all streams and refuses new ones. Idempotent. */
  stop(): void;
};

type SessionMessage = Extract<LiveMessage, { type: 'session' }>;
const HEARTBEAT = ': still here\n\n';

export const createLiveBus = (
  ports: { readonly clock: Clock; readonly timers: Timers },
  identity: Identity,
): LiveStreams => {
  const { clock, timers } = ports;
  const clients = new Set<LiveClient>();
  const watched = new Map<number, number>();
  let stopped = false;
  let stopHeartbeat: (() => void) | undefined;

  const send = (message: LiveMessage): void => {
    let frame: string | undefined;
    for (const client of clients) {
      if (!wants(client.interest, message)) continue;
      const seen = visible(client, message);
      if (seen === null) continue;
      // Most see the same; it is put into words once.
      const own = seen === message ? (frame ??= toFrame(message)) : toFrame(seen);
      client.send(own, clock.monotonicMs());
    }
  };
  const folder = createFolder(timers, send);
  const gate = createBurstGate(timers, send);

  const forget = (client: LiveClient): void => {
    if (!clients.delete(client)) return;
    const { session } = client.interest;
    if (session !== null) {
      const rest = (watched.get(session) ?? 1) - 1;
      if (rest > 0) watched.set(session, rest);
      else watched.delete(session);
    }
    if (clients.size === 0) {
      stopHeartbeat?.();
      stopHeartbeat = undefined;
    }
  };

  const beat = (): void => {
    const nowMs = clock.monotonicMs();
    for (const client of clients) {
      const overrunSinceMs = client.overrunSinceMs();
      const { expiresAt } = client.principal;
      if (overrunSinceMs !== null && nowMs - overrunSinceMs >= liveLimits.stuckMs) client.stream.destroy();
      else if (expiresAt !== null && expiresAt.getTime() <= clock.epochMs()) client.end();
      else client.send(HEARTBEAT, nowMs);
    }
  };

  return {
    publish(message) {
      if (clients.size === 0) return;
      if (message.type === 'session') folder.add(message);
      else if (isGated(message)) gate.add(message);
      else send(message);
    },
    watches: (sessionId) => watched.has(sessionId),
    open(interest, principal) {
      if (stopped)
        throw new CodedError('shutting_down', say('problem_the_manager_is_stopping'), {
          retryAfterSeconds: 5,
        });
      if (clients.size >= liveLimits.clientsMax)
        throw new CodedError(
          'too_many_requests',
          say('problem_there_are_live_streams_already', { max: liveLimits.clientsMax }),
          { retryAfterSeconds: 30 },
        );
      const client = createLiveClient(interest, principal);
      clients.add(client);
      if (interest.session !== null) watched.set(interest.session, (watched.get(interest.session) ?? 0) + 1);
      client.stream.once('close', () => forget(client));
      stopHeartbeat ??= timers.every(liveLimits.heartbeatMs, beat);
      const hello = toFrame({ type: 'hello', startId: identity.startId, version: identity.version });
      client.send(`retry: ${liveLimits.retryMs}\n${hello}`, clock.monotonicMs());
      return client.stream;
    },
    endOf(of) {
      for (const client of clients) if (of(client.principal)) client.end();
    },
    keys: () => new Set([...clients].map(({ principal }) => principal.key)),
    clientCount: () => clients.size,
    stop() {
      stopped = true;
      folder.stop();
      gate.stop();
      stopHeartbeat?.();
      stopHeartbeat = undefined;
      for (const client of clients) client.end();
    },
  };
};

type GatedMessage = Extract<LiveMessage, { type: 'event' | 'eventsChanged' | 'statusChanged' }>;
const isGated = (message: LiveMessage): message is GatedMessage =>
  message.type === 'event' || message.type === 'eventsChanged' || message.type === 'statusChanged';

/**
 * Single events go at once, until there are too many in a burst; then, as of what has no content, one word at its end stands for all that
 * follow. The first word goes at once.
 */
const createBurstGate = (timers: Timers, send: (message: LiveMessage) => void) => {
  let singles = 0;
  let told = new Set<GatedMessage['type']>();
  const owed = new Set<'eventsChanged' | 'statusChanged'>();
  let cancel: (() => void) | undefined;

  const open = (): void => {
    cancel = undefined;
    singles = 0;
    told = new Set(owed);
    const due = [...owed];
    owed.clear();
    if (due.length > 0) cancel = timers.after(liveLimits.burstMs, open);
    for (const type of due) send({ type });
  };

  return {
    add(message: GatedMessage): void {
      cancel ??= timers.after(liveLimits.burstMs, open);
      const { type } = message;
      if (type === 'event') {
        singles += 1;
        if (singles > liveLimits.eventsPerBurst || told.has('eventsChanged')) owed.add('eventsChanged');
        else send(message);
      } else if (told.has(type)) owed.add(type);
      else {
        told.add(type);
        send(message);
      }
    },
    stop(): void {
      cancel?.();
      cancel = undefined;
      owed.clear();
    },
  };
};

/** The first summary of a session goes at once; those that follow within the window become one, the newest. */
const createFolder = (timers: Timers, send: (message: LiveMessage) => void) => {
  let recent = new Set<number>();
  let held = new Map<number, SessionMessage>();
  let cancel: (() => void) | undefined;

  const flush = (): void => {
    const due = held;
    held = new Map();
    recent = new Set(due.keys());
    cancel = recent.size === 0 ? undefined : timers.after(liveLimits.foldMs, flush);
    for (const message of due.values()) send(message);
  };

  return {
    add(message: SessionMessage): void {
      const { id } = message.session;
      if (recent.has(id)) {
        held.set(id, message);
        return;
      }
      recent.add(id);
      cancel ??= timers.after(liveLimits.foldMs, flush);
      send(message);
    },
    stop(): void {
      cancel?.();
      cancel = undefined;
      held.clear();
      recent.clear();
    },
  };
};
