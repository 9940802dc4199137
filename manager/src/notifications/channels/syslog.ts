// The channel `syslog`: each message as one line to another log server.
// Sources: RFC 5424 (format), RFC 6587 3.4.1 (octet counting over TCP and TLS), RFC 3164 (the old format).
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Priority } from '@nezuban/protocol/priority';
import type { ChannelKind, ChannelOf, DeliveryMessage } from './channel.ts';
import { sendDatagram, sendStream } from './datagram.ts';
import { subjectOf } from './message-text.ts';
import { fillTemplate, stateOf } from './template.ts';

type SyslogChannel = ChannelOf<'syslog'>;

/** RFC 5424, 6.2.1. */
const SEVERITY: Readonly<Record<Priority, number>> = { critical: 2, warning: 4, unknown: 5, info: 6 };
const RECOVERED_SEVERITY = 5;
/** What every receiver must take is 2,048; longer ones are cut by many (RFC 5424, 6.1). */
const TEXT_CHARS_MAX = 4_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export const syslogChannel: ChannelKind<SyslogChannel> = {
  describe: ({ host, port, transport }) => `syslog ${host}:${port} (${transport})`,
  send: async (channel, message, { signal }) => {
    const line = Buffer.from(lineOf(channel, message), 'utf8');
    if (channel.transport === 'udp') return await sendDatagram(channel, line, { signal });
    const framed = Buffer.concat([Buffer.from(`${line.length} `), line]);
    if (channel.transport === 'tcp') return await sendStream(channel, framed, { signal, tls: null });
    const ca = channel.ca_file === undefined ? undefined : await readAuthority(channel.ca_file);
    if (ca === null)
      return { type: 'refused', error: `The file ${channel.ca_file ?? ''} cannot be read on this host` };
    return await sendStream(channel, framed, { signal, tls: { ca } });
  },
  splitSecrets: (channel) => ({ channel, secrets: {}, issues: [] }),
  joinSecrets: (channel) => channel,
  mask: (channel) => channel,
};

const readAuthority = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null;
  }
};

export const lineOf = (channel: SyslogChannel, message: DeliveryMessage): string => {
  const { event } = message;
  const severity = message.recovered ? RECOVERED_SEVERITY : SEVERITY[event.priority];
  const pri = `<${channel.facility * 8 + severity}>`;
  const text = textOf(channel, message);
  const host = word(event.node ?? hostname(), 255);
  if (channel.format === 'rfc3164') return `${pri}${oldTime(new Date(event.at))} ${host} nezuban: ${text}`;
  const data = `[nezuban@0 event="${event.id}" code="${event.code}" state="${stateOf(message)}" rule="${value(message.rule)}" delivery="${value(message.key)}" repeat="${message.repeat}"]`;
  return `${pri}1 ${event.at} ${host} nezuban - ${word(event.code, 32)} ${data} \u{feff}${text}`;
};

const textOf = (channel: SyslogChannel, message: DeliveryMessage): string => {
  const { language } = channel;
  const filled = fillTemplate(channel.text ?? '{{subject}}', message, { escaping: 'line', language });
  return (filled === '' ? subjectOf(message, language) : filled).slice(0, TEXT_CHARS_MAX);
};

/** What stands between spaces is printable ASCII without spaces (RFC 5424, 6). */
const word = (text: string, charsMax: number): string => {
  const safe = text.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, charsMax);
  return safe === '' ? '-' : safe;
};

/** RFC 5424, 6.3.3. */
const value = (text: string): string => text.replaceAll(/["\\\]]/g, (character) => `\\${character}`);

const oldTime = (at: Date): string => {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${MONTHS[at.getMonth()]} ${String(at.getDate()).padStart(2)} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};
