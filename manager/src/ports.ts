// The seams between the manager's domains. Each domain folder (jobs, events, notifications, inventory, access, live, http, database)
// implements its port and is wired in manager.ts; domains never import each other's stores.
import type { Operation, OperationOutput } from '@nezuban/protocol/api/operation';
import type { OperationId, Operations } from '@nezuban/protocol/api/operations';
import type { AttemptOrder, OutputChunk, Receipt } from '@nezuban/protocol/agent/link';
import type { LiveMessage } from '@nezuban/protocol/api/live';
import type { EventCode } from '@nezuban/protocol/events/event';
import type { AttemptId, Term } from '@nezuban/protocol/ids';
import type { Priority } from '@nezuban/protocol/priority';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import type { ScopeDefinition } from '@nezuban/protocol/jobs/definition';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import type { PoolClient } from 'pg';
import type * as z from 'zod';

/** Open transaction of one connection. What is written through it becomes true together or not at all. */
export type Transaction = PoolClient;

/** Who asked for a change, for the audit log and for messages. */
export type Actor = {
  readonly name: string;
  readonly address: string | null;
  readonly by: 'cookie' | 'token' | 'schedule' | 'system';
};

export type EventDraft = {
  readonly at: Date;
  readonly priority: Priority;
  readonly code: EventCode;
  readonly node: string | null;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
};

/** Events domain. Implemented in events/. */
export type EventSink = {
  /** Writes events and the deliveries that notification rules demand, in the caller's transaction. Call the returned function after the commit: it publishes and wakes the outbox. */
  append(transaction: Transaction, drafts: readonly EventDraft[]): Promise<() => void>;
  /** The same in a transaction of its own. */
  appendNow(drafts: readonly EventDraft[]): Promise<void>;
};

/** Audit log. Implemented in access/. */
export type AuditLog = {
  record(
    transaction: Transaction,
    entry: {
      readonly actor: Actor;
      readonly action: string;
      readonly target: string | null;
      readonly details: Readonly<Record<string, unknown>>;
    },
  ): Promise<void>;
};

/** Inventory as the engine plans with it; kept in memory, refreshed on change. Implemented in inventory/. */
export type InventorySnapshot = {
  readonly nodes: ReadonlyMap<string, { readonly connected: boolean }>;
  /** Node names of each scope, those of its child scopes included. */
  readonly scopes: ReadonlyMap<string, readonly string[]>;
};
export type Inventory = {
  snapshot(): InventorySnapshot;
  nodeView(name: string): Promise<NodeView | null>;
  /** Kind `scope` of a YAML file, in the caller's transaction; returns whether it changed, and what to run after the commit. */
  applyScope(
    transaction: Transaction,
    scope: ScopeDefinition,
    actor: Actor,
  ): Promise<{ readonly change: 'created' | 'updated' | 'unchanged'; readonly afterCommit: () => void }>;
};

/** Notification rules of a YAML file. Implemented in notifications/. */
export type NotificationRules = {
  applyRule(
    transaction: Transaction,
    rule: NotificationRule,
    actor: Actor,
  ): Promise<{ readonly change: 'created' | 'updated' | 'unchanged'; readonly afterCommit: () => void }>;
};

/** Connections of agents. Implemented in inventory/agent-hub.ts. Everything sent is best effort: what must arrive is sent again by the jobs domain at `connected`. */
export type AgentHub = {
  isConnected(node: string): boolean;
  dispatch(node: string, orders: readonly AttemptOrder[]): void;
  cancel(
    node: string,
    items: readonly { readonly attemptId: AttemptId; readonly killAfterMs: number }[],
  ): void;
  query(node: string, attemptIds: readonly AttemptId[]): void;
  /** Set once by the jobs domain before the hub listens. */
  setListener(listener: AgentHubListener): void;
};
export type AgentHubListener = {
  /** A node's agent has said hello and been welcomed: send pending attempts again, query open ones. */
  connected(node: string): void;
  disconnected(node: string): void;
  /** The node has been removed, and with it its agent: nobody will say any more what became of what is open there. */
  removed(node: string): void;
  /** Resolves when all are committed; then the hub acknowledges. Repeats are normal. Rejects: the connection is closed and the agent will send again. */
  receipts(node: string, receipts: readonly Receipt[]): Promise<void>;
  /** The same for output. Returns the offset stored up to, per attempt and stream. */
  output(
    node: string,
    chunks: readonly OutputChunk[],
  ): Promise<
    readonly {
      readonly attemptId: AttemptId;
      readonly stream: 'stdout' | 'stderr';
      readonly offset: number;
    }[]
  >;
  /** How many attempts are open on a node, for the node's view and for refusing its removal. */
  openAttempts(node: string): number;
};

/** Live changes to browsers. Implemented in live/. Never blocks; slow clients are told to reload. */
export type LiveBus = {
  publish(message: LiveMessage): void;
  /** Whether anybody watches this session: its unit messages need not be built otherwise. */
  watches(sessionId: number): boolean;
};

export type Identity = {
  readonly managerId: string;
  readonly term: Term;
  readonly startId: string;
  readonly version: string;
};

type OutputOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** A parsed, authorised request of one operation. */
export type OperationRequest<Op extends Operation> = {
  readonly params: OutputOf<Op['params']>;
  readonly query: OutputOf<Op['query']>;
  readonly body: OutputOf<Op['body']>;
  /** Of `versioned: 'write'` operations: the revision named by If-Match, or `absent` for If-None-Match: *. */
  readonly expected: { readonly revision: number } | 'absent' | null;
  readonly actor: Actor;
  readonly requestId: string;
};
export type OperationReply<Op extends Operation> = {
  readonly body: OperationOutput<Op>;
  /** Revision behind the ETag of versioned operations: `"<revision>"`. */
  readonly revision?: number;
};
/** Handlers throw CodedError for operating errors; anything else is answered as `internal` and logged with its cause. */
export type Handler<Op extends Operation> = (request: OperationRequest<Op>) => Promise<OperationReply<Op>>;
/** Each domain exports `createXRoutes(services): Partial<Handlers>`; http/ registers them all and fails at start if one is missing. openLive and getRawOutput are given as streams by their own registration. */
export type Handlers = { readonly [Id in OperationId]: Handler<Operations[Id]> };
