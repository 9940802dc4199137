// How an agent's release goes together with this manager's: current, old but works, or refused. Pure.
// Responsible for the rule and its sentence. Called for the greeting (agent-hub.ts) and for the node's view (node-registry.ts).
import { agentLinkVersions } from '@nezuban/protocol/agent/link';
import type { AgentSupport } from '@nezuban/protocol/inventory/node';
import { compareReleases } from '@nezuban/protocol/release';

export type ProtocolRange = { readonly min: number; readonly max: number };
export type AgentRelease = {
  readonly version: string;
  /** Null: it has not said hello since this is kept. */
  readonly protocol: ProtocolRange | null;
};
export type ManagerRelease = { readonly version: string; readonly protocol: ProtocolRange };

/** `own` without a protocol speaks what this program does. */
export const managerRelease = (version: string): ManagerRelease => ({ version, protocol: agentLinkVersions });

export const judgeAgentRelease = (agent: AgentRelease, own: ManagerRelease): AgentSupport => {
  if (agent.protocol === null) return 'unknown';
  if (agent.protocol.max < own.protocol.min || agent.protocol.min > own.protocol.max) return 'refused';
  const isOld = agent.protocol.max < own.protocol.max || compareReleases(agent.version, own.version) < 0;
  return isOld ? 'old' : 'current';
};

/** One sentence for both sides, short enough for a close frame; null: they go together. */
export const agentRefusal = (
  agent: { readonly version: string; readonly protocol: ProtocolRange },
  own: ManagerRelease,
): string | null => {
  if (judgeAgentRelease(agent, own) !== 'refused') return null;
  const older = agent.protocol.max < own.protocol.min ? 'agent' : 'manager';
  return `agent ${agent.version} speaks protocol ${rangeText(agent.protocol)}, manager ${own.version} ${rangeText(own.protocol)}: upgrade the ${older}`;
};

/** The newest protocol that an agent of this range and we speak. */
export const spokenProtocol = (agent: ProtocolRange): number => Math.min(agent.max, agentLinkVersions.max);

const rangeText = ({ min, max }: ProtocolRange): string => (min === max ? String(min) : `${min}-${max}`);
