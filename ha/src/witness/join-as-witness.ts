/**
 * The first start of a witness: a one-time token becomes a vote in the pair.
 *
 * Responsible for asking each of the addresses until the master answers. Not responsible for the exchange itself
 * (`drivers/link/join-client.ts`). Called by `run.ts`.
 */
import { PAIR_LINK_VERSION, type JoinResponse } from '@nezuban/protocol/pair/pair-link';
import { formatInstant, type Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { joinPair } from '../drivers/link/join-client.ts';
import { LinkError } from '../drivers/link/link-error.ts';
import type { PairIdentity } from '../drivers/link/pair-identity.ts';
import { EXIT, ExitError } from '../keeper/exit-codes.ts';
import type { WitnessHome } from './witness-home.ts';

export type JoinWish = {
  readonly addresses: readonly string[];
  readonly token: string;
  /** The host's name, for people. */
  readonly name: string;
  readonly release: string;
};

/** Answers after which another address may give another one. */
const ELSEWHERE = ['not_master', 'busy'];

/** Throws an `ExitError` with one sentence for each address that did not take it. */
export async function joinAsWitness(
  ports: { readonly clock: Clock; readonly logger: Logger; readonly home: WitnessHome },
  wish: JoinWish,
): Promise<PairIdentity> {
  const { clock, logger, home } = ports;
  const { csr, privateKey } = await home.signingRequest(wish.token);
  const reasons: string[] = [];
  for (const address of wish.addresses) {
    const response = await ask(address);
    if (typeof response === 'string') {
      reasons.push(response);
      continue;
    }
    if (response.ok) {
      const identity = identityOf(response, privateKey);
      await home.admit(identity);
      logger.info({ id: identity.id }, `this host is a witness of the pair now, as ${identity.id}`);
      return identity;
    }
    reasons.push(response.says);
    if (!ELSEWHERE.includes(response.code)) break;
  }
  throw new ExitError(EXIT.cannotStart, [...new Set(reasons)].join(' '));

  async function ask(address: string): Promise<JoinResponse | string> {
    try {
      return await joinPair({
        address,
        request: {
          token: wish.token,
          kind: 'witness',
          csr,
          name: wish.name,
          release: wish.release,
          protocol: PAIR_LINK_VERSION,
          clock: formatInstant(clock.now()),
          address: null,
          agentAddress: null,
          consoleUrl: null,
        },
      });
    } catch (error) {
      if (error instanceof LinkError) return error.message;
      throw error;
    }
  }
}

function identityOf(response: Extract<JoinResponse, { ok: true }>, privateKey: string): PairIdentity {
  const { cluster, id, certificate, ca, book, profile } = response;
  return {
    cluster,
    id,
    kind: 'witness',
    listen: null,
    certificate,
    privateKey,
    ca,
    book,
    profile,
    tieBreaker: 'witness',
    fenceCommand: null,
    address: null,
    voterDirectory: null,
    localNode: null,
  };
}
