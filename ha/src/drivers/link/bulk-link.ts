/**
 * All of bulk in one: what the link process does, apart from being a process.
 *
 * Responsible for obeying the keeper's messages: credentials, targets, connections handed over. Called by `link-main.ts`.
 */
import type net from 'node:net';
import type tls from 'node:tls';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { BulkService } from '@nezuban/protocol/pair/pair-link';
import { createBulkDoor, type BulkDoor } from './bulk-door.ts';
import { createBulkServer } from './bulk-server.ts';
import type { LinkDoor, LinkTargets, ToLink } from './link-messages.ts';
import { dialContext } from './pair-tls.ts';
import { createNameCache } from './peer-address.ts';

export type BulkLink = {
  /** `socket`: what came beside the message. */
  readonly obey: (message: Exclude<ToLink, { type: 'stop' | 'pulse' }>, socket: net.Socket | null) => void;
  readonly stop: () => void;
};

export type BulkLinkPorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly onTrouble: (service: BulkService, says: string | null) => void;
};

export function createBulkLink(ports: BulkLinkPorts): BulkLink {
  const { clock, timers, logger } = ports;
  const names = createNameCache({ clock });
  const server = createBulkServer({ timers, logger });
  /** By everything that makes a door what it is. */
  const doors = new Map<string, BulkDoor>();
  const troubles = new Map<BulkService, string>();
  let context: tls.SecureContext | null = null;
  let peer: LinkTargets['peer'] = null;

  function setTargets(targets: LinkTargets): void {
    server.setTargets(targets);
    const changed = peer?.id !== targets.peer?.id || peer?.address !== targets.peer?.address;
    peer = targets.peer;
    if (changed) for (const door of doors.values()) door.dropAll();
    setDoors(targets.doors);
  }

  function setDoors(wanted: readonly LinkDoor[]): void {
    const keys = new Map(wanted.map((door) => [JSON.stringify(door), door]));
    for (const [key, door] of doors) {
      if (keys.has(key)) continue;
      door.stop();
      doors.delete(key);
    }
    for (const [key, door] of keys) if (!doors.has(key)) doors.set(key, openDoor(door));
  }

  function openDoor(door: LinkDoor): BulkDoor {
    const opened = createBulkDoor(
      {
        timers,
        logger,
        names,
        context: () => context,
        peer: () => peer,
        onTrouble: (says) => noteTrouble(door.service, says),
      },
      door,
    );
    opened.start();
    return opened;
  }

  /** Told once: PostgreSQL tries again and again. */
  function noteTrouble(service: BulkService, says: string | null): void {
    if ((troubles.get(service) ?? null) === says) return;
    if (says === null) troubles.delete(service);
    else {
      troubles.set(service, says);
      logger.warn({ service }, says);
    }
    ports.onTrouble(service, says);
  }

  return {
    obey(message, socket) {
      switch (message.type) {
        case 'credentials':
          context = dialContext(message.credentials);
          server.setCredentials(message.credentials);
          break;
        case 'targets':
          setTargets(message.targets);
          break;
        case 'bulk':
          // Null: it was closed on its way.
          if (socket !== null) server.accept(socket, Buffer.from(message.bytes, 'base64'));
          break;
        case 'drop':
          server.drop(message.id);
          if (peer?.id === message.id) for (const door of doors.values()) door.dropAll();
          break;
        default:
          message satisfies never;
      }
    },
    stop() {
      for (const door of doors.values()) door.stop();
      doors.clear();
      server.stop();
    },
  };
}
