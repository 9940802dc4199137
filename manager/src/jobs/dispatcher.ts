// Orders and cancels on their way to the agents.
// Responsible for handing each committed attempt to its node, a bounded number at a time, again at each new connection until the agent
// has confirmed it; the agent drops what it has seen. A frozen node gets no order, new or repeated, until it is resumed. Not responsible
// for what attempts mean: the engine tells what became of them, after each commit. Everything is memory that can be had again from the sessions.
import { isCancelWanted } from '@nezuban/core/jobs/operate/set-status';
import type { AttemptRow } from '@nezuban/core/jobs/session-state';
import {
  agentLinkFeatures,
  agentLinkLimits,
  versionOfOrder,
  type AttemptOrder,
  type CancelItem,
} from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import { say } from '@nezuban/protocol/sentences/sentence';
import type { AgentHub } from '../ports.ts';
import type { OpenedOrder } from './order-secrets.ts';

const CANCEL_ITEMS_MAX = 1_000;
const QUERY_ITEMS_MAX = 10_000;

/** An attempt that waits for a free place on its node. `mayBeKnown`: an earlier start of the manager may have sent it already. */
type Waiting = { readonly order: AttemptOrder; readonly mayBeKnown: boolean };
/** An attempt that has a place on its node. The order is kept until the agent has confirmed it. */
/** `refused`: the engine has been told so; whatever agent comes, it is not sent any more. */
type Open = {
  order: AttemptOrder | null;
  cancel: CancelItem | null;
  mayBeSent: boolean;
  refused?: boolean;
};
type NodeQueue = {
  readonly waiting: Map<AttemptId, Waiting>;
  readonly open: Map<AttemptId, Open>;
  /** What the next `flush` sends. */
  readonly orders: AttemptOrder[];
  /** Orders that nobody can judge just now; `lookAgain` takes them up. */
  readonly delayed: Set<AttemptId>;
  readonly cancels: CancelItem[];
};

export type DispatchRequest = {
  readonly node: string;
  readonly order: AttemptOrder;
  readonly mayBeKnown: boolean;
};
export type CancelRequest = Readonly<CancelItem> & { readonly node: string };

export type Dispatcher = {
  /** Takes a committed order. A repeat of one that it has is dropped. */
  readonly dispatch: (request: DispatchRequest) => void;
  /** Takes a committed cancel. `neverSent`: the order had not left the manager, and will not; the attempt can be closed at once. */
  readonly cancel: (request: CancelRequest) => 'sent' | 'neverSent';
  /** What is committed of an attempt: confirmed orders are forgotten, closed attempts make room. */
  readonly follow: (attempt: AttemptRow) => void;
  /** A running attempt of an earlier start of the manager. */
  readonly adopt: (attempt: AttemptRow) => void;
  /** Sends what the calls since the last `flush` have brought about. */
  readonly flush: () => void;
  /** The node's agent is there (again): everything unconfirmed goes out once more, and it is asked about the rest. */
  readonly connected: (node: string) => void;
  /** The node is gone: nothing is sent to it any more. `mayBeSent`: the order may have left the manager. */
  readonly abandon: (
    node: string,
  ) => readonly { readonly attemptId: AttemptId; readonly mayBeSent: boolean }[];
  /** Attempts of a node that are not closed, waiting ones included. */
  readonly openAttempts: (node: string) => number;
  /** Those that its agent has or may have, and how many have never left the manager. */
  readonly openOn: (node: string) => { readonly sent: readonly AttemptId[]; readonly waiting: number };
  /** Sessions were read back: what could not be judged without them goes on with the next `flush`. */
  readonly lookAgain: () => void;
  /** Nodes were frozen or resumed: what was kept back for those that are not frozen any more goes out. */
  readonly freezesChanged: () => void;
};

/** `mayBeSent`: the agent may have it already, and a refusal now could say what is not so. */
export type GoingOrder = {
  readonly node: string;
  readonly order: AttemptOrder;
  readonly mayBeSent: boolean;
};

export type DispatcherOptions = {
  readonly openPerNodeMax: number;
  /** Nothing is to start on the node now. */
  readonly isFrozen: (node: string) => boolean;
  /** The order was not sent and will not be: the release of the node's agent does not know such orders, or a secret that it needs is not there. */
  readonly refuse: (attemptId: AttemptId, reason: string, code: 'agent_old' | 'bad_order') => void;
  /**
   * What the order is as it goes: with the values of secrets, which it is kept without here, and held to the rules of this moment. `later`: what
   * is to be known of it is not in memory; it stays where it is.
   */
  readonly prepare: (going: GoingOrder) => OpenedOrder | 'later';
};

export const createDispatcher = (
  hub: AgentHub,
  { openPerNodeMax, isFrozen, refuse, prepare }: DispatcherOptions,
): Dispatcher => {
  const nodes = new Map<string, NodeQueue>();
  /** Nodes that `flush` has to look at. */
  const stirred = new Set<string>();
  /** Nodes for which something was kept back because they were frozen. */
  const kept = new Set<string>();

  const queueOf = (node: string): NodeQueue => {
    let queue = nodes.get(node);
    if (queue === undefined) {
      queue = { waiting: new Map(), open: new Map(), orders: [], delayed: new Set(), cancels: [] };
      nodes.set(node, queue);
    }
    stirred.add(node);
    return queue;
  };

  const fill = (node: string, queue: NodeQueue): void => {
    if (queue.waiting.size === 0) return;
    if (isFrozen(node)) {
      kept.add(node);
      return;
    }
    for (const [id, { order, mayBeKnown }] of queue.waiting) {
      if (queue.open.size >= openPerNodeMax) return;
      queue.waiting.delete(id);
      queue.open.set(id, { order, cancel: null, mayBeSent: mayBeKnown });
      queue.orders.push(order);
    }
  };

  const send = (node: string, queue: NodeQueue): void => {
    const given = queue.orders.splice(0);
    const cancels = queue.cancels.splice(0);
    // Nobody there: all of it stands in `open`, and goes out when the agent connects.
    if (!hub.isConnected(node)) return;
    const orders = prepared(node, queue, withoutTooNew(node, queue, given));
    for (const { attemptId } of orders) {
      const open = queue.open.get(attemptId);
      if (open !== undefined) open.mayBeSent = true;
    }
    for (const part of inParts(orders, agentLinkLimits.dispatchItemsMax)) hub.dispatch(node, part);
    for (const part of inParts(cancels, CANCEL_ITEMS_MAX)) hub.cancel(node, part);
  };

  /** What the agent cannot be given is refused in its place, and lets its place go when that is committed. */
  const withoutTooNew = (
    node: string,
    queue: NodeQueue,
    orders: readonly AttemptOrder[],
  ): readonly AttemptOrder[] => {
    const release = hub.release(node);
    if (release === null || orders.every((order) => versionOfOrder(order) <= release.protocol)) return orders;
    return orders.filter((order) => {
      if (versionOfOrder(order) <= release.protocol) return true;
      const open = queue.open.get(order.attemptId);
      if (open !== undefined) open.refused = true;
      refuse(order.attemptId, tooNew(node, release, order), 'agent_old');
      return false;
    });
  };

  const prepared = (
    node: string,
    queue: NodeQueue,
    orders: readonly AttemptOrder[],
  ): readonly AttemptOrder[] =>
    orders.flatMap((order) => {
      const place = queue.open.get(order.attemptId);
      const mayBeSent = place?.mayBeSent ?? true;
      const result = prepare({ node, order, mayBeSent });
      if (result === 'later') {
        queue.delayed.add(order.attemptId);
        return [];
      }
      const problem = result.ok ? beyondAgent(node, result.order) : result.reason;
      if (result.ok && problem === null) return result.order;
      // It perhaps runs: only the agent can say. One that has no record of it says that.
      if (mayBeSent) {
        hub.query(node, [order.attemptId]);
        return [];
      }
      if (place !== undefined) place.refused = true;
      refuse(order.attemptId, problem ?? '', result.ok ? 'agent_old' : 'bad_order');
      return [];
    });

  /** An agent that does not know limits or the rules for calls would keep to none of them, or understand nothing of the order. */
  const beyondAgent = (node: string, order: AttemptOrder): string | null => {
    const release = hub.release(node);
    if (release === null) return null;
    const { tool } = order;
    const bounds = boundsAsked(order);
    if (bounds !== null && !release.features.includes(agentLinkFeatures.limits))
      return `it was not sent: the agent of ${node} (release ${release.version}) does not know ${bounds}; upgrade the agent`;
    if (tool?.name !== 'http' || tool.input['callees'] === undefined) return null;
    if (release.features.includes(agentLinkFeatures.httpCallees)) return null;
    return say('not_sent_without_callees', { node, release: release.version }).message;
  };

  const resend = (node: string): void => {
    const queue = queueOf(node);
    fill(node, queue);
    queue.orders.length = 0;
    queue.delayed.clear();
    queue.cancels.length = 0;
    const frozen = isFrozen(node);
    const confirmed: AttemptId[] = [];
    for (const [attemptId, { order, cancel, refused }] of queue.open) {
      if (refused === true) continue;
      if (cancel !== null) queue.cancels.push(cancel);
      if (order === null) confirmed.push(attemptId);
      // If the agent has it already, its own reports say so; if not, it is not to get it now.
      else if (frozen) kept.add(node);
      else queue.orders.push(order);
    }
    send(node, queue);
    for (const part of inParts(confirmed, QUERY_ITEMS_MAX)) hub.query(node, part);
  };

  return {
    dispatch({ node, order, mayBeKnown }) {
      const queue = queueOf(node);
      if (queue.open.has(order.attemptId) || queue.waiting.has(order.attemptId)) return;
      queue.waiting.set(order.attemptId, { order, mayBeKnown });
    },
    cancel({ node, attemptId, killAfterMs, unlessStarted }) {
      const queue = queueOf(node);
      const waiting = queue.waiting.get(attemptId);
      queue.waiting.delete(attemptId);
      if (waiting !== undefined && !waiting.mayBeKnown) return 'neverSent';
      const open = queue.open.get(attemptId);
      // It has a place, but no agent was there, or its node was frozen: nobody has to come to say that it will not run.
      if (open?.mayBeSent === false) {
        queue.open.delete(attemptId);
        return 'neverSent';
      }
      // An agent that has never seen the order remembers the cancel and answers "refused".
      const cancel = { attemptId, killAfterMs, ...(unlessStarted === true ? { unlessStarted } : {}) };
      if (open === undefined) queue.open.set(attemptId, { order: null, cancel, mayBeSent: true });
      else open.cancel = cancel;
      queue.cancels.push(cancel);
      return 'sent';
    },
    follow(attempt) {
      if (attempt.state === 'pending') return;
      const queue = queueOf(attempt.node);
      // The cancel that comes with it, or after a restart, goes by what is here.
      if (isCancelWanted(attempt)) return;
      if (attempt.endStatus !== null) {
        queue.open.delete(attempt.id);
        queue.waiting.delete(attempt.id);
        return;
      }
      const confirmed = { order: null, cancel: null, mayBeSent: true };
      const open = queue.open.get(attempt.id);
      if (open !== undefined) {
        Object.assign(open, { order: null, mayBeSent: true, refused: false });
        // It has started, and keeps its node.
        if (!attempt.cancelRequested) open.cancel = null;
      }
      // An order of an earlier start of the manager that waited here to be repeated: the agent has it.
      else if (queue.waiting.delete(attempt.id)) queue.open.set(attempt.id, confirmed);
    },
    adopt(attempt) {
      queueOf(attempt.node).open.set(attempt.id, { order: null, cancel: null, mayBeSent: true });
    },
    flush() {
      for (const node of stirred) {
        const queue = queueOf(node);
        fill(node, queue);
        send(node, queue);
        if (queue.open.size === 0 && queue.waiting.size === 0) nodes.delete(node);
      }
      stirred.clear();
    },
    connected: resend,
    abandon(node) {
      const queue = nodes.get(node);
      nodes.delete(node);
      stirred.delete(node);
      if (queue === undefined) return [];
      return [
        ...[...queue.open.keys()].map((attemptId) => ({ attemptId, mayBeSent: true })),
        ...[...queue.waiting].map(([attemptId, { mayBeKnown }]) => ({ attemptId, mayBeSent: mayBeKnown })),
      ];
    },
    openAttempts(node) {
      const queue = nodes.get(node);
      return queue === undefined ? 0 : queue.open.size + queue.waiting.size;
    },
    openOn(node) {
      const queue = nodes.get(node);
      const open = [...(queue?.open ?? [])];
      const sent = open.flatMap(([attemptId, { mayBeSent }]) => (mayBeSent ? [attemptId] : []));
      return { sent, waiting: open.length - sent.length + (queue?.waiting.size ?? 0) };
    },
    lookAgain() {
      for (const [node, queue] of nodes) {
        if (queue.delayed.size === 0) continue;
        for (const attemptId of queue.delayed) {
          const open = queue.open.get(attemptId);
          if (open === undefined || open.order === null || open.refused === true) continue;
          if (isFrozen(node)) kept.add(node);
          else queue.orders.push(open.order);
        }
        queue.delayed.clear();
        stirred.add(node);
      }
    },
    freezesChanged() {
      for (const node of kept) {
        if (isFrozen(node)) continue;
        kept.delete(node);
        if (nodes.has(node)) resend(node);
      }
    },
  };
};

const boundsAsked = ({ limits, stop, tool }: AttemptOrder): string | null => {
  if (limits !== undefined || tool?.input['limits'] !== undefined) return 'limits of what a unit may use';
  return stop === undefined ? null : 'commands that stop another';
};

const tooNew = (
  node: string,
  release: { readonly version: string; readonly protocol: number },
  order: AttemptOrder,
): string => {
  const what =
    order.tool !== undefined
      ? `"${order.tool.name}"`
      : order.endFile !== undefined
        ? 'a command that is judged by a file'
        : 'a command with a script, standard input, files, secrets or outputs';
  return `it was not sent: ${what} needs an agent that speaks version ${versionOfOrder(order)} of the link, and that of ${node} (release ${release.version}) speaks ${release.protocol}; upgrade the agent`;
};

const inParts = <Item>(items: readonly Item[], size: number): Item[][] => {
  const parts: Item[][] = [];
  for (let start = 0; start < items.length; start += size) parts.push(items.slice(start, start + size));
  return parts;
};
