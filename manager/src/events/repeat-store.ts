// Repeats of events that are stored already.
// Responsible for finding, in the caller's transaction, the event on which a group of repeats is counted, for counting, and for the rows that
// remember such events. All of it is in the database: a new master goes on counting where the old one was. Which events of one batch belong
// together is decided in core. Called by the event batch.
import { hash } from 'node:crypto';
import type { RepeatGroup } from '@nezuban/core/events/plan-repeats';
import type { EventView } from '@nezuban/protocol/events/event';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import { EVENT_COLUMNS, toEventView, type EventRow } from './event-rows.ts';

/** A group, and the id that its event gets if nothing stored is continued. */
export type Claim = { readonly group: RepeatGroup; readonly id: number };
export type Counted = { readonly event: EventView; readonly times: number };

/** Rows of one removal: it holds nobody up. */
const REMOVED_AT_ONCE = 5_000;

/** Counts what continues stored events; gives those events as they are now, by the id that each group would have got. */
export const countRepeats = async (
  transaction: Transaction,
  claims: readonly Claim[],
): Promise<ReadonlyMap<number, Counted>> => {
  const counted = new Map<number, Counted>();
  const continuing = claims.filter(({ group }) => !group.fresh);
  const found = await claim(transaction, continuing, false);
  const continued = continuing.flatMap(({ group, id }) => {
    const row = found.get(identityOf(group));
    return row === undefined || row.event_id === id ? [] : [{ group, id, row }];
  });
  if (continued.length > 0)
    for (const { id, event, times } of await count(transaction, continued)) counted.set(id, { event, times });
  // The event has gone with its month, or was confirmed or cleared: people must hear of it anew.
  const lost = continued.filter(({ id }) => !counted.has(id));
  const last = new Map(
    [...lost, ...claims.filter(({ group }) => group.fresh)].map((item) => [item.group.identity, item]),
  );
  await claim(transaction, [...last.values()], true);
  return counted;
};

/** A state is raised: events that cleared it before are not continued. */
export const endClearRepeats = async (transaction: Transaction, states: readonly number[]): Promise<void> => {
  if (states.length === 0) return;
  await transaction.query({
    name: 'end_event_repeats',
    text: 'DELETE FROM event_repeat WHERE state = ANY($1::bigint[]) AND clears',
    values: [states],
  });
};

/** Removes rows whose span is over; gives how many. */
export const removePastRepeats = async (database: Database): Promise<number> => {
  const rows = await database.query({
    text: `DELETE FROM event_repeat WHERE ctid = ANY (ARRAY (
             SELECT ctid FROM event_repeat WHERE until < now() - interval '1 hour' LIMIT ${REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED))
           RETURNING 1`,
  });
  return rows.length;
};

type RepeatRow = { readonly identity: string; readonly event_id: number; readonly recorded_at: Date };

/** Locks the rows in one order, so that two transactions never wait for each other. */
const claim = async (
  transaction: Transaction,
  claims: readonly Claim[],
  anew: boolean,
): Promise<ReadonlyMap<string, RepeatRow>> => {
  if (claims.length === 0) return new Map();
  const sorted = claims
    .map(({ group, id }) => ({ identity: identityOf(group), group, id }))
    .toSorted((a, b) => (a.identity < b.identity ? -1 : 1));
  const { rows } = await transaction.query<RepeatRow>({
    name: anew ? 'begin_event_repeats' : 'claim_event_repeats',
    text: `INSERT INTO event_repeat AS r (identity, state, clears, event_id, recorded_at, at, until)
           SELECT identity, state, clears, event_id, now(), at, until
           FROM unnest($1::text[], $2::bigint[], $3::boolean[], $4::bigint[], $5::timestamptz[], $6::timestamptz[])
                  AS v (identity, state, clears, event_id, at, until)
           ON CONFLICT (identity) DO UPDATE SET
             ${['event_id', 'recorded_at', 'at', 'until']
               .map(
                 (column) =>
                   `${column} = ${anew ? `excluded.${column}` : `CASE WHEN r.until > excluded.at THEN r.${column} ELSE excluded.${column} END`}`,
               )
               .join(', ')}
           RETURNING identity, event_id, recorded_at`,
    values: [
      sorted.map(({ identity }) => identity),
      sorted.map(({ group }) => group.state),
      sorted.map(({ group }) => group.clears),
      sorted.map(({ id }) => id),
      sorted.map(({ group }) => new Date(group.firstAtMs)),
      sorted.map(({ group }) => new Date(group.untilMs)),
    ],
  });
  return new Map(rows.map((row) => [row.identity, row]));
};

const count = async (
  transaction: Transaction,
  continued: readonly (Claim & { readonly row: RepeatRow })[],
): Promise<readonly (Counted & { readonly id: number })[]> => {
  const { rows } = await transaction.query<EventRow>({
    name: 'count_event_repeats',
    // The oldest time beside the list leaves out the months before it.
    text: `UPDATE event e SET count = e.count + v.times, last_at = greatest(e.last_at, e.at, v.last_at)
           FROM unnest($1::bigint[], $2::integer[], $3::timestamptz[]) AS v (event_id, times, last_at)
           WHERE e.id = v.event_id AND e.recorded_at >= $4 AND e.confirmed_at IS NULL AND e.cleared_at IS NULL
           RETURNING ${EVENT_COLUMNS.split(', ')
             .map((column) => `e.${column}`)
             .join(', ')}`,
    values: [
      continued.map(({ row }) => row.event_id),
      continued.map(({ group }) => group.indexes.length),
      continued.map(({ group }) => new Date(group.lastAtMs)),
      new Date(Math.min(...continued.map(({ row }) => row.recorded_at.getTime()))),
    ],
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return continued.flatMap(({ id, group, row }) => {
    const now = byId.get(row.event_id);
    return now === undefined ? [] : [{ id, event: toEventView(now), times: group.indexes.length }];
  });
};

/** Short whatever the message, and nobody can make two that are alike. */
const identityOf = ({ identity }: RepeatGroup): string => hash('sha256', identity, 'base64url');
