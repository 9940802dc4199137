// The status view: what is the matter now, by node, monitor and key, and rolled up over scopes.
import * as z from 'zod';
import { instantSchema } from '../ids.ts';
import { prioritySchema } from '../priority.ts';
import { eventCodeSchema, eventSchema } from './event.ts';

/** Null: no node is the manager itself, no monitor is Nezuban, no key is the monitor as a whole. */
export const statusPlaceSchema = z.strictObject({
  node: z.string().max(300).nullable(),
  monitor: z.string().max(300).nullable(),
  key: z.string().max(500).nullable(),
});
export type StatusPlace = z.output<typeof statusPlaceSchema>;

export const statusEntrySchema = z.object({
  node: z.string().nullable(),
  monitor: z.string().nullable(),
  key: z.string().nullable(),
  net: z.string().nullable(),
  priority: prioritySchema,
  code: eventCodeSchema,
  message: z.string(),
  details: eventSchema.shape.details,
  /** Since when it is so. */
  since: instantSchema,
  /** When it was last heard of, by which event, and how often since then. */
  lastAt: instantSchema,
  eventId: z.int(),
  count: z.int(),
  clearedAt: instantSchema.nullable(),
  expiresAt: instantSchema.nullable(),
  /** Not updated in time. */
  expiredAt: instantSchema.nullable(),
  acknowledgedAt: instantSchema.nullable(),
  acknowledgedBy: z.string().nullable(),
});
export type StatusEntry = z.output<typeof statusEntrySchema>;

/** Entries of each priority. */
export const statusCountsSchema = z.object({
  critical: z.int(),
  warning: z.int(),
  unknown: z.int(),
  info: z.int(),
});
export type StatusCounts = z.output<typeof statusCountsSchema>;

const rollUp = {
  /** Null: nothing was ever said. */
  worst: prioritySchema.nullable(),
  counts: statusCountsSchema,
};
export const statusNodeSchema = z.object({
  name: z.string(),
  ...rollUp,
  /** Those of the tree that it lies in, the ones above included. */
  scopes: z.array(z.string()).default([]),
});
export const statusScopeSchema = z.object({
  name: z.string(),
  parent: z.string().nullable(),
  title: z.string().nullable(),
  ...rollUp,
  /** That lie in it or below it and that the caller may see; and how many of them have which worst priority. */
  nodes: z.int(),
  nodesByWorst: statusCountsSchema,
});
export const statusTreeSchema = z.object({
  overall: z.object(rollUp),
  /** What is about no node: the manager itself, and how job nets ended last. */
  manager: z.object(rollUp),
  scopes: z.array(statusScopeSchema),
  /** Worst first, then by name; those of the scope that was asked for. */
  nodes: z.array(statusNodeSchema),
  nodesTotal: z.int(),
});
export type StatusTree = z.output<typeof statusTreeSchema>;
