// The seams between the manager's domains. Each domain folder (jobs, events, notifications, inventory, access, live, http, database)
// implements its port and is wired in manager.ts; domains never import each other's stores.
import type { Said } from '@nezuban/protocol/sentences/sentence';
import type { Permissions } from '@nezuban/core/access/permissions';
import type { UnitMail } from '@nezuban/core/jobs/session-inputs';
import type { CalendarBook } from '@nezuban/core/calendars/calendar';
import type { OrdersOutlook } from '@nezuban/protocol/access/outlook';
import type { RoleDefinition } from '@nezuban/protocol/access/role';
import type { Right } from '@nezuban/protocol/access/rights';
import type { Operation, OperationOutput } from '@nezuban/protocol/api/operation';
import type { OperationId, Operations } from '@nezuban/protocol/api/operations';
import type {
  AttemptOrder,
  CancelItem,
  OutputChunk,
  Receipt,
  OpenAttemptsReport,
} from '@nezuban/protocol/agent/link';
import type { LiveMessage } from '@nezuban/protocol/api/live';
import type { CalendarDefinition } from '@nezuban/protocol/calendars/calendar';
import type { EventCode, EventView } from '@nezuban/protocol/events/event';
import type { AttemptId, SessionId, Term } from '@nezuban/protocol/ids';
import type { SnmpUser } from '@nezuban/protocol/intake/orders';
import type { Priority } from '@nezuban/protocol/priority';
import type { NamedChannelDefinition } from '@nezuban/protocol/notifications/channel';
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';
import type { Escalation } from '@nezuban/protocol/notifications/escalation';
import type { Inhibition } from '@nezuban/protocol/notifications/inhibition';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import type { ScopeDefinition } from '@nezuban/protocol/jobs/definition';
import type { MaintenanceWindow } from '@nezuban/protocol/operations/maintenance-window';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import type { TrapAlias, TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';
import type { PoolClient } from 'pg';
import type * as z from 'zod';
import type { Condition } from './database/where.ts';

/** Open transaction of one connection. What is written through it becomes true together or not at all. */
export type Transaction = PoolClient;

/** Who asked for a change, for the audit log and for messages. */
export type Actor = {
  readonly name: string;
  readonly address: string | null;
  readonly by: 'cookie' | 'token' | 'schedule' | 'system';
  /** What he brings into force holds whatever becomes of the user of his name: he owns the host, or did it before this was asked. */
  readonly holdsAlways?: boolean;
};

/** Nodes and scopes as permissions see them. Implemented in inventory/. */
export type ScopePlaces = {
  readonly nodes: () => readonly string[];
  /** All scopes that a node lies in, parents of scopes included; empty for a node that is gone. */
  readonly scopesOfNode: (node: string) => ReadonlySet<string>;
  /** A scope and all above it. */
  readonly withParents: (scope: string) => ReadonlySet<string>;
};

/**
 * What the one who asks may do. The server has refused who does not hold the operation's right anywhere; handlers ask for the very object.
 * What one may not see is answered as if it were not there. Made in access/.
 */
export type ActorPermissions = {
  readonly decided: Permissions;
  readonly rights: () => readonly Right[];
  /** Held anywhere. */
  readonly holds: (right: Right) => boolean;
  readonly everywhere: (right: Right) => boolean;
  readonly onNet: (right: Right, net: string) => boolean;
  readonly onNode: (right: Right, node: string) => boolean;
  readonly onScope: (right: Right, scope: string) => boolean;
  /** On every net below the folder, whatever its name: held there, and denied nowhere inside. */
  readonly onWholeFolder: (right: Right, folder: string) => boolean;
  /** On the scope and every node that lies in it. */
  readonly onWholeScope: (right: Right, scope: string) => boolean;
  /** Of an event without a node: held anywhere. Of one about a net: only if the net can be seen. */
  readonly onEvent: (
    right: Right,
    about: { readonly node: string | null; readonly net: string | null },
  ) => boolean;
  /** For lists: on a column with names of nets; undefined: everything. */
  readonly netsIn: (right: Right, column: string) => Condition | undefined;
  /** For lists: on a column with names of nodes; rows without one are shown. */
  readonly nodesIn: (right: Right, column: string) => Condition | undefined;
  /** For lists of the table `event`. */
  readonly eventsIn: (right: Right) => Condition | undefined;
  /** Throws `not_found` with the sentence if the net cannot be seen, `forbidden` if the right is missing there. */
  readonly requireOnNet: (right: Right, net: string, missing: string | Said) => void;
  readonly requireOnNode: (right: Right, node: string, missing: string | Said) => void;
  /** Throws `forbidden` if it is held nowhere. */
  readonly require: (right: Right) => void;
};
/** Who made a request. */
export type RequestActor = Actor & {
  readonly permissions: ActorPermissions;
  /** Names of roles. */
  readonly roles?: readonly string[];
  /** Names the sign-in or token (not a secret), and when it ends. Null: nobody is signed in; it does not end. */
  readonly key: string | null;
  readonly until: Date | null;
  readonly mustChangePassword: boolean;
};

export type Standing = { readonly permissions: ActorPermissions; readonly roles: readonly string[] };
/** What users may who do not ask themselves now. Implemented in access/. */
export type People = {
  /** By all his roles, also while he is disabled, and by those that he had when he was deleted; null: nobody knows of him. */
  readonly permissionsOf: (user: string) => Promise<ActorPermissions | null>;
  /** The same with the names of his roles. */
  readonly standingOf: (user: string) => Promise<Standing | null>;
};

/** Of authors, by name, before and after a change. Null: nobody knows of him. */
export type StandingChanges = ReadonlyMap<
  string,
  { readonly before: Standing | null; readonly after: Standing | null }
>;
/** What people have left behind that acts by their rights. Implemented in jobs/. */
export type StandingOrders = {
  /** What becomes of it. `kept`: what holds on is told, too. */
  look(
    transaction: Transaction,
    changes: StandingChanges,
    how: { readonly actor: RequestActor; readonly kept: boolean },
  ): Promise<OrdersOutlook>;
  /** Events of what stops, in the transaction of the change. Call the returned function after the commit. */
  tell(transaction: Transaction, changes: StandingChanges, actor: Actor): Promise<() => void>;
};

export type EventDraft = {
  readonly at: Date;
  readonly priority: Priority;
  readonly code: EventCode;
  readonly node: string | null;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
  /** What watches: the name of a trap monitor (later of any monitor). Left out: Nezuban itself. */
  readonly monitor?: string;
  /** What state it is about, within node and monitor: events that raise and clear the same meet by it, and so do counts and the status view. */
  readonly key?: string;
  /** It ends what earlier events with this key have raised. */
  readonly clears?: boolean;
  /** Repeats with the same node, monitor and key (without one: message) within so many seconds are counted on the first event. */
  readonly collapseS?: number;
  /** Named channels that are told of it, whatever the rules say. */
  readonly channels?: readonly string[];
  /** The trap that it came from. */
  readonly trapId?: number;
  /** Fields of the user, by name. */
  readonly fields?: Readonly<Record<string, string>>;
};

/** Events domain. Implemented in events/. */
export type EventSink = {
  /** Writes events and the deliveries that notification rules demand, in the caller's transaction. Call the returned function after the commit: it publishes and wakes the outbox. */
  append(transaction: Transaction, drafts: readonly EventDraft[]): Promise<() => void>;
  /** The same in a transaction of its own. */
  appendNow(drafts: readonly EventDraft[]): Promise<void>;
};

export type FittingEvent = {
  readonly event: EventView;
  /** Positions of the conditions that it fits. */
  readonly fits: readonly number[];
};
export type EventFollower = {
  /** One fits if it fits any of them. */
  readonly matches: readonly EventMatch[];
  /** Events with a higher number are told. */
  readonly afterId: number;
  /** Events that happened then or later are told, too, whatever their number. Milliseconds since 1970; null: none. */
  readonly sinceMs: number | null;
  /**
   * What fits among the events up to a number, in their order; called for empty ones, too, where all of a stretch was looked at. True: it has seen
   * enough. If it throws, the same comes again.
   */
  readonly take: (events: readonly FittingEvent[], upTo: number) => Promise<boolean>;
};

export type EventWatch = {
  readonly start: () => void;
  /** Something was committed. */
  readonly wake: () => void;
  /** Until the returned function is called. */
  readonly follow: (follower: EventFollower) => () => void;
  readonly pause: () => Promise<void>;
  readonly resume: () => void;
  readonly stop: () => Promise<void>;
};

/** Which run of which unit has ordered a mail. */
export type UnitMailKey = { readonly session: number; readonly unit: number; readonly run: number };
/** Mails that units send. Implemented in notifications/. */
export type UnitMails = {
  /** In the caller's transaction, once for each run. Call the returned function after the commit. */
  queue(
    transaction: Transaction,
    mails: readonly {
      readonly key: UnitMailKey;
      readonly net: string;
      readonly path: string;
      readonly at: Date;
      readonly mail: UnitMail;
    }[],
  ): Promise<() => void>;
  /** Null: it is not there (any more). */
  outcome(key: UnitMailKey): Promise<{
    readonly id: number;
    readonly state: 'pending' | 'sent' | 'failed' | 'suppressed';
    /** The error, or what did not go well all the same. */
    readonly note: string | null;
  } | null>;
  /** Who hears that the outbox is through with one. */
  setListener(listener: (key: UnitMailKey) => void): void;
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

/** Where nodes lie, as the status view rolls them up. Implemented in inventory/. */
export type StatusPlaces = {
  readonly places: ScopePlaces;
  /** Those of child scopes included; null: there is no such scope. */
  readonly nodesOfScope: (scope: string) => readonly string[] | null;
  readonly scopes: () => readonly {
    readonly name: string;
    readonly parent: string | null;
    readonly title: string | null;
  }[];
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
  readonly places: ScopePlaces;
  /** Kind `scope` of a YAML file, in the caller's transaction; returns whether it changed, and what to run after the commit. */
  applyScope(
    transaction: Transaction,
    scope: ScopeDefinition,
    actor: RequestActor,
  ): Promise<{ readonly change: 'created' | 'updated' | 'unchanged'; readonly afterCommit: () => void }>;
};

/** Notification rules, inhibitions and escalations of a YAML file. Implemented in notifications/. */
export type NotificationRules = {
  applyRule(transaction: Transaction, rule: NotificationRule, actor: Actor): Promise<AppliedDefinition>;
  applyChannel(
    transaction: Transaction,
    channel: NamedChannelDefinition,
    actor: RequestActor,
  ): Promise<AppliedDefinition>;
  applyInhibition(transaction: Transaction, inhibition: Inhibition, actor: Actor): Promise<AppliedDefinition>;
  applyEscalation(transaction: Transaction, escalation: Escalation, actor: Actor): Promise<AppliedDefinition>;
};
type AppliedDefinition = {
  readonly change: 'created' | 'updated' | 'unchanged';
  readonly afterCommit: () => void;
};

/** Trap monitors and aliases of a YAML file. Implemented in trap-monitors/. */
export type TrapDefinitions = {
  applyMonitor(
    transaction: Transaction,
    monitor: TrapMonitor,
    actor: Actor,
  ): Promise<{ readonly change: 'created' | 'updated' | 'unchanged'; readonly afterCommit: () => void }>;
  applyAlias(
    transaction: Transaction,
    alias: TrapAlias,
    actor: Actor,
  ): Promise<{ readonly change: 'created' | 'updated' | 'unchanged'; readonly afterCommit: () => void }>;
};

/** Calendars, for whoever decides by days. Implemented in calendars/. */
export type Calendars = {
  /** As last committed; another object after each change. */
  book(): CalendarBook;
  /** Reads them again from the database unless a change of this revision has been seen. */
  catchUp(revision: number): Promise<void>;
  /** It is there, and is not deleted before the transaction ends. */
  exists(transaction: Transaction, name: string): Promise<boolean>;
  /** Kind `calendar` of a YAML file. Throws `forbidden`. */
  applyCalendar(
    transaction: Transaction,
    calendar: CalendarDefinition,
    actor: RequestActor,
  ): Promise<AppliedDefinition>;
};

/** What is frozen, for whoever is about to start something. Never waits. Implemented in operations/. */
export type Freezes = {
  /** The sentence why no session of the net may start; null if one may. */
  startRefusal(net: string): Said | null;
  /** Throws `forbidden` unless the actor may end every freeze by hand that keeps sessions of the net from starting. */
  assertMayOverride(net: string, actor: RequestActor): void;
  /** Nodes on which no command is to start, each with the sentence that says who froze it and why. */
  nodes(): ReadonlyMap<string, string>;
  /** Up to when scheduled starts of the net were held by a freeze that has ended; null if they were not. */
  heldUntil(net: string): number | null;
};

/** Maintenance windows of a YAML file. Implemented in operations/. */
export type MaintenanceWindows = {
  applyWindow(
    transaction: Transaction,
    window: MaintenanceWindow,
    actor: Actor,
  ): Promise<{ readonly change: 'created' | 'updated' | 'unchanged'; readonly afterCommit: () => void }>;
};

/** Roles of a YAML file. Implemented in access/. Throws `forbidden` where the role gives what the actor has not. */
export type Roles = {
  applyRole(
    transaction: Transaction,
    role: RoleDefinition,
    actor: RequestActor,
  ): Promise<{ readonly change: 'created' | 'updated' | 'unchanged'; readonly afterCommit: () => void }>;
};

/** Connections of agents. Implemented in inventory/agent-hub.ts. Everything sent is best effort: what must arrive is sent again by the jobs domain at `connected`. */
/** Secrets as the jobs domain needs them: the values of kept ones, and boxes for those of a session. */
export type SessionSecrets = {
  /** Null: there is no such secret, or it does not open. */
  named(name: string): string | null;
  seal(sessionId: SessionId, values: Readonly<Record<string, string>>): Buffer;
  /** Null: it does not open. */
  open(sessionId: SessionId, box: Buffer): Record<string, string> | null;
  /** Of a start that has not come yet, by the id of its preparation. */
  sealPrepared(id: number, values: Readonly<Record<string, string>>): Buffer;
  /** Null: it does not open. */
  openPrepared(id: number, box: Buffer): Record<string, string> | null;
  /** Of a report that was put aside. */
  sealReport(key: string, text: string): Buffer;
  /** Null: it does not open. */
  openReport(key: string, box: Buffer): string | null;
};
export type AgentHub = {
  isConnected(node: string): boolean;
  /** What the node's agent says of itself and the version of the link that it speaks with us; null: it is not connected. */
  release(node: string): {
    readonly version: string;
    readonly protocol: number;
    readonly features: readonly string[];
  } | null;
  dispatch(node: string, orders: readonly AttemptOrder[]): void;
  cancel(node: string, items: readonly CancelItem[]): void;
  query(node: string, attemptIds: readonly AttemptId[]): void;
  /** Asks the agent what it runs; the listener hears it. False: it is not connected, or of the first release and cannot say. */
  askOpenAttempts(node: string): boolean;
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
  /** What the agent runs, asked for with `askOpenAttempts`. */
  reported(node: string, report: OpenAttemptsReport): void;
  /** The same for output. Returns the offset stored up to, per attempt and stream. */
  output(
    node: string,
    chunks: readonly OutputChunk[],
    /** What the agent said that it can do beyond the first release. */
    features: readonly string[],
  ): Promise<
    readonly {
      readonly attemptId: AttemptId;
      readonly stream: 'stdout' | 'stderr';
      readonly offset: number;
      readonly heldBack?: boolean;
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

/** Who may send traps, with what the orders of the intakes need. Implemented in snmp/. */
export type TrapSecrets = {
  readonly snmpUsers: () => readonly SnmpUser[];
  /** SHA-256, hexadecimal. */
  readonly httpTokenHashes: () => readonly string[];
  /** After each committed change. */
  onChange(listener: () => void): void;
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
  readonly actor: RequestActor;
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
