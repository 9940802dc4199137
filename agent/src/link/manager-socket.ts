// How the WebSocket to a manager is opened, and how its frames are read. Used by manager-link.ts alone.
// Not responsible for what follows from a frame or from an error.
import tls from 'node:tls';
import {
  agentLinkLimits,
  agentLinkPath,
  managerMessageSchema,
  type ManagerMessage,
} from '@nezuban/protocol/agent/link';
import { WebSocket, type ClientOptions, type RawData } from 'ws';
import type { Identity } from '../identity/identity.ts';
import { managerServerName, type ManagerAddress } from '../identity/manager-address.ts';
import { agentLimits } from '../limits.ts';

export function openSocket(address: ManagerAddress, identity: Identity): WebSocket {
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
    createConnection: connectTls,
  };
  return new WebSocket(`wss://${host}:${address.port}${agentLinkPath}`, options);
}

/** As `ws` does it, but a host that does not answer at all is given up sooner than one that is slow to greet. */
const connectTls: NonNullable<ClientOptions['createConnection']> = (options) => {
  // `path` is that of the request; for a socket it would be a file.
  const { path: _, ...target } = options as tls.ConnectionOptions;
  const socket = tls.connect(target);
  const bound = setTimeout(
    () => socket.destroy(new Error('the host does not answer')),
    agentLimits.tcpConnectTimeoutMs,
  );
  const settle = (): void => clearTimeout(bound);
  socket.once('connect', settle);
  socket.once('close', settle);
  return socket;
};

/** Tries that a kernel or a router has turned away: they cost the manager nothing. */
const refusals = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

export function isRefusal(error: NodeJS.ErrnoException): boolean {
  return error.code !== undefined && refusals.has(error.code);
}

export type ParsedFrame =
  | { readonly ok: true; readonly value: ManagerMessage }
  | { readonly ok: false; readonly issue: string };

export function parseFrame(data: RawData): ParsedFrame {
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

export function describeClose(code: number, reason: Buffer): string {
  return reason.length > 0
    ? `closed by the manager: ${reason.toString('utf8')}`
    : `the connection was closed (${code})`;
}
