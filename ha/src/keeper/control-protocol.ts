// What `nezuban manager status|stop` and a second start say to the running keeper, over its Unix socket: one JSON line each way.
import path from 'node:path';
import * as z from 'zod';

export const controlRequestSchema = z.discriminatedUnion('command', [
  z.object({ command: z.literal('status') }),
  z.object({ command: z.literal('stop'), withJobs: z.boolean() }),
]);
export type ControlRequest = z.infer<typeof controlRequestSchema>;

export const keeperStatusSchema = z.object({
  pid: z.int(),
  version: z.string(),
  home: z.string(),
  state: z.enum(['starting', 'running', 'stopping']),
  startedAt: z.string(),
  consoleUrl: z.string().nullable(),
  agentAddress: z.string().nullable(),
  processes: z.array(
    z.object({ name: z.string(), state: z.string(), pid: z.int().nullable(), restarts: z.int() }),
  ),
});
export type KeeperStatus = z.infer<typeof keeperStatusSchema>;

/** Longest line either side accepts. */
export const CONTROL_LINE_MAX = 64 * 1024;

export function controlSocketIn(runDirectory: string): string {
  return path.join(runDirectory, 'keeper.sock');
}
