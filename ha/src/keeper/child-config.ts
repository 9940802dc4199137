// What the keeper tells its children to do. Pure.
import os from 'node:os';
import path from 'node:path';
import type {
  AgentConfig,
  HostPort,
  IntakeConfig,
  ManagerConfig,
} from '@nezuban/protocol/keeper/child-messages';
import { databasePlace } from '@nezuban/protocol/keeper/database-place';
import { DATABASE_NAME, DATABASE_ROLE, SOCKET_PORT } from '../drivers/postgres/settings.ts';
import { formatHostPort, parseHostPort, type StartOptions } from './options.ts';

export type HomeLayout = {
  readonly home: string;
  readonly runDirectory: string;
  readonly version: string;
  readonly consoleDirectory: string | null;
};

/** Where a manager said that it listens. Kept over its restarts: whoever asked for port 0 wants the same port again. */
export type BoundAddresses = { readonly consolePort: number | null; readonly agentPort: number | null };

/** Where the keeper's own control socket is. */
export function controlSocketIn(runDirectory: string): string {
  return path.join(runDirectory, 'keeper.sock');
}

/** Where PostgreSQL finds the master's server: the link process listens there. */
export function upstreamDirectoryIn(layout: HomeLayout): string {
  return path.join(layout.runDirectory, 'upstream');
}

export function socketDirectoryIn(layout: HomeLayout): string {
  return path.join(layout.runDirectory, databasePlace.socketFolder);
}

export function agentHomeIn(layout: HomeLayout): string {
  return path.join(layout.home, 'agent');
}

/** Unix sockets of the console between the hosts of a pair: `serve` is the master's, `forward` leads to it from a standby. */
export function pairSocketsIn(layout: HomeLayout): { readonly serve: string; readonly forward: string } {
  return {
    serve: path.join(layout.runDirectory, 'console.sock'),
    forward: path.join(layout.runDirectory, 'forward.sock'),
  };
}

/** Unix sockets of the intakes: this host's own, and the door that leads to the other host's. */
export function intakeSocketsIn(layout: HomeLayout): { readonly own: string; readonly peer: string } {
  return {
    own: path.join(layout.runDirectory, 'intake.sock'),
    peer: path.join(layout.runDirectory, 'peer-intake.sock'),
  };
}

export type ManagerSurroundings = {
  readonly bound: BoundAddresses;
  /** The agent of this host is the node `local`; the second host's has a name of its own. */
  readonly ownsLocalNode: boolean;
};

export function managerConfig(
  layout: HomeLayout,
  options: StartOptions,
  { bound, ownsLocalNode }: ManagerSurroundings,
): ManagerConfig {
  return {
    home: layout.home,
    version: layout.version,
    database: {
      host: socketDirectoryIn(layout),
      port: SOCKET_PORT,
      user: DATABASE_ROLE,
      database: DATABASE_NAME,
    },
    listen: withPort(options.listen, bound.consolePort),
    tls: options.tls,
    agentListen: withPort(options.agentListen, bound.agentPort),
    advertise: options.advertise,
    localJoinTokenFile: options.localAgent && ownsLocalNode ? joinTokenFileIn(layout) : null,
    consoleDirectory: layout.consoleDirectory,
    logLevel: options.logLevel,
    // Of a single manager too: it may become one of a pair while it runs.
    pairSockets: pairSocketsIn(layout),
    intakeSockets: options.intake ? intakeSocketsIn(layout) : null,
  };
}

/** The manager's own certificate for this host, with its key, in one file (`manager/src/inventory/certificates`). */
function managerCertificateIn(layout: HomeLayout): {
  readonly certificateFile: string;
  readonly keyFile: string;
} {
  const file = path.join(layout.home, 'manager', 'ca', 'server.pem');
  return { certificateFile: file, keyFile: file };
}

/** Null: this host is to hear nothing. */
export function intakeConfig(layout: HomeLayout, options: StartOptions): IntakeConfig | null {
  if (!options.intake) return null;
  return {
    home: layout.home,
    socketPath: intakeSocketsIn(layout).own,
    hostName: os.hostname(),
    tls: options.tls ?? managerCertificateIn(layout),
    logLevel: options.logLevel,
  };
}

export type AgentSurroundings = {
  readonly bound: BoundAddresses;
  /** Where the other manager of the pair takes agents. */
  readonly others: readonly string[];
  /** `local` on the first host; the second host of a pair needs a name of its own. */
  readonly nodeName: string;
};

export function agentConfig(
  layout: HomeLayout,
  options: StartOptions,
  { bound, others, nodeName }: AgentSurroundings,
): AgentConfig {
  const { host, port } = withPort(options.agentListen, bound.agentPort);
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return {
    home: agentHomeIn(layout),
    managers: [formatHostPort({ host: reachable, port }), ...others],
    joinTokenFile: joinTokenFileIn(layout),
    nodeName,
    logLevel: options.logLevel,
  };
}

/** The ports in a manager's `ready` message. */
export function boundAddresses(
  consoleUrl: string | undefined,
  agentAddress: string | undefined,
): BoundAddresses {
  return {
    consolePort: portOfUrl(consoleUrl),
    agentPort: agentAddress === undefined ? null : (parseHostPort(agentAddress)?.port ?? null),
  };
}

function portOfUrl(url: string | undefined): number | null {
  if (url === undefined || !URL.canParse(url)) return null;
  const { port, protocol } = new URL(url);
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

function withPort(address: HostPort, port: number | null): HostPort {
  return address.port === 0 && port !== null ? { host: address.host, port } : address;
}

export function joinTokenFileIn(layout: HomeLayout): string {
  return path.join(agentHomeIn(layout), 'local-join-token');
}
