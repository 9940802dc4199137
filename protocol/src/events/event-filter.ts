// What events can be narrowed down by: the same for lists, exports, changes of many at once, and filters that people save.
import * as z from 'zod';
import { instantSchema, nameSchema } from '../ids.ts';
import { prioritySchema } from '../priority.ts';
import { confirmStates, eventCodeSchema } from './event.ts';

/** A value, or several of them, as in a query. */
const many = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).max(100).optional(),
  );

export const eventFilterShape = {
  priority: many(prioritySchema),
  code: many(eventCodeSchema),
  node: nameSchema.optional(),
  /** Nodes that lie in the scope now, or in one below it. */
  scope: nameSchema.optional(),
  monitor: nameSchema.optional(),
  /** What state it is about. */
  key: z.string().min(1).max(500).optional(),
  confirm: z.enum(confirmStates).optional(),
  /** `yes`: what it raised has ended; `no`: it has raised something that goes on; `other`: it has raised nothing. */
  cleared: z.enum(['yes', 'no', 'other']).optional(),
  /** Fields of the user, as `name=value`; all must hold. */
  field: many(z.string().regex(/^[^=]{1,100}=[^\0]{0,1000}$/u, 'must be NAME=VALUE')),
  /** Happened at least so often. */
  min_count: z.coerce.number().int().min(1).max(1_000_000_000).optional(),
  /** Anywhere in message, node, net or comment; upper and lower case, full and half width are the same. */
  q: z.string().max(200).optional(),
  session: z.coerce.number().int().optional(),
  /** The trap that it came from. */
  trap: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
  from: instantSchema.optional(),
  to: instantSchema.optional(),
};
export const eventFilterSchema = z.strictObject(eventFilterShape);
export type EventFilterQuery = z.output<typeof eventFilterSchema>;

export const savedFilterSchema = z.object({
  name: nameSchema,
  owner: z.string(),
  /** Everybody sees it. */
  shared: z.boolean(),
  filter: eventFilterSchema,
  updatedAt: instantSchema,
});
export type SavedFilter = z.output<typeof savedFilterSchema>;
