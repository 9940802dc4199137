// Enrolment of the local agent, whose token the manager puts into a file when it is ready.
// Responsible for waiting for the file and for a manager that answers, and for removing the token once it is used. Called by main.ts under the keeper.
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nezuban/platform/logger';
import { enrol, EnrolmentError } from './identity/enrolment.ts';
import { writeIdentity, type Identity } from './identity/identity.ts';
import { agentLimits } from './limits.ts';

export type LocalEnrolment = {
  readonly home: string;
  readonly managers: readonly string[];
  readonly joinTokenFile: string;
  readonly nodeName: string | null;
  readonly version: string;
};

/** Resolves with the stored identity. Rejects when `signal` aborts, never otherwise: a token that is refused may be replaced by the manager. */
export async function enrolUntilDone(
  wish: LocalEnrolment,
  ports: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<Identity> {
  let said = '';
  for (;;) {
    ports.signal.throwIfAborted();
    const token = readToken(wish.joinTokenFile);
    if (token !== null) {
      try {
        const identity = await enrol({ ...wish, token });
        writeIdentity(wish.home, identity);
        fs.rmSync(wish.joinTokenFile, { force: true });
        ports.logger.info({ agentId: identity.agentId, nodeName: identity.nodeName }, 'enrolled');
        return identity;
      } catch (error) {
        if (!(error instanceof EnrolmentError)) throw error;
        if (said !== error.message)
          ports.logger.warn({ reason: error.message }, 'not enrolled yet; it is tried again');
        said = error.message;
      }
    }
    await delay(token === null ? fileLookMs : agentLimits.enrolRetryMs, undefined, { signal: ports.signal });
  }
}

/** The manager writes the file within the first second of its life, and a person waits for the first start. */
const fileLookMs = 50;

function readToken(file: string): string | null {
  try {
    const token = fs.readFileSync(file, 'utf8').trim();
    return token === '' ? null : token;
  } catch {
    return null;
  }
}
