// Cursors and pages of lists.
// Responsible for opaque cursors that a stranger cannot turn into anything but a wrong page, and for knowing whether more follows.
// Pure. Called by the routes of every domain.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import type * as z from 'zod';
import { findUnstorable } from '../database/storable-text.ts';

export type Page<Item> = { items: Item[]; nextCursor: string | null };

export const encodeCursor = (position: unknown): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** Where the page begins: after this position. Undefined for the first page. Throws invalid_request for what is no cursor of this list. */
export const decodeCursor = <Schema extends z.ZodType>(
  cursor: string | undefined,
  schema: Schema,
): z.output<Schema> | undefined => {
  if (cursor === undefined) return undefined;
  try {
    const position = schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (findUnstorable(position).length > 0) throw new Error('A cursor of ours holds no such text');
    return position;
  } catch (cause) {
    throw new CodedError('invalid_request', say('problem_query_cursor_is_not_a_cursor_of'), {
      issues: [{ path: 'query.cursor', message: 'is not a cursor of this list; start again without one' }],
      cause,
    });
  }
};

/** A page from `limit + 1` rows: the one too many only says that more follow. */
export const toPage = <Row, Item>(
  rows: readonly Row[],
  options: {
    readonly limit: number;
    readonly toItem: (row: Row) => Item;
    readonly positionOf: (row: Row) => unknown;
  },
): Page<Item> => {
  const shown = rows.slice(0, options.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(options.toItem),
    nextCursor:
      rows.length > options.limit && last !== undefined ? encodeCursor(options.positionOf(last)) : null,
  };
};
