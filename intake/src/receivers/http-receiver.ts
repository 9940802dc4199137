/**
 * The receivers of custom traps by HTTP and HTTPS.
 *
 *     POST /traps    our own form, or that of Hinemos; 202 once it is in the journal
 *     POST /         the same, at the path that senders of Hinemos are set to; 200, which is what they look for
 *     GET  /healthz  200
 *
 * Responsible for who may post (address lists, tokens), for bounds, and for answers that say what to do. What is refused with 4xx is not kept:
 * its sender hears it. Meaning is read by the manager (`core/src/traps/custom`).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { formatAddress, parseAddress } from '@nezuban/core/traps/address-list';
import { readCustomBody, type CustomBody } from '@nezuban/core/traps/custom/custom-body';
import { IDEMPOTENCY_KEY } from '@nezuban/core/traps/custom/parse-custom';
import type { IntakeOrders } from '@nezuban/protocol/intake/orders';
import { RECORD_PAYLOAD_MAX, recordFlags } from '@nezuban/protocol/intake/record';
import { answer, problem, type Answer } from './http-answers.ts';
import { readBody } from './http-body.ts';
import { createIdempotencyBook } from './idempotency-book.ts';
import { createListening, type ListeningOptions } from './listening.ts';
import { receiverLimits } from './receiver-limits.ts';
import { readRememberedKeys } from './remembered-keys.ts';
import type { Heard, Receiver, ReceiverPorts, SinkAnswer } from './receiver.ts';
import { followTlsFiles, readTlsOptions, sayTlsFiles, tlsFilesOf } from './server-tls.ts';
import { closeServer, listenOn } from './tcp-server.ts';

const serverOptions = {
  requestTimeout: receiverLimits.requestMs,
  headersTimeout: receiverLimits.headersMs,
  keepAliveTimeout: receiverLimits.httpKeepAliveMs,
} as const;

/** `journalFolder`: where keys of requests lie that the process before this one has kept. */
export function createHttpReceiver(ports: ReceiverPorts, journalFolder: string): Receiver {
  const door = createDoor(ports, { flags: 0, journalFolder });
  return doorReceiver(ports, door, {
    name: 'http',
    transport: 'TCP',
    standardPort: null,
    placeOf: ({ settings }) => (settings.http.enabled ? settings.http : null),
    async open(place) {
      await door.remember();
      const server = http.createServer(serverOptions, door.onRequest);
      await listenOn(server, place);
      return () => closeDoor(server);
    },
  });
}

export function createHttpsReceiver(ports: ReceiverPorts, journalFolder: string): Receiver {
  const door = createDoor(ports, { flags: recordFlags.tls, journalFolder });
  return doorReceiver(ports, door, {
    name: 'https',
    transport: 'TCP',
    standardPort: null,
    placeOf: ({ settings }) => (settings.https.enabled ? settings.https : null),
    setupOf: (orders) => sayTlsFiles(tlsFilesOf(orders, null)),
    async open(place, orders) {
      const files = tlsFilesOf(orders, null);
      const options = await readTlsOptions(files);
      if (files === null) return async () => undefined;
      await door.remember();
      const server = https.createServer(
        { ...options, ...serverOptions, handshakeTimeout: receiverLimits.handshakeMs },
        door.onRequest,
      );
      server.on('tlsClientError', (_error, socket) => socket.destroy());
      await listenOn(server, place);
      const unfollow = followTlsFiles(ports, files, server);
      return async () => {
        unfollow();
        await closeDoor(server);
      };
    },
  });
}

/** Those who wait for the disk get their answers first; silent connections end at once. */
async function closeDoor(server: http.Server | https.Server): Promise<void> {
  const closed = closeServer(server);
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), CLOSE_PATIENCE_MS);
  await closed;
  clearTimeout(patience);
}

/** A journal writes within milliseconds; who waits longer repeats. */
const CLOSE_PATIENCE_MS = 2_000;

function doorReceiver(ports: ReceiverPorts, door: Door, options: ListeningOptions): Receiver {
  const listening = createListening(ports, options);
  return {
    name: options.name,
    obey: (orders) => {
      door.obey(orders);
      return listening.obey(orders);
    },
    status: () => ({ ...listening.status(), ...door.counts(), kernelDrops: 0 }),
    stop: listening.stop,
  };
}

type DoorOptions = { readonly flags: number; readonly journalFolder: string };

type Door = {
  /** Once: the keys of the process before. */
  readonly remember: () => Promise<void>;
  readonly obey: (orders: IntakeOrders) => void;
  readonly onRequest: (request: http.IncomingMessage, response: http.ServerResponse) => void;
  readonly counts: () => { readonly received: number; readonly refused: number; readonly malformed: number };
};

function createDoor(ports: ReceiverPorts, { flags, journalFolder }: DoorOptions): Door {
  const { sink, logger } = ports;
  const book = createIdempotencyBook(() => performance.now());
  let tokenHashes: readonly Buffer[] = [];
  let pending = 0;
  let received = 0;
  let refused = 0;
  let malformed = 0;

  async function judge(request: http.IncomingMessage): Promise<Answer> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const address = request.socket.remoteAddress ?? '';
    if (path === '/healthz') {
      return request.method === 'GET' || request.method === 'HEAD'
        ? answer(200, { ok: true })
        : problem(405, 'Only GET is taken at /healthz.', { headers: { allow: 'GET, HEAD' } });
    }
    if (path !== '/traps' && path !== '/')
      return problem(404, `There is nothing at ${path}: traps are posted to /traps.`);
    if (request.method !== 'POST')
      return problem(405, `Traps are posted: send POST ${path}.`, { headers: { allow: 'POST' } });
    if (!sink.mayHear(address))
      return problem(403, `The address ${address} may not send: it is not in the list of allowed networks.`);
    if (!isKnown(request.headers.authorization, tokenHashes))
      return problem(
        401,
        'A token is needed: send "Authorization: Bearer TOKEN" with one that is valid here.',
        {
          headers: { 'www-authenticate': 'Bearer' },
        },
      );
    const coding = request.headers['content-encoding'] ?? 'identity';
    if (coding !== 'identity')
      return problem(415, `The body must not be encoded as ${coding}: send it as plain JSON.`);
    const key = request.headers['idempotency-key'];
    if (typeof key === 'string' && (key === '' || key.length > receiverLimits.idempotencyKeyLengthMax))
      return problem(
        400,
        `Idempotency-Key must have 1 to ${receiverLimits.idempotencyKeyLengthMax} characters.`,
      );
    const body = await readBody(request, RECORD_PAYLOAD_MAX);
    if (body.type === 'broken') return problem(400, 'The body ended too early.');
    if (body.type === 'too-long')
      return problem(
        413,
        `The body must not be longer than ${RECORD_PAYLOAD_MAX} bytes: send fewer traps at once.`,
        {
          isLast: true,
        },
      );
    return take(
      request,
      {
        protocol: 'custom',
        address,
        port: request.socket.remotePort ?? 0,
        flags: recordFlags.stream | flags,
        extra: typeof key === 'string' ? { [IDEMPOTENCY_KEY]: key } : null,
        payload: body.bytes,
      },
      path === '/' ? 200 : 202,
    );
  }

  async function take(request: http.IncomingMessage, heard: Heard, done: 200 | 202): Promise<Answer> {
    const read = readCustomBody(heard.payload);
    if (read.form === 'bad') {
      malformed += 1;
      const { path, says } = read.problem;
      const detail = path === '' ? says : `${path}: ${says}.`;
      return problem(400, detail, { more: path === '' ? {} : { path } });
    }
    if (pending >= receiverLimits.requestsPendingMax) return comeAgain('full');
    pending += 1;
    try {
      const key = heard.extra?.[IDEMPOTENCY_KEY];
      const said =
        key === undefined
          ? await sink.hearDurably(heard)
          : await book.once({ address: canonical(heard.address), key, body: heard.payload }, () =>
              sink.hearDurably(heard),
            );
      if (said === 'other-body')
        return problem(
          422,
          'This Idempotency-Key was used for another body: give each body a key of its own.',
        );
      if (said !== 'taken') return comeAgain(said);
      received += 1;
      return answer(done, takenOf(read));
    } catch (error) {
      logger.warn(
        { err: error, address: request.socket.remoteAddress },
        'a custom trap could not be kept: its sender is told to come again',
      );
      return comeAgain('full');
    } finally {
      pending -= 1;
    }
  }

  let remembered: Promise<void> | null = null;

  async function rememberKeys(): Promise<void> {
    try {
      for (const keyed of await readRememberedKeys(journalFolder)) book.remember(keyed);
    } catch (error) {
      logger.warn(
        { err: error },
        'the keys of requests before the start could not be read: a repeat of one is heard again',
      );
    }
  }

  return {
    remember: () => (remembered ??= rememberKeys()),
    obey(orders) {
      tokenHashes = orders.httpTokenHashes.map((hash) => Buffer.from(hash, 'hex'));
    },
    onRequest(request, response) {
      response.on('error', () => undefined);
      judge(request).then(
        (said) => {
          if (said.status >= 400) refused += 1;
          send(response, said);
        },
        (error: unknown) => {
          logger.error({ err: error }, 'a request could not be judged');
          send(response, problem(500, 'This request could not be judged; the log of the intake says why.'));
        },
      );
    },
    counts: () => ({ received, refused, malformed }),
  };
}

function send(response: http.ServerResponse, said: Answer): void {
  if (response.destroyed) return;
  // A body that is not read to its end would be taken for the next request.
  const isClosing = said.isLast || !response.req.complete;
  response.writeHead(said.status, { ...said.headers, ...(isClosing ? { connection: 'close' } : {}) });
  response.end(response.req.method === 'HEAD' ? undefined : said.body);
}

/** `bad`: entries of Hinemos's form that nobody understands; they are kept, and shown as malformed. */
function takenOf(body: CustomBody): { readonly taken: number; readonly problems?: readonly string[] } {
  if (body.form === 'own') return { taken: body.traps.length };
  if (body.form === 'bad') return { taken: 0 };
  const problems = body.entries.flatMap((entry) =>
    entry.ok ? [] : [`${entry.problem.path}: ${entry.problem.says}`],
  );
  return problems.length === 0 ? { taken: body.entries.length } : { taken: body.entries.length, problems };
}

function comeAgain(said: Exclude<SinkAnswer, 'taken'>): Answer {
  switch (said) {
    case 'denied':
      return problem(403, 'This address may not send.');
    case 'counted':
      return problem(
        429,
        'This sender says more than it may: it was counted and not kept, send it again later.',
        {
          headers: { 'retry-after': String(receiverLimits.retryAfterCountedS) },
        },
      );
    case 'full':
      return problem(503, 'The journal takes nothing now: send it again, here or to the other host.', {
        headers: { 'retry-after': String(receiverLimits.retryAfterFullS) },
      });
  }
}

/** The same sender by IPv4 and by a socket of both families is one. */
function canonical(address: string): string {
  const bytes = parseAddress(address);
  return bytes === null ? address : formatAddress(bytes);
}

/** All hashes are compared, each in constant time: how long it takes tells nothing. */
function isKnown(authorization: string | undefined, tokenHashes: readonly Buffer[]): boolean {
  if (tokenHashes.length === 0) return true;
  const token = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
  const hash = createHash('sha256').update(token).digest();
  let isFound = false;
  for (const known of tokenHashes) isFound = timingSafeEqual(known, hash) || isFound;
  return isFound && token !== '';
}
