/**
 * The one TCP port of the pair: accepts, looks at the first bytes, and gives each connection to whom it belongs.
 *
 * Responsible for the port, for reading the ClientHello without consuming it, for the TLS of duty and join connections, and for bounds on
 * strangers. Bulk connections leave as raw sockets, so that another process can carry them. Not responsible for what is said on a
 * connection, nor for judging certificates: whoever gets it does. Called by `duty-link.ts`.
 */
import net from 'node:net';
import tls from 'node:tls';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import { pairAlpn } from '@nezuban/protocol/pair/pair-link';
import { lookAtClientHello } from './client-hello.ts';
import { LinkError } from './link-error.ts';
import { secureContextOptions, type PairCredentials } from './pair-tls.ts';
import { formatPeerAddress } from './peer-address.ts';

/** Connections that have not finished their TLS greeting; the oldest one makes room. A pair of nine voters needs about twenty at most. */
const UNGREETED_MAX = 64;
/** Of one address, so that a single host that only connects cannot keep the others out. Its own oldest makes room. */
const UNGREETED_PER_ADDRESS_MAX = 24;
/**
 * TLS greetings that are begun within a second; each costs about a millisecond of the process that must never be late. A voter dials twice a
 * second. More are closed, and come again.
 */
const GREETINGS_PER_SECOND_MAX = 100;
const GREETINGS_PER_SECOND_AND_ADDRESS_MAX = 40;
/** After this process stood still, connections whose other side gave up long ago wait to be accepted: few, so that it is soon done with them. */
const BACKLOG = 64;
/** From accepting to the whole ClientHello. Enough for a lost packet that is sent again twice. */
const CLIENT_HELLO_MS = 4_000;
const HANDSHAKE_MS = 5_000;
/** Any read is the last one until it has been looked at: what follows the ClientHello stays in the kernel for who gets the socket. */
const READ_STOPS_AT_BYTES = 1;

export type SecureKind = 'duty' | 'join';

export type PairListenerOptions = {
  readonly host: string;
  readonly port: number;
  readonly credentials: PairCredentials;
  /** Greeted by TLS; whether its certificate is one of ours is not judged yet. */
  readonly onSecure: (kind: SecureKind, socket: tls.TLSSocket) => void;
  /** Raw, paused, its first bytes put back and given beside it. */
  readonly onBulk: (socket: net.Socket, firstBytes: Buffer) => void;
};

export type PairListener = {
  /** Gives the port. Throws a `LinkError` that names it and says what to do. */
  readonly start: () => Promise<number>;
  readonly setCredentials: (credentials: PairCredentials) => void;
  readonly stop: () => Promise<void>;
};

type Ungreeted = { readonly socket: net.Socket; cancel: CancelTimer };

export function createPairListener(
  ports: { readonly clock: Clock; readonly timers: Timers; readonly logger: Logger },
  options: PairListenerOptions,
): PairListener {
  const { logger } = ports;
  /** In the order of their arrival, by the four numbers that name a connection. */
  const ungreeted = new Map<string, Ungreeted>();
  let greetings = { second: 0, all: 0, byAddress: new Map<string, number>() };

  const secure = tls.createServer({
    ...secureContextOptions(options.credentials),
    ALPNProtocols: [pairAlpn.duty, pairAlpn.join],
    requestCert: true,
    // Judged by the owner of the connection, who can say in a sentence what is wrong. Hosts that join have none yet.
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_MS,
  });
  secure.on('secureConnection', (socket) => {
    forget(nameOf(socket));
    socket.on('error', (error) => logger.debug({ err: error }, 'a connection of the pair broke'));
    if (socket.alpnProtocol === pairAlpn.duty) options.onSecure('duty', socket);
    else if (socket.alpnProtocol === pairAlpn.join) options.onSecure('join', socket);
    else socket.destroy();
  });
  secure.on('tlsClientError', (error, socket) => {
    logger.debug({ err: error, from: socket.remoteAddress }, 'a TLS greeting on the port of the pair failed');
    socket.destroy();
  });

  const server = net.createServer({ noDelay: true, highWaterMark: READ_STOPS_AT_BYTES }, accept);

  function accept(socket: net.Socket): void {
    const name = nameOf(socket);
    socket.on('error', (error) => logger.debug({ err: error }, 'a connection to the port of the pair broke'));
    socket.once('close', () => forget(name));
    makeRoom(socket);
    const cancel = ports.timers.after(CLIENT_HELLO_MS, () => socket.destroy());
    ungreeted.set(name, { socket, cancel });
    peek(socket, (protocols, firstBytes) => route(socket, protocols, firstBytes));
  }

  function makeRoom(socket: net.Socket): void {
    const sameAddress = [...ungreeted.values()].filter(
      (other) => other.socket.remoteAddress === socket.remoteAddress,
    );
    if (sameAddress.length >= UNGREETED_PER_ADDRESS_MAX) sameAddress[0]?.socket.destroy();
    else if (ungreeted.size >= UNGREETED_MAX) [...ungreeted.values()][0]?.socket.destroy();
  }

  function mayGreet(address: string): boolean {
    const second = Math.floor(ports.clock.monotonicMs() / 1_000);
    if (greetings.second !== second) greetings = { second, all: 0, byAddress: new Map() };
    const count = (greetings.byAddress.get(address) ?? 0) + 1;
    if (greetings.all >= GREETINGS_PER_SECOND_MAX || count > GREETINGS_PER_SECOND_AND_ADDRESS_MAX)
      return false;
    greetings.all += 1;
    greetings.byAddress.set(address, count);
    return true;
  }

  function route(socket: net.Socket, protocols: readonly string[], firstBytes: Buffer): void {
    const name = nameOf(socket);
    if (protocols.includes(pairAlpn.bulk)) {
      forget(name);
      options.onBulk(socket, firstBytes);
    } else if (protocols.includes(pairAlpn.duty) || protocols.includes(pairAlpn.join)) {
      if (!mayGreet(socket.remoteAddress ?? '')) {
        logger.debug(
          { from: socket.remoteAddress },
          'more TLS greetings than may be within a second; one is closed',
        );
        socket.destroy();
        return;
      }
      // The TLS server has a time limit of its own.
      ungreeted.get(name)?.cancel();
      secure.emit('connection', socket);
    } else {
      logger.debug({ from: socket.remoteAddress, protocols }, 'a connection offers no protocol of the pair');
      socket.destroy();
    }
  }

  function forget(name: string): void {
    ungreeted.get(name)?.cancel();
    ungreeted.delete(name);
  }

  async function start(): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port, backlog: BACKLOG }, resolve);
    try {
      await promise;
    } catch (error) {
      throw portError(options, error as NodeJS.ErrnoException);
    }
    server.off('error', reject);
    server.on('error', (error) => logger.error({ err: error }, 'the port of the pair reports an error'));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : options.port;
  }

  return {
    start,
    setCredentials: (credentials) => secure.setSecureContext(secureContextOptions(credentials)),
    async stop() {
      // Not waited for: its callback waits for sockets that were handed to another process.
      if (server.listening) server.close();
      for (const { socket } of ungreeted.values()) socket.destroy();
      await Promise.resolve();
    },
  };
}

/** Reads until the ClientHello is whole, then puts everything back. Whoever sends something else is closed. */
function peek(socket: net.Socket, done: (protocols: readonly string[], firstBytes: Buffer) => void): void {
  let bytes = Buffer.alloc(0);
  const onData = (more: Buffer): void => {
    bytes = Buffer.concat([bytes, more]);
    const look = lookAtClientHello(bytes);
    if (look.is === 'part') return;
    socket.off('data', onData);
    if (look.is === 'garbage') {
      socket.destroy();
      return;
    }
    socket.pause();
    socket.unshift(bytes);
    // Only when this handler has returned does the socket stop reading from the kernel.
    queueMicrotask(() => {
      if (!socket.destroyed) done(look.protocols, bytes);
    });
  };
  socket.on('data', onData);
}

function nameOf(socket: net.Socket): string {
  return [socket.remoteAddress, socket.remotePort, socket.localAddress, socket.localPort].join(' ');
}

function portError(
  at: { readonly host: string; readonly port: number },
  error: NodeJS.ErrnoException,
): LinkError {
  const address = formatPeerAddress(at);
  switch (error.code) {
    case 'EADDRINUSE':
      return new LinkError(
        'port',
        `The port of the pair, ${address}, is taken by another program: "ss -ltnp" shows which; end it, or choose another port for the pair.`,
        error,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EINVAL':
      return new LinkError(
        'port',
        `The pair is to listen at ${address}, but this host has no such address: name one of its own, or 0.0.0.0 for all.`,
        error,
      );
    case 'EACCES':
      return new LinkError(
        'port',
        `This user may not listen at ${address}: choose a port from 1024 up for the pair.`,
        error,
      );
    default:
      return new LinkError(
        'port',
        `The port of the pair, ${address}, cannot be had: ${error.message}.`,
        error,
      );
  }
}
