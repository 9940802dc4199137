// Nodes (managed hosts) with their agents, scopes, and enrolment tokens.
import * as z from 'zod';
import { agentIdSchema, instantSchema, nameSchema } from '../ids.ts';

export const agentConnectionSchema = z.enum(['connected', 'disconnected', 'never']);

export const nodeViewSchema = z.object({
  name: nameSchema,
  agentId: agentIdSchema,
  connection: agentConnectionSchema,
  hostname: z.string(),
  platform: z.string(),
  agentVersion: z.string(),
  address: z.string().nullable(),
  joinedAt: instantSchema,
  lastSeenAt: instantSchema.nullable(),
  certificateExpiresAt: instantSchema,
  runningAttempts: z.int(),
  scopes: z.array(z.string()),
});
export type NodeView = z.infer<typeof nodeViewSchema>;

export const scopeViewSchema = z.object({
  name: nameSchema,
  title: z.string().nullable(),
  parent: nameSchema.nullable(),
  nodes: z.array(nameSchema),
});
export type ScopeView = z.infer<typeof scopeViewSchema>;

/** Answer to the making of an enrolment token: shown once. `fingerprint` pins the manager's CA for the first contact. */
export const joinTokenSchema = z.object({
  token: z.string(),
  expiresAt: instantSchema,
  /** The whole line to paste on the new host. */
  command: z.string(),
});
