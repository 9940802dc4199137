// Operations on signing in and on API tokens.
import * as z from 'zod';
import { instantSchema } from '../ids.ts';
import { defineOperation } from './operation.ts';
import { noParams, noQuery, pageOf, pageQuery } from './paging.ts';

const userNameSchema = z.string().min(1).max(100);
export const passwordSchema = z.string().min(10, 'must have at least 10 characters').max(1000);

export const whoAmISchema = z.object({
  user: z.string(),
  /** True until the one-time password has been changed. */
  mustChangePassword: z.boolean(),
  by: z.enum(['cookie', 'token']),
});

export const tokenViewSchema = z.object({
  id: z.int(),
  name: z.string(),
  createdAt: instantSchema,
  expiresAt: instantSchema.nullable(),
  lastUsedAt: instantSchema.nullable(),
});

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

export const accessOperations = {
  signIn: defineOperation({
    id: 'signIn',
    method: 'POST',
    path: '/sign-in',
    tag: 'access',
    access: 'public',
    status: 200,
    summary: 'Sign in; sets the cookie of the console',
    params: noParams,
    query: noQuery,
    body: z.strictObject({ user: userNameSchema, password: z.string().min(1).max(1000) }),
    response: whoAmISchema,
    problems: ['sign_in_refused', 'too_many_requests'],
  }),
  signOut: defineOperation({
    id: 'signOut',
    method: 'POST',
    path: '/sign-out',
    tag: 'access',
    access: 'public',
    status: 204,
    summary: 'Sign out',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: undefined,
  }),
  whoAmI: defineOperation({
    id: 'whoAmI',
    method: 'GET',
    path: '/me',
    tag: 'access',
    access: 'user',
    status: 200,
    summary: 'Who is signed in',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: whoAmISchema,
  }),
  changePassword: defineOperation({
    id: 'changePassword',
    method: 'POST',
    path: '/me/password',
    tag: 'access',
    access: 'user',
    status: 204,
    summary: 'Change the own password; ends all other sign-ins',
    params: noParams,
    query: noQuery,
    body: z.strictObject({ current: z.string().min(1).max(1000), next: passwordSchema }),
    response: undefined,
    problems: ['sign_in_refused'],
  }),
  listTokens: defineOperation({
    id: 'listTokens',
    method: 'GET',
    path: '/tokens',
    tag: 'access',
    access: 'user',
    status: 200,
    summary: 'API tokens of the user',
    params: noParams,
    query: z.strictObject({ ...pageQuery }),
    body: undefined,
    response: pageOf(tokenViewSchema),
  }),
  createToken: defineOperation({
    id: 'createToken',
    method: 'POST',
    path: '/tokens',
    tag: 'access',
    access: 'user',
    status: 201,
    summary: 'Make an API token; it is shown once',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      name: z.string().min(1).max(100),
      expires_in_days: z.int().min(1).max(3650).nullable().default(365),
    }),
    response: tokenViewSchema.extend({ token: z.string() }),
    problems: ['already_exists'],
  }),
  deleteToken: defineOperation({
    id: 'deleteToken',
    method: 'DELETE',
    path: '/tokens/{id}',
    tag: 'access',
    access: 'user',
    status: 204,
    summary: 'Revoke an API token',
    params: z.strictObject({ id: z.coerce.number().int() }),
    query: noQuery,
    body: undefined,
    response: undefined,
    problems: ['not_found'],
  }),
  listAudit: defineOperation({
    id: 'listAudit',
    method: 'GET',
    path: '/audit',
    tag: 'access',
    access: 'audit.read',
    status: 200,
    summary: 'Audit log, newest first',
    params: noParams,
    query: z.strictObject({
      ...pageQuery,
      actor: z.string().max(100).optional(),
      action: z.string().max(100).optional(),
    }),
    body: undefined,
    response: pageOf(auditEntrySchema),
  }),
} as const;
