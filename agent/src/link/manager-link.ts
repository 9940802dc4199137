// One outbound WebSocket to one manager, kept up for as long as the agent runs or the manager is one of its managers.
// States: down (waiting or connecting) -> standby -> welcomed, or down -> welcomed; both fall back to down. Never welcomed -> standby: a manager
// that is no longer on duty ends.
// Responsible for connecting again, hello and greeting, checking what arrives, heartbeats and silence. Not responsible for what messages mean
// for attempts (attempt-runner.ts), nor for which of several managers is the master (manager-links.ts, which calls this).
import {
  agentLinkLimits,
  agentLinkVersions,
  staleTermReason,
  type AgentMessage,
  type ManagerMessage,
} from '@nezuban/protocol/agent/link';
import type { Logger } from '@nezuban/platform/logger';
import { WebSocket, type RawData } from 'ws';
import type { Identity } from '../identity/identity.ts';
import { parseManagerAddress } from '../identity/manager-address.ts';
import { agentLimits } from '../limits.ts';
import { createBackoff } from './backoff.ts';
import { describeClose, isRefusal, openSocket, parseFrame } from './manager-socket.ts';

export type Welcome = Extract<ManagerMessage, { type: 'welcome' }>;
export type Standby = Extract<ManagerMessage, { type: 'standby' }>;
export type ManagerLinkMessage = Exclude<ManagerMessage, Welcome | Standby>;

export type ManagerLinkPorts = {
  readonly logger: Logger;
  readonly identity: () => Identity;
  readonly hello: () => Extract<AgentMessage, { type: 'hello' }>;
  readonly heartbeat: () => Extract<AgentMessage, { type: 'heartbeat' }>;
  /** The highest term that any manager has shown. */
  readonly highestTerm: () => number;
  /** Whether some manager has welcomed this agent and is connected. */
  readonly hasMaster: () => boolean;
  /** Whether another connection of this agent is up. */
  readonly hasOther: () => boolean;
  /** A reason not to take part now, such as a journal that cannot be written; null: take part. */
  readonly unfit: () => string | null;
  readonly onWelcome: (welcome: Welcome) => void;
  readonly onStandby: (standby: Standby) => void;
  /** Only while welcomed, and only in the term of the welcome. */
  readonly onMessage: (message: ManagerLinkMessage) => void;
  /** It was up, and is not any more. */
  readonly onLost: () => void;
};

export type LinkState = 'down' | 'standby' | 'welcomed';

export type ManagerLink = {
  readonly address: string;
  readonly start: () => void;
  readonly send: (message: AgentMessage) => void;
  /** A frame whose JSON is made already. */
  readonly sendText: (frame: string) => void;
  readonly state: () => LinkState;
  /** The term in which it has been welcomed, while it is connected. */
  readonly term: () => number | null;
  /** What it said in its welcome that it can do beyond the first release. */
  readonly features: () => readonly string[];
  /** When this manager was last heard as one on duty, on the clock of `performance.now`; null: never. */
  readonly dutyHeardAt: () => number | null;
  /** Another link was lost: a long pause is not waited out. */
  readonly wake: () => void;
  /** Ends the connection; it is made again after a pause. */
  readonly drop: (code: number, reason: string) => void;
  readonly stop: (reason: string) => void;
};

export const linkCloseCodes = { goingAway: 1001, policy: 1008, internal: 1011 } as const;
/** Of the manager: a newer connection of this agent has come. */
const replacedCode = 4001;
/** A manager that says nothing for three heartbeats is gone, though the network has not said so. */
const silenceMs = 3 * agentLinkLimits.heartbeatIntervalMs;
/** Reasons travel in a close frame of at most 123 bytes. */
const reasonBytesMax = 120;

/** Why a connection or a try ended, and what that says about the next one. */
type Ending = { readonly reason: string; readonly next: 'soon' | 'later' | 'replaced' };

export function createManagerLink(ports: ManagerLinkPorts, address: string): ManagerLink {
  const logger = ports.logger.child({ manager: address });
  const backoff = createBackoff({ monotonicMs: () => performance.now() });
  let socket: WebSocket | null = null;
  let state: LinkState = 'down';
  let term: number | null = null;
  let features: readonly string[] = [];
  let stopped = false;
  let reconnectTimer: NodeJS.Timeout | undefined;
  let waiting = false;
  let heartbeatTimer: NodeJS.Timeout | undefined;
  let heardAt = 0;
  let dutyHeardAt: number | null = null;
  /** The same trouble is said once, not at each try. */
  let saidTrouble = '';

  const connect = (): void => {
    waiting = false;
    const unfit = ports.unfit();
    if (unfit !== null) {
      connectLater({ reason: `not connecting: ${unfit}`, next: 'later' });
      return;
    }
    let mine: WebSocket;
    try {
      mine = openSocket(parseManagerAddress(address), ports.identity());
    } catch (error) {
      connectLater({ reason: error instanceof Error ? error.message : String(error), next: 'later' });
      return;
    }
    socket = mine;
    let trouble: NodeJS.ErrnoException | null = null;
    const deadline = setTimeout(() => mine.terminate(), agentLimits.connectTimeoutMs);
    const hear = (): void => {
      heardAt = performance.now();
      if (socket === mine && state === 'welcomed') dutyHeardAt = heardAt;
    };
    heardAt = performance.now();
    mine.on('open', () => mine.send(JSON.stringify(ports.hello())));
    mine.on('message', (data) => {
      receive(mine, data, () => clearTimeout(deadline));
      hear();
    });
    mine.on('ping', hear);
    mine.on('pong', hear);
    mine.on('error', (error) => (trouble = error));
    mine.on('close', (code, reason) => {
      clearTimeout(deadline);
      lose(mine, endingOf(trouble, { code, reason: describeClose(code, reason), wasUp: state !== 'down' }));
    });
  };

  const lose = (mine: WebSocket, ending: Ending): void => {
    if (socket !== mine) return;
    socket = null;
    clearInterval(heartbeatTimer);
    const wasUp = state !== 'down';
    state = 'down';
    term = null;
    // First, since whether there is a master now decides how soon this one is tried again.
    if (wasUp) ports.onLost();
    connectLater(ending);
  };

  const connectLater = ({ reason, next }: Ending): void => {
    if (stopped) return;
    if (reason !== saidTrouble) logger.warn({ reason }, 'no connection to the manager; it is tried again');
    saidTrouble = reason;
    if (next === 'replaced') waitReplaced();
    else wait(backoff.nextMs(next === 'soon' && !ports.hasMaster()), connect);
  };

  const wait = (ms: number, then: () => void): void => {
    waiting = true;
    clearTimeout(reconnectTimer);
    reconnectTimer = setTimeout(then, ms);
  };

  /** As long as another connection of this agent is up, coming back would only take the place of that one. */
  const waitReplaced = (): void =>
    wait(agentLimits.replacedPauseMs, () => (ports.hasOther() ? waitReplaced() : connect()));

  const receive = (mine: WebSocket, data: RawData, greeted: () => void): void => {
    if (socket !== mine || mine.readyState !== WebSocket.OPEN) return;
    const message = parseFrame(data);
    if (!message.ok) {
      logger.error({ issue: message.issue }, 'the manager sent a frame that does not fit the protocol');
      drop(linkCloseCodes.policy, `bad frame: ${message.issue}`);
      return;
    }
    const { value } = message;
    if (value.type === 'welcome') {
      greeted();
      welcome(value);
    } else if (value.type === 'standby') {
      greeted();
      standBy(value);
    } else if (term === null) {
      drop(linkCloseCodes.policy, 'a message before the welcome');
    } else if ('term' in value && value.term < ports.highestTerm()) {
      // No receipt is made: the attempt may be one that the true master will send.
      drop(linkCloseCodes.policy, staleTermReason(ports.highestTerm()));
    } else if ('term' in value && value.term !== term) {
      drop(linkCloseCodes.policy, `term ${value.term} without its welcome`);
    } else {
      ports.onMessage(value);
    }
  };

  const welcome = (message: Welcome): void => {
    if (!isProtocolKnown(message.protocol)) return;
    if (message.term < ports.highestTerm()) {
      // It takes itself for the master, and `force-master` elsewhere must hear of that.
      dutyHeardAt = performance.now();
      drop(linkCloseCodes.policy, staleTermReason(ports.highestTerm()));
      return;
    }
    if (term !== null && term !== message.term) {
      drop(linkCloseCodes.policy, `welcomed in term ${term} already`);
      return;
    }
    const isFirst = term === null;
    term = message.term;
    features = message.features ?? [];
    up('welcomed');
    if (isFirst)
      logger.info(
        { managerId: message.managerId, term: message.term, managerVersion: message.managerVersion },
        'connected to the manager',
      );
    ports.onWelcome(message);
  };

  const standBy = (message: Standby): void => {
    if (!isProtocolKnown(message.protocol)) return;
    if (term !== null) {
      drop(linkCloseCodes.policy, 'a standby that was on duty: come again');
      return;
    }
    const isFirst = state === 'down';
    up('standby');
    if (isFirst) {
      logger.info({ managerVersion: message.managerVersion }, 'connected to a manager that is not on duty');
      // What it wants to know of the master at once.
      send(ports.heartbeat());
    }
    ports.onStandby(message);
  };

  const up = (next: Exclude<LinkState, 'down'>): void => {
    if (state === 'down') {
      saidTrouble = '';
      backoff.reset();
      clearInterval(heartbeatTimer);
      heartbeatTimer = setInterval(beat, agentLinkLimits.heartbeatIntervalMs);
    }
    state = next;
  };

  const isProtocolKnown = (protocol: number): boolean => {
    if (protocol >= agentLinkVersions.min && protocol <= agentLinkVersions.max) return true;
    drop(linkCloseCodes.policy, `protocol ${protocol} is not known here`);
    return false;
  };

  const beat = (): void => {
    if (performance.now() - heardAt > silenceMs) {
      logger.warn({ silenceMs }, 'the manager is silent; the connection is given up');
      socket?.terminate();
      return;
    }
    send(ports.heartbeat());
    socket?.ping();
  };

  const sendText = (frame: string): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(frame);
  };
  const send = (message: AgentMessage): void => sendText(JSON.stringify(message));

  const drop = (code: number, reason: string): void => {
    const mine = socket;
    if (!mine) return;
    mine.close(code, Buffer.from(reason).subarray(0, reasonBytesMax).toString('utf8'));
    // The other side's farewell is not waited for: nothing of this connection counts any more.
    lose(mine, { reason, next: 'later' });
  };

  return {
    address,
    start: connect,
    send,
    sendText,
    state: () => state,
    term: () => term,
    features: () => features,
    dutyHeardAt: () => dutyHeardAt,
    wake() {
      if (stopped || !waiting) return;
      wait(backoff.nextMs(true), connect);
    },
    drop,
    stop(reason) {
      stopped = true;
      waiting = false;
      clearTimeout(reconnectTimer);
      clearInterval(heartbeatTimer);
      const mine = socket;
      const wasUp = state !== 'down';
      socket = null;
      state = 'down';
      term = null;
      if (wasUp) ports.onLost();
      mine?.on('error', () => undefined);
      mine?.close(linkCloseCodes.goingAway, reason);
      // What is in the socket is still sent; the other side's farewell is not waited for.
      setImmediate(() => mine?.terminate());
    },
  };
}

/** A connection that was up and broke, and a try that was refused, are tried again soon; what hung or was turned away is not. Pure. */
function endingOf(
  trouble: NodeJS.ErrnoException | null,
  close: { readonly code: number; readonly reason: string; readonly wasUp: boolean },
): Ending {
  const { code, wasUp } = close;
  const reason = trouble?.message || close.reason;
  if (code === replacedCode) return { reason, next: 'replaced' };
  const isCheap = wasUp ? code !== linkCloseCodes.policy : trouble !== null && isRefusal(trouble);
  return { reason, next: isCheap ? 'soon' : 'later' };
}
