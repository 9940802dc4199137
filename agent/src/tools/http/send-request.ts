// One HTTP request over a connection of its own, direct or through a proxy, with bounds on time and on the bytes of the response.
// Fails with a ToolFailure that says whether anything can have reached the server. Called by call-http.ts.
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { toolExitCodes } from '@nezuban/protocol/agent/tool-inputs';
import { ToolFailure } from '../tool-failure.ts';
import type { CalleeRules } from './callee-rules.ts';

export type Connection = {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly verify: boolean;
  readonly proxy: URL | null;
  /** `user:password` for the proxy. */
  readonly proxyCredentials: string | null;
  readonly callees: CalleeRules;
  readonly connectTimeoutMs: number;
  readonly responseTimeoutMs: number;
};

export type HttpRequest = {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
};

export type HttpResponse = {
  /** The one that answered. */
  readonly url: URL;
  readonly status: number;
  /** By names in small letters; several of one name joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** A body is held in memory to be judged; what is longer is cut here, and the call ends. */
const bodyBytesMax = 64 * 1024 * 1024;

export async function sendRequest(request: HttpRequest, connection: Connection): Promise<HttpResponse> {
  const socket = await connect(request.url, connection);
  try {
    return await exchange(request, { socket, connection });
  } finally {
    socket.destroy();
  }
}

async function connect(url: URL, connection: Connection): Promise<net.Socket> {
  const { proxy, connectTimeoutMs, callees } = connection;
  const deadline = AbortSignal.timeout(connectTimeoutMs);
  const through = proxy ?? url;
  callees.assertName(hostOf(through));
  if (proxy !== null) await callees.assertByProxy(hostOf(url));
  let socket: net.Socket = net.connect({
    host: hostOf(through),
    port: portOf(through),
    lookup: callees.lookup,
  });
  const place = `${url.hostname} port ${portOf(url)}${proxy === null ? '' : ` by the proxy ${proxy.host}`}`;
  try {
    await event(socket, 'connect', deadline);
    callees.assertAddress(hostOf(through), socket.remoteAddress ?? '');
    if (proxy !== null && url.protocol === 'https:')
      await openTunnel(socket, { url, proxy, connection, deadline });
    if (url.protocol === 'https:') {
      const secure = tls.connect({
        socket,
        ...(net.isIP(hostOf(url)) === 0 ? { servername: hostOf(url) } : {}),
        host: hostOf(url),
        rejectUnauthorized: connection.verify,
        ...(connection.ca === undefined ? {} : { ca: connection.ca }),
        ...(connection.cert === undefined ? {} : { cert: connection.cert }),
        ...(connection.key === undefined ? {} : { key: connection.key }),
        ALPNProtocols: ['http/1.1'],
      });
      socket = secure;
      await event(secure, 'secureConnect', deadline);
    }
    return socket;
  } catch (error) {
    socket.destroy();
    if (deadline.aborted)
      throw new ToolFailure(
        toolExitCodes.unreachable,
        `No connection to ${place} within ${connectTimeoutMs / 1000} s.`,
        error,
      );
    if (error instanceof ToolFailure) throw error;
    const untrusted = isCertificateError(error);
    throw new ToolFailure(
      untrusted ? toolExitCodes.permission : toolExitCodes.unreachable,
      untrusted
        ? `The certificate of ${place} is not trusted: ${messageOf(error)}.`
        : `No connection to ${place}: ${messageOf(error)}.`,
      error,
    );
  }
}

async function openTunnel(
  socket: net.Socket,
  {
    url,
    proxy,
    connection,
    deadline,
  }: {
    readonly url: URL;
    readonly proxy: URL;
    readonly connection: Connection;
    readonly deadline: AbortSignal;
  },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const place = `${url.hostname.includes(':') ? `[${hostOf(url)}]` : url.hostname}:${portOf(url)}`;
  const ask = http.request({
    agent: over(socket),
    method: 'CONNECT',
    path: place,
    headers: { host: place, ...proxyAuthorization(connection) },
    signal: deadline,
  });
  ask.once('connect', (response) => resolve(response.statusCode ?? 0));
  ask.once('response', (response) => resolve(response.statusCode ?? 0));
  ask.once('error', reject);
  ask.end();
  const status = await promise;
  if (status !== 200)
    throw new ToolFailure(
      toolExitCodes.unreachable,
      `The proxy ${proxy.host} answers ${status} instead of connecting to ${place}.`,
    );
}

/** Requests go over this socket, which is secure already where it has to be. */
function over(socket: net.Socket): http.Agent {
  const agent = new http.Agent();
  agent.createConnection = () => socket;
  return agent;
}

function proxyAuthorization({ proxyCredentials: credentials }: Connection): Record<string, string> {
  if (credentials === null) return {};
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

async function exchange(
  request: HttpRequest,
  { socket, connection }: { readonly socket: net.Socket; readonly connection: Connection },
): Promise<HttpResponse> {
  const { url, method, body } = request;
  const { proxy, responseTimeoutMs } = connection;
  const plainProxy = proxy !== null && url.protocol === 'http:';
  const deadline = AbortSignal.timeout(responseTimeoutMs);
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const options: http.RequestOptions = {
    agent: over(socket),
    method,
    path: plainProxy ? url.href : `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      'accept-encoding': 'identity',
      connection: 'close',
      ...(body === null ? {} : { 'content-length': String(body.length) }),
      ...(plainProxy ? proxyAuthorization(connection) : {}),
      ...request.headers,
    },
    signal: deadline,
  };
  const sent = http.request(options);
  sent.once('response', (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bodyBytesMax)
        response.destroy(new Error(`its body is longer than ${bodyBytesMax / 1024 / 1024} MiB`));
      else chunks.push(chunk);
    });
    response.once('error', reject);
    response.once('end', () =>
      resolve({
        url,
        status: response.statusCode ?? 0,
        headers: joined(response.headers),
        body: Buffer.concat(chunks),
      }),
    );
  });
  sent.once('error', reject);
  sent.end(body ?? undefined);
  try {
    return await promise;
  } catch (error) {
    throw new ToolFailure(
      toolExitCodes.noAnswer,
      deadline.aborted
        ? `${method} ${url.origin}${url.pathname}: no whole answer within ${responseTimeoutMs / 1000} s.`
        : `${method} ${url.origin}${url.pathname}: no whole answer: ${messageOf(error)}.`,
      error,
    );
  }
}

function joined(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

/** The next such event, or the error that comes before it. */
async function event(emitter: net.Socket, name: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => reject(new Error('it took too long'));
  emitter.once(name, () => resolve());
  emitter.once('error', reject);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    // A later error is that of the request.
    emitter.removeListener('error', reject);
    emitter.on('error', () => undefined);
  }
}

function isCertificateError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT/.test(code);
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}
