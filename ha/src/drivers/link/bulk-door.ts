/**
 * The sending side of bulk: a Unix socket of this host behind which the peer's service seems to be.
 *
 * Responsible for the socket's file and its rights, and for carrying each connection to the peer over TLS of its own. PostgreSQL on this host
 * knows nothing of TLS or of where its primary is: it connects to a directory. Runs in the link process.
 */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { pairAlpn } from '@nezuban/protocol/pair/pair-link';
import { pipeBoth, tuneBulk } from './bulk-pipe.ts';
import type { LinkDoor, LinkTargets } from './link-messages.ts';
import { certifiedVoter, describeDialFailure, dialOptions } from './pair-tls.ts';
import { parsePeerAddress, type NameCache, type PeerAddress } from './peer-address.ts';

/** Connect and TLS together. PostgreSQL gives up after some seconds by itself, and comes again. */
const DIAL_MS = 3_000;
/** As on the receiving side. */
const CONNECTIONS_MAX = 256;
/** The socket's folder: its owner enters, nobody else looks in. */
const FOLDER_MODE = 0o700;
const SOCKET_MODE = 0o660;

export type BulkDoorPorts = {
  readonly timers: Timers;
  readonly logger: Logger;
  readonly names: NameCache;
  /** Null: not told yet. */
  readonly context: () => tls.SecureContext | null;
  readonly peer: () => LinkTargets['peer'];
  /** What hinders this door, in one sentence; null: nothing. */
  readonly onTrouble: (says: string | null) => void;
};

export type BulkDoor = {
  readonly start: () => void;
  /** Closes what goes through it now; new connections go to whoever is the peer then. */
  readonly dropAll: () => void;
  readonly stop: () => void;
};

export function createBulkDoor(ports: BulkDoorPorts, door: LinkDoor): BulkDoor {
  const { timers, logger } = ports;
  const open = new Set<net.Socket>();
  const server = net.createServer({ pauseOnConnect: true }, enter);

  function enter(local: net.Socket): void {
    open.add(local);
    local.once('close', () => open.delete(local));
    local.on('error', (error) =>
      logger.debug({ err: error, service: door.service }, 'a local bulk connection broke'),
    );
    const peer = ports.peer();
    const context = ports.context();
    if (peer === null || context === null || open.size > CONNECTIONS_MAX) {
      local.destroy();
      return;
    }
    const target = targetOf(peer.address);
    if (typeof target === 'string') {
      ports.onTrouble(target);
      local.destroy();
      return;
    }
    const remote = tls.connect({ ...dialOptions(context, pairAlpn.bulk), ...target });
    tuneBulk(remote);
    // For as long as it lives: a host that dies over bytes it has not read sends a reset, at any moment.
    remote.on('error', (error) =>
      logger.debug({ err: error, service: door.service }, 'a bulk connection broke'),
    );
    carry(local, remote, peer);
  }

  /** Where to dial, or why that is not known. */
  function targetOf(text: string): PeerAddress | string {
    try {
      const { host, port } = parsePeerAddress(text);
      const address = ports.names.next(host);
      if (address !== null) return { host: address, port };
      return `The name ${host} is not resolved (${ports.names.trouble(host) ?? 'not yet'}): give the host's IP address instead.`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  function carry(local: net.Socket, remote: tls.TLSSocket, peer: NonNullable<LinkTargets['peer']>): void {
    const fail = (says: string): void => {
      ports.onTrouble(says);
      remote.destroy();
      local.destroy();
    };
    const cancel = timers.after(DIAL_MS, () => fail(describeDialFailure(peer.address, failure('ETIMEDOUT'))));
    const failedEarly = (error: NodeJS.ErrnoException): void =>
      fail(describeDialFailure(peer.address, error));
    const closedEarly = (): void => {
      cancel();
      local.destroy();
    };
    remote.on('error', failedEarly);
    remote.once('close', closedEarly);
    const leftEarly = (): void => void remote.destroy();
    local.once('close', leftEarly);
    remote.once('secureConnect', () => {
      cancel();
      const id = certifiedVoter(remote);
      if (id !== peer.id) {
        fail(
          `The host at ${peer.address} is ${id ?? 'no host of a pair'}, but ${peer.id} was looked for: look at the addresses.`,
        );
        return;
      }
      remote.off('error', failedEarly);
      remote.off('close', closedEarly);
      local.off('close', leftEarly);
      ports.onTrouble(null);
      remote.write(`${JSON.stringify({ service: door.service })}\n`);
      pipeBoth(timers, local, remote);
    });
  }

  return {
    start() {
      try {
        prepare(door);
      } catch (error) {
        ports.onTrouble(doorTrouble(door, error));
        return;
      }
      server.on('error', (error) => ports.onTrouble(doorTrouble(door, error)));
      server.listen({ path: door.path }, () => {
        try {
          fs.chmodSync(door.path, SOCKET_MODE);
          if (door.owner !== null) fs.chownSync(door.path, door.owner.uid, door.owner.gid);
        } catch (error) {
          ports.onTrouble(doorTrouble(door, error));
        }
      });
    },
    dropAll() {
      for (const local of open) local.destroy();
    },
    stop() {
      // Removes the file too.
      server.close();
      for (const local of open) local.destroy();
    },
  };
}

/** Its folder, and no socket of an earlier life in it: the keeper's lock says that no other link process of this home runs. */
function prepare(door: LinkDoor): void {
  const folder = path.dirname(door.path);
  if (!fs.existsSync(folder)) {
    fs.mkdirSync(folder, { mode: FOLDER_MODE });
    if (door.owner !== null) fs.chownSync(folder, door.owner.uid, door.owner.gid);
  }
  if (fs.lstatSync(door.path, { throwIfNoEntry: false })?.isSocket() === true) fs.unlinkSync(door.path);
}

function doorTrouble(door: LinkDoor, error: unknown): string {
  return `The local socket ${door.path}, which leads to the other host, cannot be had: ${error instanceof Error ? error.message : String(error)}.`;
}

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}
