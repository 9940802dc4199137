// What a change of rules or rights would stop: shown before it is saved, and told by events when it is. Forms alone; found by
// manager/src/jobs/rights-outlook.
import * as z from 'zod';
import { instantSchema, nameSchema, netNameSchema } from '../ids.ts';
import { grantSchema, roleLimits } from './role.ts';
import { userNameSchema } from './views.ts';

export const outlookLimits = {
  /** Of one answer; the counts say how many there are. */
  itemsMax: 100,
  /** Job nets that a change tells of with an event each; one more tells how many others there are. */
  netsToldMax: 50,
} as const;

export const refusedRunSchema = z.object({
  net: netNameSchema,
  /** Path of the unit, or name of the start condition that watches files. */
  unit: z.string(),
  what: z.enum(['unit', 'start_condition']),
  target: z.union([z.object({ node: nameSchema }), z.object({ scope: nameSchema })]),
  user: z.string().nullable(),
  group: z.string().nullable(),
  /** False: the rules in force refuse it already. */
  isNew: z.boolean(),
});
export type RefusedRun = z.infer<typeof refusedRunSchema>;

/** Of job nets in force, and of what they refer to. */
export const runAsOutlookSchema = z.object({
  /** Those that are refused only then come first. */
  items: z.array(refusedRunSchema),
  newCount: z.int(),
  oldCount: z.int(),
  /** Job nets in which something is refused only then. */
  newNets: z.int(),
  /** Of the counts, what lies in job nets that one may not see. */
  hidden: z.int(),
});
export type RunAsOutlook = z.infer<typeof runAsOutlookSchema>;

/** `refused`: from then on. `allowed`: again from then on. `kept`: it holds on, with the roles that its author had. */
export const orderTurns = ['refused', 'allowed', 'kept'] as const;
const order = { author: z.string(), net: netNameSchema, becomes: z.enum(orderTurns) };
export const standingOrderSchema = z.discriminatedUnion('what', [
  /** Units that start another job net. */
  z.object({
    ...order,
    what: z.literal('start'),
    other: netNameSchema,
    units: z.array(z.string()),
    unitCount: z.int(),
  }),
  z.object({
    ...order,
    what: z.literal('release'),
    id: z.int(),
    revision: z.int(),
    at: instantSchema,
    /** A sentence; null: nothing is missing. */
    lacks: z.string().nullable(),
  }),
  /** What somebody has said beforehand of a coming start; refused: it begins suspended, and nothing of it is done. */
  z.object({
    ...order,
    what: z.literal('preparation'),
    schedule: z.string(),
    /** When the start comes. */
    at: instantSchema,
  }),
]);
export type StandingOrder = z.infer<typeof standingOrderSchema>;

export const ordersOutlookSchema = z.object({
  items: z.array(standingOrderSchema),
  counts: z.object({ refused: z.int(), allowed: z.int(), kept: z.int() }),
  /** Of the counts, what lies in job nets that one may not see. */
  hidden: z.int(),
});
export type OrdersOutlook = z.infer<typeof ordersOutlookSchema>;

/** A change of users or roles that is only looked at. */
export const accessChangeSchema = z.discriminatedUnion('kind', [
  /** Null: the user is deleted. */
  z.strictObject({
    kind: z.literal('user'),
    name: userNameSchema,
    roles: z.array(nameSchema).max(roleLimits.rolesOfUserMax).nullable(),
  }),
  /** Null: the role is deleted. */
  z.strictObject({
    kind: z.literal('role'),
    name: nameSchema,
    grants: z.array(grantSchema).max(roleLimits.grantsMax).nullable(),
  }),
]);
export type AccessChange = z.infer<typeof accessChangeSchema>;
