/**
 * The receiving side of bulk: connections of the other member, each for one local service.
 *
 * Responsible for TLS over sockets that the keeper has handed over, for letting in nobody but the members that it was told, for the line that
 * names the service, and for carrying bytes to that service's Unix socket. Not responsible for what the services say. Runs in the link
 * process.
 */
import net from 'node:net';
import tls from 'node:tls';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { bulkHeadSchema, pairAlpn, type BulkService } from '@nezuban/protocol/pair/pair-link';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { pipeBoth, tuneBulk } from './bulk-pipe.ts';
import type { LinkTargets } from './link-messages.ts';
import { certifiedVoter, secureContextOptions, type PairCredentials } from './pair-tls.ts';

/** Users of the standby's console need some each; replication and base copy need three. */
const CONNECTIONS_MAX = 256;
const HANDSHAKE_MS = 5_000;
/** From TLS to the line that names the service. */
const HEAD_MS = 3_000;
const HEAD_BYTES_MAX = 1_024;
const LINE_END = 0x0a;

export type BulkServer = {
  readonly accept: (socket: net.Socket, firstBytes: Buffer) => void;
  readonly setCredentials: (credentials: PairCredentials) => void;
  readonly setTargets: (targets: Pick<LinkTargets, 'allowed' | 'services'>) => void;
  /** Closes what is open with that host. */
  readonly drop: (id: VoterId) => void;
  readonly stop: () => void;
};

export function createBulkServer(ports: { readonly timers: Timers; readonly logger: Logger }): BulkServer {
  const { timers, logger } = ports;
  const raw = new Set<net.Socket>();
  const carried = new Map<tls.TLSSocket, VoterId>();
  let server: tls.Server | null = null;
  let targets: Pick<LinkTargets, 'allowed' | 'services'> = { allowed: [], services: {} };

  function accept(socket: net.Socket, firstBytes: Buffer): void {
    if (server === null || raw.size >= CONNECTIONS_MAX) {
      socket.destroy();
      return;
    }
    raw.add(socket);
    socket.on('error', (error) => logger.debug({ err: error }, 'a bulk connection broke'));
    socket.once('close', () => raw.delete(socket));
    tuneBulk(socket);
    socket.unshift(firstBytes);
    server.emit('connection', socket);
  }

  function secured(socket: tls.TLSSocket): void {
    const id = certifiedVoter(socket);
    socket.on('error', (error) => logger.debug({ err: error, peer: id }, 'a bulk connection broke'));
    if (id === null || !targets.allowed.includes(id)) {
      logger.warn(
        { from: socket.remoteAddress, peer: id },
        'a bulk connection came from nobody who may; it is closed',
      );
      socket.destroy();
      return;
    }
    carried.set(socket, id);
    socket.once('close', () => carried.delete(socket));
    readHead(timers, socket, (line) => {
      const service = serviceIn(line);
      const path = service === null ? undefined : targets.services[service];
      if (path === undefined) {
        logger.warn(
          { peer: id, service },
          'a bulk connection asks for a service that this host does not offer',
        );
        socket.destroy();
      } else connect(socket, { path, service });
    });
  }

  function connect(
    socket: tls.TLSSocket,
    target: { readonly path: string; readonly service: BulkService | null },
  ): void {
    const local = net.connect({ path: target.path });
    local.on('error', (error) => {
      logger.info(
        { err: error, service: target.service },
        'a local service that the peer wants does not answer',
      );
      socket.destroy();
    });
    const closedEarly = (): void => void local.destroy();
    socket.once('close', closedEarly);
    local.once('connect', () => {
      socket.off('close', closedEarly);
      pipeBoth(timers, socket, local);
    });
  }

  return {
    accept,
    setCredentials(credentials) {
      if (server !== null) {
        server.setSecureContext(secureContextOptions(credentials));
        return;
      }
      // Never listens: it only wraps sockets that are given to it.
      server = tls.createServer({
        ...secureContextOptions(credentials),
        ALPNProtocols: [pairAlpn.bulk],
        requestCert: true,
        rejectUnauthorized: true,
        handshakeTimeout: HANDSHAKE_MS,
      });
      server.on('secureConnection', secured);
      server.on('tlsClientError', (error, socket) => {
        logger.debug({ err: error }, 'a TLS greeting of a bulk connection failed');
        socket.destroy();
      });
    },
    setTargets(newTargets) {
      targets = newTargets;
      for (const [socket, id] of carried) if (!targets.allowed.includes(id)) socket.destroy();
    },
    drop(id) {
      for (const [socket, peer] of carried) if (peer === id) socket.destroy();
    },
    stop() {
      for (const socket of raw) socket.destroy();
      for (const socket of carried.keys()) socket.destroy();
    },
  };
}

/** Reads up to the first line end; what comes after it stays in the socket. */
function readHead(timers: Timers, socket: tls.TLSSocket, done: (line: string) => void): void {
  let bytes = Buffer.alloc(0);
  const cancel = timers.after(HEAD_MS, () => socket.destroy());
  socket.once('close', cancel);
  const onData = (more: Buffer): void => {
    bytes = Buffer.concat([bytes, more]);
    const end = bytes.indexOf(LINE_END);
    if (end === -1 && bytes.length <= HEAD_BYTES_MAX) return;
    cancel();
    socket.off('data', onData);
    socket.pause();
    if (end === -1) {
      socket.destroy();
      return;
    }
    if (end + 1 < bytes.length) socket.unshift(bytes.subarray(end + 1));
    done(bytes.toString('utf8', 0, end));
  };
  socket.on('data', onData);
}

function serviceIn(line: string): BulkService | null {
  try {
    return bulkHeadSchema.parse(JSON.parse(line)).service;
  } catch {
    return null;
  }
}
