// The TLS port for agents.
// Responsible for the server, for enrolment over HTTP, and for letting only a certificate of our own CA through. Who receives agents is
// exchanged behind it while it listens: the waiting room of a standby, then the hub. Not responsible for whom a certificate belongs to and
// for what agents say (`agent-reception.ts`, `agent-hub.ts`, `standby/waiting-room.ts`). Made by `ground.ts`.
import { say } from '@nezuban/protocol/sentences/sentence';
import type http from 'node:http';
import https from 'node:https';
import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { agentEnrolPath, agentLinkLimits, agentLinkPath } from '@nezuban/protocol/agent/link';
import {
  transferHeaders,
  transferPath,
  transferProtocol,
  transferSides,
} from '@nezuban/protocol/agent/transfer-stream';
import { CodedError, errorRegistry } from '@nezuban/protocol/errors';
import { attemptIdSchema, type AttemptId } from '@nezuban/protocol/ids';
import type { HostPort } from '@nezuban/protocol/keeper/child-messages';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { WebSocketServer } from 'ws';
import * as z from 'zod';
import type { WebSocket } from 'ws';
import { endWithLastWords } from '../http/last-words.ts';
import { toListenError } from '../http/listen-error.ts';
import { problemContentType, toCodedError, toProblem } from '../http/problem-reply.ts';
import { parseJson } from '../http/request-body.ts';
import { closeCodes, closeSocket } from './agent-connection.ts';
import type { TlsMaterial } from './certificates/server-certificate.ts';
import { createEnrolmentLimit } from './enrolment-limit.ts';
import { parseEnrolRequest } from './enrolment.ts';
import type { EnrolRequest, EnrolResponse } from './enrolment.ts';
import { inventoryLimits } from './inventory-limits.ts';

/** A certificate of our CA, as it was shown. Whether it is still good is another question. */
export type ShownCertificate = {
  /** SHA-256 of its DER form, hexadecimal. */
  readonly fingerprint: string;
  /** Of agents, their id. */
  readonly commonName: string;
};

/** What a connection for files is about. */
export type TransferKnock = {
  readonly attemptId: AttemptId;
  readonly side: 'read' | 'write';
  readonly key: string;
};

/** Who receives agents. */
export type AgentReception = {
  /** Who takes the connection; null: nobody now, or not of this agent. It comes again. Left out: nobody here carries files. */
  readonly identifyTransfer?: (
    shown: ShownCertificate,
    knock: TransferKnock,
  ) => Promise<((socket: Duplex) => void) | null>;
  /** Throws a CodedError. */
  readonly enrol: (request: EnrolRequest, address: string) => Promise<EnrolResponse>;
  /** Rejects if it cannot be looked up now; the agent comes again. */
  readonly identify: (shown: ShownCertificate, address: string) => Promise<Admission>;
};
export type Admission =
  | { readonly type: 'known'; readonly enter: (socket: WebSocket) => void }
  /** It has a certificate of ours, so it hears why it is sent away in its own language. */
  | { readonly type: 'unknown'; readonly reason: string };

export type AgentPortPorts = { readonly clock: Clock; readonly logger: Logger };

export type AgentPortOptions = {
  readonly listen: HostPort;
  readonly tls: TlsMaterial;
  /** PEM of the CA whose certificates agents show; asked again with each `setTls`. */ readonly ca: () => string;
};

export type AgentPort = {
  /** Listens; throws a ListenError that says why it cannot. Gives the port. Repeats give the same. */
  start(): Promise<number>;
  /** Who receives agents from now on. Those that have been received stay where they are. */
  setReception(reception: AgentReception): void;
  setTls(material: TlsMaterial): void;
  stop(): Promise<void>;
};

export const createAgentPort = (ports: AgentPortPorts, options: AgentPortOptions): AgentPort => {
  const { logger, clock } = ports;
  let reception: AgentReception | undefined;
  let listening: Promise<number> | undefined;
  const limit = createEnrolmentLimit();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: agentLinkLimits.frameBytesMax,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const server = https.createServer({
    ...tlsOptions(options.tls, options.ca()),
    handshakeTimeout: inventoryLimits.tlsHandshakeTimeoutMs,
    requestTimeout: inventoryLimits.enrolRequestTimeoutMs,
    headersTimeout: inventoryLimits.enrolRequestTimeoutMs,
    connectionsCheckingInterval: inventoryLimits.slowCheckIntervalMs,
    keepAliveTimeout: 1,
  });
  server.maxConnections = inventoryLimits.connectionsMax;
  const clients = new Set<WebSocket>();
  const transfers = new Set<Duplex>();

  const enrol = async (request: http.IncomingMessage): Promise<EnrolResponse> => {
    const address = addressOf(request);
    const wait = limit.waitSeconds(address, clock.monotonicMs());
    if (wait > 0)
      throw new CodedError('too_many_requests', `Too many failed enrolments; try again in ${wait} s.`, {
        retryAfterSeconds: wait,
      });
    if (reception === undefined) throw starting();
    try {
      return await reception.enrol(parseEnrolRequest(parseJson(await readBody(request))), address);
    } catch (error) {
      // Guessed tokens alone count: a fleet behind one address may well collide in its names.
      if (error instanceof CodedError && error.code === 'join_refused')
        limit.failed(address, clock.monotonicMs());
      throw error;
    }
  };

  server.on('request', (request, response) => {
    const send = (status: number, contentType: string, body: unknown): void => {
      response
        .writeHead(status, { 'content-type': contentType, connection: 'close' })
        .end(JSON.stringify(body));
    };
    const [path = ''] = (request.url ?? '').split('?');
    const work =
      request.method === 'POST' && path === agentEnrolPath
        ? enrol(request)
        : Promise.reject(
            new CodedError('not_found', 'Agents enrol and connect here; the API has another port.'),
          );
    work.then(
      (answer) => {
        logger.info({ node: answer.nodeName, address: addressOf(request) }, 'An agent has joined');
        send(200, 'application/json', answer);
      },
      (thrown: unknown) => {
        const error = toCodedError(thrown);
        logger[levelOf(error.code)](
          { code: error.code, address: addressOf(request), err: thrown },
          'A request at the agent port was refused',
        );
        if (error.retryAfterSeconds !== undefined)
          response.setHeader('retry-after', String(error.retryAfterSeconds));
        send(errorRegistry[error.code].status, problemContentType, toProblem(error, 'agent-port'));
      },
    );
  });

  server.on('upgrade', (request: http.IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', (error) => logger.debug({ err: error }, 'A connection at the agent port broke'));
    if (request.url === transferPath) {
      admitTransfer(request, { socket: socket as TLSSocket, head }).catch((error: unknown) => {
        logger.debug({ err: error }, 'A connection for files was turned away; it comes again');
        socket.destroy();
      });
      return;
    }
    void admit(request, socket as TLSSocket).then(
      (admission) => {
        if (admission.type === 'refused') {
          logger.warn(
            { address: addressOf(request), reason: admission.reason },
            'A connection at the agent port was refused',
          );
          refuseUpgrade(socket, admission.reason);
          return;
        }
        sockets.handleUpgrade(request, socket, head, (client) => {
          clients.add(client);
          client.on('close', () => clients.delete(client));
          if (admission.type === 'known') admission.enter(client);
          else {
            client.on('error', () => undefined);
            logger.warn({ address: addressOf(request), reason: admission.reason }, 'An agent was sent away');
            closeSocket(client, closeCodes.policy, admission.reason);
          }
        });
      },
      (error: unknown) => {
        logger.warn({ err: error }, 'The certificate of an agent could not be looked up; it will come again');
        socket.destroy();
      },
    );
  });
  server.on('tlsClientError', (error) =>
    logger.debug({ err: error }, 'A TLS handshake at the agent port failed'),
  );

  const admit = async (
    request: http.IncomingMessage,
    socket: TLSSocket,
  ): Promise<Admission | { readonly type: 'refused'; readonly reason: string }> => {
    const [path = ''] = (request.url ?? '').split('?');
    if (path !== agentLinkPath) return { type: 'refused', reason: 'there is nothing at this path' };
    const shown = shownBy(socket);
    if (shown === null)
      return {
        type: 'refused',
        reason: `a certificate of this manager is needed (${String(socket.authorizationError ?? 'none was shown')})`,
      };
    if (reception === undefined) throw starting();
    return await reception.identify(shown, addressOf(request));
  };

  const admitTransfer = async (
    request: http.IncomingMessage,
    { socket, head }: { readonly socket: TLSSocket; readonly head: Buffer },
  ): Promise<void> => {
    const shown = shownBy(socket);
    const knock = knockOf(request.headers);
    const enter = shown === null || knock === null ? null : await reception?.identifyTransfer?.(shown, knock);
    if (enter == null || socket.destroyed) {
      endWithLastWords(
        socket,
        'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
      );
      return;
    }
    transfers.add(socket);
    socket.on('close', () => transfers.delete(socket));
    socket.setNoDelay(true);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: ${transferProtocol}\r\n\r\n`,
    );
    if (head.length > 0) socket.unshift(head);
    enter(socket);
  };

  const begin = async (): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(options.listen.port, options.listen.host, resolve);
    try {
      await promise;
    } catch (error) {
      throw toListenError(error, options.listen, 'The address for agents');
    }
    server.removeListener('error', reject);
    server.on('error', (error) => logger.error({ err: error }, 'The agent port failed'));
    return (server.address() as AddressInfo).port;
  };

  return {
    start() {
      listening ??= begin();
      return listening;
    },
    setReception(next) {
      reception = next;
    },
    setTls: (material) => server.setSecureContext(tlsOptions(material, options.ca())),
    async stop() {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of clients) {
        closeSocket(client, closeCodes.goingAway, 'the manager stops');
        // The farewell is sent; nobody waits for its answer.
        setImmediate(() => client.terminate());
      }
      for (const socket of transfers) socket.destroy();
      server.closeAllConnections();
      await closed;
    },
  };
};

/** Null: none of our CA. */
const shownBy = (socket: TLSSocket): ShownCertificate | null => {
  const der = socket.getPeerCertificate().raw as Buffer | undefined;
  if (!socket.authorized || der === undefined) return null;
  const certificate = new X509Certificate(der);
  return {
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    commonName: /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? '',
  };
};

const knockSchema = z.object({
  attemptId: attemptIdSchema,
  side: z.enum(transferSides),
  key: z.string().max(100).default(''),
});
const knockOf = (headers: http.IncomingHttpHeaders): TransferKnock | null =>
  knockSchema.safeParse({
    attemptId: headers[transferHeaders.attempt],
    side: headers[transferHeaders.side],
    key: headers[transferHeaders.key],
  }).data ?? null;

/** Whoever has no certificate may still enrol; the link asks for one itself. */
const tlsOptions = ({ certificate, key }: TlsMaterial, ca: string) => ({
  cert: certificate,
  key,
  ca,
  requestCert: true,
  rejectUnauthorized: false,
  minVersion: 'TLSv1.3' as const,
});

const starting = (): CodedError =>
  new CodedError('shutting_down', say('problem_the_manager_is_starting'), { retryAfterSeconds: 1 });

/** A standby says "not me" to everybody who enrols at it, and they go on to its master: nothing is wrong. */
const levelOf = (code: CodedError['code']): 'error' | 'warn' | 'info' => {
  if (code === 'internal') return 'error';
  return code === 'not_master' ? 'info' : 'warn';
};

const addressOf = (request: http.IncomingMessage): string =>
  (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '');

const refuseUpgrade = (socket: Duplex, reason: string): void => {
  const body = JSON.stringify(toProblem(new CodedError('not_signed_in', reason), 'agent-port'));
  endWithLastWords(
    socket,
    `HTTP/1.1 401 Unauthorized\r\ncontent-type: ${problemContentType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
};

const readBody = async (request: http.IncomingMessage): Promise<Buffer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const parts: Buffer[] = [];
  let bytes = 0;
  request.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes <= inventoryLimits.enrolBodyBytesMax) parts.push(part);
    else {
      // Not read on, but not cut off either: the answer must still go out. It closes the connection.
      request.pause();
      reject(
        new CodedError(
          'body_too_large',
          `An enrolment has at most ${inventoryLimits.enrolBodyBytesMax} bytes.`,
        ),
      );
    }
  });
  request.on('end', () => resolve(Buffer.concat(parts)));
  // A stranger's doing, whichever of the two comes first: no error of this manager.
  const broken = (cause?: unknown): void =>
    reject(new CodedError('invalid_request', 'The connection ended before the request did.', { cause }));
  request.on('close', () => broken());
  request.on('error', broken);
  return await promise;
};
