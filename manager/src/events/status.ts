// The status view as a domain: its operations, and the loop that lets entries run out.
// Responsible for what the caller may see, also within a roll-up, and for the bounds of the loop. Made by master.ts.
import { say } from '@nezuban/protocol/sentences/sentence';
import { rollUp } from '@nezuban/core/events/roll-up';
import { hashState } from '@nezuban/core/events/event-state';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { CodedError } from '@nezuban/protocol/errors';
import * as z from 'zod';
import { forbidden } from '../access/actor-permissions.ts';
import type { Database } from '../database/database.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { ActorPermissions, AuditLog, Handlers, LiveBus, StatusPlaces, Transaction } from '../ports.ts';
import { removePastRepeats } from './repeat-store.ts';
import {
  acknowledgeStatus,
  countStatus,
  expireStatus,
  findStatus,
  listStatus,
  positionOf,
  removeStatus,
  trimStatus,
  type FoundStatus,
} from './status-reader.ts';
import { clearRaised } from './status-store.ts';

export type StatusPorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly live: LiveBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly inventory: StatusPlaces;
  /** Whoever was told of a state hears that a person has ended it. Implemented in notifications/. */
  readonly notifications?: EndedStates;
};

export type EndedStates = {
  /** In the caller's transaction; resolves to whether there is anything to tell. */
  end(
    transaction: Transaction,
    states: readonly {
      readonly node: string | null;
      readonly monitor: string | null;
      readonly key: string;
    }[],
  ): Promise<boolean>;
  wake(): void;
};

export type StatusDomain = {
  readonly routes: Pick<Handlers, 'getStatusTree' | 'listStatus' | 'changeStatus'>;
  /** One look; the loop's own, and that of tests. */
  readonly look: () => Promise<void>;
  readonly start: () => void;
  /** Idempotent; waits for what is under way. */
  readonly stop: () => Promise<void>;
};

/** Validities are minutes. */
const LOOK_EVERY_MS = 20_000;
/** Rows of one statement, and statements of one look: what is left waits for the next. */
const EXPIRED_AT_ONCE = 2_000;
const ROUNDS_MAX = 20;
/** 10,000 nodes with twenty states each. More comes from a rule whose keys never recur. */
const ROWS_MAX = 200_000;

const positionSchema = z.tuple([z.int(), z.string(), z.string(), z.string()]);

export const createStatus = (ports: StatusPorts): StatusDomain => {
  const { database, audit, live, clock, timers, inventory, notifications } = ports;
  const logger = ports.logger.child({ domain: 'status' });
  let looking: Promise<void> | undefined;
  let cancel: (() => void) | undefined;

  const lookOnce = async (): Promise<void> => {
    let changed = 0;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const expired = await expireStatus(database, {
        now: new Date(clock.epochMs()),
        limit: EXPIRED_AT_ONCE,
      });
      const trimmed = await trimStatus(database, { rowsMax: ROWS_MAX, limit: EXPIRED_AT_ONCE });
      if (trimmed > 0)
        logger.warn(
          { entries: trimmed },
          'The status view is full: its oldest entries were removed; a rule may have keys that never recur',
        );
      const past = await removePastRepeats(database);
      changed += expired + trimmed;
      if (Math.max(expired, trimmed, past) < EXPIRED_AT_ONCE) break;
    }
    if (changed > 0) live.publish({ type: 'statusChanged' });
  };
  const look = async (): Promise<void> => {
    looking ??= lookOnce()
      .catch((error: unknown) =>
        logger.warn({ err: error }, 'Entries of the status view could not be looked through; tried again'),
      )
      .finally(() => (looking = undefined));
    await looking;
  };

  const visible = (permissions: ActorPermissions) => [
    permissions.nodesIn('events.read', "nullif(node, '')"),
    permissions.netsIn('nets.read', 'net'),
  ];
  const nodesOf = (scope: string, permissions: ActorPermissions): readonly string[] => {
    const nodes = inventory.nodesOfScope(scope);
    if (nodes === null || !permissions.onScope('events.read', scope))
      throw new CodedError('not_found', say('problem_there_is_no_scope', { scope }));
    return nodes;
  };

  return {
    look,
    routes: {
      async getStatusTree({ query, actor: { permissions } }) {
        const listed = query.scope === undefined ? null : new Set(nodesOf(query.scope, permissions));
        const entries = await countStatus(database, visible(permissions));
        const seen = inventory.places.nodes().filter((node) => permissions.onNode('events.read', node));
        const named = entries.flatMap(({ node }) => (node === '' ? [] : [node]));
        return {
          body: rollUp({
            entries,
            scopes: inventory
              .scopes()
              .filter(({ name }) => permissions.onScope('events.read', name))
              .map((scope) => ({ ...scope, nodes: inventory.nodesOfScope(scope.name) ?? [] })),
            nodes: new Set([...seen, ...named]),
            listed,
            nodesMax: query.nodes,
          }),
        };
      },

      async listStatus({ query, actor: { permissions } }) {
        const { cursor, limit, scope, ...filter } = query;
        const entries = await listStatus(database, {
          ...filter,
          nodes: scope === undefined ? undefined : nodesOf(scope, permissions),
          visible: visible(permissions),
          after: decodeCursor(cursor, positionSchema),
          limit: limit + 1,
        });
        return { body: toPage(entries, { limit, toItem: (entry) => entry, positionOf }) };
      },

      async changeStatus({ body, actor }) {
        const { permissions } = actor;
        const about = ({ entry }: FoundStatus) => ({ node: entry.node, net: entry.net });
        const isToTell = await database.inTransaction(async (transaction) => {
          const found = await findStatus(transaction, body.entries);
          const seen = found.filter((item) => permissions.onEvent('events.read', about(item)));
          const [missing] = body.entries.filter(
            (place) =>
              !seen.some(
                ({ entry }) =>
                  entry.node === place.node && entry.monitor === place.monitor && entry.key === place.key,
              ),
          );
          if (missing !== undefined)
            throw new CodedError(
              'not_found',
              say('problem_there_is_no_entry_of_monitor_key', {
                value: missing.node ?? 'the manager',
                value2: missing.monitor ?? '',
                value3: missing.key ?? '',
              }),
            );
          const refused = seen.find((item) => !permissions.onEvent('events.confirm', about(item)));
          if (refused !== undefined)
            throw forbidden('events.confirm', `on ${refused.entry.node ?? 'the manager'}`);
          if (body.action === 'clear') {
            await clearRaised(
              transaction,
              seen.flatMap((item) => clearingOf(item, clock.epochMs())),
            );
            await removeStatus(transaction, body.entries);
          } else
            await acknowledgeStatus(
              transaction,
              body.entries,
              body.action === 'acknowledge' ? actor.name : null,
            );
          await audit.record(transaction, {
            actor,
            action: 'changeStatus',
            target: null,
            details: { action: body.action, entries: body.entries, comment: body.comment ?? null },
          });
          if (body.action !== 'clear') return false;
          const ended = body.entries.flatMap(({ node, monitor, key }) =>
            key === null ? [] : [{ node, monitor, key }],
          );
          return (await notifications?.end(transaction, ended)) ?? false;
        });
        if (isToTell) notifications?.wake();
        live.publish({ type: 'statusChanged' });
        return { body: { changed: body.entries.length } };
      },
    },
    start() {
      cancel = timers.every(LOOK_EVERY_MS, () => void look());
    },
    async stop() {
      cancel?.();
      cancel = undefined;
      await looking;
    },
  };
};

const clearingOf = ({ entry, raisedFrom }: FoundStatus, nowMs: number) => {
  if (raisedFrom === null) return [];
  const state = { node: entry.node ?? '', monitor: entry.monitor ?? '', key: entry.key ?? '' };
  return [{ hash: hashState(state), state, at: new Date(nowMs), by: null, raisedFrom }];
};
