// Agents without hosts: a hub whose nodes carry out orders as a test says, and outlive the manager as real agents do.
// Responsible for what the engine relies on: an order that an agent has seen is never run again, receipts are sent again until they
// are taken, a query is answered by the newest receipt or by "no record". Called by tests and benchmarks of the jobs domain.
import {
  agentLinkFeatures,
  agentLinkVersions,
  noRecordReason,
  type AttemptOrder,
  type OutputChunk,
  type Receipt,
} from '@nezuban/protocol/agent/link';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { AgentHub, AgentHubListener, Inventory, InventorySnapshot } from '../ports.ts';

/** How a command ends; `never`: it runs until it is cancelled or the test ends it. */
export type Ending = { readonly exitCode: number; readonly stdout?: string } | 'never';

export type FakeAgentHub = AgentHub & {
  readonly inventory: Inventory;
  /** The ledger: how often each attempt was really run. */
  readonly runs: ReadonlyMap<AttemptId, number>;
  readonly orders: ReadonlyMap<AttemptId, AttemptOrder>;
  /** Orders that came again. */
  readonly repeats: () => number;
  readonly connect: (node: string) => void;
  readonly disconnect: (node: string) => void;
  /** Orders for the node are lost on their way from now on. */
  readonly deafen: (node: string) => void;
  /** The node is removed from the inventory. */
  readonly remove: (node: string) => void;
  /** Ends a command that `never` ends. */
  readonly end: (attemptId: AttemptId, exitCode: number, stdoutBytes?: number) => void;
  /** Sends a piece of output; gives the offset that the manager answers. */
  readonly sendOutput: (node: string, chunk: OutputChunk) => Promise<number | undefined>;
  /** Sends receipts as they are. */
  readonly report: (node: string, receipts: readonly Receipt[]) => Promise<void>;
  /** Sends these receipts once more, as an agent does that missed the acknowledgement. */
  readonly repeatReceipts: (attemptId: AttemptId) => Promise<void>;
  /** Ends it, and the receipt is lost. */
  readonly endUnheard: (attemptId: AttemptId, exitCode: number) => void;
  /** The agent runs an attempt that nobody has given it now. */
  readonly stray: (node: string, attemptId: AttemptId) => void;
  /** Forgets an attempt, as an agent whose disk was lost. */
  readonly lose: (attemptId: AttemptId) => void;
  /** How many receipts have not been taken yet. */
  readonly unsent: () => number;
  /** Takes no listener calls any more. */
  readonly stop: () => void;
};

type Node = {
  connected: boolean;
  deaf: boolean;
  readonly outbox: Receipt[];
  sending: boolean;
  readonly newest: Map<AttemptId, Receipt>;
  lastSeenAt: Date;
};

export type FakeAgentHubOptions = {
  readonly nodes: readonly string[];
  readonly scopes?: Readonly<Record<string, readonly string[]>>;
  readonly endingOf?: (order: AttemptOrder) => Ending;
  /**
   * `gathered`: all receipts at once, as of commands that end at once. `stepwise`: the next of an attempt once the last is committed, so that
   * every state is stored. `oneByOne`: each receipt alone.
   */
  readonly pace?: 'gathered' | 'stepwise' | 'oneByOne';
  /** The version of the link that all agents speak; the newest unless said. */
  readonly protocol?: number;
  /** What all agents can do beyond the first release; all of it unless said. */
  readonly features?: readonly string[];
};

export const createFakeAgentHub = ({
  nodes: names,
  scopes = {},
  endingOf = () => ({ exitCode: 0 }),
  pace = 'gathered',
  protocol = agentLinkVersions.max,
  features = Object.values(agentLinkFeatures),
}: FakeAgentHubOptions): FakeAgentHub => {
  const nodes = new Map<string, Node>(
    names.map((name) => [
      name,
      { connected: true, deaf: false, outbox: [], sending: false, newest: new Map(), lastSeenAt: new Date() },
    ]),
  );
  const runs = new Map<AttemptId, number>();
  const orders = new Map<AttemptId, AttemptOrder>();
  let listener: AgentHubListener | undefined;
  let repeats = 0;
  let seq = 1;
  let stopped = false;

  const nodeOf = (name: string): Node => {
    const node = nodes.get(name);
    if (node === undefined) throw new Error(`the test has no node ${name}`);
    return node;
  };
  const base = (attemptId: AttemptId) => ({ seq: seq++, attemptId, at: new Date().toISOString() });
  const ended = (attemptId: AttemptId, exitCode: number | null, signal: string | null): Receipt => {
    const now = new Date().toISOString();
    const bytes = { stdoutBytes: Buffer.byteLength(stdoutOf(attemptId)), stderrBytes: 0, droppedBytes: 0 };
    return {
      ...base(attemptId),
      state: 'ended',
      exitCode,
      signal,
      startError: null,
      timedOut: false,
      cancelled: signal !== null,
      pid: 4711,
      startedAt: now,
      endedAt: now,
      ...bytes,
      leftovers: [],
    };
  };
  const stdoutOf = (attemptId: AttemptId): string => {
    const order = orders.get(attemptId);
    const ending = order === undefined ? 'never' : endingOf(order);
    return ending === 'never' ? '' : (ending.stdout ?? '');
  };

  const note = (name: string, receipt: Receipt): void => {
    const node = nodeOf(name);
    node.newest.set(receipt.attemptId, receipt);
    node.outbox.push(receipt);
    if (!node.sending) void sendOutbox(name, node);
  };
  const sendOutbox = async (name: string, node: Node): Promise<void> => {
    node.sending = true;
    await Promise.resolve();
    while (node.outbox.length > 0 && node.connected && listener !== undefined && !stopped) {
      const part = node.outbox.slice(0, pace === 'oneByOne' ? 1 : 500);
      try {
        await listener.receipts(name, part);
        node.outbox.splice(0, part.length);
        for (const { attemptId } of part) goOn(name, attemptId);
      } catch {
        // As the port says: the connection is closed and the agent comes again.
        break;
      }
    }
    node.sending = false;
  };

  const sendStdout = async (name: string, order: AttemptOrder): Promise<void> => {
    const text = stdoutOf(order.attemptId);
    if (text === '') return;
    const chunk: OutputChunk = {
      attemptId: order.attemptId,
      stream: 'stdout',
      offset: 0,
      data: Buffer.from(text).toString('base64'),
    };
    await listener?.output(name, [chunk], Object.values(agentLinkFeatures)).catch(() => undefined);
  };
  /** Receipts of commands that are still to come, in the paces that do not send all at once. */
  const later = new Map<AttemptId, Receipt[]>();
  const goOn = (name: string, attemptId: AttemptId): void => {
    const rest = later.get(attemptId);
    const next = rest?.shift();
    if (next !== undefined) note(name, next);
    else later.delete(attemptId);
  };
  const runOrder = (name: string, order: AttemptOrder): void => {
    const { attemptId } = order;
    runs.set(attemptId, (runs.get(attemptId) ?? 0) + 1);
    const ending = endingOf(order);
    void sendStdout(name, order);
    note(name, { ...base(attemptId), state: 'accepted' });
    const rest: Receipt[] = [
      { ...base(attemptId), state: 'running', pid: 4711, startedAt: new Date().toISOString() },
    ];
    if (ending !== 'never') rest.push(ended(attemptId, ending.exitCode, null));
    if (pace === 'stepwise') later.set(attemptId, rest);
    else for (const receipt of rest) note(name, receipt);
  };

  const snapshot = (): InventorySnapshot => ({ nodes, scopes: new Map(Object.entries(scopes)) });
  return {
    runs,
    orders,
    repeats: () => repeats,
    inventory: {
      snapshot,
      places: {
        nodes: () => [...nodes.keys()],
        scopesOfNode: (node) =>
          new Set(Object.keys(scopes).filter((scope) => scopes[scope]?.includes(node) === true)),
        withParents: (scope) => new Set([scope]),
      },
      nodeView: (name) => {
        const node = nodes.get(name);
        return Promise.resolve(
          node === undefined ? null : ({ name, lastSeenAt: node.lastSeenAt.toISOString() } as NodeView),
        );
      },
      applyScope: () => Promise.resolve({ change: 'unchanged', afterCommit: () => undefined }),
    },
    isConnected: (node) => nodes.get(node)?.connected ?? false,
    release: (node) =>
      nodes.get(node)?.connected === true ? { version: '0.0.0', protocol, features } : null,
    dispatch(name, items) {
      if (stopped || !nodeOf(name).connected || nodeOf(name).deaf) return;
      for (const order of items) {
        if (nodeOf(name).newest.has(order.attemptId)) {
          repeats += 1;
          note(name, nodeOf(name).newest.get(order.attemptId) as Receipt);
          continue;
        }
        orders.set(order.attemptId, order);
        runOrder(name, order);
      }
    },
    cancel(name, items) {
      if (stopped || !nodeOf(name).connected) return;
      for (const { attemptId } of items) {
        const newest = nodeOf(name).newest.get(attemptId);
        if (newest === undefined)
          note(name, {
            ...base(attemptId),
            state: 'refused',
            code: 'cancelled',
            reason: 'Cancelled before it arrived.',
          });
        else if (newest.state === 'running') note(name, ended(attemptId, null, 'SIGTERM'));
      }
    },
    askOpenAttempts(name) {
      const node = nodeOf(name);
      if (stopped || !node.connected) return false;
      const items = [...node.newest.values()].flatMap((receipt) =>
        receipt.state === 'running'
          ? [{ attemptId: receipt.attemptId, pid: receipt.pid, startedAt: receipt.startedAt }]
          : [],
      );
      // Not in the call: an agent's answer comes later.
      setImmediate(() => listener?.reported(name, { items, unrecorded: [] }));
      return true;
    },
    query(name, attemptIds) {
      if (stopped || !nodeOf(name).connected) return;
      for (const attemptId of attemptIds) {
        note(
          name,
          nodeOf(name).newest.get(attemptId) ?? {
            ...base(attemptId),
            state: 'unknown',
            reason: noRecordReason,
            leftovers: [],
          },
        );
      }
    },
    setListener(next) {
      listener = next;
      stopped = false;
      for (const node of nodes.values()) node.sending = false;
    },
    deafen(name) {
      nodeOf(name).deaf = true;
    },
    connect(name) {
      nodeOf(name).connected = true;
      listener?.connected(name);
      void sendOutbox(name, nodeOf(name));
    },
    disconnect(name) {
      nodeOf(name).connected = false;
      nodeOf(name).lastSeenAt = new Date();
      listener?.disconnected(name);
    },
    remove(name) {
      nodeOf(name).connected = false;
      nodes.delete(name);
      listener?.removed(name);
    },
    end(attemptId, exitCode, stdoutBytes = 0) {
      for (const [name, node] of nodes) {
        if (node.newest.get(attemptId)?.state === 'running')
          note(name, { ...ended(attemptId, exitCode, null), stdoutBytes } as Receipt);
      }
    },
    async sendOutput(name, chunk) {
      return (await listener?.output(name, [chunk], Object.values(agentLinkFeatures)))?.[0]?.offset;
    },
    async report(node, receipts) {
      await listener?.receipts(node, receipts);
    },
    async repeatReceipts(attemptId) {
      for (const [name, node] of nodes) {
        const newest = node.newest.get(attemptId);
        if (newest !== undefined) await listener?.receipts(name, [newest, newest]);
      }
    },
    endUnheard(attemptId, exitCode) {
      for (const node of nodes.values())
        if (node.newest.get(attemptId)?.state === 'running')
          node.newest.set(attemptId, ended(attemptId, exitCode, null));
    },
    stray(name, attemptId) {
      const startedAt = new Date().toISOString();
      nodeOf(name).newest.set(attemptId, { ...base(attemptId), state: 'running', pid: 4711, startedAt });
    },
    lose(attemptId) {
      for (const node of nodes.values()) node.newest.delete(attemptId);
    },
    unsent: () => [...nodes.values()].reduce((sum, { outbox }) => sum + outbox.length, 0),
    stop() {
      stopped = true;
      listener = undefined;
    },
  };
};
