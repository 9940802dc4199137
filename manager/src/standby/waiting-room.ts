// Agents at a standby: connected, greeted with "standby", kept until this manager takes over.
// Responsible for letting in whoever has an agent's certificate of our CA, for heartbeats both ways, for what agents say of terms and of
// another master, and for handing all over at the take-over without a new connection. There is no database here: whether a certificate was
// revoked is asked at the take-over. Not responsible for TLS (inventory/agent-port.ts). Made by standby.ts.
import { agentLinkLimits, agentLinkVersions, type ManagerMessage } from '@nezuban/protocol/agent/link';
import { agentIdSchema } from '@nezuban/protocol/ids';
import { CodedError } from '@nezuban/protocol/errors';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { RawData, WebSocket } from 'ws';
import type { AgentReception } from '../inventory/agent-port.ts';
import { closeCodes, closeSocket, parseAgentFrame } from '../inventory/agent-connection.ts';
import { spokenProtocol } from '../inventory/agent-support.ts';
import type { Hello } from '../inventory/agent-hub.ts';
import { clockDifference } from '../inventory/agent-presence.ts';
import type { WaitingAgent, WaitingAgents } from '../inventory/agent-reception.ts';
import type { AgentVoices } from '../inventory/agent-voices.ts';
import { inventoryLimits } from '../inventory/inventory-limits.ts';
import { standbyLimits } from './standby-limits.ts';

export type WaitingRoomPorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly voices: AgentVoices;
};

export type WaitingRoom = WaitingAgents & {
  readonly reception: AgentReception;
  /** Agents that have said hello. */
  readonly count: () => number;
  /** Where agents reach the managers of the pair; they are told at once. */
  readonly setManagers: (addresses: readonly string[]) => void;
  readonly start: () => void;
  /** No more pings and deadlines; the sockets are left to whoever has taken them over, or to the port that closes them. */
  readonly stop: () => void;
};

type Guest = {
  readonly socket: WebSocket;
  readonly fingerprint: string;
  readonly agentId: string;
  readonly address: string;
  readonly order: number;
  hello: Hello | null;
  /** Of its last hello or heartbeat: at the take-over that is too long ago to be compared. */
  clockDifferenceMs: number | null;
  heardAtMs: number;
  /** Takes our listeners off the socket. */
  leave: () => void;
};

export type WaitingRoomOptions = {
  readonly version: string;
  readonly agentsMax?: number;
};

export const createWaitingRoom = (
  { clock, timers, logger, voices }: WaitingRoomPorts,
  options: WaitingRoomOptions,
): WaitingRoom => {
  const guests = new Set<Guest>();
  /** The newest connection of each agent that has said hello. */
  const byAgent = new Map<string, Guest>();
  let entered = 0;
  let slice = 0;
  let cancelBeat: (() => void) | undefined;
  let managers: readonly string[] = [];
  let redirected: ((agent: WaitingAgent) => void) | null = null;

  const greeting = (hello: Hello | null): string => {
    const standby: ManagerMessage = {
      type: 'standby',
      protocol: hello === null ? agentLinkVersions.max : spokenProtocol(hello.protocol),
      managerVersion: options.version,
      ...(managers.length < 2 ? {} : { managers: [...managers] }),
    };
    return JSON.stringify(standby);
  };

  const forget = (guest: Guest): void => {
    guest.leave();
    guests.delete(guest);
    if (byAgent.get(guest.agentId) === guest) byAgent.delete(guest.agentId);
  };
  const sendAway = (guest: Guest, code: number, reason: string): void => {
    forget(guest);
    guest.socket.on('error', () => undefined);
    closeSocket(guest.socket, code, reason);
  };

  const hear = (guest: Guest, frame: { readonly data: RawData; readonly isBinary: boolean }): void => {
    guest.heardAtMs = clock.monotonicMs();
    const parsed = parseAgentFrame(frame.data, frame.isBinary);
    if (!parsed.ok) {
      sendAway(guest, closeCodes.policy, `bad frame: ${parsed.issue}`);
      return;
    }
    const { message } = parsed;
    if (message.type === 'heartbeat') {
      guest.clockDifferenceMs = clockDifference(clock, message.clock);
      voices.otherMasterHeard(message.otherMasterHeardAgoMs);
      return;
    }
    // Whatever else an agent says here is not acknowledged, so it says it again to the master.
    if (message.type !== 'hello') return;
    if (message.agentId !== guest.agentId) {
      sendAway(guest, closeCodes.policy, 'the hello names another agent than the certificate');
      return;
    }
    guest.hello = message;
    guest.clockDifferenceMs = clockDifference(clock, message.clock);
    const before = byAgent.get(guest.agentId);
    if (before !== undefined && before !== guest)
      sendAway(before, closeCodes.replaced, 'a newer connection of this agent is there');
    byAgent.set(guest.agentId, guest);
    guest.socket.send(greeting(message));
    voices.termSeen(message.highestTerm);
  };

  const enter = (socket: WebSocket, who: Pick<Guest, 'fingerprint' | 'agentId' | 'address'>): void => {
    if (redirected !== null) {
      const { fingerprint, address } = who;
      redirected({ socket, fingerprint, address, hello: null, clockDifferenceMs: null });
      return;
    }
    const onMessage = (data: RawData, isBinary: boolean): void => hear(guest, { data, isBinary });
    const onLife = (): void => {
      guest.heardAtMs = clock.monotonicMs();
    };
    const onClose = (): void => forget(guest);
    const onError = (error: Error): void => logger.debug({ err: error }, 'The connection of an agent broke');
    const cancelDeadline = timers.after(inventoryLimits.helloTimeoutMs, () => {
      if (guest.hello === null) sendAway(guest, closeCodes.policy, 'no hello in time');
    });
    const guest: Guest = {
      ...who,
      socket,
      order: (entered += 1),
      hello: null,
      clockDifferenceMs: null,
      heardAtMs: clock.monotonicMs(),
      leave() {
        cancelDeadline();
        socket.off('message', onMessage).off('ping', onLife).off('pong', onLife);
        socket.off('close', onClose).off('error', onError);
      },
    };
    socket.on('message', onMessage).on('ping', onLife).on('pong', onLife);
    socket.on('close', onClose).on('error', onError);
    guests.add(guest);
    if (guests.size > (options.agentsMax ?? inventoryLimits.waitingAgentsMax))
      sendAway(guest, closeCodes.goingAway, 'this standby has no room for more agents');
  };

  const beat = (): void => {
    slice = (slice + 1) % inventoryLimits.heartbeatSlices;
    for (const guest of guests) {
      if (guest.order % inventoryLimits.heartbeatSlices !== slice) continue;
      if (clock.monotonicMs() - guest.heardAtMs >= inventoryLimits.silenceMs) {
        forget(guest);
        guest.socket.on('error', () => undefined);
        guest.socket.terminate();
      } else if (guest.socket.readyState === guest.socket.OPEN) guest.socket.ping();
    }
  };

  const stopBeat = (): void => {
    cancelBeat?.();
    cancelBeat = undefined;
  };

  return {
    reception: {
      enrol: () =>
        Promise.reject(
          new CodedError('not_master', 'This host is not on duty; enrol at the other host of the pair.', {
            retryAfterSeconds: standbyLimits.retryAfterSeconds,
          }),
        ),
      async identify({ fingerprint, commonName }, address) {
        // Hosts of the pair have certificates of the same authority, and no business here.
        if (!agentIdSchema.safeParse(commonName).success)
          return { type: 'unknown', reason: 'this certificate is not that of an agent' };
        return {
          type: 'known',
          enter: (socket) => enter(socket, { fingerprint, agentId: commonName, address }),
        };
      },
    },
    count: () => byAgent.size,
    setManagers(addresses) {
      if (addresses.join() === managers.join()) return;
      managers = addresses;
      for (const { socket, hello } of byAgent.values())
        if (socket.readyState === socket.OPEN) socket.send(greeting(hello));
    },
    start() {
      cancelBeat ??= timers.every(
        agentLinkLimits.heartbeatIntervalMs / inventoryLimits.heartbeatSlices,
        beat,
      );
    },
    fingerprints: () => [...new Set([...guests].map(({ fingerprint }) => fingerprint))],
    release(isAnswered) {
      const released: WaitingAgent[] = [];
      for (const guest of guests) {
        if (!isAnswered(guest.fingerprint)) continue;
        forget(guest);
        const { socket, fingerprint, address, hello, clockDifferenceMs } = guest;
        if (socket.readyState === socket.OPEN)
          released.push({ socket, fingerprint, address, hello, clockDifferenceMs });
      }
      if (redirected !== null && guests.size === 0) stopBeat();
      return released;
    },
    redirect(to) {
      redirected = to;
    },
    stop() {
      stopBeat();
      for (const guest of guests) forget(guest);
    },
  };
};
