// The inventory domain put together: nodes, scopes, agents' connections. Made by master.ts; the agent port and the CA are there before it
// (ground.ts), since a standby has them too.
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Database } from '../database/database.ts';
import type { DefinitionSource } from '../definitions/definition-source.ts';
import { agentFacts, type AgentFacts } from '../versions/version-routes.ts';
import type {
  AgentHub,
  AuditLog,
  EventSink,
  Handlers,
  Identity,
  Inventory,
  LiveBus,
  StatusPlaces,
} from '../ports.ts';
import type { TransferGuest } from '../transfers/transfer-relay.ts';
import { createAgentHub, type AgentHubServer } from './agent-hub.ts';
import type { AgentPort } from './agent-port.ts';
import { createAgentPresence, type AgentPresence } from './agent-presence.ts';
import { createAgentReception, type WaitingAgents } from './agent-reception.ts';
import type { AgentVoices } from './agent-voices.ts';
import type { Authority } from './certificates/authority.ts';
import { createEnrolment } from './enrolment.ts';
import { inventoryLimits } from './inventory-limits.ts';
import { createInventoryRoutes, makeJoinToken } from './inventory-routes.ts';
import { provideLocalAgentToken } from './local-agent-token.ts';
import { createNodeRegistry } from './node-registry.ts';
import { loadNodes, type NodeRow } from './node-store.ts';
import { createScopeDefinitions } from './scope-definitions.ts';
import { createScopeChanges } from './scope-changes.ts';
import type { ScopeChangesPorts } from './scope-changes.ts';
import { createScopeRoutes } from './scope-routes.ts';
import type { ScopeRoutes } from './scope-routes.ts';
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
  readonly authority: Authority;
  readonly port: AgentPort;
  readonly voices: AgentVoices;
  /** `HOST:PORT` that agents are told; known once the port is open. */
  readonly agentAddress: () => string;
  /** A clock of an agent that is farther away is told. */
  readonly clockLimitMs?: () => number;
  readonly netsOnScope: ScopeChangesPorts['netsOnScope'];
  readonly rolesOnScope: ScopeChangesPorts['rolesOnScope'];
};

export type InventoryDomain = {
  /** For the status view. */
  readonly statusPlaces: StatusPlaces;
  /** Releases and protocols of all agents. */
  agentFacts(): readonly AgentFacts[];
  /** Scopes, for export and compare. */
  readonly definitions: DefinitionSource;
  readonly inventory: Inventory;
  readonly hub: AgentHub &
    Pick<AgentHubServer, 'agents' | 'send' | 'features' | 'setManagers' | 'setDraining' | 'authorityChanged'>;
  /** Who carries files between agents, from now on. */
  readonly setTransfers: (enter: (guest: TransferGuest) => void) => void;
  readonly routes: Pick<Handlers, 'listNodes' | 'getNode' | 'removeNode' | 'createJoinToken'> & ScopeRoutes;
  readonly counts: (sees?: (node: string) => boolean) => {
    readonly nodes: number;
    readonly connected: number;
  };
  /** Names and addresses, to find out whom a trap is about. */
  readonly nodeNames: {
    /** Rises whenever they, or scopes, have changed. */
    readonly version: () => number;
    readonly nodes: () => Iterable<Pick<NodeRow, 'name' | 'hostname' | 'address'>>;
  };
  /** The connected agent whose clock is farthest away. */
  readonly farthestClock: AgentPresence['farthestClock'];
  /** A join token for the agent of the other host of the pair. */
  readonly makeAgentToken: () => Promise<string>;
  /**
   * Receives agents from now on; the hub's listener must be set. Whether the port is open yet is not its matter. `localJoinTokenFile`: where
   * the agent of this host looks for its token.
   */
  start(localJoinTokenFile: string | null): Promise<void>;
  /** Lets in those that have waited at the standby, without a new connection. Resolves when each is in or sent away. */
  admit(waiting: WaitingAgents): Promise<void>;
  stop(): Promise<void>;
};

/** Reads nodes and scopes. */
export const createInventory = async (ports: InventoryPorts): Promise<InventoryDomain> => {
  const { database, events, audit, live, clock, timers, identity, authority, port, voices } = ports;
  const logger = ports.logger.child({ domain: 'inventory' });
  const registry = createNodeRegistry(ports.identity.version);
  registry.load(...(await Promise.all([loadNodes(database), loadScopes(database)])));
  const scopeChanges = createScopeChanges({
    registry,
    audit,
    netsOnScope: ports.netsOnScope,
    rolesOnScope: ports.rolesOnScope,
  });
  const presence = createAgentPresence({
    database,
    registry,
    events,
    clock,
    timers,
    logger,
    clockLimitMs: ports.clockLimitMs,
  });
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
    voices,
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
  let transfers: ((guest: TransferGuest) => void) | null = null;
  const reception = createAgentReception({
    database,
    hub,
    transfers: () => transfers,
    enrol: enrolment.enrol,
    logger,
  });

  return {
    hub,
    setTransfers: (enter) => void (transfers = enter),
    definitions: createScopeDefinitions(registry),
    agentFacts: () =>
      [...registry.nodes().values()].map((row) =>
        agentFacts(row, registry.nodeView(row.name, 0)?.agentSupport ?? 'unknown'),
      ),
    nodeNames: { version: registry.version, nodes: () => registry.nodes().values() },
    farthestClock: presence.farthestClock,
    statusPlaces: {
      places: registry.places,
      nodesOfScope: (scope: string) => registry.snapshot().scopes.get(scope) ?? null,
      scopes: () =>
        [...registry.scopes().values()].map(({ name, parent, title }) => ({ name, parent, title })),
    },
    inventory: {
      snapshot: registry.snapshot,
      nodeView: async (name) => viewOf(name),
      places: registry.places,
      applyScope: scopeChanges.apply,
    },
    routes: {
      ...createScopeRoutes({ database, registry, changes: scopeChanges }),
      ...createInventoryRoutes({
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
        agentAddress: ports.agentAddress,
      }),
    },
    counts: (sees = () => true) => {
      const nodes = [...registry.nodes().keys()].filter(sees);
      return { nodes: nodes.length, connected: nodes.filter(registry.isConnected).length };
    },
    makeAgentToken: async () => {
      const wish = {
        createdBy: 'manager (agent of the other host)',
        lifeMs: inventoryLimits.localJoinTokenLifeMs,
        fingerprint: authority.fingerprint,
      };
      return (await database.inTransaction((transaction) => makeJoinToken(transaction, wish))).token;
    },
    async start(localJoinTokenFile) {
      if (localJoinTokenFile !== null)
        await provideLocalAgentToken(
          { database, registry, fingerprint: authority.fingerprint },
          localJoinTokenFile,
        );
      port.setReception(reception);
      hub.start();
      presence.start();
    },
    admit: reception.admit,
    async stop() {
      await hub.stop();
      await port.stop();
      await presence.stop();
    },
  };
};
