/**
 * Traps that programs and scripts post by HTTP: our own form, and that of Hinemos, whose senders can stay as they are.
 *
 * Responsible for the shapes. Reading a body, and saying what is wrong with it, is `core/src/traps/custom`; the doors are
 * `intake/src/receivers`. Bodies are JSON, UTF-8 or what Japanese hosts write.
 *
 *     POST /traps   { "host": "web1", "key": "backup", "text": "no space left", "priority": "critical", "fields": { "used": 98.5 } }
 *     POST /traps   [ { ... }, { ... } ]
 *     POST /        { "FacilityID": "web1", "DATA": [ { "DATE": "2024-01-02 10:20:30", "TYPE": "NUM", "KEY": "used", "MSG": "98.5" } ] }
 */
import * as z from 'zod';
import { prioritySchema } from '../priority.ts';

/** A whole body is kept as one record (`RECORD_PAYLOAD_MAX`); this bounds what comes of one. */
export const CUSTOM_TRAPS_MAX = 1_000;
export const CUSTOM_KEY_LENGTH_MAX = 500;
export const CUSTOM_FIELDS_MAX = 100;

const TIME_SAYS = 'must be a time such as 2024-01-02T10:20:30+09:00, or milliseconds since 1970';

export const customTrapSchema = z.strictObject({
  /** Whom it is about: the name of a node, or any name; left out: the host that sends. */
  host: z.string().min(1).max(255).optional(),
  /** What it is about, such as `backup` or `disk:/var`: rules tell traps apart by it. */
  key: z.string().min(1).max(CUSTOM_KEY_LENGTH_MAX),
  /** What people read, and rules look at. */
  text: z.string().max(50_000),
  /** How much it matters to the sender; rules may use it (field `priority`), or not. */
  priority: prioritySchema.optional(),
  /** ISO 8601, with a zone or else in the zone of the receiving host; or milliseconds since 1970. Left out: now. */
  at: z
    .union([z.iso.datetime({ offset: true, local: true, error: TIME_SAYS }), z.int().min(0)], {
      error: TIME_SAYS,
    })
    .optional(),
  fields: z
    .record(z.string().min(1).max(200), z.union([z.string().max(10_000), z.number(), z.boolean()]))
    .refine((fields) => Object.keys(fields).length <= CUSTOM_FIELDS_MAX, {
      error: `must hold at most ${CUSTOM_FIELDS_MAX} fields`,
    })
    .optional(),
});
export type CustomTrap = z.output<typeof customTrapSchema>;

/** One of `DATA`. Hinemos leaves out what it does not know, and so do we. */
export const hinemosItemSchema = z.object({
  /** `yyyy-MM-dd HH:mm:ss` in the zone of the receiving host; left out or empty: now. */
  DATE: z
    .string()
    .regex(
      /^(?:\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{1,2}:\d{1,2})?$/,
      'must be a date such as 2024-01-02 10:20:30',
    )
    .nullish(),
  TYPE: z.string().regex(/^(?:num|string)$/i, 'must be NUM or STRING'),
  KEY: z.string().min(1).max(CUSTOM_KEY_LENGTH_MAX),
  MSG: z.union([z.string().min(1).max(50_000), z.number().transform(String)]),
});
export type HinemosItem = z.output<typeof hinemosItemSchema>;

/** The whole body: items are judged one by one, so that a bad one does not take its neighbours along. */
export const hinemosBodySchema = z.object({
  FacilityID: z.string().max(512).nullish(),
  DATA: z.array(z.unknown()).min(1).max(CUSTOM_TRAPS_MAX),
});
