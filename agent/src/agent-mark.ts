// Tells the processes of one agent from those of another on the same host: a mark in the environment of every command.
// Pure but for following links of the home. Used by the spawner's client, which sets it, and by the process table, which reads it.
import { createHash } from 'node:crypto';
import fs from 'node:fs';

export const AGENT_MARK_VARIABLE = 'NEZUBAN_AGENT';

/** The same for each start of the agent of this home, also after the home has lost what is in it. */
export function agentMarkOf(home: string): string {
  return createHash('sha256').update(fs.realpathSync(home)).digest('hex').slice(0, 16);
}
