// Escalation chains: who is told next while nobody takes care: kind `escalation` of a YAML file. Shape only.
import * as z from 'zod';
import { nameSchema } from '../ids.ts';
import { ruleLimits } from './rule.ts';

export const escalationLimits = { stepsMax: 20, roundsMax: 10 } as const;

export const escalationSchema = z.strictObject({
  kind: z.literal('escalation'),
  name: nameSchema,
  title: z.string().max(200).optional(),
  enabled: z.boolean().default(true),
  steps: z
    .array(
      z.strictObject({
        /** From the step before, of the first from the rule's own message. */
        after_min: z.int().min(0).max(10_080),
        channels: z.array(nameSchema).min(1).max(ruleLimits.channelsMax),
      }),
    )
    .min(1)
    .max(escalationLimits.stepsMax),
  /** How often all steps are gone through. */
  rounds: z.int().min(1).max(escalationLimits.roundsMax).default(1),
});
export type Escalation = z.output<typeof escalationSchema>;

/** `acknowledged`: somebody has taken it up; `cleared`: it is over; `exhausted`: every step was taken and nobody came; `ended`: the rule or chain is gone. */
export const escalationStates = ['running', 'acknowledged', 'cleared', 'exhausted', 'ended'] as const;
export type EscalationState = (typeof escalationStates)[number];
