/**
 * One HTTP request as a client that must know what became of it: answered, surely never sent, or unknown.
 *
 * Responsible for connections that are kept, for a time limit, and for that distinction. Certificates are not checked: the checkers ask
 * what the product did, and both hosts have a certificate of their own. Called by the load programs in the client's namespace.
 */
import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';

export interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly timeoutMs: number;
  /** Gives up at once; the outcome is then unknown, or `not-sent`. */
  readonly signal?: AbortSignal;
}

export interface CallResult {
  readonly outcome: 'answered' | 'not-sent' | 'unknown';
  /** 0 without an answer. */
  readonly status: number;
  readonly body: string;
  /** `name=value` of each cookie that was set. */
  readonly cookies: readonly string[];
  readonly error: string | null;
}

export interface Caller {
  call(call: Call): Promise<CallResult>;
  stop(): void;
}

const SOCKETS_MAX = 64;

/** Monotonic milliseconds, the same for all processes of the machine. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

export function createCaller(): Caller {
  const agents = {
    http: new http.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
    https: new https.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX, rejectUnauthorized: false }),
  };
  return {
    call: (call) =>
      new Promise((resolve) => {
        const secure = call.url.startsWith('https:');
        const options = {
          method: call.method,
          // A server on a loopback address answers to the loopback's names alone.
          headers: { ...call.headers, ...(!secure && { host: 'localhost' }) },
          agent: secure ? agents.https : agents.http,
        };
        let sent = false;
        let over = false;
        const request = secure ? https.request(call.url, options) : http.request(call.url, options);
        const timer = setTimeout(() => request.destroy(new Error('no answer in time')), call.timeoutMs);
        const onAbort = () => request.destroy(new Error('given up'));
        call.signal?.addEventListener('abort', onAbort, { once: true });
        const finish = (result: CallResult) => {
          if (over) return;
          over = true;
          clearTimeout(timer);
          call.signal?.removeEventListener('abort', onAbort);
          resolve(result);
        };
        const fail = (error: Error) =>
          finish({
            outcome: sent ? 'unknown' : 'not-sent',
            status: 0,
            body: '',
            cookies: [],
            error: error.message,
          });
        request.on('socket', (socket: net.Socket) => {
          if (request.reusedSocket) sent = true;
          else socket.once(secure ? 'secureConnect' : 'connect', () => (sent = true));
        });
        request.on('error', fail);
        request.on('response', (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('error', fail);
          response.on('close', () => {
            if (response.complete)
              finish({
                outcome: 'answered',
                status: response.statusCode ?? 0,
                body: text,
                cookies: (response.headers['set-cookie'] ?? []).map((one) => one.split(';')[0] ?? ''),
                error: null,
              });
            else fail(new Error('the answer was cut off'));
          });
        });
        if (call.signal?.aborted) onAbort();
        request.end(call.body);
      }),
    stop() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}
