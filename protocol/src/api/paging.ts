// Cursor paging, the same for every list.
import * as z from 'zod';

export const pageLimitMax = 500;

/** Query keys of a list. `cursor` is opaque: what the page before gave as `nextCursor`. */
export const pageQuery = {
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(pageLimitMax).default(50),
};

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), /** Null on the last page. */ nextCursor: z.string().nullable() });

/** A query key that may be given several times. */
export const many = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).max(100).optional(),
  );

export const noParams = z.strictObject({});
export const noQuery = z.strictObject({});
