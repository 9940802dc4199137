// What people get at the console's port of a standby: the master's answer, or a page that says why there is none.
// Responsible for choosing between forwarding, status page and problem document, and for holding requests in the moment of a take-over, so
// that they are answered by the new master. Not responsible for the sockets (http/console-door.ts). Made by standby.ts.
import { say } from '@nezuban/protocol/sentences/sentence';
import type http from 'node:http';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { apiPrefix } from '@nezuban/protocol/api/operation';
import { CodedError } from '@nezuban/protocol/errors';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { answerProblem, type ConsoleDoor, type RequestHandler } from '../http/console-door.ts';
import { isHostAllowed } from '../http/host-check.ts';
import { securityHeaders } from '../http/security-headers.ts';
import { createForwarder, hasBody } from './forwarder.ts';
import { standbyLimits } from './standby-limits.ts';
import { languageOf, renderStatusPage } from './status-page.ts';

export type StandbyConsolePorts = {
  readonly door: Pick<ConsoleDoor, 'clientOf' | 'onLoopback'>;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly pairStatus: () => PairStatus | null;
};

export type StandbyConsole = {
  readonly handler: RequestHandler;
  /** `name` null: nobody is master now. */
  readonly setMaster: (master: { readonly name: string | null; readonly says: string }) => void;
  /** From now on requests wait for whoever answers next. */
  readonly hold: () => void;
  /** Gives those that wait to the new master, or, without one, answers them. Idempotent. */
  readonly release: (to: RequestHandler | null) => void;
  readonly stop: () => void;
};

type Exchange = { readonly request: http.IncomingMessage; readonly response: http.ServerResponse };
type Held = Exchange & { readonly cancel: () => void };

/** `forwardTo`: the Unix socket; null: there is no way to the master. */
export const createStandbyConsole = (
  ports: StandbyConsolePorts,
  forwardTo: string | null,
): StandbyConsole => {
  const { door, timers, logger, pairStatus } = ports;
  const forwarder = forwardTo === null ? null : createForwarder({ logger }, forwardTo);
  const held = new Set<Held>();
  let master: { readonly name: string | null; readonly says: string } = { name: null, says: '' };
  let holding = false;
  let next: RequestHandler | null = null;

  const answerAlone = ({ request, response }: Exchange, mayBeDone: boolean): void => {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const headers = securityHeaders(door.clientOf(request).tls);
    if (wantsPage(request)) {
      const language = languageOf(request.headers['accept-language']);
      const page = renderStatusPage(
        { status: pairStatus(), masterName: master.name, says: master.says },
        language,
      );
      response
        .writeHead(503, {
          ...headers,
          'content-type': 'text/html; charset=utf-8',
          'content-language': language,
          vary: 'accept-language',
          'cache-control': 'no-store',
          'retry-after': String(standbyLimits.pageRefreshSeconds),
        })
        .end(page);
      return;
    }
    answerProblem(
      response,
      new CodedError('not_master', notMasterSentence(master.name, mayBeDone), {
        retryAfterSeconds: standbyLimits.retryAfterSeconds,
      }),
      headers,
    );
  };

  const holdBack = (exchange: Exchange): void => {
    if (held.size >= standbyLimits.heldRequestsMax) {
      answerAlone(exchange, false);
      return;
    }
    const one: Held = {
      ...exchange,
      cancel: timers.after(standbyLimits.heldRequestMs, () => {
        held.delete(one);
        answerAlone(exchange, false);
      }),
    };
    held.add(one);
    exchange.response.once('close', () => {
      one.cancel();
      held.delete(one);
    });
  };

  const handler: RequestHandler = (request, response) => {
    const exchange = { request, response };
    const client = door.clientOf(request);
    if (next !== null) next(request, response);
    else if (request.url === '/readyz') {
      answerProblem(
        response,
        new CodedError(
          'not_master',
          master.name === null
            ? 'This host stands by, and no host of the pair is on duty at the moment.'
            : `This host stands by; ${master.name} is on duty.`,
          { retryAfterSeconds: standbyLimits.retryAfterSeconds },
        ),
        securityHeaders(client.tls),
      );
    } else if (door.onLoopback && !client.forwarded && !isHostAllowed(client.host, NO_NAMES)) {
      answerProblem(
        response,
        new CodedError(
          'forbidden',
          say('problem_the_host_header_names_which_is_not', { value: String(client.host).slice(0, 100) }),
        ),
        securityHeaders(client.tls),
      );
    } else if (holding) holdBack(exchange);
    else if (forwarder === null || master.name === null) answerAlone(exchange, false);
    else
      forwarder.forward({
        ...exchange,
        client,
        answerMs: isApi(request) ? standbyLimits.apiAnswerMs : standbyLimits.pageAnswerMs,
        // The master may have gone because this host takes over: what surely was not done is answered by the new one.
        onUnreached: (mayBeDone) =>
          holding && !mayBeDone && !hasBody(request) ? holdBack(exchange) : answerAlone(exchange, mayBeDone),
      });
  };

  return {
    handler,
    setMaster(given) {
      master = given;
    },
    hold() {
      holding = true;
    },
    release(to) {
      next = to;
      holding = false;
      for (const one of held) {
        one.cancel();
        if (to === null) answerAlone(one, false);
        else to(one.request, one.response);
      }
      held.clear();
    },
    stop() {
      for (const one of held) one.cancel();
      held.clear();
      forwarder?.stop();
    },
  };
};

const NO_NAMES: ReadonlySet<string> = new Set();

const isApi = (request: http.IncomingMessage): boolean => (request.url ?? '').startsWith(apiPrefix);

/** What a browser navigates with. Scripts and files get the problem document: HTML in their place would only confuse. */
const wantsPage = (request: http.IncomingMessage): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') &&
  !isApi(request) &&
  (request.headers.accept ?? '').includes('text/html');

const notMasterSentence = (masterName: string | null, mayBeDone: boolean): string => {
  if (mayBeDone)
    return 'The master was lost while it worked on this request; whether it was done is not known. Look before you repeat it.';
  return masterName === null
    ? 'No host of the pair is on duty at the moment; nothing was done.'
    : `${masterName} is on duty, but it is not reached from this host; nothing was done.`;
};
