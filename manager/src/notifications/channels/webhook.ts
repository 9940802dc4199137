// The channel `webhook`: an HTTP request with the whole message as JSON, or with a body as its owner wants it, signed if he wants that.
// Not responsible for what an answer means (http-post.ts).
import { createHmac } from 'node:crypto';
import { maskedSecret } from '@nezuban/protocol/notifications/channel';
import type { Issue } from '@nezuban/protocol/errors';
import type { ChannelKind, ChannelOf, DeliveryMessage } from './channel.ts';
import { sendHttp } from './http-post.ts';
import { untilOf, urlsOf } from './message-text.ts';
import { fillTemplate } from './template.ts';

type WebhookChannel = ChannelOf<'webhook'>;

/** Its place among the secrets; no header can have it. */
const SIGNING = 'signing_secret';
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
  'x-nezuban-signature',
]);
export const webhookChannel: ChannelKind<WebhookChannel> = {
  describe: ({ url }) => {
    const { protocol, host } = new URL(url);
    return `webhook ${protocol}//${host}`;
  },
  send: async (channel, message, { signal }) => {
    const contentType = channel.content_type ?? 'application/json';
    const body =
      channel.body === undefined
        ? JSON.stringify(bodyOf(message))
        : fillTemplate(channel.body, message, { escaping: /\bjson\b/i.test(contentType) ? 'json' : 'plain' });
    return await sendHttp({
      url: channel.url,
      method: channel.method ?? 'POST',
      signal,
      headers: {
        ...channel.headers,
        'content-type': contentType,
        'idempotency-key': message.key,
        ...(message.repeat ? { 'x-nezuban-repeat': 'true' } : {}),
        ...(channel.signing_secret === undefined ? {} : signatureOf(body, channel.signing_secret)),
      },
      body,
    });
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
      else if (value !== maskedSecret) secrets[name] = value;
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
    // Nobody learns it from a body that it has signed, so it may stay when the address changes.
    const { signing_secret: given, ...rest } = channel;
    const signing = given === undefined || given === maskedSecret ? before?.signing_secret : given;
    if (signing !== undefined && signing !== maskedSecret) secrets[SIGNING] = signing;
    else if (given === maskedSecret)
      issues.push({ path: 'channel.signing_secret', message: 'needs a value: none is stored' });
    return { channel: { ...rest, headers }, secrets, issues };
  },
  joinSecrets: (channel, { [SIGNING]: signing, ...headers }) => ({
    ...channel,
    headers: { ...channel.headers, ...headers },
    ...(signing === undefined ? {} : { signing_secret: signing }),
  }),
  mask: ({ signing_secret: _secret, ...channel }) => ({
    ...channel,
    headers: Object.fromEntries(
      Object.entries(channel.headers).map(([name, value]) => [
        name,
        SECRET_HEADER.test(name) ? maskedSecret : value,
      ]),
    ),
  }),
};

/**
 * As many receivers know it: `t=SECONDS,v1=HEX`, an HMAC-SHA-256 over the seconds, a dot and the body. The time is of the sending, so that a
 * recorded request cannot be sent again later.
 */
const signatureOf = (body: string, secret: string): { readonly 'x-nezuban-signature': string } => {
  const seconds = Math.floor(Date.now() / 1000);
  const hex = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return { 'x-nezuban-signature': `t=${seconds},v1=${hex}` };
};

/** `links`: where to look or decide; `until`: by when somebody has to decide, of an approval. */
const bodyOf = ({ key, ...message }: DeliveryMessage) => ({
  delivery: key,
  ...message,
  links: urlsOf({ key, ...message }),
  until: untilOf(message.event),
});
