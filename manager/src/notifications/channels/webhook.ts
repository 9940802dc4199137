// The channel `webhook`: an HTTP POST of the event as JSON.
// Responsible for telling what surely did not arrive from what may have. No redirects: a secret header goes where it was meant to.
import { secretPlaceholder } from '@nezuban/protocol/api/definitions-operations';
import type { Issue } from '@nezuban/protocol/errors';
import type { ChannelKind, ChannelOf, DeliveryMessage, SendOutcome } from './channel.ts';

type WebhookChannel = ChannelOf<'webhook'>;

/** Names of headers whose values let somebody in. Rather one too many: what is masked can still be entered anew. */
const SECRET_HEADER = /pass|token|secret|auth|cookie|key|signature|credential|session/i;
/** Headers of ours or of the transport. */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'keep-alive',
  'content-type',
  'idempotency-key',
  'x-nezuban-repeat',
]);
/** Errors before a byte of the request went out. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
]);
/** A gateway that got no answer does not know either. */
const GATEWAY_STATUSES: ReadonlySet<number> = new Set([502, 504]);

export const webhookChannel: ChannelKind<WebhookChannel> = {
  describe: ({ url }) => {
    const { protocol, host } = new URL(url);
    return `webhook ${protocol}//${host}`;
  },
  send: async (channel, message, { signal }) => {
    try {
      const response = await fetch(channel.url, {
        method: 'POST',
        redirect: 'manual',
        signal,
        headers: {
          ...channel.headers,
          'content-type': 'application/json',
          'user-agent': 'Nezuban',
          'idempotency-key': message.key,
          ...(message.repeat ? { 'x-nezuban-repeat': 'true' } : {}),
        },
        body: JSON.stringify(bodyOf(message)),
      });
      // The status is the answer; a body is not read, however long it may be.
      await response.body?.cancel();
      return judge(response);
    } catch (error) {
      return judgeFailure(error);
    }
  },
  splitSecrets: (channel, before) => {
    const issues: Issue[] = [];
    const headers: Record<string, string> = {};
    const secrets: Record<string, string> = {};
    const sameOrigin = before !== null && new URL(before.url).origin === new URL(channel.url).origin;
    for (const [name, value] of Object.entries(channel.headers)) {
      const path = `channel.headers.${name}`;
      if (RESERVED_HEADERS.has(name.toLowerCase()))
        issues.push({ path, message: 'is set by Nezuban itself' });
      else if (!SECRET_HEADER.test(name)) headers[name] = value;
      else if (value !== secretPlaceholder) secrets[name] = value;
      else {
        const stored = before?.headers[name];
        if (stored !== undefined && sameOrigin) secrets[name] = stored;
        else
          issues.push({
            path,
            message:
              before === null
                ? 'needs a value'
                : 'must be given again: the address has changed, or there was none',
          });
      }
    }
    return { channel: { ...channel, headers }, secrets, issues };
  },
  joinSecrets: (channel, secrets) => ({ ...channel, headers: { ...channel.headers, ...secrets } }),
  mask: (channel) => ({
    ...channel,
    headers: Object.fromEntries(
      Object.entries(channel.headers).map(([name, value]) => [
        name,
        SECRET_HEADER.test(name) ? secretPlaceholder : value,
      ]),
    ),
  }),
};

const bodyOf = ({ key, ...message }: DeliveryMessage) => ({ delivery: key, ...message });

const judge = (response: Response): SendOutcome => {
  const { status } = response;
  if (response.ok) return { type: 'accepted', note: null };
  if (status >= 300 && status < 400)
    return {
      type: 'refused',
      error: `The receiver answered with a redirect (${status}), which is not followed; name the final address`,
    };
  const error = `The receiver answered ${status}${response.statusText === '' ? '' : ` ${response.statusText}`}`;
  if (GATEWAY_STATUSES.has(status)) return { type: 'unknown', error };
  const retryAfterS = retryAfterOf(response.headers.get('retry-after'));
  return retryAfterS === null ? { type: 'refused', error } : { type: 'refused', error, retryAfterS };
};

/** Seconds, or a date (RFC 9110, 10.2.3). */
const retryAfterOf = (header: string | null): number | null => {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - Date.now()) / 1000));
};

const judgeFailure = (error: unknown): SendOutcome => {
  const code = codeOf(error);
  if (code !== null && NOT_SENT.has(code))
    return { type: 'refused', error: `The receiver cannot be reached (${code})` };
  if (error instanceof DOMException) return { type: 'unknown', error: 'The receiver did not answer in time' };
  return {
    type: 'unknown',
    error: `The connection broke before the answer (${code ?? (error instanceof Error ? error.message : String(error))})`,
  };
};

/** The code lies in the cause; of several addresses that were tried, the first failure speaks. */
const codeOf = (error: unknown): string | null => {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  if (typeof cause !== 'object' || cause === null) return null;
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  if (cause instanceof AggregateError) return codeOf(cause.errors[0]);
  return null;
};
