// Changes of maintenance windows, by API and by YAML file.
// Responsible for what a change means: places that exist, rights at each of them, nothing written that is equal, audit entry and event in the
// same transaction. Called by the routes and, through the port MaintenanceWindows, by the applying of files.
import { say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import { isDeepStrictEqual } from 'node:util';
import { CodedError, type Issue } from '@nezuban/protocol/errors';
import {
  maintenanceLimits,
  toPlace,
  type MaintenanceWindow,
} from '@nezuban/protocol/operations/maintenance-window';
import type { Clock } from '@nezuban/platform/clock';
import type {
  Actor,
  AuditLog,
  EventSink,
  InventorySnapshot,
  MaintenanceWindows,
  Transaction,
} from '../ports.ts';
import { findUnstorable } from '../database/storable-text.ts';
import { missingPlace } from './known-places.ts';
import { assertMayOperate, isRequestActor } from './operate-rights.ts';
import type { OperationsMemory } from './operations-state.ts';
import { countWindows, lockWindow, removeWindow, saveWindow, type StoredWindowRow } from './window-store.ts';

export type WindowChangePorts = {
  readonly audit: AuditLog;
  readonly events: Pick<EventSink, 'append'>;
  readonly clock: Clock;
  readonly inventory: () => InventorySnapshot;
  readonly memory: OperationsMemory;
  /** Called after each commit. */
  readonly onChanged: () => void;
};

/** What must be there before; null: anything. */
export type Expected = { readonly revision: number } | 'absent' | null;
type Applied = {
  readonly change: 'created' | 'updated' | 'unchanged';
  readonly stored: StoredWindowRow;
  readonly afterCommit: () => void;
};

export type WindowChanges = MaintenanceWindows & {
  readonly put: (
    transaction: Transaction,
    change: {
      readonly window: MaintenanceWindow;
      readonly expected: Expected;
      readonly actor: Actor;
    },
  ) => Promise<Applied>;
  readonly remove: (
    transaction: Transaction,
    change: { readonly name: string; readonly expected: Expected; readonly actor: Actor },
  ) => Promise<() => void>;
};

export const createWindowChanges = (ports: WindowChangePorts): WindowChanges => {
  const { audit, events, clock, memory } = ports;

  const announce = async (
    transaction: Transaction,
    what: { readonly name: string; readonly change: string; readonly revision: number },
    actor: Actor,
  ): Promise<() => void> => {
    await audit.record(transaction, {
      actor,
      action: what.change === 'deleted' ? 'deleteMaintenanceWindow' : 'putMaintenanceWindow',
      target: what.name,
      details: { change: what.change, revision: what.revision },
    });
    return await events.append(transaction, [
      {
        at: new Date(clock.epochMs()),
        priority: 'info',
        code: 'definition_changed',
        node: null,
        message: `The maintenance window "${what.name}" was ${what.change} by ${actor.name}`,
        details: {
          kind: 'maintenance_window',
          name: what.name,
          change: what.change,
          revision: what.revision,
          actor: actor.name,
        },
      },
    ]);
  };

  const judge = async (transaction: Transaction, window: MaintenanceWindow): Promise<Issue[]> => {
    const issues: Issue[] = findUnstorable(window);
    for (const [index, place] of window.places.entries()) {
      const missing = await missingPlace(toPlace(place), ports.inventory(), transaction);
      if (missing !== null) issues.push({ path: `places[${index}]`, message: missing });
    }
    return issues;
  };

  const put: WindowChanges['put'] = async (transaction, { window, expected, actor }) => {
    const before = await lockWindow(transaction, window.name);
    // Before anything else is said of it.
    assertRights(actor, [window, before?.window ?? window]);
    assertExpected(window.name, before, expected);
    const issues = await judge(transaction, window);
    const [first] = issues;
    if (first !== undefined)
      throw new CodedError(
        'invalid_definition',
        say('problem_maintenance_window', {
          name: window.name,
          path: first.path,
          message: sentenceFrom(first),
        }),
        { issues },
      );
    if (before !== null && isDeepStrictEqual(before.window, window))
      return { change: 'unchanged', stored: before, afterCommit: () => undefined };
    if (before === null && (await countWindows(transaction)) >= maintenanceLimits.windowsMax)
      throw new CodedError(
        'operation_refused',
        say('problem_there_are_maintenance_windows_already_delete_some', {
          max: maintenanceLimits.windowsMax,
        }),
      );
    const stored = await saveWindow(transaction, {
      window,
      by: actor.name,
      at: new Date(clock.epochMs()),
    });
    const change = before === null ? 'created' : 'updated';
    const publish = await announce(
      transaction,
      { name: window.name, change, revision: stored.revision },
      actor,
    );
    return {
      change,
      stored,
      afterCommit() {
        memory.putWindow(stored);
        publish();
        ports.onChanged();
      },
    };
  };

  return {
    put,
    applyWindow: async (transaction, window, actor) =>
      await put(transaction, { window, expected: null, actor }),
    async remove(transaction, { name, expected, actor }) {
      const before = await lockWindow(transaction, name);
      if (before === null)
        throw new CodedError('not_found', say('problem_there_is_no_maintenance_window', { name }));
      assertRights(actor, [before.window]);
      assertExpected(name, before, expected);
      await removeWindow(transaction, name);
      const publish = await announce(
        transaction,
        { name, change: 'deleted', revision: before.revision },
        actor,
      );
      return () => {
        memory.removeWindow(name);
        publish();
        ports.onChanged();
      };
    },
  };
};

const assertRights = (actor: Actor, windows: readonly MaintenanceWindow[]): void => {
  if (!isRequestActor(actor)) return;
  for (const { places } of windows) for (const place of places) assertMayOperate(actor, toPlace(place));
};

const assertExpected = (name: string, before: StoredWindowRow | null, expected: Expected): void => {
  if (expected === null) return;
  if (expected === 'absent') {
    if (before !== null)
      throw new CodedError(
        'precondition_failed',
        say('problem_there_is_a_maintenance_window_already_at', { name, revision: before.revision }),
      );
  } else if (before === null)
    throw new CodedError(
      'precondition_failed',
      say('problem_there_is_no_maintenance_window_any_more', { name }),
    );
  else if (before.revision !== expected.revision)
    throw new CodedError(
      'precondition_failed',
      say('problem_the_maintenance_window_is_at_version_not', {
        name,
        revision: before.revision,
        revision2: expected.revision,
        updatedBy: before.updatedBy,
      }),
    );
};
