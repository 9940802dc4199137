// Settings that bound what job nets may do on the hosts of agents, whoever defines them: as which users of the operating system commands run
// where, and whom HTTP calls may reach. Form and defaults; what they mean is core/src/access/run-as.ts, and on the agent
// agent/src/tools/http/callee-rules.ts.
import * as z from 'zod';
import { nameSchema, netNameSchema } from '../ids.ts';
import { roleLimits } from '../access/role.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

export const jobBoundsLimits = { runAsRulesMax: 200, usersOfRuleMax: 100, calleesMax: 200 } as const;

/** Stands in a rule for units that name no user: they run as the agent itself, which may be root. */
export const agentUser = '@agent';

const userPatternSchema = z
  .string()
  .regex(/^(\*|@agent|[a-z_][a-z0-9_.-]{0,31}[$*]?)$/i, schemaText('run_as_user_pattern'));
const groupPatternSchema = z
  .string()
  .regex(/^(\*|[a-z_][a-z0-9_.-]{0,31}[$*]?)$/i, schemaText('run_as_group_pattern'));

export const runAsRuleSchema = z.strictObject({
  /** Only units of job nets of this folder: the net of this very name, and all below it. */
  folder: netNameSchema.optional(),
  /** Only on nodes of this scope and its child scopes. */
  scope: nameSchema.optional(),
  /** Only on this node. */
  node: nameSchema.optional(),
  users: z.array(userPatternSchema).min(1).max(jobBoundsLimits.usersOfRuleMax),
  /** Groups that a unit may name; left out: none, so the groups are the user's own. */
  groups: z.array(groupPatternSchema).min(1).max(jobBoundsLimits.usersOfRuleMax).optional(),
  /** Only somebody with one of these roles may bring such a unit into force; left out: whoever may change the net. */
  roles: z.array(nameSchema).min(1).max(roleLimits.rolesOfUserMax).optional(),
});
export type RunAsRule = z.output<typeof runAsRuleSchema>;

/** As whom units with attempts run, and where. A unit that no rule allows is not brought into force, and not started. */
export const runAsSettingsSchema = z.strictObject({
  rules: z
    .array(runAsRuleSchema)
    .max(jobBoundsLimits.runAsRulesMax)
    .default([{ users: [agentUser] }]),
});

const labels = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*';
const calleeSchema = z.union(
  [
    z.ipv4(),
    z.ipv6(),
    z.cidrv4(),
    z.cidrv6(),
    z
      .string()
      .max(253)
      .regex(new RegExp(`^(\\*\\.)?${labels}$`, 'i'))
      // 1.2.3.4.5 or 10.0.0 is a mistyped address.
      .refine((text) => !/^[\d.]+$/.test(text)),
  ],
  schemaText('http_callee'),
);
const calleesSchema = z.array(calleeSchema).max(jobBoundsLimits.calleesMax);

/**
 * Where clouds give credentials of the machine to whoever asks on it: addresses of the link itself (RFC 3927, RFC 4291), and those that single
 * clouds use besides.
 */
const metadataAddresses = [
  '169.254.0.0/16',
  'fe80::/10',
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  'metadata.google.internal',
];

/** Whom units of type `http` may call. Asked of the name, and of the very address that is connected to, at each redirect anew. */
export const httpCallSettingsSchema = z.strictObject({
  /** Nobody else, if anything stands here. */
  allow: calleesSchema.default([]),
  deny: calleesSchema.default(metadataAddresses),
});
export type HttpCallSettings = z.output<typeof httpCallSettingsSchema>;
