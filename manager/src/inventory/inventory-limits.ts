// Bounds of inventory and agent links, with the reason. Those that both sides must know are in protocol/agent/link.ts.
import { agentLinkLimits } from '@nezuban/protocol/agent/link';

export const inventoryLimits = {
  /** Sockets at the agent port; DESIGN asks for 10,000 agents on one manager. */
  connectionsMax: 12_000,
  /** Agents that one transaction greets: all of them come at once when a manager has taken over. */
  greetingsPerCommitMax: 500,
  /** Agents that a standby keeps at hand; as many as a manager on duty is made for. */
  waitingAgentsMax: 10_000,
  /** A connection that has not said hello by then is not an agent of ours. */
  helloTimeoutMs: 10_000,
  tlsHandshakeTimeoutMs: 10_000,
  enrolRequestTimeoutMs: 15_000,
  /** How often it is looked after; the usual 30 s would let a silent stranger keep his socket three times as long. */
  slowCheckIntervalMs: 2_000,
  /** A certificate request and some names. */
  enrolBodyBytesMax: 32 * 1024,
  /** Failed enrolments that one address may make at once, and how fast that fills up again. */
  enrolFailuresFree: 10,
  enrolFailureForgottenMs: 6_000,
  enrolAddressesMax: 10_000,
  /** Silence after which an agent counts as gone. */
  silenceMs: 3 * agentLinkLimits.heartbeatIntervalMs,
  /** Heartbeats are looked after in so many groups, so that thousands of agents are not pinged in one turn. */
  heartbeatSlices: 10,
  /** A connection that comes back within this time was not lost: a restart, a short cut. No event is made of it. */
  disconnectGraceMs: 10_000,
  /** Frames of one agent that wait for the database; then its socket is not read until half are done. */
  framesWaitingMax: 32,
  /** Receipts of one commit for one agent. */
  receiptsPerCommitMax: 2_000,
  outputChunksPerCommitMax: 100,
  /** Characters of a dispatch frame; below the protocol's limit in bytes even where each takes three. */
  frameCharsMax: 1024 * 1024,
  /** What may lie in the socket for an agent that does not read. Then the connection is given up; what counts is sent again. */
  unsentBytesMax: 32 * 1024 * 1024,
  /** A clock that differs by more is told of, once, until it differs by less than half of it. */
  clockDifferenceMs: 5_000,
  lastSeenWriteMs: 60_000,
  joinTokensKeptMs: 30 * 86_400_000,
  localJoinTokenLifeMs: 86_400_000,
  scopeDepthMax: 16,
} as const;
