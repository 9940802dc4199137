// All agents that are connected.
// Responsible for greeting a connection (hello, version, welcome), new or handed over by the waiting room of a standby, for the newest
// connection of an agent winning, for heartbeats, for renewing certificates, and for the port AgentHub by which the jobs domain reaches
// agents. Not responsible for TLS (agent-port.ts), for certificates' validity (agent-reception.ts), and for choosing witnesses
// (pair/witnesses.ts).
import { agentLinkFeatures, agentLinkLimits, staleTermPattern } from '@nezuban/protocol/agent/link';
import type { AgentMessage, ManagerMessage } from '@nezuban/protocol/agent/link';
import { digestOfTrust } from '@nezuban/platform/authority-exchange';
import { CodedError } from '@nezuban/protocol/errors';
import type { Term } from '@nezuban/protocol/ids';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { WebSocket } from 'ws';
import type { Database } from '../database/database.ts';
import { createGroupCommit } from '../database/group-commit.ts';
import type { AgentHub, AgentHubListener, Identity, LiveBus } from '../ports.ts';
import { agentRefusal, managerRelease, spokenProtocol } from './agent-support.ts';
import { closeCodes, closeSocket, createAgentConnection, parseAgentFrame } from './agent-connection.ts';
import type { AgentConnection } from './agent-connection.ts';
import { clockDifference, type AgentPresence } from './agent-presence.ts';
import type { AgentVoices } from './agent-voices.ts';
import type { Authority } from './certificates/authority.ts';
import { inventoryLimits } from './inventory-limits.ts';
import type { NodeRegistry } from './node-registry.ts';
import { greetNodes, insertCertificate } from './node-store.ts';
import type { CertificateOwner, Greeting } from './node-store.ts';

export type AgentHubPorts = {
  readonly database: Database;
  readonly registry: NodeRegistry;
  readonly presence: AgentPresence;
  readonly authority: Authority;
  readonly live: LiveBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly identity: Identity;
  readonly voices: AgentVoices;
};

/** Everything that an agent says of its being a witness, with what decides whether it is suited. */
export type WitnessState = Extract<AgentMessage, { type: 'witness' }>;
export type ConnectedAgent = {
  readonly node: string;
  readonly hostname: string;
  /** Where its connection comes from. */
  readonly address: string;
  readonly connectedForMs: number;
  /** Null: it has not spoken of it, so it knows nothing of witnesses. */
  readonly witness: WitnessState | null;
};

export type AgentHubServer = AgentHub & {
  start(): void;
  /** A connection whose certificate is that of `owner`. `hello`: what it has said already, in the waiting room. */
  accept(
    socket: WebSocket,
    guest: {
      readonly owner: CertificateOwner;
      readonly address: string;
      readonly hello: Hello | null;
      /** How far its clock was away then; null: its hello tells. */
      readonly clockDifferenceMs: number | null;
    },
  ): void;
  /** What agents are told to trust has changed: those that are connected hear it now. */
  authorityChanged(): void;
  /** Where agents reach the managers, for later welcomes and for those that are connected; fewer than two: a single manager. */
  setManagers(addresses: readonly string[]): void;
  readonly agents: () => readonly ConnectedAgent[];
  /** False if it is not connected. */
  send(node: string, message: ManagerMessage): boolean;
  /** While true nothing of agents is read, so nothing is acknowledged, and no new one is greeted. */
  setDraining(draining: boolean): void;
  /** The node is gone: closes its connection, and tells who waits for its agent. */
  drop(node: string, reason: string): void;
  openAttempts(node: string): number;
  /** What the node's agent can do beyond the first release; null: it is not connected. */
  features(node: string): readonly string[] | null;
  /** Says goodbye to all and waits for what is under way. */
  stop(): Promise<void>;
};

export type Hello = Extract<AgentMessage, { type: 'hello' }>;
type Entry = {
  readonly connection: AgentConnection;
  readonly order: number;
  readonly hostname: string;
  readonly version: string;
  readonly address: string;
  readonly sinceMs: number;
  readonly features: readonly string[];
  /** That both speak. */
  readonly protocol: number;
  certificateAskedMs: number;
  witness: WitnessState | null;
};

/** An agent asks at two thirds of 90 days; more often than this is a fault of it. */
const CERTIFICATE_PAUSE_MS = 60_000;

export const createAgentHub = (ports: AgentHubPorts): AgentHubServer => {
  const { database, registry, presence, clock, timers, identity, voices } = ports;
  const connections = new Map<string, Entry>();
  const endings = new Set<Promise<void>>();
  let listener: AgentHubListener | undefined;
  let accepted = 0;
  let slice = 0;
  let stopped = false;
  let draining = false;
  let managers: readonly string[] = [];
  let cancelBeat: (() => void) | undefined;

  /** After a take-over all agents are greeted at once: one transaction for many. */
  const greetings = createGroupCommit<Greeting, boolean>({
    name: 'greetings of agents',
    groupMax: inventoryLimits.greetingsPerCommitMax,
    waitingMax: inventoryLimits.connectionsMax,
    commit: async (group) => {
      const there = await database.inTransaction((transaction) => greetNodes(transaction, group));
      return group.map(({ nodeId }) => there.has(nodeId));
    },
  });

  const welcome = (protocol: number): ManagerMessage => ({
    type: 'welcome',
    protocol,
    term: identity.term,
    managerId: identity.managerId,
    managerVersion: identity.version,
    trust: digestOfTrust(ports.authority.certificate),
    features: Object.values(agentLinkFeatures),
    ...(managers.length < 2 ? {} : { managers: [...managers] }),
  });

  const announce = (node: string): void => {
    const view = registry.nodeView(node, listener?.openAttempts(node) ?? 0);
    if (view !== null) ports.live.publish({ type: 'node', node: view });
  };

  const track = (ending: Promise<void>): Promise<void> => {
    endings.add(ending);
    void ending.finally(() => endings.delete(ending));
    return ending;
  };

  const beat = (): void => {
    slice = (slice + 1) % inventoryLimits.heartbeatSlices;
    for (const { connection, order } of connections.values())
      if (order % inventoryLimits.heartbeatSlices === slice) connection.beat();
  };

  const renew = async (entry: Entry, owner: CertificateOwner, csr: string): Promise<void> => {
    const nowMs = clock.monotonicMs();
    if (nowMs - entry.certificateAskedMs < CERTIFICATE_PAUSE_MS) return;
    entry.certificateAskedMs = nowMs;
    try {
      const certificate = await ports.authority.issueAgent(csr, owner.agent_id);
      await database.inTransaction((transaction) =>
        insertCertificate(transaction, owner.node_id, certificate),
      );
      registry.patchNode(owner.name, { certificate_expires_at: certificate.expiresAt });
      entry.connection.send({
        type: 'certificate',
        certificate: certificate.pem,
        ca: certificate.told,
      });
      ports.logger.info(
        { node: owner.name, expiresAt: certificate.expiresAt },
        'The certificate of an agent was renewed',
      );
      announce(owner.name);
    } catch (error) {
      ports.logger.warn({ err: error, node: owner.name }, 'The certificate of an agent could not be renewed');
      if (error instanceof CodedError && error.code === 'invalid_request')
        entry.connection.close(closeCodes.policy, error.message);
    }
  };

  /** Everything after hello. Resolves when the agent is welcomed or sent away. */
  const greet = async (socket: WebSocket, hello: Hello, guest: Guest): Promise<AgentConnection | null> => {
    const { owner, address, order, clockDifferenceMs, logger } = guest;
    const own = hello.agentId === owner.agent_id;
    const apart = own ? agentRefusal(hello, managerRelease(identity.version)) : null;
    // People see on the node why it does not come.
    if (apart !== null) registry.patchNode(owner.name, releaseOf(hello));
    const refusal = own ? apart : 'the hello names another agent than the certificate';
    if (refusal !== null || listener === undefined) {
      logger.warn({ refusal }, 'An agent was sent away');
      closeSocket(socket, closeCodes.policy, refusal ?? 'the manager is starting');
      return null;
    }
    if (hello.highestTerm > identity.term)
      logger.error(
        { highestTerm: hello.highestTerm, term: identity.term },
        'The agent has seen a newer term than this manager has: was the manager restored from an older backup?',
      );
    voices.termSeen(hello.highestTerm);
    presence.clockSeen(owner.name, clockDifferenceMs ?? clockDifference(clock, hello.clock));
    const { hostname, platform, version, protocol } = hello;
    const { node_id: nodeId, serial } = owner;
    const greeting = { nodeId, serial, hostname, platform, version, protocol, address };
    const there = await greetings.submit(greeting);
    const before = connections.get(owner.name);
    if (
      !there ||
      stopped ||
      socket.readyState !== socket.OPEN ||
      (before !== undefined && before.order > order)
    ) {
      closeSocket(
        socket,
        there ? closeCodes.replaced : closeCodes.policy,
        there ? 'a newer connection of this agent is there' : 'the node has been removed',
      );
      return null;
    }
    const connection = createAgentConnection(socket, {
      node: owner.name,
      term: identity.term,
      features: hello.features ?? [],
      logger,
      listener,
      after: before === undefined ? Promise.resolve() : track(before.connection.end()),
      monotonicMs: clock.monotonicMs,
      onHeartbeat(heartbeat) {
        presence.clockSeen(owner.name, clockDifference(clock, heartbeat.clock));
        voices.otherMasterHeard(heartbeat.otherMasterHeardAgoMs);
      },
      onWitness(said) {
        if (entry.witness?.state !== said.state)
          logger.info(
            { state: said.state, says: said.says },
            'The agent says how its role as a witness stands',
          );
        entry.witness = said;
      },
      onCertificateRequest: (csr) => void track(renew(entry, owner, csr)),
    });
    const entry: Entry = {
      connection,
      order,
      hostname,
      version,
      address,
      sinceMs: clock.monotonicMs(),
      features: hello.features ?? [],
      protocol: spokenProtocol(protocol),
      certificateAskedMs: -Infinity,
      witness: null,
    };
    connections.set(owner.name, entry);
    if (draining) connection.setReading(false);
    if (before !== undefined) {
      logger.info('A newer connection of the agent takes the place of the older one');
      before.connection.close(closeCodes.replaced, 'a newer connection of this agent is there');
      listener.disconnected(owner.name);
    }
    registry.patchNode(owner.name, {
      hostname,
      platform,
      ...releaseOf(hello),
      address,
      last_seen_at: new Date(clock.epochMs()),
    });
    registry.setConnected(owner.name, true);
    connection.send(welcome(entry.protocol));
    presence.connected(owner.name);
    listener.connected(owner.name);
    announce(owner.name);
    return connection;
  };

  const lost = (node: string, connection: AgentConnection): void => {
    void track(connection.end());
    if (connections.get(node)?.connection !== connection) return;
    connections.delete(node);
    registry.patchNode(node, { last_seen_at: new Date(clock.epochMs()) });
    registry.setConnected(node, false);
    if (stopped) return;
    if (registry.nodes().has(node)) presence.disconnected(node);
    listener?.disconnected(node);
    announce(node);
  };

  return {
    isConnected: (node) => connections.has(node),
    release(node) {
      const entry = connections.get(node);
      if (entry === undefined) return null;
      const { version, protocol, features } = entry;
      return { version, protocol, features };
    },
    dispatch: (node, orders) => connections.get(node)?.connection.dispatch(orders),
    cancel: (node, items) => connections.get(node)?.connection.cancel(items),
    askOpenAttempts(node) {
      const entry = connections.get(node);
      if (entry === undefined || !entry.features.includes(agentLinkFeatures.openAttempts)) return false;
      entry.connection.send({ type: 'listAttempts', term: identity.term });
      return true;
    },
    query: (node, attemptIds) => connections.get(node)?.connection.query(attemptIds),
    setListener(next) {
      listener = next;
    },
    openAttempts: (node) => listener?.openAttempts(node) ?? 0,
    features: (node) => connections.get(node)?.features ?? null,
    start() {
      cancelBeat ??= timers.every(
        agentLinkLimits.heartbeatIntervalMs / inventoryLimits.heartbeatSlices,
        beat,
      );
    },

    accept(socket, { owner, address, hello, clockDifferenceMs }) {
      const logger = ports.logger.child({ node: owner.name, address });
      if (draining) {
        socket.on('error', () => undefined);
        closeSocket(socket, closeCodes.goingAway, 'the other host takes over');
        return;
      }
      const guest: Guest = { owner, address, order: (accepted += 1), clockDifferenceMs, logger };
      const cancelDeadline = timers.after(inventoryLimits.helloTimeoutMs, () =>
        closeSocket(socket, closeCodes.policy, 'no hello in time'),
      );
      let connection: AgentConnection | null = null;
      let greeting = false;
      socket.on('error', (error) => logger.debug({ err: error }, 'The connection of an agent broke'));
      socket.on('ping', () => connection?.heard());
      socket.on('pong', () => connection?.heard());
      socket.on('close', (code, reason) => {
        cancelDeadline();
        const known = code === closeCodes.policy ? staleTermPattern.exec(reason.toString('utf8')) : null;
        if (known !== null) voices.termSeen(Number(known[1]) as Term);
        if (connection !== null) lost(owner.name, connection);
      });
      socket.on('message', (data, isBinary) => {
        if (connection !== null) {
          connection.receive(data, isBinary);
          return;
        }
        const first = parseAgentFrame(data, isBinary);
        // One that comes from the waiting room goes on with its heartbeats until it is welcomed.
        if (greeting && first.ok && first.message.type === 'heartbeat') {
          voices.otherMasterHeard(first.message.otherMasterHeardAgoMs);
          return;
        }
        if (greeting || !first.ok || first.message.type !== 'hello') {
          closeSocket(
            socket,
            closeCodes.policy,
            first.ok ? 'a message before the welcome' : `bad frame: ${first.issue}`,
          );
          return;
        }
        begin(first.message);
      });
      const begin = (said: Hello): void => {
        greeting = true;
        cancelDeadline();
        void greet(socket, said, guest).then(
          (made) => {
            connection = made;
            // Gone between welcome and this turn: its close came when there was nothing to lose yet.
            if (made !== null && socket.readyState === socket.CLOSED) lost(owner.name, made);
          },
          (error: unknown) => {
            logger.warn({ err: error }, 'An agent could not be greeted; it will come again');
            closeSocket(socket, closeCodes.internal, 'the database does not answer, come again');
          },
        );
      };
      if (hello !== null) begin(hello);
    },

    authorityChanged() {
      for (const { connection, protocol } of connections.values()) connection.send(welcome(protocol));
    },

    setManagers(addresses) {
      managers = addresses;
      // Agents take a repeated welcome of the same term for what it says.
      for (const { connection, protocol } of connections.values()) connection.send(welcome(protocol));
    },

    agents: () =>
      [...connections].map(([node, { hostname, address, sinceMs, witness }]) => ({
        node,
        hostname,
        address,
        connectedForMs: clock.monotonicMs() - sinceMs,
        witness,
      })),

    send(node, message) {
      connections.get(node)?.connection.send(message);
      return connections.has(node);
    },

    setDraining(next) {
      draining = next;
      for (const { connection } of connections.values()) connection.setReading(!next);
    },

    drop(node, reason) {
      connections.get(node)?.connection.close(closeCodes.policy, reason);
      listener?.removed(node);
    },

    async stop() {
      stopped = true;
      cancelBeat?.();
      cancelBeat = undefined;
      for (const { connection } of connections.values()) {
        connection.close(closeCodes.goingAway, 'the manager stops');
        void track(connection.end());
      }
      await Promise.all(endings);
      await greetings.stop();
    },
  };
};

type Guest = {
  readonly owner: CertificateOwner;
  readonly address: string;
  readonly order: number;
  readonly clockDifferenceMs: number | null;
  readonly logger: Logger;
};

const releaseOf = ({ version, protocol }: Hello) => ({
  agent_version: version,
  agent_protocol_min: protocol.min,
  agent_protocol_max: protocol.max,
});
