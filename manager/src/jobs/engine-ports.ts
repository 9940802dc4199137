// What the engine needs of others, and how it is set up. Types alone; `engine.ts` says what it does with them.
import type { Session } from '@nezuban/core/jobs/session-state';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Term } from '@nezuban/protocol/ids';
import type { Database } from '../database/database.ts';
import type {
  AgentHub,
  Calendars,
  EventSink,
  Freezes,
  Inventory,
  SessionSecrets,
  UnitMails,
} from '../ports.ts';
import type { ReportsAside } from './aside/reports-aside.ts';
import type { SessionChanges } from './live-session.ts';
import type { OrderBounds } from './order-bounds.ts';
import type { SessionStore } from './session-store.ts';
import type { UnitWorks } from './unit-works/unit-works.ts';

export type EnginePorts = {
  /** Connections of the engine's own, pipelined, so that no request stands before it. */
  readonly database: Database;
  readonly store: SessionStore;
  readonly events: EventSink;
  readonly hub: AgentHub;
  readonly inventory: Inventory;
  readonly freezes: Freezes;
  readonly secrets: SessionSecrets;
  /** For business dates. Absent: none is made. */
  readonly calendars?: Pick<Calendars, 'book'>;
  readonly bounds: OrderBounds;
  /** What the manager does itself for units. */
  readonly works: UnitWorks;
  readonly mails: Pick<UnitMails, 'queue'>;
  /** Where reports go that cannot be taken. */
  readonly aside: Pick<ReportsAside, 'put'>;
  /** Every event that is committed from now on has a higher number. */
  readonly lastEventId: () => number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};

export type EngineOptions = {
  /** A manager of a higher term has the database: nothing of ours is committed any more. */
  readonly term: Term;
  /** Eight or so characters a-z 0-9, never the same twice. */
  readonly newNonce: () => string;
  /** Called after each commit for each session that changed, while memory is what is stored. */
  readonly onChanged: (session: Session, changes: SessionChanges) => void;
  /** The engine cannot go on: a newer manager is there, or an invariant is broken. The process must end. */
  readonly onBroken: (error: unknown) => void;
  readonly openAttemptsPerNodeMax?: number;
  /** How long what took too long alone is put off; tests do not wait for a quarter of a minute. */
  readonly slowRetryMs?: number;
};
