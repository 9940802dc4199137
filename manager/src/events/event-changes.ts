// What people change on events: confirming, comments, fields.
// Responsible for the statements, one event or thousands. Not responsible for who may (`event-routes.ts`). Called by the routes in their
// transactions.
import type { ConfirmState, EventView } from '@nezuban/protocol/events/event';
import { foldText } from '../database/where.ts';
import type { Transaction } from '../ports.ts';
import { EVENT_COLUMNS, toEventView, type EventRow } from './event-rows.ts';
import { COMMENT_MARK } from './search-text.ts';

export type Confirmation = {
  readonly ids: readonly number[];
  /** Undefined: only the comment changes. */
  readonly state: ConfirmState | undefined;
  readonly comment: string | undefined;
  readonly by: string;
};

/** Gives those that exist, as they are afterwards. Who confirmed or began first stays; a comment that is not given stays, and the last one is kept. */
export const confirmEvents = async (
  transaction: Transaction,
  { ids, state, comment, by }: Confirmation,
): Promise<EventView[]> => {
  const { rows } = await transaction.query<EventRow>(
    `UPDATE event SET
       confirmed_at = CASE $2 WHEN 'confirmed' THEN coalesce(confirmed_at, now()) WHEN '' THEN confirmed_at END,
       confirmed_by = CASE $2 WHEN 'confirmed' THEN coalesce(confirmed_by, $3) WHEN '' THEN confirmed_by END,
       confirming_at = CASE $2 WHEN 'confirming' THEN coalesce(confirming_at, now()) WHEN 'unconfirmed' THEN NULL ELSE confirming_at END,
       confirming_by = CASE $2 WHEN 'confirming' THEN coalesce(confirming_by, $3) WHEN 'unconfirmed' THEN NULL ELSE confirming_by END,
       comment = coalesce($4, comment),
       comment_at = CASE WHEN $4 IS NULL THEN comment_at ELSE now() END,
       comment_by = CASE WHEN $4 IS NULL THEN comment_by ELSE $3 END,
       search = CASE WHEN $5::text IS NULL THEN search ELSE split_part(search, $6, 1) || $6 || $5 END
     WHERE id = ANY($1::bigint[]) RETURNING ${EVENT_COLUMNS}`,
    [ids, state ?? '', by, comment ?? null, comment === undefined ? null : foldText(comment), COMMENT_MARK],
  );
  return rows.map(toEventView);
};

/** Null takes a field away, others stay. Null: there is no such event. */
export const setEventFields = async (
  transaction: Transaction,
  id: number,
  fields: Readonly<Record<string, string | null>>,
): Promise<EventView | null> => {
  const removed = Object.keys(fields).filter((name) => fields[name] === null);
  const written = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  const { rows } = await transaction.query<EventRow>(
    `UPDATE event SET fields = nullif((coalesce(fields, '{}') || $2::jsonb) - $3::text[], '{}')
     WHERE id = $1 RETURNING ${EVENT_COLUMNS}`,
    [id, JSON.stringify(written), removed],
  );
  const [row] = rows;
  return row === undefined ? null : toEventView(row);
};
