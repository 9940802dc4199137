// Confirming all events that fit a filter.
// Responsible for counting first, for a bound, and for confirming only what the caller may and has seen. Called by the route.
import type { ConfirmState } from '@nezuban/protocol/events/event';
import { createWhere } from '../database/where.ts';
import type { Transaction } from '../ports.ts';
import { confirmEvents } from './event-changes.ts';
import { addEventConditions, type EventConditions } from './event-conditions.ts';

/** Of one call: a second of work, and an entry of the audit log that can be read. */
export const MATCHING_MAX = 10_000;
/** Ids of one statement. */
const AT_ONCE = 1_000;

export type BulkConfirmation = {
  readonly filter: EventConditions;
  readonly state: ConfirmState;
  readonly comment: string | undefined;
  readonly upToId: number | undefined;
  readonly by: string;
};
export type Matching = { readonly ids: readonly number[]; readonly more: boolean; readonly upToId: number };

const DIFFERS: Readonly<Record<ConfirmState, string>> = {
  unconfirmed: '(confirmed_at IS NOT NULL OR confirming_at IS NOT NULL)',
  confirming: '(confirmed_at IS NOT NULL OR confirming_at IS NULL)',
  confirmed: 'confirmed_at IS NULL',
};

/** Events that fit and are in another state, the newest first. */
export const findMatching = async (
  transaction: Transaction,
  { filter, state, upToId }: BulkConfirmation,
): Promise<Matching> => {
  const { rows: newest } = await transaction.query<{ id: number | null }>('SELECT max(id) AS id FROM event');
  const limit = upToId ?? newest[0]?.id ?? 0;
  const where = createWhere();
  where.add((place) => `id <= ${place(limit)}`);
  addEventConditions(where, filter);
  where.add(() => DIFFERS[state]);
  const { rows } = await transaction.query<{ id: number }>(
    `SELECT id FROM event ${where.sql()} ORDER BY id DESC LIMIT ${where.place(MATCHING_MAX + 1)}`,
    [...where.values],
  );
  return {
    ids: rows.slice(0, MATCHING_MAX).map(({ id }) => id),
    more: rows.length > MATCHING_MAX,
    upToId: limit,
  };
};

export const confirmMatching = async (
  transaction: Transaction,
  { state, comment, by }: BulkConfirmation,
  ids: readonly number[],
): Promise<number> => {
  let changed = 0;
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const events = await confirmEvents(transaction, {
      ids: ids.slice(start, start + AT_ONCE),
      state,
      comment,
      by,
    });
    changed += events.length;
  }
  return changed;
};
