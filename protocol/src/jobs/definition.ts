// The form of a job net's definition: what YAML files and the API hold. Shape only; references, cycles, cron and zones are
// judged by core/jobs. Unknown keys are refused, units stand in the key names.
import * as z from 'zod';
import { nameSchema, netNameSchema } from '../ids.ts';
import { prioritySchema } from '../priority.ts';

/** Bounds of a definition. A larger one is refused, never cut. */
export const definitionLimits = {
  /** Bytes of one YAML file; parsing blocks the event loop, 2 MB take about a quarter of a second. */
  fileBytesMax: 2 * 1024 * 1024,
  /** Units of one root net, nested ones included (DESIGN 7 asks for 10,000). */
  unitsMax: 20_000,
  /** Depth of nested nets; deeper ones are unreadable on any screen. */
  depthMax: 16,
  commandBytesMax: 128 * 1024,
  environmentEntriesMax: 500,
  /** Aliases that a YAML file may expand; more is taken for an alias bomb. */
  yamlAliasesMax: 100,
} as const;

export const endStatuses = ['normal', 'warning', 'abnormal', 'unknown'] as const;
/** How a unit or session ended. `unknown`: nobody can say whether or how the command ended; never rerun by itself. */
export const endStatusSchema = z.enum(endStatuses);
export type EndStatus = z.infer<typeof endStatusSchema>;

const textSchema = z
  .string()
  .max(10_000)
  .refine((text) => !text.includes('\0'), 'must not hold a NUL character');
const environmentNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/, 'must be a name of an environment variable');

/** Exit-code ranges such as `"0"`, `"1-9,20"`; each code 0-255. */
export const exitCodeRangesSchema = z
  .union([z.int().min(0).max(255).transform(String), z.string()])
  .refine(
    (text) => /^\d{1,3}(-\d{1,3})?(\s*,\s*\d{1,3}(-\d{1,3})?)*$/.test(text),
    'must be exit codes or ranges such as "0", "1-9" or "1-9,20"',
  );

const userNameSchema = z
  .string()
  .regex(/^[a-z_][a-z0-9_.-]{0,31}\$?$/i, 'must be a name of an operating system user or group');

/** Where a unit's command runs. `mode` of a scope: on every node, or on any one that is connected. */
export const targetSchema = z.union(
  [
    z.strictObject({ node: nameSchema }),
    z.strictObject({ scope: nameSchema, mode: z.enum(['all', 'any']).default('all') }),
  ],
  'must be { node: NAME } or { scope: NAME, mode: all | any }',
);
export type Target = z.infer<typeof targetSchema>;

/** How that unit ended, or what it answered: a judgment answers true or false. */
export const edgeOutcomeSchema = z.literal([...endStatuses, true, false]);
export type EdgeOutcome = z.infer<typeof edgeOutcomeSchema>;

const edgeObjectSchema = z.strictObject({
  unit: nameSchema,
  /** End statuses of that unit on which this edge holds, or answers of a judgment. */
  on: z.array(edgeOutcomeSchema).min(1).default(['normal', 'warning']),
});
/** An edge from a sibling unit: its name alone means "after it ended normally or with a warning". */
export const edgeSchema = z.union([
  nameSchema.transform((unit): z.infer<typeof edgeObjectSchema> => ({ unit, on: ['normal', 'warning'] })),
  edgeObjectSchema,
]);
export type Edge = z.infer<typeof edgeObjectSchema>;

/** What a unit waits for: `all` edges (AND) or `any` edge (OR). A bare list means `all`. */
export const afterSchema = z.union(
  [
    z
      .array(edgeSchema)
      .max(1000)
      .transform((all) => ({ all })),
    z.strictObject({ all: z.array(edgeSchema).min(1).max(1000) }),
    z.strictObject({ any: z.array(edgeSchema).min(1).max(1000) }),
  ],
  'must be a list of units, { all: [...] } or { any: [...] }',
);
export type After = z.infer<typeof afterSchema>;

const unitBase = {
  name: nameSchema,
  title: textSchema.max(200).optional(),
  description: textSchema.optional(),
  after: afterSchema.optional(),
  /**
   * It runs only if one of the units under `after` ended so; `true` means abnormally. Else it is passed over, and what follows it goes on.
   */
  recovery: z
    .union(
      [z.boolean(), z.array(z.enum(['warning', 'abnormal', 'unknown'])).min(1)],
      'must be true, or a list of the end statuses warning, abnormal and unknown',
    )
    .optional(),
  /** Held when the session starts: waits for an operator's release. */
  hold: z.boolean().default(false),
  /** Where it stands in the picture, in pixels of the graph's own plane. Without it the console lays it out. */
  position: z.strictObject({ x: z.number(), y: z.number() }).optional(),
};

export const outputEncodings = [
  'auto',
  'utf-8',
  'shift_jis',
  'euc-jp',
  'iso-2022-jp',
  'utf-16le',
  'latin1',
] as const;
export const outputEncodingSchema = z.enum(outputEncodings);
export type OutputEncoding = z.infer<typeof outputEncodingSchema>;

export const commandUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('command'),
  /** A line for `/bin/sh -c`, or the arguments of a program started without a shell. Parameters reach it as environment variables, never by text substitution. */
  command: z.union(
    [
      z
        .string()
        .min(1)
        .max(definitionLimits.commandBytesMax)
        .refine((t) => !t.includes('\0'), 'must not hold a NUL character'),
      z
        .array(
          z
            .string()
            .max(definitionLimits.commandBytesMax)
            .refine((t) => !t.includes('\0'), 'must not hold a NUL character'),
        )
        .min(1)
        .max(1000),
    ],
    'must be a shell line or a list of arguments',
  ),
  working_directory: z.string().min(1).max(4096).optional(),
  environment: z.record(environmentNameSchema, textSchema).optional(),
  user: userNameSchema.optional(),
  /** Primary group; supplementary groups are the user's own unless listed. */
  group: userNameSchema.optional(),
  supplementary_groups: z.array(userNameSchema).max(64).optional(),
  stdin_file: z.string().min(1).max(4096).optional(),
  umask: z
    .string()
    .regex(/^0?[0-7]{3}$/, 'must be octal such as "022"')
    .optional(),
  /** After this many seconds the group gets TERM, `kill_after_s` later KILL. */
  timeout_s: z.number().positive().max(31_536_000).optional(),
  kill_after_s: z.number().nonnegative().max(3600).default(10),
  /** Exit codes that mean normal and warning; every other one, and a signal, is abnormal. */
  exit_codes: z
    .strictObject({ normal: exitCodeRangesSchema.default('0'), warning: exitCodeRangesSchema.optional() })
    .optional(),
  retry: z
    .strictObject({
      count: z.int().min(1).max(1000),
      delay_s: z.number().nonnegative().max(86_400).default(0),
      on: z
        .array(z.enum(['warning', 'abnormal']))
        .min(1)
        .default(['abnormal']),
    })
    .optional(),
  target: targetSchema.optional(),
  output_encoding: outputEncodingSchema.default('auto'),
  /** Bytes kept of stdout and of stderr, each; what follows is dropped and the cut is marked. */
  output_bytes_max: z
    .int()
    .min(0)
    .max(64 * 1024 * 1024)
    .default(1024 * 1024),
});
export type CommandUnit = z.infer<typeof commandUnitSchema>;

/** Waits so long, or until a time of day: the next one after its start, in the net's zone. */
export const waitUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('wait'),
  for_s: z.number().positive().max(31_536_000).optional(),
  until: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'must be a time of day such as "22:00"')
    .optional(),
});
export type WaitUnit = z.infer<typeof waitUnitSchema>;

const exitCodeQuestionSchema = z.strictObject({
  /** A command under `after`. Of several nodes the worst counts: one without an exit code, else the highest. */
  unit: nameSchema,
  exit_code: exitCodeRangesSchema,
});
const parameterQuestionSchema = z.strictObject({
  parameter: environmentNameSchema,
  equals: textSchema.optional(),
  /** RE2 syntax, found anywhere in the value. */
  matches: z.string().min(1).max(1000).optional(),
  ignore_case: z.boolean().optional(),
  /** The value is a number, and not below or above. */
  at_least: z.number().optional(),
  at_most: z.number().optional(),
});
/** Asks a question and answers it with true or false; edges that lead away from it choose by `on: [true]` and `on: [false]`. */
export const judgmentUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('judgment'),
  if: z.union(
    [exitCodeQuestionSchema, parameterQuestionSchema],
    'must be { unit: NAME, exit_code: RANGES }, or { parameter: NAME } with equals, matches, at_least or at_most',
  ),
});
export type JudgmentUnit = z.infer<typeof judgmentUnitSchema>;

/** Writes an event. */
export const eventSendUnitSchema = z.strictObject({
  ...unitBase,
  type: z.literal('event_send'),
  priority: prioritySchema.default('info'),
  /** With places: `{{parameter.NAME}}`, `{{net}}`, `{{session}}`, `{{unit}}`. */
  message: textSchema.min(1).max(2000),
  /** What state it is about; an event with the same key can end it. Has places, too. */
  key: textSchema.min(1).max(500).optional(),
  /** It ends what earlier events with this key have raised. */
  clears: z.boolean().default(false),
});
export type EventSendUnit = z.infer<typeof eventSendUnitSchema>;

export type NetUnit = {
  readonly name: string;
  readonly type: 'net';
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly after?: After | undefined;
  readonly recovery?: z.infer<(typeof unitBase)['recovery']>;
  readonly hold: boolean;
  readonly position?: { x: number; y: number } | undefined;
  readonly target?: Target | undefined;
  readonly units: UnitDefinition[];
};
export type UnitDefinition = CommandUnit | NetUnit | WaitUnit | JudgmentUnit | EventSendUnit;
export const unitTypeNames = [
  'command',
  'net',
  'wait',
  'judgment',
  'event_send',
] as const satisfies readonly UnitDefinition['type'][];

export const netUnitSchema: z.ZodType<NetUnit, unknown> = z.strictObject({
  ...unitBase,
  type: z.literal('net'),
  /** Default target of the units inside. */
  target: targetSchema.optional(),
  get units() {
    return z.array(unitSchema).min(1).max(definitionLimits.unitsMax);
  },
});

/** `type` may be left out: a unit with `units` is a net, else a command. */
export const unitSchema: z.ZodType<UnitDefinition, unknown> = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && !('type' in value)
      ? { ...value, type: 'units' in value ? 'net' : 'command' }
      : value,
  z.discriminatedUnion('type', [
    commandUnitSchema,
    netUnitSchema as never,
    waitUnitSchema,
    judgmentUnitSchema,
    eventSendUnitSchema,
  ]),
);

export const parameterSchema = z.strictObject({
  name: environmentNameSchema,
  description: textSchema.optional(),
  default: textSchema.optional(),
});
export type ParameterDefinition = z.infer<typeof parameterSchema>;

/** What to do with starts that fell into a time when no manager ran: drop each (said as an event), or run once for all of them. */
export const missedPolicySchema = z.enum(['skip', 'run_once']);

export const scheduleSchema = z
  .strictObject({
    name: nameSchema,
    /** Cron expression of 5 fields (or 6 with seconds first); `L`, `#` and names as in croner. */
    cron: z.string().min(1).max(200).optional(),
    /** Times of day, `HH:MM` or `HH:MM:SS`, every day. */
    times: z
      .array(
        z.string().regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'must be a time of day such as "22:00"'),
      )
      .min(1)
      .max(1440)
      .optional(),
    /** IANA zone; default is the net's. */
    timezone: z.string().min(1).max(64).optional(),
    enabled: z.boolean().default(true),
    missed: missedPolicySchema.default('run_once'),
    parameters: z.record(environmentNameSchema, textSchema).optional(),
  })
  .refine((s) => (s.cron === undefined) !== (s.times === undefined), 'must have either "cron" or "times"');
export type ScheduleDefinition = z.infer<typeof scheduleSchema>;

export const jobNetSchema = z.strictObject({
  kind: z.literal('jobnet'),
  name: netNameSchema,
  title: textSchema.max(200).optional(),
  description: textSchema.optional(),
  /** IANA zone for schedules without one of their own. */
  timezone: z.string().min(1).max(64).default('UTC'),
  /** Default target of all units. */
  target: targetSchema.optional(),
  parameters: z.array(parameterSchema).max(200).default([]),
  schedules: z.array(scheduleSchema).max(100).default([]),
  /** Priority of the event at the end of a session, by end status, is fixed: normal info, warning warning, abnormal critical, unknown unknown. */
  units: z.array(unitSchema).min(1).max(definitionLimits.unitsMax),
});
export type JobNetDefinition = z.infer<typeof jobNetSchema>;

export const scopeDefinitionSchema = z.strictObject({
  kind: z.literal('scope'),
  name: nameSchema,
  title: textSchema.max(200).optional(),
  parent: nameSchema.optional(),
  nodes: z.array(nameSchema).max(100_000).default([]),
});
export type ScopeDefinition = z.infer<typeof scopeDefinitionSchema>;
