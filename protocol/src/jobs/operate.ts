// What operators ask of a session or one of its units, and what the manager says of it beforehand: who asks with which options, and the
// preview of what would follow. The names of the operations, and what is possible now, are in `session.ts`.
import * as z from 'zod';
import { unitPathSchema } from '../ids.ts';
import { issueSchema } from '../problem.ts';
import { endStatusSchema } from './end-status.ts';
import { operationNameSchema, sessionStateSchema, unitStateSchema } from './session.ts';

/** Longest reason; as long as that of a freeze. */
const REASON_CHARS_MAX = 500;

/** What a unit can be set to. `skipped`: it is passed over and counts as normal. */
export const settableStatuses = [...endStatusSchema.options, 'skipped'] as const;
export const settableStatusSchema = z.enum(settableStatuses);
export type SettableStatus = z.infer<typeof settableStatusSchema>;

const optionShape = {
  /** Why; for the audit log, the unit and the events. */
  reason: z.string().trim().min(1).max(REASON_CHARS_MAX).optional(),
  /** Of every `rerun`: what begins again is held first. A whole session begins suspended. */
  hold: z.boolean().optional(),
  /** Of every `rerun`: abnormal and unknown results that stay count as warnings from now on. */
  oldAsWarning: z.boolean().optional(),
  /** Of `set_status`: the result. */
  status: settableStatusSchema.optional(),
  /** Of `set_status` on a command: an exit code; without `status` its exit codes say the result. */
  exitCode: z.int().min(0).max(255).optional(),
  /** Of `take_definition`: the revision; left out, the one in force. */
  revision: z.int().positive().optional(),
};
export const operationOptionsSchema = z.strictObject(optionShape);
/** Options of an operation; those that it does not know are refused by `core`. */
export type OperationOptions = z.infer<typeof operationOptionsSchema>;

export const operationRequestSchema = z.strictObject({
  operation: operationNameSchema,
  /** Left out: of the whole session. */
  unit: unitPathSchema.optional(),
  ...optionShape,
  /** A session that has ended runs again although its net is frozen: for whoever may end that freeze. Audited. */
  overrideFreeze: z.boolean().optional(),
});
export type OperationRequest = z.infer<typeof operationRequestSchema>;

/** What becomes of a unit at once. */
export const previewEffects = [
  /** It is begun, or given to the queue that it asks. */
  'starts',
  'begins_again',
  'held',
  'passed_over',
  'not_run',
  /** Before it ran. */
  'stopped',
  /** Its commands get TERM, then KILL. */
  'cancelled',
  'killed',
  'result_set',
  'as_warning',
  'paused',
  'released',
  /** By another revision of the definition. */
  'added',
  'removed',
  'redefined',
  /** Of a session that is given another definition: as soon as it is released. */
  'starts_on_release',
] as const;
export type PreviewEffect = (typeof previewEffects)[number];

/**
 * Where a unit comes to if every command ends normally and nobody does anything more, but that a session which is given another definition is
 * released. `waits`: it is held, or what it waits for is. `removed`: it is no more.
 */
export const previewOutcomes = [
  'runs',
  'waits',
  'passed_over',
  'not_run',
  'stopped',
  'stays',
  'removed',
] as const;
export type PreviewOutcome = (typeof previewOutcomes)[number];

export const previewUnitSchema = z.object({
  unit: unitPathSchema,
  type: z.string(),
  effects: z.array(z.enum(previewEffects)),
  /** Right after the operation. */
  state: unitStateSchema,
  run: z.int(),
  later: z.enum(previewOutcomes),
});
export type PreviewUnit = z.infer<typeof previewUnitSchema>;

export const operationPreviewSchema = z.object({
  operation: operationNameSchema,
  unit: unitPathSchema.nullable(),
  /** Why it is not possible, in a sentence; null: it is. Then the rest says what it would bring about. */
  refusal: z.string().nullable(),
  /** The sentences of `refusal` one by one, for whoever speaks another language; left out where it has none. */
  refusalsSaid: z.array(issueSchema.pick({ message: true, code: true, values: true })).optional(),
  /** Units for which the operation changes something, now or later, in the order of the definition. Bounded; `unitsLeftOut` says how many are not here. */
  units: z.array(previewUnitSchema),
  unitsLeftOut: z.int(),
  /** State of the session right after the operation. */
  state: sessionStateSchema,
  /** How it ends if every command ends normally; null: it does not end by itself. */
  endsAs: endStatusSchema.nullable(),
  /** Held units and paused nets for which it waits then; the first of them. The empty path stands for the session. */
  waitsFor: z.array(z.string()),
});
export type OperationPreview = z.infer<typeof operationPreviewSchema>;
