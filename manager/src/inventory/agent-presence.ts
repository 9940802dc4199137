// What people are told of agents' connections.
// Responsible for events about coming, going and wrong clocks, many in one transaction, with a grace in which a restart of agent or
// manager makes no noise; and for "last seen". Not responsible for the connections. Called by the agent hub.
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Database } from '../database/database.ts';
import type { EventDraft, EventSink } from '../ports.ts';
import { inventoryLimits } from './inventory-limits.ts';
import type { NodeRegistry } from './node-registry.ts';
import { setToldConnected, touchNodes } from './node-store.ts';

const SWEEP_MS = 500;
/** After a start agents come back within their own reconnect pause. */
const START_GRACE_MS = 30_000;

export type AgentPresencePorts = {
  readonly database: Database;
  readonly registry: NodeRegistry;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** A clock that is farther away is told; without it the limit below holds. */
  readonly clockLimitMs?: (() => number) | undefined;
};

export type AgentPresence = {
  /** Nodes that were connected before this start have a while to come back. */
  start(): void;
  connected(node: string): void;
  disconnected(node: string): void;
  /** How far the agent's clock was away when it arrived; positive is ahead. */
  clockSeen(node: string, differenceMs: number): void;
  /** The connected agent whose clock is farthest away. */
  readonly farthestClock: () => { readonly node: string; readonly differenceMs: number } | null;
  /** The node is gone; nothing more is said of it. */
  forget(node: string): void;
  stop(): Promise<void>;
};

/** The agent's clock less ours, of a word that arrives now. */
export const clockDifference = (clock: Clock, agentClock: string): number =>
  Date.parse(agentClock) - clock.epochMs();

export const createAgentPresence = (ports: AgentPresencePorts): AgentPresence => {
  const { database, registry, events, clock, timers, logger } = ports;
  /** When the absence of a node becomes an event; monotonic. */
  const goneAtMs = new Map<string, number>();
  const came = new Set<string>();
  const clockDiffers = new Map<string, number>();
  /** Of each agent that is connected, as it last said. */
  const clocks = new Map<string, number>();
  const clockDrafts = new Map<string, EventDraft>();
  let cancelSweep: (() => void) | undefined;
  let cancelTouch: (() => void) | undefined;
  let sweeping: Promise<void> | undefined;
  let stopped = false;

  const schedule = (): void => {
    if (stopped || cancelSweep !== undefined || sweeping !== undefined) return;
    if (goneAtMs.size + came.size + clockDrafts.size === 0) return;
    cancelSweep = timers.after(SWEEP_MS, () => {
      cancelSweep = undefined;
      sweeping = sweep().finally(() => {
        sweeping = undefined;
        schedule();
      });
    });
  };

  const sweep = async (): Promise<void> => {
    const nowMs = clock.monotonicMs();
    const nodes = registry.nodes();
    const gone = [...goneAtMs].filter(([, atMs]) => atMs <= nowMs).map(([name]) => name);
    const changes = [
      ...[...came].map((name) => ({ name, connected: true })),
      ...gone
        .filter((name) => nodes.get(name)?.told_connected === true)
        .map((name) => ({ name, connected: false })),
    ];
    const drafts = [...clockDrafts.values()];
    try {
      if (changes.length + drafts.length > 0) {
        const publish = await database.inTransaction(async (transaction) => {
          for (const { name, connected } of changes) {
            const id = nodes.get(name)?.id;
            if (id !== undefined) await setToldConnected(transaction, id, connected);
          }
          return await events.append(transaction, [...changes.map(toDraft), ...drafts]);
        });
        publish();
      }
    } catch (error) {
      logger.warn({ err: error }, 'Events about agents could not be written; it is tried again');
      return;
    }
    for (const { name, connected } of changes) registry.patchNode(name, { told_connected: connected });
    for (const { name } of changes) came.delete(name);
    for (const name of gone) if ((goneAtMs.get(name) ?? Infinity) <= nowMs) goneAtMs.delete(name);
    for (const draft of drafts)
      if (draft.node !== null && clockDrafts.get(draft.node) === draft) clockDrafts.delete(draft.node);
  };

  const toDraft = ({
    name,
    connected,
  }: {
    readonly name: string;
    readonly connected: boolean;
  }): EventDraft => ({
    at: new Date(clock.epochMs()),
    priority: connected ? 'info' : 'warning',
    code: connected ? 'agent_connected' : 'agent_disconnected',
    node: name,
    message: connected
      ? `The agent of "${name}" is connected`
      : `The agent of "${name}" is not connected any more; jobs that run there go on, new ones wait`,
    details: {},
  });

  const touchConnected = async (): Promise<void> => {
    const connected = [...registry.nodes().values()].filter(({ name }) => registry.isConnected(name));
    if (connected.length === 0) return;
    try {
      await touchNodes(
        database,
        connected.map(({ id }) => id),
      );
    } catch (error) {
      logger.warn({ err: error }, '"Last seen" of the nodes could not be written; it is tried again');
    }
  };

  return {
    start() {
      const dueMs = clock.monotonicMs() + START_GRACE_MS;
      for (const { name, told_connected } of registry.nodes().values())
        if (told_connected && !registry.isConnected(name)) goneAtMs.set(name, dueMs);
      cancelTouch = timers.every(inventoryLimits.lastSeenWriteMs, () => void touchConnected());
      schedule();
    },
    connected(node) {
      goneAtMs.delete(node);
      if (registry.nodes().get(node)?.told_connected !== true) came.add(node);
      schedule();
    },
    disconnected(node) {
      came.delete(node);
      clockDiffers.delete(node);
      clocks.delete(node);
      goneAtMs.set(node, clock.monotonicMs() + inventoryLimits.disconnectGraceMs);
      schedule();
    },
    clockSeen(node, differenceMs) {
      clocks.set(node, differenceMs);
      const limitMs = ports.clockLimitMs?.() ?? inventoryLimits.clockDifferenceMs;
      const told = clockDiffers.has(node);
      if (told && Math.abs(differenceMs) < limitMs / 2) clockDiffers.delete(node);
      if (told || Math.abs(differenceMs) < limitMs) return;
      clockDiffers.set(node, differenceMs);
      const seconds = Math.round(Math.abs(differenceMs) / 1000);
      clockDrafts.set(node, {
        at: new Date(clock.epochMs()),
        priority: 'warning',
        code: 'agent_clock_differs',
        node,
        message: `The clock of "${node}" is ${seconds} s ${differenceMs > 0 ? 'ahead of' : 'behind'} the manager's`,
        details: { differenceMs: Math.round(differenceMs) },
      });
      schedule();
    },
    farthestClock() {
      let farthest: { readonly node: string; readonly differenceMs: number } | null = null;
      for (const [node, differenceMs] of clocks)
        if (farthest === null || Math.abs(differenceMs) > Math.abs(farthest.differenceMs))
          farthest = { node, differenceMs };
      return farthest;
    },
    forget(node) {
      clocks.delete(node);
      goneAtMs.delete(node);
      came.delete(node);
      clockDiffers.delete(node);
      clockDrafts.delete(node);
    },
    async stop() {
      stopped = true;
      cancelSweep?.();
      cancelSweep = undefined;
      cancelTouch?.();
      cancelTouch = undefined;
      await sweeping;
    },
  };
};
