// The channel `mail`: SMTP.
// Responsible for telling what surely was not taken from what may have been: once the text has begun to flow and no answer comes, nobody
// knows. The Message-ID is the same for every try, so that a mailbox can recognise a repeat.
import { Readable } from 'node:stream';
import { secretPlaceholder } from '@nezuban/protocol/api/definitions-operations';
import nodemailer from 'nodemailer';
import type { ChannelKind, ChannelOf, DeliveryMessage, SendOutcome } from './channel.ts';
import { subjectOf, textOf } from './message-text.ts';
import { notificationLimits } from '../notification-limits.ts';

type MailChannel = ChannelOf<'mail'>;

const SAME_FOR_PASSWORD = ['host', 'port', 'security', 'user'] as const;

export const mailChannel: ChannelKind<MailChannel> = {
  describe: ({ smtp, to }) =>
    `mail to ${to.slice(0, 3).join(', ')}${to.length > 3 ? ` and ${to.length - 3} more` : ''} by ${smtp.host}:${smtp.port}`,
  send: async (channel, message, { signal }) => {
    const transport = createTransport(channel);
    const end = (): void => transport.close();
    signal.addEventListener('abort', end, { once: true });
    const text = watchedText(message);
    try {
      signal.throwIfAborted();
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
      transport.close();
    }
  },
  splitSecrets: (channel, before) => {
    const { password, ...smtp } = channel.smtp;
    const stripped = { ...channel, smtp };
    if (password !== undefined && password !== secretPlaceholder)
      return { channel: stripped, secrets: { 'smtp.password': password }, issues: [] };
    const stored = before?.smtp.password;
    if (stored === undefined && password === secretPlaceholder)
      return {
        channel: stripped,
        secrets: {},
        issues: [
          {
            path: 'channel.smtp.password',
            message: `is "${secretPlaceholder}", which keeps the stored one, but none is stored: give it`,
          },
        ],
      };
    if (stored === undefined || smtp.user === undefined)
      return { channel: stripped, secrets: {}, issues: [] };
    // A stored password is never sent to another server, for another user, or less protected than it was entered for.
    if (before !== null && SAME_FOR_PASSWORD.every((key) => before.smtp[key] === smtp[key]))
      return { channel: stripped, secrets: { 'smtp.password': stored }, issues: [] };
    const issues = [
      {
        path: 'channel.smtp.password',
        message: 'must be given again: host, port, security or user has changed',
      },
    ];
    return { channel: stripped, secrets: {}, issues };
  },
  joinSecrets: (channel, secrets) => {
    const password = secrets['smtp.password'];
    return password === undefined ? channel : { ...channel, smtp: { ...channel.smtp, password } };
  },
  mask: (channel) => {
    const { password: _secret, ...smtp } = channel.smtp;
    return { ...channel, smtp };
  },
};

const createTransport = ({ smtp }: MailChannel) =>
  nodemailer.createTransport({
    host: smtp.host,
    port: smtp.port,
    secure: smtp.security === 'tls',
    requireTLS: smtp.security === 'starttls',
    ignoreTLS: smtp.security === 'none',
    connectionTimeout: notificationLimits.sendTimeoutMs,
    greetingTimeout: notificationLimits.sendTimeoutMs,
    socketTimeout: notificationLimits.sendTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(smtp.user === undefined ? {} : { auth: { user: smtp.user, pass: smtp.password ?? '' } }),
  });

const toMail = (channel: MailChannel, message: DeliveryMessage, text: Readable) => ({
  from: channel.from,
  to: channel.to,
  subject: subjectOf(message),
  text,
  messageId: `<${message.key}@nezuban>`,
  date: new Date(message.event.at),
  headers: {
    'X-Nezuban-Delivery': message.key,
    'Auto-Submitted': 'auto-generated',
    ...(message.repeat ? { 'X-Nezuban-Repeat': 'true' } : {}),
  },
});

/** The text as a stream that is first read when the server has asked for the message. */
const watchedText = (message: DeliveryMessage) => {
  let began = false;
  const text = textOf(message);
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
