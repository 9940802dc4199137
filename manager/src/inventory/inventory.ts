// The inventory domain put together: nodes, scopes, agents' connections, the manager's own CA. Made by manager.ts.
import os from 'node:os';
import path from 'node:path';
import type { HostPort } from '@nezuban/protocol/keeper/child-messages';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Database } from '../database/database.ts';
import type { AgentHub, AuditLog, EventSink, Handlers, Identity, Inventory, LiveBus } from '../ports.ts';
import { createAgentHub } from './agent-hub.ts';
import { createAgentPort } from './agent-port.ts';
import { createAgentPresence } from './agent-presence.ts';
import { openAuthority } from './certificates/authority.ts';
import { openServerCertificate } from './certificates/server-certificate.ts';
import type { TlsMaterial } from './certificates/server-certificate.ts';
import { serverNames } from './certificates/server-names.ts';
import { createEnrolment } from './enrolment.ts';
import { createInventoryRoutes } from './inventory-routes.ts';
import { provideLocalAgentToken } from './local-agent-token.ts';
import { createNodeRegistry } from './node-registry.ts';
import { loadNodes } from './node-store.ts';
import { createApplyScope } from './scope-changes.ts';
import { loadScopes } from './scope-store.ts';

export type InventoryPorts = {
  readonly database: Database;
  readonly events: EventSink;
  readonly audit: AuditLog;
  readonly live: LiveBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly identity: Identity;
};

export type InventoryOptions = {
  /** NEZUBAN_HOME; the folder `manager` in it exists and is private. */
  readonly home: string;
  readonly agentListen: HostPort;
  /** `HOST:PORT` that agents are told; null: host name (or loopback address) and port of the agent port. */
  readonly advertise: string | null;
  readonly localJoinTokenFile: string | null;
  /** Further hosts that the server certificate must name, such as the one the API listens on. */
  readonly hosts: readonly string[];
};

export type InventoryDomain = {
  readonly inventory: Inventory;
  readonly hub: AgentHub;
  readonly routes: Pick<Handlers, 'listNodes' | 'getNode' | 'removeNode' | 'createJoinToken' | 'listScopes'>;
  /** Certificate of the own CA for the API where it listens beyond loopback, and the CA itself for those who must trust it. */
  readonly tls: () => TlsMaterial;
  readonly ca: string;
  readonly counts: () => { readonly nodes: number; readonly connected: number };
  /** Opens the agent port; the hub's listener must be set. Gives the address that agents are told. Throws a ListenError. */
  start(onTlsRenewed: (material: TlsMaterial) => void): Promise<{ readonly agentAddress: string }>;
  stop(): Promise<void>;
};

/** Reads nodes and scopes, and reads or makes the CA. */
export const createInventory = async (
  ports: InventoryPorts,
  options: InventoryOptions,
): Promise<InventoryDomain> => {
  const { database, events, audit, live, clock, timers, identity } = ports;
  const logger = ports.logger.child({ domain: 'inventory' });
  const directory = path.join(options.home, 'manager', 'ca');
  const authority = await openAuthority(directory);
  const listened = [options.agentListen.host, ...options.hosts];
  const names = serverNames([
    os.hostname(),
    ...listened,
    // Whoever listens everywhere is reached by every address of this host.
    ...(listened.some(isWildCard) ? ownAddresses() : []),
    ...(options.advertise === null ? [] : [hostOf(options.advertise)]),
  ]);
  const certificate = await openServerCertificate({ authority, clock, timers, logger }, { directory, names });

  const registry = createNodeRegistry();
  registry.load(await loadNodes(database), await loadScopes(database));
  const presence = createAgentPresence({ database, registry, events, clock, timers, logger });
  const hub = createAgentHub({
    database,
    registry,
    presence,
    authority,
    live,
    clock,
    timers,
    logger,
    identity,
  });
  const viewOf = (name: string) => registry.nodeView(name, hub.openAttempts(name));
  const enrolment = createEnrolment({
    database,
    authority,
    events,
    audit,
    clock,
    onJoined(node) {
      registry.putNode(node);
      const view = viewOf(node.name);
      if (view !== null) live.publish({ type: 'node', node: view });
    },
  });
  const port = createAgentPort(
    { database, clock, logger, enrol: enrolment.enrol, accept: hub.accept },
    { listen: options.agentListen, tls: certificate.current(), ca: authority.certificate },
  );
  let agentAddress = options.advertise ?? '';

  return {
    hub,
    tls: certificate.current,
    ca: authority.certificate,
    inventory: {
      snapshot: registry.snapshot,
      nodeView: async (name) => viewOf(name),
      applyScope: createApplyScope({ registry, audit }),
    },
    routes: createInventoryRoutes({
      database,
      registry,
      audit,
      events,
      live,
      clock,
      openAttempts: hub.openAttempts,
      onRemoved(node) {
        presence.forget(node);
        hub.drop(node, 'the node has been removed');
      },
      fingerprint: authority.fingerprint,
      agentAddress: () => agentAddress,
    }),
    counts: () => {
      const connected = [...registry.nodes().keys()].filter(registry.isConnected).length;
      return { nodes: registry.nodes().size, connected };
    },
    async start(onTlsRenewed) {
      if (options.localJoinTokenFile !== null)
        await provideLocalAgentToken(
          { database, registry, fingerprint: authority.fingerprint },
          options.localJoinTokenFile,
        );
      const boundPort = await port.start();
      agentAddress =
        options.advertise ?? reachableAddress({ host: options.agentListen.host, port: boundPort });
      certificate.start((material) => {
        port.setTls(material);
        onTlsRenewed(material);
      });
      hub.start();
      presence.start();
      return { agentAddress };
    },
    async stop() {
      certificate.stop();
      await hub.stop();
      await port.stop();
      await presence.stop();
    },
  };
};

/** What an agent elsewhere can use: a wild card address is none. */
const reachableAddress = ({ host, port }: HostPort): string => {
  const reachable = host === '0.0.0.0' || host === '::' ? os.hostname() : host;
  return reachable.includes(':') ? `[${reachable}]:${port}` : `${reachable}:${port}`;
};

/** The host of `HOST:PORT` or `[IPv6]:PORT`. */
const hostOf = (address: string): string =>
  /^\[(.+)\]:\d+$/.exec(address)?.[1] ?? address.replace(/:\d+$/, '');

const isWildCard = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** Link-local addresses are left out: they need a zone, which no certificate can name. */
const ownAddresses = (): string[] =>
  Object.values(os.networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address)
    .toSorted();
