// The operations domain put together: freezes and maintenance windows. Made by master.ts.
// The event sink asks it which notifications are kept back, and its own changes write events; so the parts are made in two steps.
import { holdsNet, nodesOfPlace } from '@nezuban/core/operations/frozen-places';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { Place } from '@nezuban/protocol/operations/place';
import type { Database } from '../database/database.ts';
import type { DefinitionSource } from '../definitions/definition-source.ts';
import type {
  AuditLog,
  EventSink,
  Freezes,
  InventorySnapshot,
  LiveBus,
  MaintenanceWindows,
} from '../ports.ts';
import { createChangeTurns } from './change-turns.ts';
import { createFreezeChanges } from './freeze-changes.ts';
import { loadFreezes, waitForChanges } from './freeze-store.ts';
import { createOperateRoutes, type OperateHandlers } from './operate-routes.ts';
import type { OpenWorkSource } from './operate-views.ts';
import { operationsLimits } from './operations-limits.ts';
import { createOperationsLoop } from './operations-loop.ts';
import { createOperationsMemory, type OperationsMemory } from './operations-state.ts';
import { createWindowChanges } from './window-changes.ts';
import { createWindowDefinitions } from './window-definitions.ts';
import { loadWindows } from './window-store.ts';

export type OperationsPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly live: LiveBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};

export type Operations = {
  readonly freezes: Freezes;
  /** For the event sink. */
  readonly mutedBy: OperationsMemory['mutedBy'];
  readonly connect: (ports: {
    readonly events: EventSink;
    readonly inventory: () => InventorySnapshot;
  }) => ConnectedOperations;
};

/** The part of the jobs domain that this one tells and asks. */
export type JobsSide = OpenWorkSource & { readonly freezesChanged: () => Promise<void> };

export type ConnectedOperations = {
  readonly windows: MaintenanceWindows;
  readonly definitions: DefinitionSource;
  /** Once the jobs domain is there. */
  readonly routes: (jobs: JobsSide) => OperateHandlers;
  /** Says what has changed by time alone. After the jobs domain has started. */
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** Reads what is frozen and the windows. */
export const createOperations = async (ports: OperationsPorts): Promise<Operations> => {
  const { database, audit, live, clock, timers } = ports;
  const logger = ports.logger.child({ domain: 'operations' });
  let inventory: () => InventorySnapshot = () => ({ nodes: new Map(), scopes: new Map() });
  const memory = createOperationsMemory({
    clock,
    scopes: () => inventory().scopes,
    endedKeptMs: operationsLimits.endedKeptMs,
  });
  const [freezes, windows] = await database.inTransaction(
    async (transaction) => [await loadFreezes(transaction), await loadWindows(transaction, logger)] as const,
  );
  memory.load(freezes, windows);

  /** Whether a freeze of the first place keeps the second frozen too. */
  const concerns = (frozen: Place, place: Place): boolean => {
    if (frozen.kind === place.kind && frozen.name === place.name) return true;
    if (place.kind === 'net') return holdsNet(frozen, place.name);
    if (place.kind === 'folder') return holdsNet(frozen, `${place.name}/`);
    if (place.kind === 'manager') return false;
    const { scopes } = inventory();
    const inside = nodesOfPlace(place, scopes);
    const kept = new Set(nodesOfPlace(frozen, scopes));
    return inside.length > 0 && inside.every((node) => kept.has(node));
  };

  return {
    freezes: memory.freezes,
    mutedBy: memory.mutedBy,
    connect({ events, inventory: snapshot }) {
      inventory = snapshot;
      let jobs: JobsSide | undefined;
      /** Resolves when nothing starts any more where it must not; a database that is away holds nobody up for long. */
      const act = async (): Promise<void> => {
        live.publish({ type: 'operationsChanged' });
        if (jobs === undefined) return;
        const limit = new AbortController();
        await Promise.race([
          jobs.freezesChanged().catch((error: unknown) => {
            logger.warn({ err: error }, 'What waits for a resume could not be looked at');
          }),
          timers.sleep(operationsLimits.settleMs, limit.signal).catch(() => undefined),
        ]);
        limit.abort();
      };
      const { inTurn, settle } = createChangeTurns({
        // One transaction: between the end of what was sent before and the reading nothing else comes.
        reload: async () =>
          await database.inTransaction(async (transaction) => {
            await waitForChanges(transaction);
            const rows = await loadFreezes(transaction);
            memory.load(rows, await loadWindows(transaction, logger));
          }),
        onUnsure() {
          logger.warn('Nobody knows whether a change of what is frozen was stored; it is read again');
          loop.wake();
        },
      });
      const onChanged = async (): Promise<void> => {
        await act();
        loop.wake();
      };
      const changes = createFreezeChanges({ database, audit, events, clock, memory, inTurn, onChanged });
      const loop = createOperationsLoop({
        database,
        events,
        memory,
        changes,
        settle,
        clock,
        timers,
        logger,
        onChanged: act,
      });
      const windowChanges = createWindowChanges({
        audit,
        events,
        clock,
        inventory: snapshot,
        memory,
        onChanged: () => loop.wake(),
      });
      return {
        windows: windowChanges,
        definitions: createWindowDefinitions(memory),
        routes(side) {
          jobs = side;
          return createOperateRoutes({
            database,
            clock,
            memory,
            inventory: snapshot,
            scopes: () => snapshot().scopes,
            freezes: changes,
            windows: windowChanges,
            inTurn,
            work: side,
            concerns,
          });
        },
        start: loop.start,
        stop: loop.stop,
      };
    },
  };
};
