// Routes of freezes and maintenance windows. Responsible for turning requests into calls and rows into answers; decides nothing.
import { thing } from '@nezuban/protocol/sentences/thing';
import { say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import { formatDefinition } from '@nezuban/core/definitions/format-definition';
import { issueOf } from '@nezuban/core/definitions/path-issue';
import { judgeMaintenanceWindow } from '@nezuban/core/operations/judge-window';
import { CodedError } from '@nezuban/protocol/errors';
import { toPlace } from '@nezuban/protocol/operations/maintenance-window';
import { placeSchema, type Place } from '@nezuban/protocol/operations/place';
import type { Clock } from '@nezuban/platform/clock';
import type { Database } from '../database/database.ts';
import { findUnstorable } from '../database/storable-text.ts';
import type { Handlers, InventorySnapshot, RequestActor } from '../ports.ts';
import type { ChangeTurns } from './change-turns.ts';
import type { FreezeChanges } from './freeze-changes.ts';
import { missingPlace } from './known-places.ts';
import { assertMayOperate, mayOperate, maySee } from './operate-rights.ts';
import {
  listWindows,
  loadFrozen,
  loadOpenWork,
  viewFreezes,
  viewWindow,
  type Viewer,
  type Views,
} from './operate-views.ts';
import type { OperationsMemory } from './operations-state.ts';
import type { WindowChanges } from './window-changes.ts';

export type OperateRoutePorts = Views & {
  readonly database: Database;
  readonly clock: Clock;
  readonly memory: OperationsMemory;
  readonly inventory: () => InventorySnapshot;
  readonly freezes: FreezeChanges;
  readonly windows: WindowChanges;
  readonly inTurn: ChangeTurns;
};

export type OperateHandlers = Pick<
  Handlers,
  | 'getFrozen'
  | 'getOpenWork'
  | 'freeze'
  | 'resume'
  | 'listMaintenanceWindows'
  | 'getMaintenanceWindow'
  | 'exportMaintenanceWindow'
  | 'putMaintenanceWindow'
  | 'deleteMaintenanceWindow'
>;

export const createOperateRoutes = (ports: OperateRoutePorts): OperateHandlers => {
  const { database, clock, memory, inventory, freezes, windows, inTurn } = ports;

  const assertKnown = async (place: Place): Promise<void> => {
    const missing = await database.inTransaction(
      async (transaction) => await missingPlace(place, inventory(), transaction),
    );
    if (missing !== null) throw new CodedError('not_found', missing);
  };
  const windowOf = (name: string, actor: RequestActor) => {
    const row = memory.windows().get(name);
    if (row === undefined || !row.window.places.some((place) => maySee(actor, toPlace(place))))
      throw new CodedError('not_found', say('problem_there_is_no_maintenance_window', { name }));
    return row;
  };

  const viewerOf = (actor: RequestActor): Viewer => ({
    maySee: (place) => maySee(actor, place),
    // Who may drain a place is told of all that it waits for.
    counts: (place, net) => mayOperate(actor, place) || actor.permissions.onNet('nets.read', net),
  });

  return {
    getFrozen: async ({ actor }) => ({ body: await loadFrozen(ports, viewerOf(actor)) }),
    async getOpenWork({ query, actor }) {
      const parsed = placeSchema.safeParse({ kind: query.kind, name: query.name ?? null });
      if (!parsed.success)
        throw new CodedError(
          'invalid_request',
          say('problem_query_name_names_no', { kind: thing(query.kind), value: query.name ?? '' }),
        );
      if (!maySee(actor, parsed.data))
        throw new CodedError(
          'not_found',
          say('problem_there_is_no_4', { kind: thing(query.kind), value: query.name ?? '' }),
        );
      await assertKnown(parsed.data);
      const work = await loadOpenWork(ports, parsed.data, viewerOf(actor));
      const readable = ({ net }: { readonly net: string }) => actor.permissions.onNet('nets.read', net);
      return {
        body: {
          ...work,
          sessions: work.sessions.filter(readable),
          attempts: work.attempts.filter(readable),
        },
      };
    },
    async freeze({ body, actor }) {
      const { place, reason } = body;
      const until = body.until === undefined ? null : new Date(body.until);
      if (until !== null && until.getTime() <= clock.epochMs())
        throw new CodedError(
          'invalid_request',
          say('problem_body_until_is_past_already', { value: until.toISOString() }),
        );
      if (findUnstorable(reason).length > 0)
        throw new CodedError('invalid_request', say('problem_body_reason_has_a_character_that_cannot'));
      await assertKnown(place);
      assertMayOperate(actor, place);
      const { since, by } = await freezes.freeze({ place, reason, until, actor });
      const made = { place, reason, by, since, until: until?.getTime() ?? null, window: null };
      const [view] = await viewFreezes(ports, [made], viewerOf(actor));
      if (view === undefined) throw new Error('a freeze has no view');
      return { body: view };
    },
    async resume({ body, actor }) {
      assertMayOperate(actor, body.place);
      const resumed = await freezes.resume({ place: body.place, actor });
      const { frozen } = await loadFrozen(ports, viewerOf(actor));
      return {
        body: { resumed, stillFrozenBy: frozen.filter(({ place }) => ports.concerns(place, body.place)) },
      };
    },
    listMaintenanceWindows: async ({ actor }) => ({
      body: { items: await listWindows(ports, (place) => maySee(actor, place)) },
    }),
    async getMaintenanceWindow({ params, actor }) {
      const row = windowOf(params.name, actor);
      return { body: await viewWindow(ports, row), revision: row.revision };
    },
    async exportMaintenanceWindow({ params, actor }) {
      const { window, revision } = windowOf(params.name, actor);
      const body = formatDefinition({ kind: 'maintenance_window', value: window });
      return { body, revision };
    },
    async putMaintenanceWindow({ params, body, expected, actor }) {
      const issues =
        body.name === params.name
          ? judgeMaintenanceWindow(body).map(issueOf)
          : [{ path: 'name', message: `is "${body.name}", but the address says "${params.name}"` }];
      const [first] = issues;
      if (first !== undefined)
        throw new CodedError(
          'invalid_definition',
          say('problem_at_place', { name: params.name, path: first.path, message: sentenceFrom(first) }),
          {
            issues,
          },
        );
      const applied = await inTurn(async () => {
        const result = await database.inTransaction(
          async (transaction) => await windows.put(transaction, { window: body, expected, actor }),
        );
        result.afterCommit();
        return result;
      });
      return { body: await viewWindow(ports, applied.stored), revision: applied.stored.revision };
    },
    async deleteMaintenanceWindow({ params, expected, actor }) {
      windowOf(params.name, actor);
      await inTurn(async () => {
        const afterCommit = await database.inTransaction(
          async (transaction) => await windows.remove(transaction, { name: params.name, expected, actor }),
        );
        afterCommit();
      });
      return { body: undefined };
    },
  };
};
