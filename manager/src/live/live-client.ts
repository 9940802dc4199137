// One browser's stream.
// Responsible for its bounded buffer: a slow reader loses messages, is told so by `reload`, and never makes anybody wait.
// Called by the live bus.
import { Readable } from 'node:stream';
import type { LiveMessage, liveTopics } from '@nezuban/protocol/api/live';
import { netOfEvent } from '../events/event-net.ts';
import type { Principal } from '../http/http-ports.ts';
import { liveLimits } from './live-limits.ts';

export type LiveTopic = (typeof liveTopics)[number];
export type LiveInterest = {
  readonly topics: ReadonlySet<LiveTopic>;
  readonly session: number | null;
  /** Job net of the watched session. */
  readonly net: string | null;
};

export type LiveClient = {
  readonly interest: LiveInterest;
  readonly principal: Principal;
  readonly stream: Readable;
  /** Queues a frame, or drops it where the client is too slow. */
  send(frame: string, nowMs: number): void;
  /** Since when it has been too slow; null while it keeps up. */
  readonly overrunSinceMs: () => number | null;
  end(): void;
};

/** A message in the form of server-sent events (WHATWG HTML 9.2). JSON has no line breaks of its own. */
export const toFrame = (message: LiveMessage): string =>
  `event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`;

const RELOAD = toFrame({ type: 'reload' });

export const createLiveClient = (interest: LiveInterest, principal: Principal): LiveClient => {
  let overrunSinceMs: number | null = null;
  const stream = new Readable({
    // Called when what was queued has been taken.
    read() {
      if (overrunSinceMs === null) return;
      overrunSinceMs = null;
      stream.push(RELOAD);
    },
  });
  // A browser that leaves ends its stream in the middle; that is no fault.
  stream.on('error', () => undefined);
  return {
    interest,
    principal,
    stream,
    send(frame, nowMs) {
      if (stream.destroyed || stream.readableEnded || overrunSinceMs !== null) return;
      if (stream.readableLength + frame.length > liveLimits.bufferBytesMax) overrunSinceMs = nowMs;
      else stream.push(frame);
    },
    overrunSinceMs: () => overrunSinceMs,
    end() {
      if (!stream.destroyed) stream.push(null);
    },
  };
};

/** What a client may see of a message: all, nothing, or less of it. Pure. */
export const visible = ({ principal, interest }: LiveClient, message: LiveMessage): LiveMessage | null => {
  const { permissions } = principal;
  const when = (may: boolean): LiveMessage | null => (may ? message : null);
  switch (message.type) {
    case 'session':
      return when(permissions.onNet('nets.read', message.session.net));
    case 'units':
      return when(interest.net !== null && permissions.onNet('nets.read', interest.net));
    case 'output':
      return when(interest.net !== null && permissions.onNet('output.read', interest.net));
    case 'event': {
      const { node, details } = message.event;
      return when(permissions.onEvent('events.read', { node, net: netOfEvent(details) }));
    }
    case 'node':
      return when(permissions.onNode('nodes.read', message.node.name));
    case 'nodeRemoved':
      return when(permissions.onNode('nodes.read', message.name));
    case 'netsChanged': {
      if (permissions.everywhere('nets.read')) return message;
      const names = message.names.filter((name) => permissions.onNet('nets.read', name));
      return names.length === 0 ? null : { ...message, names };
    }
    case 'pair':
      return when(permissions.holds('pair.read'));
    case 'eventsChanged':
    case 'statusChanged':
      return when(permissions.holds('events.read'));
    // Says that something is frozen or free, not what; who wants to know asks.
    case 'operationsChanged':
    case 'approvalsChanged':
    case 'hello':
    case 'reload':
      return message;
  }
};

/** Whether a client wants a message. Pure. */
export const wants = ({ topics, session }: LiveInterest, message: LiveMessage): boolean => {
  switch (message.type) {
    case 'session':
      return topics.has('sessions') || session === message.session.id;
    case 'units':
    case 'output':
      return session === message.sessionId;
    case 'event':
    case 'eventsChanged':
      return topics.has('events');
    case 'statusChanged':
      return topics.has('status');
    case 'node':
    case 'nodeRemoved':
      return topics.has('nodes');
    case 'approvalsChanged':
      return topics.has('sessions');
    case 'netsChanged':
      return topics.has('nets');
    case 'pair':
      return topics.has('pair');
    case 'operationsChanged':
      return topics.has('operations');
    case 'hello':
    case 'reload':
      return true;
  }
};
