/**
 * The duty connections of one voter to all others, in the keeper's own process.
 *
 * Responsible for the port, for dialling every other member, for choosing among several connections to the same voter (the one heard last),
 * and for noticing silence. A connection without a byte for two heartbeats is not waited for: another is dialled beside it, the first that
 * works is used, the silent one is dropped later. Messages are best effort; nothing waits for a peer. Not responsible for what messages mean
 * (`decision`), nor for bulk data, whose connections are handed to the link process. Called by the keeper and by the witness program.
 */
import type net from 'node:net';
import type tls from 'node:tls';
import type { Clock } from '@nezuban/platform/clock';
import { formatInstant } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import {
  PAIR_LINK_VERSION,
  pairLinkLimits,
  type AddressBook,
  type DutyHello,
} from '@nezuban/protocol/pair/pair-link';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import type { DutyLink, DutyLinkEvents, LinkConnection, LinkPeer } from '../ports.ts';
import {
  createDutyConnection,
  type DutyConnection,
  type DutyConnectionEvents,
  type DutyEnd,
  type OtherFrame,
} from './duty-connection.ts';
import { createJoinServer } from './join-server.ts';
import { LinkError } from './link-error.ts';
import { createPairListener } from './pair-listener.ts';
import { dialContext, type PairCredentials } from './pair-tls.ts';
import { createNameCache, type Lookup } from './peer-address.ts';
import { createPeerDialer, type PeerDialer } from './peer-dialer.ts';
import { createPeerQuestions } from './peer-questions.ts';

/** How finely pings and silence are timed. */
const TICK_MS = 50;
/** Without a byte for this long a second connection is dialled beside it. */
const SILENT_MS = 2 * pairLinkLimits.pingMs;
/** A connection that stayed silent for this long is dropped: what it still holds is worth nothing. */
const DROP_MS = 2_000;
/** A voter that said nothing for this long on any connection has a dead network or host; its bulk connections are dropped too. */
const BULK_DROP_MS = 3_000;
/** A tick that comes this late says that this process itself stood still: the silence is its own. */
const OWN_PAUSE_MS = 5 * TICK_MS;
/** Connections of one voter: two dials may overlap on each side. The one heard longest ago makes room. */
const CONNECTIONS_PER_VOTER_MAX = 4;
/** A pair has nine voters; each emptied disk comes back as another one. */
const CONNECTIONS_MAX = 64;

export type DutyLinkPorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly events: DutyLinkEvents;
  /** Who carries bulk connections (`link-process.ts`); null: nobody, as in a witness. */
  readonly bulk: {
    readonly handOver: (socket: net.Socket, firstBytes: Buffer) => void;
    readonly dropPeer: (id: VoterId) => void;
  } | null;
  /** Tests pass their own. */
  readonly lookup?: Lookup;
};

export type DutyLinkOptions = {
  readonly self: Pick<DutyHello, 'id' | 'cluster' | 'startId' | 'kind' | 'name' | 'release'>;
  readonly credentials: PairCredentials;
  /** Null: only dials, as witnesses do. */
  readonly listen: { readonly host: string; readonly port: number } | null;
};

type Held = { readonly connection: DutyConnection; readonly id: VoterId };

export function createDutyLink(ports: DutyLinkPorts, options: DutyLinkOptions): DutyLink {
  const { clock, timers, logger, events } = ports;
  const { self } = options;
  const now = clock.monotonicMs;
  const names = createNameCache({ clock, ...(ports.lookup === undefined ? {} : { lookup: ports.lookup }) });
  const questions = createPeerQuestions({ timers });
  const dialers = new Map<VoterId, PeerDialer>();
  /** Greeted ones. */
  const open = new Map<DutyConnection, Held>();
  /** Greeted or not: all that must be closed at the end, each with the dialer that made it. */
  const all = new Map<DutyConnection, PeerDialer | null>();
  /** Voters that were heard and are not silent, for the bulk side. */
  const audible = new Map<VoterId, number>();
  let context = dialContext(options.credentials);
  let book: AddressBook | null = null;
  let cancelTick: CancelTimer | null = null;
  let tickedAt = now();
  /** Silence before this moment is our own. */
  let awakeSince = now();
  let stopped = false;

  const joins = createJoinServer({ clock, timers, logger }, { onJoin: events.onJoin });
  const listener =
    options.listen === null
      ? null
      : createPairListener(
          { clock, timers, logger },
          {
            ...options.listen,
            credentials: options.credentials,
            onSecure: (kind, socket) => (kind === 'duty' ? accept(socket) : joins.serve(socket)),
            onBulk: (socket, firstBytes) => {
              if (ports.bulk === null || stopped) socket.destroy();
              else ports.bulk.handOver(socket, firstBytes);
            },
          },
        );

  const ownHello = (): DutyHello => ({
    type: 'hello',
    protocol: PAIR_LINK_VERSION,
    ...self,
    clock: formatInstant(clock.now()),
  });

  function connect(socket: tls.TLSSocket, dialer: PeerDialer | null): DutyConnection {
    const peer = dialer?.peer;
    const address = peer?.address ?? `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`;
    const connection = createDutyConnection(
      { clock, timers },
      { socket, expected: peer?.id ?? null, address, ownHello, events: connectionEvents },
    );
    all.set(connection, dialer);
    return connection;
  }

  function accept(socket: tls.TLSSocket): void {
    if (stopped || all.size >= CONNECTIONS_MAX) socket.destroy();
    else connect(socket, null);
  }

  const connectionEvents: DutyConnectionEvents = { onOpen: opened, onFrame: received, onEnd: ended };

  function opened(connection: DutyConnection, hello: DutyHello): void {
    const before = connectionsOf(hello.id);
    open.set(connection, { connection, id: hello.id });
    audible.set(hello.id, now());
    all.get(connection)?.opened(connection);
    for (const old of outlived(before, hello)) old.close();
    if (book !== null) connection.send({ type: 'addresses', book }, 'sure');
    const known = before.some((other) => other.hello()?.startId === hello.startId);
    if (!known) logger.info({ peer: hello.name, id: hello.id }, `${hello.name} is connected`);
    events.onConnected(hello);
  }

  /** Connections to an earlier start of the same keeper are dead; more than the bound are too many. */
  function outlived(before: readonly DutyConnection[], hello: DutyHello): readonly DutyConnection[] {
    const stale = before.filter((other) => other.hello()?.startId !== hello.startId);
    const same = before.filter((other) => other.hello()?.startId === hello.startId);
    return [...stale, ...same.slice(CONNECTIONS_PER_VOTER_MAX - 1)];
  }

  function ended(connection: DutyConnection, end: DutyEnd): void {
    all.get(connection)?.ended(connection, end);
    all.delete(connection);
    const held = open.get(connection);
    open.delete(connection);
    questions.ended(connection);
    if (stopped) return;
    if (end.says !== null && !connection.dialled)
      logger.warn({ from: connection.address }, `a duty connection was ended: ${end.says}`);
    if (held === undefined || !end.byPeer || isHeard(held.id)) return;
    logger.info({ id: held.id }, `${connection.hello()?.name ?? held.id} is no longer connected`);
    events.onLost(held.id);
  }

  /** Whether another connection of that voter was heard lately. */
  function isHeard(id: VoterId): boolean {
    return connectionsOf(id).some((connection) => now() - connection.heardAt() < SILENT_MS);
  }

  function received(connection: DutyConnection, frame: OtherFrame): void {
    const id = open.get(connection)?.id;
    if (id === undefined || stopped) return;
    switch (frame.type) {
      case 'message':
        events.onMessage(frame.message);
        break;
      case 'addresses':
        events.onAddressBook(id, frame.book);
        break;
      case 'question':
        questions.serve(connection, frame.n, () => events.onQuestion(id, frame.question));
        break;
      case 'answer':
        questions.answered(connection, frame.n, frame.answer);
        break;
      default:
        frame satisfies never;
    }
  }

  /** The one heard last comes first. */
  function connectionsOf(id: VoterId): readonly DutyConnection[] {
    return [...open.values()]
      .filter((held) => held.id === id)
      .map((held) => held.connection)
      .toSorted((a, b) => b.heardAt() - a.heardAt());
  }

  function tick(): void {
    const at = now();
    if (at - tickedAt > OWN_PAUSE_MS) awakeSince = at;
    tickedAt = at;
    for (const { connection, id } of open.values()) {
      connection.tick(at);
      if (silence(connection, at) >= DROP_MS) connection.close();
      else if (at - connection.heardAt() < SILENT_MS) audible.set(id, at);
    }
    for (const dialer of dialers.values()) tickDialer(dialer, at);
    for (const [id, heardAt] of audible) {
      if (at - Math.max(heardAt, awakeSince) < BULK_DROP_MS) continue;
      audible.delete(id);
      ports.bulk?.dropPeer(id);
    }
  }

  /** For how long it has said nothing while we could have heard it. */
  function silence(connection: DutyConnection, at: number): number {
    return at - Math.max(connection.heardAt(), awakeSince);
  }

  function tickDialer(dialer: PeerDialer, at: number): void {
    const dialled = connectionsOf(dialer.peer.id).filter((connection) => connection.dialled);
    const [best, ...others] = dialled.filter((connection) => silence(connection, at) < SILENT_MS);
    dialer.tick(at, best !== undefined);
    // A silent one that came back after its replacement: one is enough.
    for (const surplus of others) surplus.close();
  }

  function describe(connection: DutyConnection): LinkConnection | null {
    const hello = connection.hello();
    if (hello === null) return null;
    const { id, kind, name, release } = hello;
    return {
      id,
      kind,
      name,
      release,
      address: connection.address,
      heardAgoMs: now() - connection.heardAt(),
      roundTripMs: connection.roundTripMs(),
      clockDiffersMs: connection.clockDiffersMs(),
    };
  }

  function dialTo(peer: LinkPeer): PeerDialer {
    const dialer: PeerDialer = createPeerDialer(
      { clock, names },
      { peer, context: () => context, onSecure: (socket) => connect(socket, dialer) },
    );
    return dialer;
  }

  function setPeers(peers: readonly LinkPeer[]): void {
    const wanted = peers.filter((peer) => peer.id !== self.id);
    for (const [id, dialer] of dialers) {
      if (wanted.some((peer) => peer.id === id && peer.address === dialer.peer.address)) continue;
      dialer.stop();
      dialers.delete(id);
      for (const connection of connectionsOf(id)) if (connection.dialled) connection.close();
    }
    for (const peer of wanted) {
      if (dialers.has(peer.id)) continue;
      const dialer = dialTo(peer);
      dialers.set(peer.id, dialer);
      if (cancelTick !== null) dialer.tick(now(), false);
    }
  }

  return {
    async start() {
      const port = listener === null ? null : await listener.start();
      tickedAt = now();
      awakeSince = tickedAt;
      cancelTick = timers.every(TICK_MS, tick);
      tick();
      return port;
    },
    send(message) {
      // If too much waits on the best one, another may be free; else it is dropped.
      connectionsOf(message.to).some((connection) => connection.send({ type: 'message', message }));
    },
    setPeers,
    setAddressBook(newBook) {
      book = newBook;
      for (const { connection } of open.values())
        connection.send({ type: 'addresses', book: newBook }, 'sure');
    },
    ask(to, question, withinMs = pairLinkLimits.answerMs) {
      const [connection] = connectionsOf(to);
      if (connection !== undefined) return questions.ask(connection, question, withinMs);
      const why = dialers.get(to)?.trouble();
      return Promise.reject(
        new LinkError('not-connected', `There is no connection to ${to}.${why == null ? '' : ` ${why}`}`),
      );
    },
    connections: () =>
      [...new Set([...open.values()].map((held) => held.id))]
        .map((id) => connectionsOf(id)[0])
        .map((connection) => (connection === undefined ? null : describe(connection)))
        .filter((connection) => connection !== null),
    troubles() {
      const found = new Map<string, string>();
      for (const [id, dialer] of dialers) {
        const trouble = dialer.trouble();
        if (trouble !== null && !isHeard(id)) found.set(id, trouble);
      }
      return found;
    },
    setIdentity(identity) {
      context = dialContext(identity);
      listener?.setCredentials(identity);
    },
    async stop() {
      stopped = true;
      cancelTick?.();
      cancelTick = null;
      for (const dialer of dialers.values()) dialer.stop();
      for (const connection of all.keys()) connection.close();
      joins.stop();
      await listener?.stop();
    },
  };
}
