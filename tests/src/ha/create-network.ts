/**
 * Chooses where the hosts of a pair under test live. Called by tests, proofs, benchmark and demonstration.
 */
import { createLoopbackNetwork } from './loopback-network.ts';
import { createNetnsNetwork, whyNoNamespaces } from './netns-network.ts';
import type { Network } from './network.ts';

/** Namespaces where they can be had, else loopback addresses; `why` says why there are none. */
export function createNetwork(): { readonly network: Network; readonly why: string | null } {
  const why = whyNoNamespaces();
  return { network: why === null ? createNetnsNetwork() : createLoopbackNetwork(), why };
}
