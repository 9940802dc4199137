// Sessions, units and attempts as everybody outside the engine sees them.
import * as z from 'zod';
import { attemptUsageSchema } from '../agent/attempt-usage.ts';
import { attemptIdSchema, instantSchema, sessionIdSchema, unitPathSchema } from '../ids.ts';
import { edgeOutcomeSchema } from './units/unit-base.ts';
import { businessDaysSchema } from './business-date.ts';
import { workPrioritySchema } from './control/places.ts';
import { endStatusSchema } from './end-status.ts';
import { sentenceSchema } from '../problem.ts';
import { unitTypeNames } from './definition.ts';
import { unitWorkViewSchema } from './unit-work-view.ts';

export const unitStates = [
  'waiting',
  'queued',
  'held',
  'starting',
  'running',
  'retry_wait',
  'stopping',
  'ended',
  'skipped',
  'not_run',
  'stopped',
] as const;
/**
 * State of a unit in a session.
 * waiting: its condition is not met. queued: its condition holds, and it waits for places that it asks for (queue, lock, limit of a node). held: waits for release. starting: an attempt is committed and on its way. running: at least one command
 * runs (or, for a net, one unit has left waiting; for a wait, its time has not come). retry_wait: between two attempts. stopping: an operator's stop is on its way.
 * ended: has an end status. skipped: an operator skipped it, or it is a recovery unit that was not needed; without end status it waits for its turn, with `normal` it has been passed over. not_run: its condition can no longer hold.
 * stopped: the session was stopped before it ran.
 */
export const unitStateSchema = z.enum(unitStates);
export type UnitState = z.infer<typeof unitStateSchema>;

export const sessionStates = ['queued', 'running', 'stopping', 'stopped', 'ended'] as const;
export const sessionStateSchema = z.enum(sessionStates);
export type SessionState = z.infer<typeof sessionStateSchema>;

/** By what sessions of a span of time are asked for. */
export const sessionTimes = ['begun', 'running', 'ended'] as const;
export type SessionTime = (typeof sessionTimes)[number];

export const attemptStates = ['pending', 'accepted', 'running', 'ended', 'unknown', 'refused'] as const;
/**
 * State of an attempt. pending: committed, the agent has not confirmed it. accepted: durable at the agent. running: the command has been
 * started. ended: exit code or signal known. unknown: nobody can say. refused: the agent will never run it, with a reason.
 */
export const attemptStateSchema = z.enum(attemptStates);
export type AttemptState = z.infer<typeof attemptStateSchema>;

/** The business date, where its net has one. It is decided with the start, and belongs to what is known of it. */
const startFacts = { business: businessDaysSchema.optional() };
/** Other people behind a start: who started, or ran again, the sessions that led to it. */
const peopleSchema = z.array(z.string()).max(100);

/** What an operator has said of the start beforehand is in force: who, when, why, and the priority if he gave one. */
const preparedBySchema = z.object({
  by: z.string(),
  at: instantSchema,
  reason: z.string().nullable(),
  priority: workPrioritySchema.optional(),
});

export const sessionTriggerSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('manual'),
    user: z.string(),
    ...startFacts,
    /** Of a start by a channel of notifications: who has saved it. */
    onBehalfOf: z.string().optional(),
    behind: peopleSchema.optional(),
  }),
  z.object({
    type: z.literal('schedule'),
    ...startFacts,
    schedule: z.string(),
    dueAt: instantSchema,
    /** Who has begun it before its time, or moved it. */
    by: z.string().optional(),
    /** Who has brought the schedule into force, as part of the definition that is run. */
    onBehalfOf: z.string().optional(),
    prepared: preparedBySchema.optional(),
  }),
  /** A unit of another session. */
  z.object({
    type: z.literal('unit'),
    ...startFacts,
    net: z.string(),
    session: z.int(),
    unit: z.string(),
    /** Who has started that session, or the one that started it. */
    by: z.string().optional(),
    /** Who has brought the definition of that unit into force. */
    onBehalfOf: z.string().optional(),
    behind: peopleSchema.optional(),
  }),
  /** The net's start conditions: which of them were fulfilled, and by which events. */
  z.object({
    type: z.literal('condition'),
    ...startFacts,
    /** How many sessions they have started, this one included. */
    generation: z.int(),
    fulfilled: z.array(
      z.object({
        condition: z.string(),
        event: z.int().nullable(),
        at: instantSchema,
        /** What it was, where it was no event: the path of a file. */
        what: z.string().optional(),
      }),
    ),
    /** What the event that was the last to fulfil them says, for `{{event.FIELD}}` in texts of units. */
    event: z.record(z.string(), z.string()).optional(),
    /** Who has brought the start conditions into force, as part of the definition that is run. */
    onBehalfOf: z.string().optional(),
    behind: peopleSchema.optional(),
  }),
]);
export type SessionTrigger = z.infer<typeof sessionTriggerSchema>;
export const sessionTriggerTypes = [
  'manual',
  'schedule',
  'unit',
  'condition',
] as const satisfies readonly SessionTrigger['type'][];

export const pauseKinds = ['suspended', 'interrupted'] as const;
export type PauseKind = (typeof pauseKinds)[number];
/** Who has done it, when, and why if he said so. */
export const operatorMarkSchema = z.object({
  by: z.string(),
  at: instantSchema,
  reason: z.string().nullable(),
});
/** Nothing new starts in it. suspended: until it is released. interrupted: it ends as stopped once what runs has ended, unless it is released before. */
export const pauseSchema = operatorMarkSchema.extend({
  kind: z.enum(pauseKinds),
  /** The reason as a sentence of `sentences/`, where the manager has given it and nobody else. */
  reasonSaid: sentenceSchema.optional(),
});

/** It started or ended later than its definition allows, and since when that is known. `inside`: of a session, something in it did. */
export const delayedSchema = z.object({
  start: instantSchema.optional(),
  end: instantSchema.optional(),
  inside: instantSchema.optional(),
});
export type Delayed = z.infer<typeof delayedSchema>;

export const sessionSummarySchema = z.object({
  id: sessionIdSchema,
  net: z.string(),
  title: z.string().nullable(),
  state: sessionStateSchema,
  /** Worst end status of its units so far; null while nothing has ended. */
  endStatus: endStatusSchema.nullable(),
  trigger: sessionTriggerSchema,
  createdAt: instantSchema,
  endedAt: instantSchema.nullable(),
  /** How many units (nets are not counted) are in which state. */
  unitCounts: z.partialRecord(unitStateSchema, z.int()),
  /** Rises with every committed change of the session; the version of `events` of the live stream. */
  revision: z.int(),
  /** Present while an operator keeps it from starting more. */
  paused: pauseSchema.optional(),
  delayed: delayedSchema.optional(),
});
export type SessionSummary = z.infer<typeof sessionSummarySchema>;

export const attemptViewSchema = z.object({
  id: attemptIdSchema,
  node: z.string(),
  run: z.int(),
  try: z.int(),
  state: attemptStateSchema,
  pid: z.int().nullable(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  /** Why it ended other than by itself, or why it is refused or unknown; null if nothing is to be said. */
  reason: z.string().nullable(),
  /** The same as a sentence of `sentences/`, for who says it in another language; missing where an earlier release has said it. */
  reasonSaid: sentenceSchema.optional(),
  timedOut: z.boolean(),
  /** Another of the same run has come in its place: the next try on its node, or the node that was chosen next. Said among the attempts of a unit alone. */
  superseded: z.literal(true).optional(),
  createdAt: instantSchema,
  startedAt: instantSchema.nullable(),
  endedAt: instantSchema.nullable(),
  stdoutBytes: z.int(),
  stderrBytes: z.int(),
  outputCut: z.boolean(),
  /** An operator has closed it; `late`: what its agent said of it afterwards, which changed nothing. */
  byHand: z
    .object({
      by: z.string(),
      at: instantSchema,
      late: z.string().nullable(),
      lateSaid: sentenceSchema.optional(),
    })
    .optional(),
  /** What it has used, the limit that ended it, and what became of the command that was to end it: as far as its agent knows. */
  usage: attemptUsageSchema.optional(),
});
export type AttemptView = z.infer<typeof attemptViewSchema>;

/** An attempt as seen from its node: what it belongs to comes with it. */
export const nodeAttemptSchema = z.object({
  sessionId: sessionIdSchema,
  net: z.string(),
  unit: unitPathSchema,
  attempt: attemptViewSchema,
});
export type NodeAttempt = z.infer<typeof nodeAttemptSchema>;

/** In the order in which people are shown them. What is allowed when: core/src/jobs/operation-table.ts. */
export const operationNames = [
  'stop',
  'kill',
  'interrupt',
  'suspend',
  'rerun',
  'rerun_only',
  'rerun_next',
  'rerun_failed',
  'rerun_failed_nets',
  'rerun_after_failed',
  'rerun_warnings',
  'hold',
  'release',
  'skip',
  'set_status',
  'take_definition',
  'to_front',
] as const;
export const operationNameSchema = z.enum(operationNames);
export type OperationName = z.infer<typeof operationNameSchema>;

/** Why a unit that could start waits: what is frozen, by whom, since and until when, and why. */
export const unitWaitSchema = z.object({
  code: z.literal('frozen'),
  place: z.object({ kind: z.enum(['node', 'scope']), name: z.string() }),
  by: z.string(),
  since: instantSchema,
  until: instantSchema.nullable(),
  reason: z.string(),
});
export type UnitWait = z.infer<typeof unitWaitSchema>;

/** A variable as people see it. The value of a secret is shown to nobody: null. */
export const variableViewSchema = z.object({ name: z.string(), value: z.string().nullable() });
export type VariableView = z.infer<typeof variableViewSchema>;

export const unitViewSchema = z.object({
  path: unitPathSchema,
  /** Path of the net it lies in; null at the root. */
  parent: unitPathSchema.nullable(),
  name: z.string(),
  title: z.string().nullable(),
  type: z.enum(unitTypeNames),
  state: unitStateSchema,
  endStatus: endStatusSchema.nullable(),
  /** Raised by one at each rerun. */
  run: z.int(),
  startedAt: instantSchema.nullable(),
  endedAt: instantSchema.nullable(),
  /** Time until which retry_wait lasts, or a wait that is running. */
  retryAt: instantSchema.nullable(),
  /** Sentence that explains the state where it is not plain (why not run, why refused). */
  reason: z.string().nullable(),
  reasonSaid: sentenceSchema.optional(),
  delayed: delayedSchema.optional(),
  /** The facts of `reason` where the unit waits for something frozen. */
  waits: unitWaitSchema.optional(),
  /** What it waits for inside the manager, and what has come of it. */
  work: unitWorkViewSchema.optional(),
  /** What a judgment or people have answered. */
  answer: z.boolean().optional(),
  /** Of a reference: the net whose units these are, in the revision that the session runs. */
  reference: z.object({ net: z.string(), revision: z.int() }).optional(),
  /** Of a reference that has begun: what its net was given. */
  parameters: z.array(variableViewSchema).optional(),
  /** What was taken out of its output. */
  outputs: z.array(variableViewSchema).optional(),
  /** It runs only after a failure. */
  recovery: z.literal(true).optional(),
  /** Of a net: nothing new starts in it. */
  paused: pauseSchema.optional(),
  /** By an operator; a unit that is held without it is held by its definition. */
  held: operatorMarkSchema.optional(),
  /** Its result was set by hand; `was`: what it was before. */
  set: operatorMarkSchema.extend({ was: z.string() }).optional(),
  /** Its abnormal result counts as a warning since a rerun. */
  asWarning: operatorMarkSchema.optional(),
  position: z.object({ x: z.number(), y: z.number() }).nullable(),
  after: z.object({
    mode: z.enum(['all', 'any']),
    edges: z.array(z.object({ unit: z.string(), on: z.array(edgeOutcomeSchema) })),
  }),
  /** Operations that are allowed now. */
  operations: z.array(operationNameSchema),
  /** Newest attempt of each node first; older runs follow. Bounded to the newest 20; the unit page has the rest. */
  attempts: z.array(attemptViewSchema),
});
export type UnitView = z.infer<typeof unitViewSchema>;

export const sessionDetailSchema = sessionSummarySchema.extend({
  /** The revision of the net that it runs, from its start to its end. The engine's own answers leave it to the routes. */
  netRevision: z.int().optional(),
  /** Other revisions that operators gave it while it was suspended, oldest first. */
  definitions: z.array(operatorMarkSchema.extend({ from: z.int(), to: z.int() })).optional(),
  /** Secrets are shown as `***`. */
  parameters: z.record(z.string(), z.string()),
  operations: z.array(operationNameSchema),
  units: z.array(unitViewSchema),
});
export type SessionDetail = z.infer<typeof sessionDetailSchema>;
