// Rows of the table `event`, and what the API shows of them.
// Responsible for the columns and for both directions of a row. Pure. Called by the stores of events.
import { newEvent, type EventView } from '@nezuban/protocol/events/event';
import { bulkInsert, storableText } from '../database/bulk-statement.ts';
import { copyNumber, copyText, createCopyTime } from '../database/copy-in.ts';
import { toStorableJson } from '../database/storable-text.ts';
import type { EventDraft } from '../ports.ts';
import { searchTextOf } from './search-text.ts';

export type EventRow = {
  readonly id: number;
  readonly at: Date;
  readonly priority: EventView['priority'];
  readonly code: EventView['code'];
  readonly node: string | null;
  readonly message: string;
  readonly details: EventView['details'];
  readonly confirmed_at: Date | null;
  readonly confirmed_by: string | null;
  readonly confirming_at: Date | null;
  readonly confirming_by: string | null;
  readonly comment: string | null;
  readonly comment_at: Date | null;
  readonly comment_by: string | null;
  readonly monitor: string | null;
  readonly key: string | null;
  readonly count: number;
  readonly last_at: Date | null;
  readonly cleared_at: Date | null;
  readonly cleared_by: number | null;
  readonly trap_id: number | null;
  readonly fields: Readonly<Record<string, string>> | null;
};

export const EVENT_COLUMNS =
  'id, at, priority, code, node, message, details, confirmed_at, confirmed_by, confirming_at, confirming_by, comment, comment_at, comment_by, monitor, key, count, last_at, cleared_at, cleared_by, trap_id, fields';

export const toEventView = (row: EventRow): EventView => ({
  id: row.id,
  at: row.at.toISOString(),
  priority: row.priority,
  code: row.code,
  node: row.node,
  message: row.message,
  details: row.details,
  confirm:
    row.confirmed_at !== null ? 'confirmed' : row.confirming_at !== null ? 'confirming' : 'unconfirmed',
  confirmedBy: row.confirmed_by,
  confirmedAt: row.confirmed_at?.toISOString() ?? null,
  confirmingBy: row.confirming_by,
  confirmingAt: row.confirming_at?.toISOString() ?? null,
  comment: row.comment,
  commentBy: row.comment_by,
  commentAt: row.comment_at?.toISOString() ?? null,
  monitor: row.monitor,
  key: row.key,
  count: row.count,
  lastAt: row.last_at?.toISOString() ?? null,
  clearedAt: row.cleared_at?.toISOString() ?? null,
  clearedBy: row.cleared_by,
  trapId: row.trap_id,
  fields: row.fields ?? {},
});

/** An event that is about to be written. */
export type NewEvent = {
  readonly id: number;
  readonly draft: EventDraft;
  readonly count: number;
  readonly lastAt: Date | null;
  /** Hash of its state while what it raises goes on. */
  readonly raised: number | null;
  readonly cleared: { readonly at: Date; readonly by: number } | null;
};

export const plainEvent = (id: number, draft: EventDraft): NewEvent => ({
  id,
  draft,
  count: 1,
  lastAt: null,
  raised: null,
  cleared: null,
});

export const toNewView = ({ id, draft, count, lastAt, cleared }: NewEvent): EventView => ({
  ...newEvent,
  id,
  at: draft.at.toISOString(),
  priority: draft.priority,
  code: draft.code,
  node: draft.node,
  message: storableText(draft.message),
  details: draft.details,
  monitor: draft.monitor ?? null,
  key: draft.key ?? null,
  count,
  lastAt: lastAt?.toISOString() ?? null,
  clearedAt: cleared?.at.toISOString() ?? null,
  clearedBy: cleared?.by ?? null,
  trapId: draft.trapId ?? null,
  fields: draft.fields ?? {},
});

/** Writes any number of events by one statement. */
export const insertStatement = bulkInsert<NewEvent>('event', 'new', [
  { name: 'id', type: 'bigint', of: ({ id }) => id },
  { name: 'at', type: 'timestamptz', of: ({ draft }) => draft.at.getTime() },
  { name: 'priority', type: 'word', of: ({ draft }) => draft.priority },
  { name: 'code', type: 'word', of: ({ draft }) => draft.code },
  { name: 'node', type: 'text', of: ({ draft }) => draft.node },
  { name: 'session_id', type: 'bigint', of: ({ draft }) => sessionOf(draft.details) },
  { name: 'message', type: 'text', of: ({ draft }) => draft.message },
  { name: 'details', type: 'jsonb', of: ({ draft }) => toStorableJson(draft.details) },
  { name: 'search', type: 'text', of: ({ draft }) => searchTextOf(draft) },
  { name: 'monitor', type: 'text', of: ({ draft }) => draft.monitor ?? null },
  { name: 'key', type: 'text', of: ({ draft }) => draft.key ?? null },
  { name: 'count', type: 'integer', of: ({ count }) => count },
  { name: 'last_at', type: 'timestamptz', of: ({ lastAt }) => lastAt?.getTime() ?? null },
  { name: 'raised', type: 'bigint', of: ({ raised }) => raised },
  { name: 'cleared_at', type: 'timestamptz', of: ({ cleared }) => cleared?.at.getTime() ?? null },
  { name: 'cleared_by', type: 'bigint', of: ({ cleared }) => cleared?.by ?? null },
  { name: 'trap_id', type: 'bigint', of: ({ draft }) => draft.trapId ?? null },
  {
    name: 'fields',
    type: 'jsonb',
    of: ({ draft }) => (draft.fields === undefined ? null : toStorableJson(draft.fields)),
  },
]);

export const COPY_EVENTS =
  'COPY event (id, at, priority, code, node, session_id, message, details, search, monitor, key, count, last_at, raised, cleared_at, cleared_by, trap_id, fields) FROM STDIN';
export const createCopyLine = (): ((event: NewEvent) => string) => {
  const copyTime = createCopyTime();
  return ({ id, draft, count, lastAt, raised, cleared }) =>
    `${id}\t${copyTime(draft.at)}\t${draft.priority}\t${draft.code}\t${copyText(draft.node)}\t${copyNumber(sessionOf(draft.details))}\t${copyText(draft.message)}\t${copyText(toStorableJson(draft.details))}\t${copyText(searchTextOf(draft))}\t${copyText(draft.monitor ?? null)}\t${copyText(draft.key ?? null)}\t${count}\t${copyTime(lastAt)}\t${copyNumber(raised)}\t${copyTime(cleared?.at ?? null)}\t${copyNumber(cleared?.by ?? null)}\t${copyNumber(draft.trapId ?? null)}\t${copyText(draft.fields === undefined ? null : toStorableJson(draft.fields))}`;
};

const sessionOf = (details: EventDraft['details']): number | null => {
  const session = Number(details['session']);
  return Number.isSafeInteger(session) && session > 0 ? session : null;
};
