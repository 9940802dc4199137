// Inhibitions: while some events stand, notifications of others are kept back: kind `inhibition` of a YAML file.
// A router that is down silences what is behind it. Shape only.
import * as z from 'zod';
import { nameSchema } from '../ids.ts';
import { eventMatchSchema } from './event-match.ts';
import { schemaText } from '../sentences/schema-sentences.ts';

/** `field:NAME` names a field or detail of both events. */
const equalSchema = z
  .string()
  .max(210)
  .regex(/^(node|scope|monitor|key|net|field:.{1,200})$/, schemaText('inhibition_key'));

export const inhibitionSchema = z.strictObject({
  kind: z.literal('inhibition'),
  name: nameSchema,
  title: z.string().max(200).optional(),
  enabled: z.boolean().default(true),
  /** Only events that raise a state can stand: from raising to clearing. */
  while: eventMatchSchema,
  keep_back: eventMatchSchema,
  /** Both events must be the same in these; `scope`: their nodes share one. */
  equal: z.array(equalSchema).max(20).optional(),
  /** Only events of nodes in this scope; `{{node}}` stands for the node of the event that stands: `behind-{{node}}`. */
  behind: z.string().min(1).max(200).optional(),
  /** What is never cleared ends after so many minutes. */
  at_most_min: z.int().min(1).max(43_200).default(1_440),
});
export type Inhibition = z.output<typeof inhibitionSchema>;
