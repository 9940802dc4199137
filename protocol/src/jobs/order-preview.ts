// What an agent would be given for a unit: as people see it before anything runs. Secrets are `***`; what only a session can know stays a place.
import * as z from 'zod';
import { issueSchema, sentenceSchema } from '../problem.ts';
import { unitTypeNames } from './definition.ts';

export const orderPreviewSchema = z.object({
  unit: z.string(),
  type: z.enum(unitTypeNames),
  /** A line for the shell, or a program with its arguments; null: a script, or a tool of the agent. */
  command: z.union([z.string(), z.array(z.string())]).nullable(),
  script: z.object({ text: z.string(), arguments: z.array(z.string()) }).nullable(),
  tool: z.object({ name: z.string(), input: z.record(z.string(), z.unknown()) }).nullable(),
  environment: z.record(z.string(), z.string()),
  workingDirectory: z.string().nullable(),
  user: z.string().nullable(),
  group: z.string().nullable(),
  stdin: z.string().nullable(),
  stdinFile: z.string().nullable(),
  files: z.array(z.object({ variable: z.string(), text: z.string() })),
  /** Where it would run now. */
  nodes: z.array(z.string()),
  /** Why it would run nowhere. */
  noNodes: z.string().nullable(),
  noNodesSaid: sentenceSchema.optional(),
  /** What is wrong with the parameters. */
  problems: z.array(issueSchema),
});
export type OrderPreview = z.infer<typeof orderPreviewSchema>;
