// What the jobs domain needs of the others, and what it offers them. `jobs.ts` puts it together.
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { Database, DatabaseAddress } from '../database/database.ts';
import type { DefinitionSource } from '../definitions/definition-source.ts';
import type { StreamHandlers } from '../http/http-ports.ts';
import type {
  AgentHub,
  AuditLog,
  Calendars,
  EventSink,
  EventWatch,
  Freezes,
  Identity,
  Inventory,
  LiveBus,
  MaintenanceWindows,
  NotificationRules,
  People,
  Roles,
  SessionSecrets,
  StandingOrders,
  TrapDefinitions,
  UnitMails,
} from '../ports.ts';
import type { SettingsPort } from '../settings/settings.ts';
import type { TransferOrder } from '../transfers/transfer-relay.ts';
import type { ReportsAside } from './aside/reports-aside.ts';
import type { ChannelRuns } from './channel-runs.ts';
import type { SetDocument } from './definition-apply.ts';
import type { SourceFile } from './definition-parser.ts';
import type { EngineStats } from './engine.ts';
import type { JobsRoutes } from './job-handlers.ts';
import type { OpenWorkPort } from './open-sessions.ts';
import type { OutputQuota } from './output-quota.ts';
import type { PlaceFigures } from './place-watch.ts';
import type { Reconciliation } from './reconciliation.ts';

export type JobsPorts = {
  readonly database: Database;
  readonly events: EventSink;
  readonly audit: AuditLog;
  readonly calendars: Calendars;
  readonly rules: NotificationRules;
  readonly traps: TrapDefinitions;
  readonly roles: Roles;
  readonly people: People;
  readonly windows: MaintenanceWindows;
  readonly freezes: Freezes;
  readonly secrets: SessionSecrets;
  readonly inventory: Inventory;
  readonly hub: AgentHub;
  readonly live: LiveBus;
  readonly eventWatch: EventWatch;
  readonly mails: UnitMails;
  /** Every event that is committed from now on has a higher number. */
  readonly lastEventId: () => number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly identity: Identity;
  readonly settings: Pick<SettingsPort, 'of' | 'onChange' | 'onSaving'>;
};
export type JobsOptions = {
  readonly address: DatabaseAddress;
  /** The engine cannot go on; the process must end. */
  readonly onBroken: (error: unknown) => void;
};

export type Jobs = {
  /** Job nets, queues, locks and limits of nodes, for export and compare. */
  readonly definitions: readonly DefinitionSource[];
  /** Throws `invalid_definition` with every place. */
  readonly readDefinitions: (files: readonly SourceFile[]) => Promise<readonly SetDocument[]>;
  readonly routes: JobsRoutes;
  readonly getRawOutput: StreamHandlers['getRawOutput'];
  /** Null: there is no such session. */
  readonly netOfSession: (id: number) => Promise<string | null>;
  /** For the operations domain: what is still open where something is frozen, and what a freeze has to tell. */
  readonly openWork: OpenWorkPort;
  /** Calendars have changed: the nets whose schedules it concerns; null: any of them. */
  readonly calendarsChanged: (nets: readonly string[] | null) => void;
  readonly standingOrders: StandingOrders;
  /** What channels of notifications start. */
  readonly channelRuns: ChannelRuns;
  /** Of an attempt that has not ended; null: it is none that transfers files. */
  readonly transferOrder: (id: AttemptId) => Promise<TransferOrder | null>;
  readonly stats: () => EngineStats;
  readonly figures: () => JobsFigures;
  /** The next session has at least this id. */
  readonly skipSessionIds: (to: number) => void;
  /** Sessions from the first id up to, without, the second have been removed. */
  readonly forgetSessions: (firstId: number, endId: number) => void;
  /** Takes up what is unfinished, listens to the hub, begins with schedules. Before the hub opens its port. */
  readonly start: () => Promise<void>;
  /** Takes nothing more, finishes what is under way within the time, then commits nothing more until `resume`. */
  readonly drain: (withinMs: number) => Promise<void>;
  readonly resume: () => void;
  /** Starts nothing more, finishes what is under way within the time. Idempotent. */
  readonly stop: (withinMs: number) => Promise<void>;
};

export type JobsFigures = {
  readonly output: ReturnType<OutputQuota['figures']>;
  readonly reconciliation: ReturnType<Reconciliation['figures']>;
  readonly places: PlaceFigures;
  readonly reportsAside: ReturnType<ReportsAside['fill']>;
};
