// What all units share that wait for something inside the manager: how long at most, and what becomes of them then.
import * as z from 'zod';

export const timeoutOutcomes = ['normal', 'warning', 'abnormal', 'stopped'] as const;
export type TimeoutOutcome = (typeof timeoutOutcomes)[number];

/** A year; longer waits belong into a schedule. */
export const waitSecondsMax = 31_536_000;

export const waitLimitShape = {
  /** After so many seconds it waits no longer. Without it, it waits until what it waits for comes, or somebody stops or skips it. */
  timeout_s: z.number().positive().max(waitSecondsMax).optional(),
  /** How it ends then. `stopped`: as if somebody had stopped it before it ran, so that nothing that follows it starts. */
  on_timeout: z.enum(timeoutOutcomes).default('abnormal'),
};
