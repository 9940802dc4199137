// Why a unit waits: the unmet conditions as data, for the API, the CLI and the console, which say them in their own words.
import * as z from 'zod';
import { unitPathSchema } from '../ids.ts';
import { unitStateSchema } from './session.ts';

/**
 * One unmet condition. `facts` by code (times as instants):
 * `predecessor` {unit, state, mode}; `net_not_begun` {net}; `net_runs` {open}; `session_suspended`, `session_interrupted`, `net_suspended`
 * {net, by, since, reason}; `held` {by, since, reason}; `held_by_definition`; `to_be_skipped` {by, since}; `frozen` {place, by, since, until,
 * reason}; `agent_away` {node, since}; `order_on_way` {node, since}; `running` {node, since, nodes}; `retry` {at, try}; `until` {at};
 * `circle` {sessions}: it waits for others that wait for it, and none goes on by itself;
 * `place_broken` {why}: the engine broke when its turn for places came; `stopping` {by}; `ready`: nothing keeps it; `over` {state, status}. Further codes come from queues, locks and single types of units.
 */
export const waitFactSchema = z.object({
  code: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** The same in English, as the rest of a sentence that begins with the unit: `is running on node "web-1" since ...`. */
  phrase: z.string(),
});
export type WaitFact = z.infer<typeof waitFactSchema>;

export const waitRootSchema = z.object({
  /** From the unit that was asked about (left out for a session) to the one that this is about. */
  through: z.array(unitPathSchema),
  fact: waitFactSchema,
});

export const waitExplanationSchema = z.object({
  /** Null: the session as a whole. */
  unit: unitPathSchema.nullable(),
  state: unitStateSchema,
  /** What it waits for itself. */
  facts: z.array(waitFactSchema),
  /** Where that comes down to: what runs, is held, waits for a time or a node. Bounded; `rootsLeftOut` says how many are not here. */
  roots: z.array(waitRootSchema),
  rootsLeftOut: z.int(),
  /** All of it in an English sentence. */
  sentence: z.string(),
});
export type WaitExplanation = z.infer<typeof waitExplanationSchema>;
