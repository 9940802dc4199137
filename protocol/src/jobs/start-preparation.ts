// Preparations of starts that have not come yet: what an operator has said beforehand of one start of one schedule. Shapes only.
import * as z from 'zod';
import { instantSchema, netNameSchema, unitPathSchema } from '../ids.ts';
import { workPrioritySchema } from './control/places.ts';
import { changeReasonSchema } from './net-version.ts';

export const preparationLimits = {
  /** Units of one start: more are no longer single ones; a net around them can be held or passed over as a whole. */
  unitsMax: 500,
  /** Starts of one schedule that are prepared, or left out, at the same time: a quarter of daily ones. */
  perScheduleMax: 100,
} as const;

/** hold: it waits for its release. release: it does not, though its definition says so. skip: it is passed over and counts as normal. */
export const preparedUnitChanges = ['hold', 'release', 'skip'] as const;
export const preparedUnitChangeSchema = z.enum(preparedUnitChanges);
export type PreparedUnitChange = z.infer<typeof preparedUnitChangeSchema>;

export const leftOutKinds = ['skipped', 'moved', 'begun'] as const;
export type LeftOutKind = (typeof leftOutKinds)[number];

/** What the start is to be like, besides what the definition says. */
export const startWishSchema = z.strictObject({
  /** The session begins suspended. */
  hold: z.boolean().default(false),
  units: z
    .record(unitPathSchema, preparedUnitChangeSchema)
    .refine((units) => Object.keys(units).length <= preparationLimits.unitsMax, {
      error: `must name at most ${preparationLimits.unitsMax} units`,
    })
    .default({}),
  /** Instead of those of the schedule. Null: the value of a secret stays what the preparation before said. */
  parameters: z.record(z.string(), z.string().nullable()).default({}),
  /** Of the session, and of its units without one of their own. */
  priority: workPrioritySchema.optional(),
  reason: changeReasonSchema.optional(),
});
export type StartWish = z.infer<typeof startWishSchema>;

export const startPreparationSchema = z.object({
  /** Another one with each change. Null: nothing was said of the start but that it is moved. */
  id: z.int().nullable(),
  net: netNameSchema,
  schedule: z.string(),
  /** When the schedule has the start. */
  at: instantSchema,
  /** An operator has moved the start: to when. */
  movedTo: instantSchema.nullable(),
  /** The schedule does not make this start: why. A skip can be taken back. */
  leftOut: z.enum(leftOutKinds).nullable(),
  /** Null: nothing but that it was left out or moved, and `by`, `writtenAt` and `reason` are those of that. Values of secrets are shown to nobody: null. */
  wish: startWishSchema.omit({ reason: true }).nullable(),
  /** Secret parameters of the wish whose values whoever asks has given himself: he alone may leave them as they are when he replaces it. */
  keepableSecrets: z.array(z.string()),
  by: z.string(),
  /** When he has said it. */
  writtenAt: instantSchema,
  reason: z.string().nullable(),
});
export type StartPreparation = z.infer<typeof startPreparationSchema>;
