/**
 * Trap monitors: which traps become which events. Kind `trap_monitor` of a YAML file.
 *
 * Responsible for the shape. Rules are tried in order and the first that fits decides, within each monitor by itself. Matching is
 * `core/src/traps/rules`.
 */
import * as z from 'zod';
import { nameSchema } from '../ids.ts';
import { priorities, prioritySchema } from '../priority.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

const textConditionSchema = z.strictObject({
  /** Regular expression without look-around and back references, so that it takes linear time. */
  matches: z.string().min(1).max(2_000).optional(),
  contains: z.string().min(1).max(2_000).optional(),
  ignore_case: z.boolean().default(false),
});

export const syslogFacilities = [
  'kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp', 'ntp', 'audit', 'alert', 'clock',
  'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7',
] as const; // prettier-ignore
export const syslogSeverities = [
  'emerg',
  'alert',
  'crit',
  'err',
  'warning',
  'notice',
  'info',
  'debug',
] as const;

/** Dotted numbers, or a symbolic name of an imported MIB (`IF-MIB::linkDown`); `*` at the end matches all below. */
const oidPatternSchema = z.string().min(1).max(500);

export const trapConditionSchema = z.strictObject({
  text: textConditionSchema.optional(),
  facilities: z.array(z.enum(syslogFacilities)).max(24).optional(),
  severities: z.array(z.enum(syslogSeverities)).max(8).optional(),
  /** Application (APP-NAME, TAG) of syslog; `*` at the end matches any rest. */
  apps: z.array(z.string().min(1).max(200)).max(100).optional(),
  /** Node, host that the sender claims, address or network (CIDR); `*` at the end matches any rest. */
  hosts: z.array(z.string().min(1).max(255)).max(1_000).optional(),
  trap_oids: z.array(oidPatternSchema).max(100).optional(),
  /** SNMPv1. */
  enterprise: oidPatternSchema.optional(),
  generic: z.int().min(0).max(6).optional(),
  specific: z.int().min(0).optional(),
  /** On `fields` of the trap, by name: varbinds, structured data, keys of custom traps. All must hold. */
  fields: z
    .array(
      z
        .strictObject({
          name: z.string().min(1).max(500),
          equals: z.string().max(2_000).optional(),
          matches: z.string().min(1).max(2_000).optional(),
          ignore_case: z.boolean().default(false),
          /** Numbers. */
          at_least: z.number().optional(),
          at_most: z.number().optional(),
        })
        .refine(
          (field) =>
            field.equals !== undefined ||
            field.matches !== undefined ||
            field.at_least !== undefined ||
            field.at_most !== undefined,
          schemaText('field_test_needed'),
        ),
    )
    .max(50)
    .optional(),
});

/** `as_sent`: what the trap itself says of it (core/src/traps/rules/sent-priority.ts). */
export const rulePriorities = [...priorities, 'as_sent'] as const;

export const trapRuleSchema = z.strictObject({
  name: nameSchema,
  enabled: z.boolean().default(true),
  /** All that it names must hold; empty: everything. */
  when: trapConditionSchema.prefault({}),
  do: z.enum(['event', 'ignore']).default('event'),
  priority: z.enum(rulePriorities).default('warning'),
  /** Template: `{{text}}`, `{{node}}`, `{{host}}`, `{{address}}`, `{{app}}`, `{{facility}}`, `{{severity}}`, `{{trap}}`, `{{field.NAME}}`, `{{1}}` (group of `text.matches`). */
  message: z.string().max(2_000).default('{{text}}'),
  /** Template of what state it is about, such as `link:{{field.ifIndex}}`. */
  key: z.string().min(1).max(500).optional(),
  /** It ends what an earlier rule with the same key has raised. */
  clears: z.boolean().default(false),
  /** Repeats with the same key (without one: the same message) within so many seconds are counted on the first event. */
  collapse_s: z.int().min(1).max(604_800).optional(),
  /** Own fields of the event, by name: templates. */
  fields: z.record(nameSchema, z.string().max(2_000)).optional(),
});
export type TrapRule = z.output<typeof trapRuleSchema>;

export const trapMonitorSchema = z.strictObject({
  kind: z.literal('trap_monitor'),
  name: nameSchema,
  title: z.string().max(200).optional(),
  description: z.string().max(10_000).optional(),
  enabled: z.boolean().default(true),
  /** Which protocol it listens to. */
  source: z.enum(['syslog', 'snmp', 'custom']),
  /** Only traps of nodes of this scope; left out: of anybody. */
  scope: nameSchema.optional(),
  rules: z.array(trapRuleSchema).min(1).max(1_000),
  /** What no rule of this monitor fits: nothing, or an event of this priority. */
  unmatched: z.union([z.literal('ignore'), prioritySchema]).default('ignore'),
});
export type TrapMonitor = z.output<typeof trapMonitorSchema>;

/**
 * Who is behind a source address: kind `trap_alias`. Several devices behind one address (a relay, NAT) are told apart by what they claim;
 * the first alias that fits wins, before addresses of nodes are looked at.
 */
export const trapAliasSchema = z.strictObject({
  kind: z.literal('trap_alias'),
  name: nameSchema,
  /** Addresses or networks of the sender; empty: any. */
  addresses: z.array(z.string().min(1).max(64)).max(1_000).default([]),
  /** What the sender claims (host name, agent address, FacilityID); `*` at the end matches any rest; empty: anything. */
  hosts: z.array(z.string().min(1).max(255)).max(1_000).default([]),
  /** The node it is, or `claimed`: the claimed host itself is the name of the node. */
  node: z.union([nameSchema, z.literal('claimed')]),
});
export type TrapAlias = z.output<typeof trapAliasSchema>;
