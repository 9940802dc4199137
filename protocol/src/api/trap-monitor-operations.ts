// Operations on trap monitors and aliases of senders, and the trying of rules before they are saved.
import * as z from 'zod';
import { instantSchema, nameSchema } from '../ids.ts';
import { prioritySchema } from '../priority.ts';
import { issueSchema } from '../problem.ts';
import { trapAliasSchema, trapMonitorSchema } from '../traps/trap-monitor.ts';
import { defineOperation } from './operation.ts';
import { noParams, noQuery, pageOf, pageQuery } from './paging.ts';

export const trapTestLimits = {
  /** Past traps that one test looks at; each is read, understood and judged anew. */
  pastTrapsMax: 1_000,
  /** Traps of the answer: totals are of all that were looked at. */
  shownTrapsMax: 200,
  /** A sample of text, or of twice as many hexadecimal digits. */
  sampleBytesMax: 65_507,
} as const;

const ruleCounterSchema = z.object({
  /** Name of the rule; `(unmatched)`: none fitted, and the monitor said so. */
  rule: z.string(),
  matched: z.int(),
  lastMatchedAt: instantSchema.nullable(),
  /** Time that its pattern took, in milliseconds. */
  spentMs: z.number(),
});
export type RuleCounterView = z.infer<typeof ruleCounterSchema>;

/** Something that does not keep a monitor from being saved, but that people should know. */
const hintSchema = issueSchema.pick({ path: true, message: true, code: true, values: true });
export type TrapMonitorHint = z.infer<typeof hintSchema>;

export const trapMonitorSummarySchema = z.object({
  name: z.string(),
  title: z.string().nullable(),
  enabled: z.boolean(),
  source: trapMonitorSchema.shape.source,
  scope: z.string().nullable(),
  rules: z.int(),
  revision: z.int(),
  updatedAt: instantSchema,
  updatedBy: z.string(),
  /** Of all its rules since `countedSince`. */
  matched: z.int(),
  lastMatchedAt: instantSchema.nullable(),
  hints: z.int(),
});
export type TrapMonitorSummary = z.infer<typeof trapMonitorSummarySchema>;

export const trapMonitorViewSchema = z.object({
  monitor: trapMonitorSchema,
  revision: z.int(),
  updatedAt: instantSchema,
  updatedBy: z.string(),
  hints: z.array(hintSchema),
  /** In the order of the rules. Counted by the manager on duty since it took over. */
  counters: z.array(ruleCounterSchema),
  countedSince: instantSchema,
});
export type TrapMonitorView = z.infer<typeof trapMonitorViewSchema>;

export const trapAliasViewSchema = z.object({
  alias: trapAliasSchema,
  revision: z.int(),
  updatedAt: instantSchema,
  updatedBy: z.string(),
});
export type TrapAliasView = z.infer<typeof trapAliasViewSchema>;

/** Place in the trap's text; null: the group took no part. */
const spanSchema = z.object({ start: z.int(), end: z.int() }).nullable();

const triedMonitorSchema = z.object({
  monitor: z.string(),
  /** Null: no rule of it fits, and it says nothing. */
  rule: z.string().nullable(),
  /** What would be made of the trap; null: nothing, by `ignore` or because no rule fits. */
  event: z
    .object({
      priority: prioritySchema,
      message: z.string(),
      key: z.string().nullable(),
      clears: z.boolean(),
      collapseS: z.int().nullable(),
      fields: z.record(z.string(), z.string()),
    })
    .nullable(),
  /** What the rule's condition on the text fitted: the whole first, then the groups of its pattern. */
  spans: z.array(spanSchema),
});
export type TriedMonitor = z.infer<typeof triedMonitorSchema>;

const triedTrapSchema = z.object({
  /** Number of the stored trap; null: a sample. */
  id: z.int().nullable(),
  receivedAt: instantSchema,
  protocol: trapMonitorSchema.shape.source,
  address: z.string(),
  host: z.string().nullable(),
  node: z.string().nullable(),
  text: z.string(),
  fields: z.record(z.string(), z.string()),
  /** Why it could not be understood; null: it could. */
  malformed: z.string().nullable(),
  /** Of every monitor that listens to such traps. */
  monitors: z.array(triedMonitorSchema),
});
export type TriedTrap = z.infer<typeof triedTrapSchema>;

export const trapTestSchema = z.object({
  /** The newest first, at most 200. */
  traps: z.array(triedTrapSchema),
  /** Of all that were looked at. */
  looked: z.int(),
  /** Rules with how many they took, in their order; those that took none too. */
  totals: z.array(z.object({ monitor: z.string(), rule: z.string(), count: z.int() })),
  /** Taken by no rule of any monitor. */
  unmatched: z.int(),
  /** There are more that fit; the limit, or the time that a test may take, was reached. */
  more: z.boolean(),
  hints: z.array(hintSchema.extend({ monitor: z.string() })),
});
export type TrapTest = z.infer<typeof trapTestSchema>;

const sampleSchema = z.strictObject({
  type: z.literal('sample'),
  /** Left out: what the first of the monitors listens to; of those in force, syslog. */
  protocol: trapMonitorSchema.shape.source.optional(),
  /** The message as a device sends it: a line of syslog, a JSON body, or, as hexadecimal digits, any bytes such as an SNMP message. */
  message: z
    .string()
    .min(1)
    .max(trapTestLimits.sampleBytesMax * 2),
  encoding: z.enum(['text', 'hex']).default('text'),
  /** Who sends it. */
  address: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
});

const pastSchema = z.strictObject({
  type: z.literal('past'),
  /** Left out: the last 24 hours. */
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  limit: z.int().min(1).max(trapTestLimits.pastTrapsMax).default(trapTestLimits.pastTrapsMax),
  /** These stored traps, whenever they came; then nothing else narrows. */
  ids: z.array(z.int().positive()).min(1).max(trapTestLimits.pastTrapsMax).optional(),
  address: z.string().max(64).optional(),
  node: z.string().max(255).optional(),
});
export type PastTraps = z.output<typeof pastSchema>;
export type SampleTrap = z.output<typeof sampleSchema>;

const named = z.strictObject({ name: nameSchema });
const changing = ['invalid_definition', 'precondition_failed', 'precondition_required'] as const;

export const trapMonitorOperations = {
  listTrapMonitors: defineOperation({
    id: 'listTrapMonitors',
    method: 'GET',
    path: '/trap-monitors',
    tag: 'traps',
    access: 'traps.read',
    status: 200,
    summary: 'Trap monitors by name, with what they took since the manager came on duty',
    params: noParams,
    query: z.strictObject({ ...pageQuery }),
    body: undefined,
    response: pageOf(trapMonitorSummarySchema),
  }),
  getTrapMonitor: defineOperation({
    id: 'getTrapMonitor',
    method: 'GET',
    path: '/trap-monitors/{name}',
    tag: 'traps',
    access: 'traps.read',
    status: 200,
    summary: 'One trap monitor with counters of its rules and hints',
    params: named,
    query: noQuery,
    body: undefined,
    response: trapMonitorViewSchema,
    versioned: 'read',
    problems: ['not_found'],
  }),
  exportTrapMonitor: defineOperation({
    id: 'exportTrapMonitor',
    method: 'GET',
    path: '/trap-monitors/{name}/yaml',
    tag: 'traps',
    access: 'traps.read',
    status: 200,
    summary: 'The definition of a trap monitor as YAML',
    params: named,
    query: noQuery,
    body: undefined,
    response: z.string(),
    responseType: 'application/yaml',
    versioned: 'read',
    problems: ['not_found'],
  }),
  putTrapMonitor: defineOperation({
    id: 'putTrapMonitor',
    method: 'PUT',
    path: '/trap-monitors/{name}',
    tag: 'traps',
    access: 'traps.write',
    status: 200,
    summary: 'Create or replace a trap monitor',
    params: named,
    query: noQuery,
    body: trapMonitorSchema,
    response: trapMonitorViewSchema,
    versioned: 'write',
    problems: [...changing, 'operation_refused'],
  }),
  deleteTrapMonitor: defineOperation({
    id: 'deleteTrapMonitor',
    method: 'DELETE',
    path: '/trap-monitors/{name}',
    tag: 'traps',
    access: 'traps.write',
    status: 204,
    summary: 'Delete a trap monitor; events that it made stay',
    params: named,
    query: noQuery,
    body: undefined,
    response: undefined,
    versioned: 'write',
    problems: ['not_found', 'precondition_failed', 'precondition_required'],
  }),
  enableTrapMonitor: defineOperation({
    id: 'enableTrapMonitor',
    method: 'POST',
    path: '/trap-monitors/{name}/enabled',
    tag: 'traps',
    access: 'traps.write',
    status: 200,
    summary: 'Switch a trap monitor, or one rule of it, on or off. It is so already: nothing changes',
    params: named,
    query: noQuery,
    body: z.strictObject({ enabled: z.boolean(), rule: nameSchema.optional() }),
    response: trapMonitorViewSchema,
    problems: ['not_found'],
  }),
  orderTrapRules: defineOperation({
    id: 'orderTrapRules',
    method: 'PUT',
    path: '/trap-monitors/{name}/order',
    tag: 'traps',
    access: 'traps.write',
    status: 200,
    summary: 'Put the rules of a trap monitor into another order; all of them must be named',
    params: named,
    query: noQuery,
    body: z.strictObject({ rules: z.array(nameSchema).min(1).max(1_000) }),
    response: trapMonitorViewSchema,
    versioned: 'write',
    problems: ['not_found', ...changing],
  }),
  testTrapMonitor: defineOperation({
    id: 'testTrapMonitor',
    method: 'POST',
    path: '/trap-monitors/test',
    tag: 'traps',
    access: 'traps.read',
    status: 200,
    summary:
      'What a monitor that is not saved, or those in force, would make of a sample or of past traps. Changes nothing',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      /** Null, and no file: those in force. */
      monitor: trapMonitorSchema.nullable().default(null),
      /** Instead: a YAML file, of which the documents of kind trap_monitor are tried. */
      file: z
        .strictObject({ name: z.string().min(1).max(1_000), text: z.string() })
        .nullable()
        .default(null),
      against: z.discriminatedUnion('type', [sampleSchema, pastSchema]),
    }),
    response: trapTestSchema,
    problems: ['invalid_definition'],
  }),
  listTrapAliases: defineOperation({
    id: 'listTrapAliases',
    method: 'GET',
    path: '/trap-aliases',
    tag: 'traps',
    access: 'traps.read',
    status: 200,
    summary: 'Aliases of senders by name, which is the order in which they are tried',
    params: noParams,
    query: z.strictObject({ ...pageQuery }),
    body: undefined,
    response: pageOf(trapAliasViewSchema),
  }),
  getTrapAlias: defineOperation({
    id: 'getTrapAlias',
    method: 'GET',
    path: '/trap-aliases/{name}',
    tag: 'traps',
    access: 'traps.read',
    status: 200,
    summary: 'One alias',
    params: named,
    query: noQuery,
    body: undefined,
    response: trapAliasViewSchema,
    versioned: 'read',
    problems: ['not_found'],
  }),
  exportTrapAlias: defineOperation({
    id: 'exportTrapAlias',
    method: 'GET',
    path: '/trap-aliases/{name}/yaml',
    tag: 'traps',
    access: 'traps.read',
    status: 200,
    summary: 'The definition of an alias as YAML',
    params: named,
    query: noQuery,
    body: undefined,
    response: z.string(),
    responseType: 'application/yaml',
    versioned: 'read',
    problems: ['not_found'],
  }),
  putTrapAlias: defineOperation({
    id: 'putTrapAlias',
    method: 'PUT',
    path: '/trap-aliases/{name}',
    tag: 'traps',
    access: 'traps.write',
    status: 200,
    summary: 'Create or replace an alias',
    params: named,
    query: noQuery,
    body: trapAliasSchema,
    response: trapAliasViewSchema,
    versioned: 'write',
    problems: [...changing, 'operation_refused'],
  }),
  deleteTrapAlias: defineOperation({
    id: 'deleteTrapAlias',
    method: 'DELETE',
    path: '/trap-aliases/{name}',
    tag: 'traps',
    access: 'traps.write',
    status: 204,
    summary: 'Delete an alias',
    params: named,
    query: noQuery,
    body: undefined,
    response: undefined,
    versioned: 'write',
    problems: ['not_found', 'precondition_failed', 'precondition_required'],
  }),
} as const;
