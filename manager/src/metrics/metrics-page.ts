// GET /metrics: who may look, and the answer.
// Responsible for the rule: from this host without more (by loopback, or by the address it listens on), from elsewhere with an API token that may
// read settings. A standby has no database to look a token up in, so it answers its own host alone. Not responsible for the figures (`registry.ts`). Made by manager.ts.
import { say } from '@nezuban/protocol/sentences/sentence';
import type http from 'node:http';
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import { answerProblem, type ConsoleDoor, type RequestHandler } from '../http/console-door.ts';
import { isHostAllowed } from '../http/host-check.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { metricsContentType, type MetricsRegistry } from './registry.ts';

export type MetricsPagePorts = {
  readonly door: Pick<ConsoleDoor, 'clientOf'>;
  readonly registry: Pick<MetricsRegistry, 'render'>;
  /** Whether the holder of this token may read settings; null: nobody can tell here. Throws a CodedError if the token is none. */
  readonly mayRead: () => ((token: string) => Promise<boolean>) | null;
  readonly logger: Logger;
};

const NO_NAMES: ReadonlySet<string> = new Set();

export const createMetricsPage = (ports: MetricsPagePorts): RequestHandler => {
  const { door, registry, logger } = ports;

  const check = async (request: http.IncomingMessage): Promise<void> => {
    const client = door.clientOf(request);
    if (isFromHere(request, client)) return;
    const mayRead = ports.mayRead();
    if (mayRead === null)
      throw new CodedError(
        'not_master',
        'A host that stands by shows its metrics to itself alone, since it cannot look up API tokens: run the collector on this host, or ask the master.',
      );
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined)
      throw new CodedError(
        'not_signed_in',
        'Metrics are shown to this host, and elsewhere to API tokens that may read settings: send "Authorization: Bearer TOKEN".',
      );
    if (!(await mayRead(token)))
      throw new CodedError('forbidden', say('problem_the_owner_of_this_api_token_may'));
  };

  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const headers = securityHeaders(door.clientOf(request).tls);
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        throw new CodedError('not_found', 'Metrics are read by GET.');
      await check(request);
      const text = await registry.render();
      response
        .writeHead(200, { ...headers, 'content-type': metricsContentType, 'cache-control': 'no-store' })
        .end(request.method === 'HEAD' ? undefined : text);
    } catch (error) {
      if (response.headersSent) {
        response.destroy();
        return;
      }
      if (!(error instanceof CodedError)) logger.error({ err: error }, 'Metrics could not be shown');
      answerProblem(
        response,
        error instanceof CodedError
          ? error
          : new CodedError('internal', 'Metrics could not be shown.', { cause: error }),
        headers,
      );
    }
  };

  return (request, response) => void answer(request, response);
};

/** A proxy on the same host makes everybody look like this host; one that says for whom it asks is not taken for it. */
const isFromHere = (
  { headers }: http.IncomingMessage,
  { address, forwarded, host, shared }: ReturnType<ConsoleDoor['clientOf']>,
): boolean =>
  !forwarded &&
  (address === '::1' || address.startsWith('127.') || address === shared) &&
  headers['x-forwarded-for'] === undefined &&
  headers['forwarded'] === undefined &&
  // A name could be one of another site that points here; an address is what it says.
  isHostAllowed(host, shared === undefined ? NO_NAMES : new Set([shared, `[${shared}]`]));
