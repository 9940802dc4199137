// Users, roles, tokens and sign-ins as the API shows them.
import * as z from 'zod';
import { instantSchema, nameSchema, netNameSchema } from '../ids.ts';
import { grantSchema, misfit, rightPatternSchema, roleDefinitionSchema, roleLimits } from './role.ts';
import { rights } from './rights.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

/** A name to sign in with. Names of people that have a space or an @ are accepted; control characters are not. */
export const userNameSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{C}\s](?:[^\p{C}]*[^\p{C}\s])?$/u, schemaText('no_space_around'));

export const roleViewSchema = z.object({
  role: roleDefinitionSchema,
  /** Part of the program: cannot be changed or deleted. */
  builtin: z.boolean(),
  revision: z.int(),
  /** Users who have it. */
  userCount: z.int(),
  updatedAt: instantSchema.nullable(),
  updatedBy: z.string().nullable(),
});
export type RoleView = z.output<typeof roleViewSchema>;

export const userViewSchema = z.object({
  name: z.string(),
  title: z.string().nullable(),
  roles: z.array(z.string()),
  disabled: z.boolean(),
  /** Locked out by wrong passwords until then; null: not. */
  lockedUntil: instantSchema.nullable(),
  /** Has a one-time password that is not replaced yet. */
  mustChangePassword: z.boolean(),
  createdAt: instantSchema,
  passwordChangedAt: instantSchema,
  lastSignInAt: instantSchema.nullable(),
  signInCount: z.int(),
  tokenCount: z.int(),
  revision: z.int(),
});
export type UserView = z.output<typeof userViewSchema>;

/** What an administrator sets of a user. */
export const userChangeSchema = z.strictObject({
  title: z.string().min(1).max(200).nullable().default(null),
  roles: z.array(nameSchema).max(roleLimits.rolesOfUserMax).default([]),
  disabled: z.boolean().default(false),
});

/** What narrows a token: it never may more than its user, and with limits less. */
export const tokenLimitsSchema = z.strictObject({
  /** Null: all rights of its user. */
  rights: z.array(rightPatternSchema).min(1).max(rights.length).nullable().default(null),
  folder: netNameSchema.nullable().default(null),
  scope: nameSchema.nullable().default(null),
});
export type TokenLimits = z.output<typeof tokenLimitsSchema>;

export const newTokenSchema = tokenLimitsSchema
  .extend({
    name: z.string().min(1).max(100),
    expires_in_days: z.int().min(1).max(3650).nullable().default(365),
  })
  .superRefine((token, context) => {
    const limits = { folder: token.folder ?? undefined, scope: token.scope ?? undefined };
    const wrong = token.rights === null ? null : misfit(token.rights, limits);
    if (wrong !== null)
      context.addIssue({ code: 'custom', path: ['rights', wrong.index], message: wrong.message });
  });

export const tokenViewSchema = tokenLimitsSchema.extend({
  id: z.int(),
  user: z.string(),
  name: z.string(),
  createdAt: instantSchema,
  expiresAt: instantSchema.nullable(),
  lastUsedAt: instantSchema.nullable(),
});
export type TokenView = z.output<typeof tokenViewSchema>;

export const signInViewSchema = z.object({
  id: z.int(),
  user: z.string(),
  createdAt: instantSchema,
  lastSeenAt: instantSchema,
  expiresAt: instantSchema,
  address: z.string().nullable(),
  /** The browser by its own word, shortened. */
  userAgent: z.string().nullable(),
  /** The one that asks. */
  current: z.boolean(),
});
export type SignInView = z.output<typeof signInViewSchema>;

export const whoAmISchema = z.object({
  user: z.string(),
  title: z.string().nullable(),
  /** True until the one-time or expired password has been changed. */
  mustChangePassword: z.boolean(),
  by: z.enum(['cookie', 'token']),
  roles: z.array(z.string()),
  /** Rights held somewhere: what is not among them can be hidden. Where they hold is in `grants` and `limits`. */
  rights: z.array(z.enum(rights as [(typeof rights)[number], ...(typeof rights)[number][]])),
  /** All grants of the roles; a deny wins. */
  grants: z.array(grantSchema),
  /** Of the API token that asks; null: none. */
  limits: tokenLimitsSchema.nullable(),
  passwordLengthMin: z.int(),
});
export type WhoAmI = z.output<typeof whoAmISchema>;

export const auditEntrySchema = z.object({
  id: z.int(),
  at: instantSchema,
  actor: z.string(),
  /** Operation id, or `signIn` and the like. */
  action: z.string(),
  target: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  address: z.string().nullable(),
});
export type AuditEntry = z.output<typeof auditEntrySchema>;
