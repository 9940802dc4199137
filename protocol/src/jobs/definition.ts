// The form of a job net's definition: what YAML files and the API hold. Shape only; references, cycles, cron and zones are
// judged by core/jobs. Unknown keys are refused, units stand in the key names.
import * as z from 'zod';
import { nameSchema, netNameSchema } from '../ids.ts';
import {
  endStatusRuleSchema,
  watchSchema,
  type EndStatusRule,
  type Hold,
  type Watch,
} from './control/watch.ts';
import { overlapKeys, placeKeys, type LockClaim } from './control/places.ts';
import { definitionLimits } from './definition-limits.ts';
import { eventSendUnitSchema, type EventSendUnit } from './units/event-send.ts';
import { attemptUnitSchemas, type AttemptUnit } from './units/attempt-units.ts';
import { approvalUnitSchema, type ApprovalUnit } from './units/approval.ts';
import { eventWaitUnitSchema, type EventWaitUnit } from './units/event-wait.ts';
import { unitLimitsSchema } from './units/limits.ts';
import { judgmentUnitSchema, type JudgmentUnit } from './units/judgment.ts';
import { mailSendUnitSchema, type MailSendUnit } from './units/mail-send.ts';
import { netRefUnitSchema, type NetRefUnit } from './units/net-ref.ts';
import { netStartUnitSchema, type NetStartUnit } from './units/net-start.ts';
import { netWaitUnitSchema, type NetWaitUnit } from './units/net-wait.ts';
import { orUnitSchema, type OrUnit } from './units/or.ts';
import { targetSchema, textSchema, unitBase, type After, type Target } from './units/unit-base.ts';
import { parameterSchema } from './parameter.ts';
import { businessDateRuleSchema } from './business-date.ts';
import { scheduleSchema } from './schedule.ts';
import { startConditionsSchema } from './start-conditions.ts';
import { waitUnitSchema, type WaitUnit } from './units/wait.ts';

export type NetUnit = {
  readonly name: string;
  readonly type: 'net';
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly after?: After | undefined;
  readonly recovery?: z.infer<(typeof unitBase)['recovery']>;
  readonly hold: Hold;
  readonly delays?: Watch | undefined;
  readonly end_status?: EndStatusRule | undefined;
  readonly priority?: number | undefined;
  readonly queue?: string | undefined;
  readonly locks?: LockClaim[] | undefined;
  readonly position?: { x: number; y: number } | undefined;
  readonly target?: Target | undefined;
  readonly units: UnitDefinition[];
};
/** Units that wait for something inside the manager, and those that do nothing. */
type InsideUnit = OrUnit | EventWaitUnit | NetWaitUnit | NetStartUnit | ApprovalUnit | MailSendUnit;
export type UnitDefinition =
  | AttemptUnit
  | NetUnit
  | NetRefUnit
  | WaitUnit
  | JudgmentUnit
  | EventSendUnit
  | InsideUnit;
export const unitTypeNames = [
  'command',
  'file_watch',
  'http',
  'ssh',
  'container',
  'file_transfer',
  'net',
  'net_ref',
  'wait',
  'judgment',
  'event_send',
  'or',
  'event_wait',
  'net_wait',
  'net_start',
  'approval',
  'mail_send',
] as const satisfies readonly UnitDefinition['type'][];

export const netUnitSchema: z.ZodType<NetUnit, unknown> = z.strictObject({
  ...unitBase,
  type: z.literal('net'),
  end_status: endStatusRuleSchema.optional(),
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
    ...attemptUnitSchemas,
    netUnitSchema as never,
    netRefUnitSchema,
    waitUnitSchema,
    judgmentUnitSchema,
    eventSendUnitSchema,
    orUnitSchema,
    eventWaitUnitSchema,
    netWaitUnitSchema,
    netStartUnitSchema,
    approvalUnitSchema,
    mailSendUnitSchema,
  ]),
);

export const jobNetSchema = z.strictObject({
  kind: z.literal('jobnet'),
  name: netNameSchema,
  title: textSchema.max(200).optional(),
  description: textSchema.optional(),
  /** IANA zone for schedules without one of their own. */
  timezone: z.string().min(1).max(64).default('UTC'),
  /** By which calendar its sessions have a business date. */
  business_date: businessDateRuleSchema.optional(),
  /** Default target of all units. */
  target: targetSchema.optional(),
  /** Default of its commands and containers: each limit that a unit does not name itself. */
  limits: unitLimitsSchema.optional(),
  ...placeKeys,
  ...overlapKeys,
  /** What is done if a session starts late or takes too long. */
  delays: watchSchema.optional(),
  end_status: endStatusRuleSchema.optional(),
  parameters: z.array(parameterSchema).max(200).default([]),
  schedules: z.array(scheduleSchema).max(100).default([]),
  /** What starts it besides schedules and people: events, and ends of other nets. */
  start_conditions: startConditionsSchema.optional(),
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
