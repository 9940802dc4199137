// One outbound WebSocket to one manager, kept up for as long as the agent runs.
// Responsible for connecting again, hello and welcome, checking what arrives, heartbeats and silence. Not responsible for what messages mean
// for attempts (attempt-runner.ts), nor for which of several managers is the master (agent.ts: the highest term).
import type tls from 'node:tls';
import {
  agentLinkLimits,
  agentLinkPath,
  agentLinkVersions,
  managerMessageSchema,
  type AgentMessage,
  type ManagerMessage,
} from '@nezuban/protocol/agent/link';
import type { Logger } from '@nezuban/platform/logger';
import { WebSocket, type ClientOptions, type RawData } from 'ws';
import type { Identity } from '../identity/identity.ts';
import { managerServerName, type ManagerAddress } from '../identity/manager-address.ts';
import { agentLimits } from '../limits.ts';
import { createBackoff } from './backoff.ts';

export type Welcome = Extract<ManagerMessage, { type: 'welcome' }>;
export type ManagerLinkMessage = Exclude<ManagerMessage, Welcome>;

export type ManagerLinkPorts = {
  readonly logger: Logger;
  readonly identity: () => Identity;
  readonly hello: () => Extract<AgentMessage, { type: 'hello' }>;
  readonly heartbeat: () => Extract<AgentMessage, { type: 'heartbeat' }>;
  readonly highestTerm: () => number;
  /** A reason not to take part now, such as a journal that cannot be written; null: take part. */
  readonly unfit: () => string | null;
  readonly onWelcome: (welcome: Welcome) => void;
  readonly onMessage: (message: ManagerLinkMessage) => void;
  /** Called once after each onWelcome. */
  readonly onLost: () => void;
};

export type ManagerLink = {
  readonly address: ManagerAddress;
  readonly start: () => void;
  readonly send: (message: AgentMessage) => void;
  /** A frame whose JSON is made already. */
  readonly sendText: (frame: string) => void;
  /** The term it has shown, while it is connected. */
  readonly term: () => number | null;
  /** Ends the connection; it is made again after a pause. */
  readonly drop: (code: number, reason: string) => void;
  readonly stop: () => void;
};

const closeCodes = { goingAway: 1001, policy: 1008, internal: 1011 } as const;
/** A manager that says nothing for three heartbeats is gone, though the network has not said so. */
const silenceMs = 3 * agentLinkLimits.heartbeatIntervalMs;
/** Reasons travel in a close frame of at most 123 bytes. */
const reasonBytesMax = 120;

export function createManagerLink(ports: ManagerLinkPorts, address: ManagerAddress): ManagerLink {
  const logger = ports.logger.child({ manager: `${address.host}:${address.port}` });
  const backoff = createBackoff({ minMs: agentLimits.reconnectMsMin, maxMs: agentLimits.reconnectMsMax });
  let socket: WebSocket | null = null;
  let term: number | null = null;
  let stopped = false;
  let reconnectTimer: NodeJS.Timeout | undefined;
  let heartbeatTimer: NodeJS.Timeout | undefined;
  let heardAt = 0;
  /** The same trouble is said once, not at each try. */
  let saidTrouble = '';

  const connect = (): void => {
    const unfit = ports.unfit();
    if (unfit !== null) {
      connectLater(`not connecting: ${unfit}`);
      return;
    }
    let mine: WebSocket;
    try {
      mine = openSocket(address, ports.identity());
    } catch (error) {
      connectLater(error instanceof Error ? error.message : String(error));
      return;
    }
    socket = mine;
    let trouble = '';
    const deadline = setTimeout(() => mine.terminate(), agentLimits.connectTimeoutMs);
    heardAt = performance.now();
    mine.on('open', () => mine.send(JSON.stringify(ports.hello())));
    mine.on('message', (data) => {
      heardAt = performance.now();
      receive(mine, data, () => clearTimeout(deadline));
    });
    mine.on('ping', () => (heardAt = performance.now()));
    mine.on('pong', () => (heardAt = performance.now()));
    mine.on('error', (error) => (trouble = error.message));
    mine.on('close', (code, reason) => {
      clearTimeout(deadline);
      lose(mine, trouble || describeClose(code, reason));
    });
  };

  const lose = (mine: WebSocket, reason: string): void => {
    if (socket !== mine) return;
    socket = null;
    clearInterval(heartbeatTimer);
    const wasUp = term !== null;
    term = null;
    if (wasUp) ports.onLost();
    connectLater(reason);
  };

  const connectLater = (reason: string): void => {
    if (stopped) return;
    if (reason !== saidTrouble) logger.warn({ reason }, 'no connection to the manager; it is tried again');
    saidTrouble = reason;
    reconnectTimer = setTimeout(connect, backoff.nextMs());
  };

  const receive = (mine: WebSocket, data: RawData, greeted: () => void): void => {
    if (socket !== mine || mine.readyState !== WebSocket.OPEN) return;
    const message = parseFrame(data);
    if (!message.ok) {
      logger.error({ issue: message.issue }, 'the manager sent a frame that does not fit the protocol');
      drop(closeCodes.policy, `bad frame: ${message.issue}`);
    } else if (message.value.type === 'welcome') {
      greeted();
      welcome(message.value);
    } else if (term === null) {
      drop(closeCodes.policy, 'a message before the welcome');
    } else if ('term' in message.value && message.value.term < ports.highestTerm()) {
      // No receipt is made: the attempt may be one that the true master will send.
      drop(closeCodes.policy, 'stale term');
    } else {
      ports.onMessage(message.value);
    }
  };

  const welcome = (message: Welcome): void => {
    if (message.protocol < agentLinkVersions.min || message.protocol > agentLinkVersions.max) {
      drop(closeCodes.policy, `protocol ${message.protocol} is not known here`);
      return;
    }
    if (message.term < ports.highestTerm()) {
      drop(closeCodes.policy, 'stale term');
      return;
    }
    term = message.term;
    saidTrouble = '';
    backoff.reset();
    logger.info(
      { managerId: message.managerId, term: message.term, managerVersion: message.managerVersion },
      'connected to the manager',
    );
    clearInterval(heartbeatTimer);
    heartbeatTimer = setInterval(beat, agentLinkLimits.heartbeatIntervalMs);
    ports.onWelcome(message);
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
    lose(mine, reason);
  };

  return {
    address,
    start: connect,
    send,
    sendText,
    term: () => term,
    drop,
    stop() {
      stopped = true;
      clearTimeout(reconnectTimer);
      clearInterval(heartbeatTimer);
      const mine = socket;
      socket = null;
      if (mine && term !== null) ports.onLost();
      term = null;
      mine?.on('error', () => undefined);
      mine?.close(closeCodes.goingAway, 'the agent stops');
      // What is in the socket is still sent; the other side's farewell is not waited for.
      setImmediate(() => mine?.terminate());
    },
  };
}

function openSocket(address: ManagerAddress, identity: Identity): WebSocket {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const options: ClientOptions & tls.ConnectionOptions = {
    ca: identity.ca,
    cert: identity.certificate,
    key: identity.privateKey,
    // Sent as SNI, and what the server's certificate is checked against.
    servername: managerServerName,
    maxPayload: agentLinkLimits.frameBytesMax,
    handshakeTimeout: agentLimits.connectTimeoutMs,
    perMessageDeflate: false,
  };
  return new WebSocket(`wss://${host}:${address.port}${agentLinkPath}`, options);
}

type Parsed =
  | { readonly ok: true; readonly value: ManagerMessage }
  | { readonly ok: false; readonly issue: string };

function parseFrame(data: RawData): Parsed {
  let json: unknown;
  try {
    json = JSON.parse(
      Array.isArray(data)
        ? Buffer.concat(data).toString('utf8')
        : Buffer.from(data as Buffer).toString('utf8'),
    );
  } catch {
    return { ok: false, issue: 'not JSON' };
  }
  const parsed = managerMessageSchema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, issue: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'does not fit'}` };
}

function describeClose(code: number, reason: Buffer): string {
  return reason.length > 0
    ? `closed by the manager: ${reason.toString('utf8')}`
    : `the connection was closed (${code})`;
}
