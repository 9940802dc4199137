// Receives agents on duty: whose certificate is it, and may it come in?
// Responsible for asking the registry, for one new connection and for all that a standby kept waiting; revoked and unknown ones are sent
// away with the reason. Not responsible for TLS (agent-port.ts) and for the greeting (agent-hub.ts). Made by inventory.ts.
import type { Logger } from '@nezuban/platform/logger';
import type { WebSocket } from 'ws';
import type { TransferGuest } from '../transfers/transfer-relay.ts';
import type { Database } from '../database/database.ts';
import type { AgentReception } from './agent-port.ts';
import { closeCodes, closeSocket } from './agent-connection.ts';
import type { AgentHubServer, Hello } from './agent-hub.ts';
import type { EnrolRequest, EnrolResponse } from './enrolment.ts';
import { findCertificateOwners } from './node-store.ts';
import type { CertificateOwner } from './node-store.ts';

/** An agent that a standby has let in by its certificate alone. */
export type WaitingAgent = {
  readonly socket: WebSocket;
  readonly fingerprint: string;
  readonly address: string;
  /** Null: it has not spoken yet. */
  readonly hello: Hello | null;
  /** The agent's clock less ours when its last word of it arrived: positive is ahead. Null: it has not spoken yet. */
  readonly clockDifferenceMs: number | null;
};

/** Agents that wait, as their keeper gives them up. */
export type WaitingAgents = {
  readonly fingerprints: () => readonly string[];
  /** Gives up every agent for whom `owners` has an answer; the others stay. What they say from here on is for the new listener. */
  readonly release: (isAnswered: (fingerprint: string) => boolean) => readonly WaitingAgent[];
  /** Agents that were on their way in when the reception changed go to `to`. */
  readonly redirect: (to: (agent: WaitingAgent) => void) => void;
};

export type MasterReception = AgentReception & {
  /** Lets in those that wait. Resolves when each has been handed to the hub or sent away; their greeting goes on. Never rejects. */
  readonly admit: (waiting: WaitingAgents) => Promise<void>;
};

export type AgentReceptionPorts = {
  readonly database: Database;
  readonly hub: Pick<AgentHubServer, 'accept'>;
  /** Null: nobody carries files now. */
  readonly transfers: () => ((guest: TransferGuest) => void) | null;
  readonly enrol: (request: EnrolRequest, address: string) => Promise<EnrolResponse>;
  readonly logger: Logger;
};

/** Certificates of one question to the registry. */
const LOOK_UP_MAX = 1_000;

export const createAgentReception = (ports: AgentReceptionPorts): MasterReception => {
  const { database, hub, logger } = ports;

  const decide = (
    owner: CertificateOwner | undefined,
    { socket, address, hello, clockDifferenceMs }: Omit<WaitingAgent, 'fingerprint'>,
  ): void => {
    const reason = reasonAgainst(owner);
    if (owner !== undefined && reason === null) {
      hub.accept(socket, { owner, address, hello, clockDifferenceMs });
      return;
    }
    logger.warn({ address, reason }, 'An agent was sent away');
    socket.on('error', () => undefined);
    closeSocket(socket, closeCodes.policy, reason ?? '');
  };

  const decideLate = async (agent: WaitingAgent): Promise<void> => {
    try {
      decide((await findCertificateOwners(database, [agent.fingerprint])).get(agent.fingerprint), agent);
    } catch (error) {
      logger.warn({ err: error }, 'The certificate of an agent could not be looked up; it will come again');
      agent.socket.terminate();
    }
  };

  const admitAll = async (waiting: WaitingAgents): Promise<void> => {
    for (let left = waiting.fingerprints(); left.length > 0; left = waiting.fingerprints()) {
      const asked = left.slice(0, LOOK_UP_MAX);
      const owners = await findCertificateOwners(database, asked);
      const answered = new Set(asked);
      for (const agent of waiting.release((fingerprint) => answered.has(fingerprint)))
        decide(owners.get(agent.fingerprint), agent);
    }
  };

  return {
    enrol: ports.enrol,
    async identify({ fingerprint }, address) {
      const owner = (await findCertificateOwners(database, [fingerprint])).get(fingerprint);
      const reason = reasonAgainst(owner);
      return reason === null
        ? {
            type: 'known',
            enter: (socket) => decide(owner, { socket, address, hello: null, clockDifferenceMs: null }),
          }
        : { type: 'unknown', reason };
    },
    async identifyTransfer({ fingerprint }, knock) {
      const owner = (await findCertificateOwners(database, [fingerprint])).get(fingerprint);
      const reason = reasonAgainst(owner);
      const enter = ports.transfers();
      if (owner === undefined || reason !== null || enter === null) return null;
      return (socket) => enter({ ...knock, node: owner.name, socket });
    },
    async admit(waiting) {
      waiting.redirect((agent) => void decideLate(agent));
      try {
        await admitAll(waiting);
      } catch (error) {
        logger.warn(
          { err: error },
          'The certificates of waiting agents could not be looked up; they will come again',
        );
        for (const { socket } of waiting.release(() => true))
          closeSocket(socket, closeCodes.internal, 'the database does not answer, come again');
      }
    },
  };
};
/** Why the owner of a certificate may not come in; null: it may. Pure. */
const reasonAgainst = (owner: CertificateOwner | undefined): string | null => {
  if (owner === undefined)
    return 'this agent is not known here: its node was removed; join again with a new token';
  return owner.revoked ? 'this certificate was replaced by a newer one; join again with a new token' : null;
};
