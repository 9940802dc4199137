// Who this agent is: what enrolment gave it. One file, `identity.json`, 0600, written whole or not at all.
// Responsible for reading and writing it. Not responsible for getting it (enrolment.ts) or renewing it (certificate-renewal.ts).
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { agentIdSchema } from '@nezuban/protocol/ids';

export const identitySchema = z.object({
  agentId: agentIdSchema,
  nodeName: z.string(),
  /** `HOST:PORT` of each manager. */
  managers: z.array(z.string()).min(1),
  /** Whether managers have told where they are; else `managers` is what was given when this agent joined. */
  managersTold: z.boolean().default(false),
  /** PEM: own certificate, its key, and the CA that managers are checked against. */
  certificate: z.string(),
  privateKey: z.string(),
  ca: z.string(),
});
export type Identity = z.infer<typeof identitySchema>;

const fileName = 'identity.json';

/** Null: this home has not been enrolled. Throws if the file is there and is not one of ours. */
export function readIdentity(home: string): Identity | null {
  const file = path.join(home, fileName);
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    return identitySchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${file} is not a valid identity: restore it, or remove it and join again`, { cause });
  }
}

export function writeIdentity(home: string, identity: Identity): void {
  const file = path.join(home, fileName);
  const draft = fs.openSync(`${file}.draft`, 'w', 0o600);
  try {
    fs.writeSync(draft, `${JSON.stringify(identity, null, 2)}\n`);
    fs.fsyncSync(draft);
  } finally {
    fs.closeSync(draft);
  }
  fs.renameSync(`${file}.draft`, file);
  const folder = fs.openSync(home, 'r');
  try {
    // Losing a new identity would leave an agent at the manager that nobody can be.
    fs.fsyncSync(folder);
  } finally {
    fs.closeSync(folder);
  }
}
