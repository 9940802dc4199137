// Maintenance windows: planned times in which work is frozen at some places, or their notifications are kept back, or both.
// Shape only; zones, cron and the order of start and end are judged by core/operations.
import * as z from 'zod';
import { nameSchema, netNameSchema } from '../ids.ts';
import type { Place } from './place.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

export const maintenanceLimits = {
  windowsMax: 1_000,
  placesMax: 100,
  /** A week. A longer one is a freeze that somebody should look at. */
  durationMinutesMax: 7 * 24 * 60,
} as const;

export const maintenanceEffects = ['freeze', 'mute'] as const;
export type MaintenanceEffect = (typeof maintenanceEffects)[number];

/** As in a YAML file: `{ node: web-1 }`, `{ manager: true }`. */
export const windowPlaceSchema = z.union(
  [
    z.strictObject({ manager: z.literal(true) }),
    z.strictObject({ folder: netNameSchema }),
    z.strictObject({ net: netNameSchema }),
    z.strictObject({ scope: nameSchema }),
    z.strictObject({ node: nameSchema }),
  ],
  schemaText('window_place'),
);
export type WindowPlace = z.infer<typeof windowPlaceSchema>;

export const toPlace = (place: WindowPlace): Place => {
  if ('folder' in place) return { kind: 'folder', name: place.folder };
  if ('net' in place) return { kind: 'net', name: place.net };
  if ('scope' in place) return { kind: 'scope', name: place.scope };
  if ('node' in place) return { kind: 'node', name: place.node };
  return { kind: 'manager', name: null };
};

/** `2026-12-01T01:00` in the window's zone, or with an offset of its own (`...+09:00`, `...Z`). */
const momentSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?$/, schemaText('window_moment'));

/** Kind `maintenance_window` in YAML files: once (`start`, `end`) or again and again (`cron`, `duration_min`). */
export const maintenanceWindowSchema = z
  .strictObject({
    kind: z.literal('maintenance_window'),
    name: nameSchema,
    title: z.string().max(200).optional(),
    /** Why; shown wherever the window is seen. */
    reason: z.string().trim().min(1).max(500).optional(),
    enabled: z.boolean().default(true),
    places: z.array(windowPlaceSchema).min(1).max(maintenanceLimits.placesMax),
    /** IANA zone of `cron`, and of `start` and `end` without an offset. */
    timezone: z.string().min(1).max(64).default('UTC'),
    start: momentSchema.optional(),
    end: momentSchema.optional(),
    cron: z.string().min(1).max(200).optional(),
    duration_min: z.int().min(1).max(maintenanceLimits.durationMinutesMax).optional(),
    /** `freeze`: as by hand. `mute`: notifications of events from there are not sent, but kept and counted. */
    effects: z.array(z.enum(maintenanceEffects)).min(1).default(['freeze', 'mute']),
  })
  .refine(
    ({ start, end, cron, duration_min: duration }) =>
      cron === undefined
        ? start !== undefined && end !== undefined && duration === undefined
        : duration !== undefined && start === undefined && end === undefined,
    schemaText('start_end_or_cron'),
  );
export type MaintenanceWindow = z.infer<typeof maintenanceWindowSchema>;
