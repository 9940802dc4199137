// The channel `mail`: SMTP, by one server or by the next one that takes it.
// Responsible for telling what surely was not taken from what may have been: once the text has begun to flow and no answer comes, nobody
// knows, and no other server is asked. The Message-ID is the same for every try, so that a mailbox can recognise a repeat.
import { Readable } from 'node:stream';
import type { SmtpServer } from '@nezuban/protocol/notifications/channel';
import nodemailer from 'nodemailer';
import type { ChannelKind, ChannelOf, DeliveryMessage, SendOutcome } from './channel.ts';
import { subjectOf, textOf } from './message-text.ts';
import { messageWords } from './message-words.ts';
import { accessToken } from './oauth2-token.ts';
import { secretsAt, type SecretPlace } from './secret-places.ts';
import { fillTemplate } from './template.ts';
import { notificationLimits } from '../notification-limits.ts';

type MailChannel = ChannelOf<'mail'>;

export const mailChannel: ChannelKind<MailChannel> = {
  describe: ({ smtp, to }) =>
    `mail to ${to.slice(0, 3).join(', ')}${to.length > 3 ? ` and ${to.length - 3} more` : ''} by ${smtp.host}:${smtp.port}`,
  send: async (channel, message, { signal }) => {
    const refusals: string[] = [];
    for (const server of [channel.smtp, ...(channel.more_smtp ?? [])]) {
      const outcome = await sendBy(server, { channel, message, signal });
      if (outcome.type === 'accepted' && refusals.length > 0)
        return {
          ...outcome,
          note: [...refusals, ...(outcome.note === null ? [] : [outcome.note])].join('; '),
        };
      if (outcome.type !== 'refused' || signal.aborted) return outcome;
      refusals.push(outcome.error);
    }
    return { type: 'refused', error: refusals.join('; ') };
  },
  ...secretsAt<MailChannel>(({ smtp, more_smtp: more = [] }) => [
    ...secretsOf(smtp, 'smtp'),
    ...more.flatMap((server, index) => secretsOf(server, `more_smtp.${index}`)),
  ]),
};

/** A stored password is never sent to another server, for another user, or less protected than it was entered for. */
const secretsOf = (
  { host, port, security, user, oauth2 }: SmtpServer,
  at: string,
): readonly SecretPlace[] => [
  ...(user === undefined
    ? []
    : [
        {
          path: `${at}.password`,
          boundTo: JSON.stringify([host, port, security, user]),
          boundBy: 'host, port, security or user',
          required: false,
        },
      ]),
  ...(oauth2 === undefined
    ? []
    : (['client_secret', 'refresh_token'] as const).map((name) => ({
        path: `${at}.oauth2.${name}`,
        boundTo: oauth2.token_url,
        boundBy: 'the address of the token server',
        required: false,
      }))),
];

const sendBy = async (
  server: SmtpServer,
  {
    channel,
    message,
    signal,
  }: { readonly channel: MailChannel; readonly message: DeliveryMessage; readonly signal: AbortSignal },
): Promise<SendOutcome> => {
  const text = watchedText(channel, message);
  let transport: ReturnType<typeof createTransport> | undefined;
  const end = (): void => transport?.close();
  signal.addEventListener('abort', end, { once: true });
  try {
    signal.throwIfAborted();
    const token = server.oauth2 === undefined ? null : await accessToken(server.oauth2, signal);
    transport = createTransport(server, token);
    const sent = await Promise.race([
      transport.sendMail(toMail(channel, message, text.stream)),
      aborted(signal),
    ]);
    const { rejected } = sent;
    return {
      type: 'accepted',
      note: rejected.length === 0 ? null : `Not taken for ${rejected.join(', ')}`,
    };
  } catch (error) {
    return judgeFailure(error, text.began());
  } finally {
    signal.removeEventListener('abort', end);
    transport?.close();
  }
};

const createTransport = ({ host, port, security, user, password }: SmtpServer, token: string | null) =>
  nodemailer.createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    connectionTimeout: notificationLimits.sendTimeoutMs,
    greetingTimeout: notificationLimits.sendTimeoutMs,
    socketTimeout: notificationLimits.sendTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(token === null
      ? user === undefined
        ? {}
        : { auth: { user, pass: password ?? '' } }
      : { auth: { type: 'OAuth2' as const, user: user ?? '', accessToken: token } }),
  });

const toMail = (channel: MailChannel, message: DeliveryMessage, text: Readable) => ({
  from: channel.from,
  ...recipientsOf(channel, message),
  subject:
    message.mail !== null
      ? `${message.repeat ? messageWords[channel.language ?? 'en'].marks.repeat : ''}${message.mail.subject}`
      : channel.subject === undefined
        ? subjectOf(message, channel.language)
        : fillTemplate(channel.subject, message, { escaping: 'line', language: channel.language }),
  text,
  messageId: `<${message.key}@nezuban>`,
  date: new Date(message.event.at),
  headers: {
    'X-Nezuban-Delivery': message.key,
    'Auto-Submitted': 'auto-generated',
    ...(message.repeat ? { 'X-Nezuban-Repeat': 'true' } : {}),
  },
});

const recipientsOf = ({ to, cc }: MailChannel, { mail }: DeliveryMessage) => {
  const own = mail?.to ?? null;
  const copies = own === null ? (mail?.cc ?? cc) : mail?.cc;
  return { to: [...(own ?? to)], ...(copies == null ? {} : { cc: [...copies] }) };
};

/** The text as a stream that is first read when the server has asked for the message. */
const watchedText = (channel: MailChannel, message: DeliveryMessage) => {
  let began = false;
  const { language } = channel;
  const text =
    message.mail !== null
      ? message.mail.body
      : channel.text === undefined
        ? textOf(message, language)
        : fillTemplate(channel.text, message, { escaping: 'plain', language });
  const stream = Readable.from(
    (function* () {
      began = true;
      yield text;
    })(),
    { objectMode: false },
  );
  return { stream, began: () => began };
};

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );

const judgeFailure = (error: unknown, began: boolean): SendOutcome => {
  const said = error instanceof Error ? error.message : String(error);
  // With a response code the server has answered: no.
  const answered =
    typeof error === 'object' &&
    error !== null &&
    'responseCode' in error &&
    typeof error.responseCode === 'number';
  return began && !answered
    ? { type: 'unknown', error: `The connection broke after the message had begun to flow (${said})` }
    : { type: 'refused', error: `The mail server did not take it: ${said}` };
};
