// The processes and connections that a host has only as part of a pair: duty link, link process, guard, fence, service address.
// Responsible for opening them together, for pointing the bulk side at the other host, and for closing them. Called by the pair's office.
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { DutyHello } from '@nezuban/protocol/pair/pair-link';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger, LogLevel } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { createServiceAddress } from '../drivers/address/service-address.ts';
import { createFence } from '../drivers/fence/fence-command.ts';
import { createGuard } from '../drivers/guard/guard.ts';
import { createDutyLink } from '../drivers/link/duty-link.ts';
import { createLinkProcess } from '../drivers/link/link-process.ts';
import type { PairIdentity } from '../drivers/link/pair-identity.ts';
import type {
  DatabaseFacts,
  DutyLink,
  DutyLinkEvents,
  Fence,
  Guard,
  ServiceAddress,
} from '../drivers/ports.ts';
import { SOCKET_PORT } from '../drivers/postgres/settings.ts';
import {
  intakeSocketsIn,
  pairSocketsIn,
  socketDirectoryIn,
  upstreamDirectoryIn,
  type HomeLayout,
} from './child-config.ts';
import { parseHostPort } from './options.ts';

export type PairWires = {
  readonly link: DutyLink;
  readonly guard: Guard;
  readonly fence: Fence | null;
  readonly address: ServiceAddress | null;
  readonly setTree: (managerPid: number | null, database: DatabaseFacts) => void;
  /** Another address book or certificate. */
  readonly update: (identity: PairIdentity) => void;
  readonly close: () => Promise<void>;
};

export type PairWiresPorts = DutyLinkEvents & {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly onGuardFired: () => void;
  readonly onGuardStarted: (pid: number) => void;
  readonly onLinkStarted: (pid: number, output: readonly Readable[]) => void;
  readonly onConnected: (hello: DutyHello) => void;
};

export type PairWiresOptions = {
  readonly layout: HomeLayout;
  readonly identity: PairIdentity;
  readonly startId: string;
  /** The fence command's hard limit. */
  readonly fenceMs: number;
  readonly environment: NodeJS.ProcessEnv;
  /** Flags for Node of the processes that are started here. */
  readonly execArgv: readonly string[];
  readonly logLevel: LogLevel;
  /** Whom PostgreSQL runs as, if not as ourselves: it must reach the socket that leads to the master. */
  readonly databaseUser: { readonly uid: number; readonly gid: number } | null;
};

export async function openPairWires(ports: PairWiresPorts, options: PairWiresOptions): Promise<PairWires> {
  const { layout, startId } = options;
  const { clock, timers, logger } = ports;
  let { identity } = options;
  const sockets = pairSocketsIn(layout);
  const intakeSockets = intakeSocketsIn(layout);
  const socketName = `.s.PGSQL.${SOCKET_PORT}`;

  const guard = createGuard(
    {
      timers,
      logger,
      events: {
        onStarted: ports.onGuardStarted,
        onFired: ports.onGuardFired,
        onDied: (how) => logger.warn(`the guard ${how}; another one is started`),
      },
    },
    { home: layout.home },
  );
  const bulk = createLinkProcess(
    {
      clock,
      timers,
      logger,
      events: {
        onStarted: ports.onLinkStarted,
        onDied: () => undefined,
        onTrouble: (service, says) => {
          if (says !== null) logger.warn({ service }, says);
        },
      },
    },
    {
      credentials: credentialsOf(identity),
      environment: options.environment,
      execArgv: options.execArgv,
      level: options.logLevel,
    },
  );
  const listen = identity.listen === null ? null : parseHostPort(identity.listen);
  const link = createDutyLink(
    { clock, timers, logger, events: ports, bulk },
    {
      self: {
        id: identity.id,
        cluster: identity.cluster,
        startId,
        kind: 'member',
        name: nameOf(identity),
        release: layout.version,
      },
      credentials: credentialsOf(identity),
      listen,
    },
  );
  const fence =
    identity.fenceCommand === null
      ? null
      : createFence({ timers, logger }, { command: identity.fenceCommand, timeoutMs: options.fenceMs });
  const address =
    identity.address === null ? null : createServiceAddress({ timers, logger }, identity.address);

  function apply(): void {
    link.setPeers(othersOf(identity).map(({ id, address: at }) => ({ id, address: at })));
    link.setAddressBook(identity.book);
    bulk.setTargets({
      allowed: othersOf(identity).map(({ id }) => id),
      services: {
        postgres: path.join(socketDirectoryIn(layout), socketName),
        console: sockets.serve,
        intake: intakeSockets.own,
      },
      doors: [
        {
          service: 'postgres',
          path: path.join(upstreamDirectoryIn(layout), socketName),
          owner: options.databaseUser,
        },
        { service: 'console', path: sockets.forward, owner: null },
        { service: 'intake', path: intakeSockets.peer, owner: null },
      ],
      peer: peerOf(identity),
    });
  }

  // The port first: where it is taken, nothing has been started.
  await link.start();
  guard.start();
  bulk.start();
  await address?.release();
  apply();

  return {
    link,
    guard,
    fence,
    address,
    setTree(managerPid, database) {
      guard.setTree({
        pids: [managerPid, database.pid].filter((pid) => pid !== null),
        dataDirectory: database.dataDirectory,
      });
    },
    update(next) {
      const renewed = next.certificate !== identity.certificate;
      identity = next;
      if (renewed) {
        link.setIdentity(next);
        bulk.setCredentials(credentialsOf(next));
      }
      apply();
    },
    async close() {
      await address?.release();
      await Promise.all([link.stop(), bulk.stop()]);
      await guard.stop();
    },
  };
}

function othersOf(identity: PairIdentity): PairIdentity['book']['members'] {
  return identity.book.members.filter(({ id }) => id !== identity.id);
}

function peerOf(identity: PairIdentity): { readonly id: string; readonly address: string } | null {
  const [other] = othersOf(identity);
  return other === undefined ? null : { id: other.id, address: other.address };
}

function nameOf(identity: PairIdentity): string {
  return identity.book.members.find(({ id }) => id === identity.id)?.name ?? identity.id;
}

function credentialsOf({ certificate, privateKey, ca }: PairIdentity) {
  return { certificate, privateKey, ca };
}
