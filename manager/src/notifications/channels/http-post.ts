// One HTTP request of a channel, and what its answer means.
// Responsible for telling what surely did not arrive from what may have. No redirects: what is secret goes where it was meant to. Called by
// the channels that speak HTTP.
import { toStorableJson } from '../../database/storable-text.ts';
import type { SendOutcome } from './channel.ts';

export type HttpMessage = {
  readonly url: string;
  readonly method?: 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
};

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

/** Never throws for what a receiver does. */
export const sendHttp = async (message: HttpMessage): Promise<SendOutcome> => {
  try {
    const response = await fetch(message.url, {
      method: message.method ?? 'POST',
      redirect: 'manual',
      signal: message.signal,
      headers: { 'user-agent': 'Nezuban', ...message.headers },
      body: message.body,
    });
    // The status is the answer; a body is not read, however long it may be.
    await response.body?.cancel();
    return judge(response);
  } catch (error) {
    return judgeFailure(error);
  }
};

/** As `sendHttp`, with a value that becomes JSON. */
export const sendJson = async (
  message: Omit<HttpMessage, 'body'> & { readonly value: unknown },
): Promise<SendOutcome> =>
  await sendHttp({
    ...message,
    headers: { ...message.headers, 'content-type': 'application/json' },
    // Half of a character, where a long text was cut, is refused by strict receivers.
    body: toStorableJson(message.value),
  });

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

/** Seconds, also broken ones as Discord says them, or a date (RFC 9110, 10.2.3). */
const retryAfterOf = (header: string | null): number | null => {
  if (header === null) return null;
  if (/^\d{1,9}(?:\.\d{1,6})?$/.test(header.trim())) return Math.ceil(Number(header));
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
