// Nodes (managed hosts) with their agents, scopes, and enrolment tokens.
import * as z from 'zod';
import { agentIdSchema, instantSchema, nameSchema } from '../ids.ts';

export const agentConnections = ['connected', 'disconnected', 'never'] as const;
export const agentConnectionSchema = z.enum(agentConnections);
export type AgentConnection = z.infer<typeof agentConnectionSchema>;

/**
 * How the agent's release goes together with the manager's. `old`: it works, and can be upgraded; `refused`: they have no protocol in common;
 * `unknown`: it has not said which it speaks.
 */
export const agentSupportSchema = z.enum(['current', 'old', 'refused', 'unknown']);
export type AgentSupport = z.infer<typeof agentSupportSchema>;

export const nodeViewSchema = z.object({
  name: nameSchema,
  agentId: agentIdSchema,
  connection: agentConnectionSchema,
  hostname: z.string(),
  platform: z.string(),
  agentVersion: z.string(),
  agentSupport: agentSupportSchema,
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
  /** Rises with each change of the scope itself; a node that is removed leaves it as it is. */
  revision: z.int(),
  updatedAt: instantSchema,
  updatedBy: z.string(),
});
export type ScopeView = z.infer<typeof scopeViewSchema>;

/** What a scope is to become, whole. */
export const scopeInputSchema = z.strictObject({
  title: z.string().max(200).nullable().default(null),
  parent: nameSchema.nullable().default(null),
  /** Its own nodes; those of its child scopes belong to it as well. */
  nodes: z.array(nameSchema).max(100_000).default([]),
});
export type ScopeInput = z.output<typeof scopeInputSchema>;

/** Answer to the making of an enrolment token: shown once. `fingerprint` pins the manager's CA for the first contact. */
export const joinTokenSchema = z.object({
  token: z.string(),
  expiresAt: instantSchema,
  /** The whole line to paste on the new host. */
  command: z.string(),
});
