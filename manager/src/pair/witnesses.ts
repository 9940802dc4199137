// Agents as witnesses of the pair.
// Responsible for choosing one, and for telling it to begin or to end. Not responsible for when there must be one (the keeper) and for what a
// witness does (the agent runs the program). Called by questions.ts.
import type { ManagerAnswer, ManagerQuestion } from '@nezuban/protocol/keeper/child-messages';
import type { Term } from '@nezuban/protocol/ids';
import net from 'node:net';
import type { AgentHubServer, ConnectedAgent } from '../inventory/agent-hub.ts';
import type { PairDesk } from './pair-desk.ts';

export type AppointWish = Extract<ManagerQuestion, { ask: 'appoint-witness' }>;

export type WitnessPorts = {
  readonly hub: Pick<AgentHubServer, 'agents' | 'send'>;
  readonly desk: Pick<PairDesk, 'nameOf'>;
  readonly term: Term;
  /** Addresses of this host: an agent that comes from one of them dies with it. */
  readonly ownAddresses: readonly string[];
};

export type Witnesses = {
  readonly appoint: (wish: AppointWish) => ManagerAnswer;
  readonly dismiss: (voterId: string) => ManagerAnswer;
};

export const createWitnesses = ({ hub, desk, term, ownAddresses }: WitnessPorts): Witnesses => ({
  appoint(wish) {
    const choice = chooseWitness(hub.agents(), wish, ownAddresses);
    if (!choice.ok) return { to: 'refused', says: choice.says };
    const { members, token } = wish.join;
    const sent = hub.send(choice.node, { type: 'appointWitness', term, members, token });
    return sent
      ? { to: 'appoint-witness', node: choice.node }
      : { to: 'refused', says: `The agent of "${choice.node}" has just left.` };
  },
  dismiss(voterId) {
    const name = desk.nameOf(voterId);
    if (name === undefined) return { to: 'refused', says: `No voter ${voterId} has been heard of here.` };
    const agents = hub.agents();
    const agent =
      agents.find(({ node }) => node === name) ??
      agents.find(
        ({ hostname, witness }) => hostname === name && witness !== null && witness.state !== 'none',
      );
    if (agent === undefined)
      return { to: 'refused', says: `The agent that is the witness ${name} is not connected.` };
    hub.send(agent.node, { type: 'dismissWitness', term });
    return { to: 'dismiss-witness' };
  },
});

type Choice = { readonly ok: true; readonly node: string } | { readonly ok: false; readonly says: string };

/**
 * The agent that is suited best: on none of the excluded hosts and nodes, on another subnet than the members if there is one, not one that has
 * just failed at it, and connected the longest. Pure.
 */
export const chooseWitness = (
  agents: readonly ConnectedAgent[],
  wish: AppointWish,
  ownAddresses: readonly string[],
): Choice => {
  const memberHosts = [...wish.excludedHosts, ...wish.join.members.map(hostOf)].map((host) =>
    host.toLowerCase(),
  );
  const excludedHosts = new Set([...memberHosts, ...ownAddresses]);
  const unsuited = ({ node, hostname, address, witness }: ConnectedAgent): string | null => {
    if (wish.excludedNodes.includes(node)) return 'it is excluded';
    if (isLoopbackAddress(address) || excludedHosts.has(address) || excludedHosts.has(hostname.toLowerCase()))
      return 'it is on a host of the pair';
    return witness === null ? 'its release knows nothing of witnesses' : null;
  };
  if (wish.node !== null) {
    const named = agents.find(({ node }) => node === wish.node);
    if (named === undefined) return { ok: false, says: `The agent of "${wish.node}" is not connected.` };
    const reason = unsuited(named);
    return reason === null
      ? { ok: true, node: named.node }
      : { ok: false, says: `The agent of "${wish.node}" cannot be a witness: ${reason}.` };
  }
  const memberSubnets = new Set(memberHosts.map(subnetOf).filter((subnet) => subnet !== null));
  const rank = ({ address, witness }: ConnectedAgent): number =>
    (witness?.state === 'failed' ? 2 : 0) + (memberSubnets.has(subnetOf(address) ?? '') ? 1 : 0);
  const [best] = agents
    .filter((agent) => unsuited(agent) === null)
    .toSorted((a, b) => rank(a) - rank(b) || b.connectedForMs - a.connectedForMs);
  return best === undefined
    ? { ok: false, says: 'No agent on a host of its own is connected that could be a witness.' }
    : { ok: true, node: best.node };
};

/** The part of an address that neighbours share: /24, or /64 of IPv6. Null for names. */
const subnetOf = (address: string): string | null => {
  if (net.isIPv4(address)) return address.split('.').slice(0, 3).join('.');
  if (!net.isIPv6(address)) return null;
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
};

const isLoopbackAddress = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** The host of `HOST:PORT` or `[IPv6]:PORT`. */
const hostOf = (address: string): string =>
  /^\[(.+)\]:\d+$/.exec(address)?.[1] ?? address.replace(/:\d+$/, '');
