// Why a unit waits: the unmet conditions as data, for the API, the CLI and the console, which say them in their own words.
import * as z from 'zod';
import { attemptIdSchema, instantSchema, unitPathSchema } from '../ids.ts';
import { sentenceSchema } from '../problem.ts';
import { endStatusSchema } from './end-status.ts';
import { unitStateSchema } from './session.ts';

/**
 * One unmet condition. `facts` by code (times as instants):
 * `predecessor` {unit, state, mode}; `net_not_begun` {net}; `net_runs` {open}; `session_suspended`, `session_interrupted`, `net_suspended`
 * {net, by, since, reason}; `held` {by, since, reason}; `held_by_definition`; `to_be_skipped` {by, since}; `frozen` {place, by, since, until,
 * reason}; `agent_away` {node, since}; `order_on_way` {node, since}; `order_withdrawn` {node}; `order_withdrawn_away` {node, since}; `running` {node, since, nodes}; `retry` {at, try}; `until` {at};
 * `circle` {sessions}: it waits for others that wait for it, and none goes on by itself;
 * `place_broken` {why}: the engine broke when its turn for places came; `stopping` {by}; `ready`: nothing keeps it; `over` {state, status, by}. Further codes come from queues, locks and single types of units.
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

/** A unit that failed by itself, and not because of another one. */
export const waitFailureSchema = z.object({
  /** Null: the session itself, which no unit of it explains. */
  unit: unitPathSchema.nullable(),
  state: unitStateSchema,
  /** Null: it was stopped before it ran. */
  endStatus: endStatusSchema.nullable(),
  run: z.int(),
  endedAt: instantSchema.nullable(),
  reason: z.string().nullable(),
  reasonSaid: sentenceSchema.optional(),
  /** That decided it, where it made any; `nodes`: on how many nodes it failed. */
  attempt: z
    .object({
      id: attemptIdSchema,
      node: z.string(),
      try: z.int(),
      exitCode: z.int().nullable(),
      signal: z.string().nullable(),
    })
    .optional(),
  nodes: z.int().optional(),
});
export type WaitFailure = z.infer<typeof waitFailureSchema>;

/** What failed first, and what was not run because of it. Both are bounded; `...LeftOut` says how many are not here. */
export const waitEndSchema = z.object({
  failures: z.array(waitFailureSchema),
  failuresLeftOut: z.int(),
  notRun: z.array(unitPathSchema),
  notRunLeftOut: z.int(),
});
export type WaitEnd = z.infer<typeof waitEndSchema>;

export const waitExplanationSchema = z.object({
  /** Null: the session as a whole. */
  unit: unitPathSchema.nullable(),
  state: unitStateSchema,
  /** What it waits for itself. */
  facts: z.array(waitFactSchema),
  /** Where that comes down to: what runs, is held, waits for a time or a node. Bounded; `rootsLeftOut` says how many are not here. */
  roots: z.array(waitRootSchema),
  rootsLeftOut: z.int(),
  /** Where something has failed that explains how it ended, or was not run. */
  end: waitEndSchema.optional(),
  /** All of it in an English sentence. */
  sentence: z.string(),
});
export type WaitExplanation = z.infer<typeof waitExplanationSchema>;
