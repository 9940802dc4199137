// Tests of the channels against real receivers: what each puts on the wire, what an answer means, and where secrets go.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import dgram from 'node:dgram';
import http from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { readTrapMessage } from '@nezuban/core/traps/snmp/trap-message';
import { pduTags } from '@nezuban/core/traps/snmp/snmp-numbers';
import { newEvent, type EventView } from '@nezuban/protocol/events/event';
import {
  anyChannelSchema,
  channelTypes,
  maskedSecret,
  type Channel,
} from '@nezuban/protocol/notifications/channel';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { startMailServer } from '../../testing/receivers.ts';
import { noHands, type ChannelHands, type DeliveryMessage, type SendOutcome } from './channel.ts';
import { environmentOf } from './command.ts';
import { messageOfEvent } from './message-text.ts';
import { kindOf } from './registry.ts';
import { fillTemplate, unknownNames } from './template.ts';

const event: EventView = {
  ...newEvent,
  id: 42,
  at: '2026-11-26T01:02:03.000Z',
  priority: 'critical',
  code: 'trap_received',
  node: 'core-1',
  monitor: 'links',
  key: 'link:3',
  message: 'link 3 "down" <!channel> & more\nsecond line',
  details: { exitCode: 7 },
  fields: { customer: 'A銀行' },
};
const message: DeliveryMessage = { ...messageOfEvent(event), key: 'm-1', rule: 'night' };

type Seen = {
  readonly url: string;
  readonly method: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
};

/** An HTTP receiver that remembers, and answers what it is told to. */
const startReceiver = async (
  t: TestContext,
  answer: { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string } = {
    status: 200,
  },
) => {
  const seen: Seen[] = [];
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      seen.push({
        url: request.url ?? '',
        method: request.method ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8'),
      });
      response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
};

const send = async (
  channel: unknown,
  more: {
    readonly message?: DeliveryMessage;
    readonly hands?: ChannelHands;
    readonly signal?: AbortSignal;
  } = {},
): Promise<SendOutcome> => {
  const parsed: Channel = anyChannelSchema.parse(channel);
  return await kindOf(parsed).send(parsed, more.message ?? message, {
    signal: more.signal ?? AbortSignal.timeout(10_000),
    hands: more.hands ?? noHands,
  });
};
const json = (seen: Seen | undefined) => JSON.parse(seen?.body ?? 'null') as never;

test('channels: slack: foreign text calls nobody', async (t) => {
  const { url, seen } = await startReceiver(t);
  assert.deepEqual(await send({ type: 'slack', url: `${url}/services/T/B/geheim` }), {
    type: 'accepted',
    note: null,
  });
  const body: { text: string; attachments: { color: string; blocks: { fields?: { text: string }[] }[] }[] } =
    json(seen[0]);
  assert.match(body.text, /^\[Nezuban critical\] link 3 "down" &lt;!channel&gt; &amp; more second line$/);
  assert.equal(body.attachments[0]?.color, '#c92a2a');
  const facts = body.attachments[0]?.blocks.flatMap(({ fields }) => fields ?? []).map(({ text }) => text);
  assert.ok(facts?.includes('Node\ncore-1'), JSON.stringify(facts));
  assert.ok(facts.includes('customer\nA銀行'));
  assert.equal(seen[0]?.headers['idempotency-key'], 'm-1');
});

test('channels: teams, google chat, discord: each in its own form; Japanese where it is asked for', async (t) => {
  const { url, seen } = await startReceiver(t);
  const recovered = { ...message, recovered: true, repeat: true };
  await send({ type: 'teams', url, language: 'ja' }, { message: recovered });
  await send({ type: 'google_chat', url: `${url}/v1/spaces/x/messages?key=k&token=t` });
  await send({ type: 'discord', url: `${url}/api/webhooks/1/geheim` });
  const card: { attachments: { content: { body: { text?: string; facts?: { title: string }[] }[] } }[] } =
    json(seen[0]);
  const blocks = card.attachments[0]?.content.body;
  assert.match(blocks?.[0]?.text ?? '', /^\[Nezuban 危険\] 再送: 回復: link 3/);
  assert.match(blocks?.[1]?.text ?? '', /再送しています/);
  assert.ok(blocks?.[2]?.facts?.some(({ title }) => title === '発生日時'));
  assert.match(seen[1]?.url ?? '', /^\/v1\/spaces\/x\/messages\?key=k&token=t&requestId=m-1$/);
  assert.match((json(seen[1]) as { text: string }).text, /Node: core-1/);
  assert.equal(seen[2]?.url, '/api/webhooks/1/geheim?wait=true');
  assert.deepEqual((json(seen[2]) as { allowed_mentions: unknown }).allowed_mentions, { parse: [] });
});

test('channels: a long text is cut within a character of two halves: what is sent is whole all the same', async (t) => {
  const { url, seen } = await startReceiver(t, { status: 202 });
  for (let length = 170; length < 200; length += 1) {
    const long = { ...event, message: `${'x'.repeat(length)}${'😀'.repeat(2_000)}` };
    const told = { ...message, event: long, events: [long] };
    await send({ type: 'pagerduty', routing_key: 'r-key', url }, { message: told });
    await send({ type: 'slack', url: `${url}/services/T/B/geheim` }, { message: told });
  }
  for (const { body } of seen) assert.doesNotMatch(body, /\\ud[89a-f]/i);
});

test('channels: pagerduty: one incident from raising to clearing', async (t) => {
  const { url, seen } = await startReceiver(t, { status: 202 });
  const channel = { type: 'pagerduty', routing_key: 'r-key', url };
  assert.equal((await send(channel)).type, 'accepted');
  await send(channel, { message: { ...message, recovered: true } });
  const [first, second] = seen.map(
    (one) =>
      json(one) as {
        routing_key: string;
        event_action: string;
        dedup_key: string;
        payload: { severity: string; source: string };
      },
  );
  assert.equal(first?.event_action, 'trigger');
  assert.equal(second?.event_action, 'resolve');
  assert.equal(first.dedup_key, second.dedup_key);
  assert.deepEqual(
    [first.payload.severity, first.payload.source, first.routing_key],
    ['critical', 'core-1', 'r-key'],
  );
});

test('channels: webhook: a body of its own is escaped for JSON and signed', async (t) => {
  const { url, seen } = await startReceiver(t);
  const outcome = await send({
    type: 'webhook',
    url: `${url}/in`,
    method: 'PUT',
    body: '{"what":"{{message}}","who":"{{field.customer}}","code":{{detail.exitCode}},"none":"{{detail.toString}}"}',
    signing_secret: 'geheim-und-lang',
  });
  assert.equal(outcome.type, 'accepted');
  const [request] = seen;
  assert.equal(request?.method, 'PUT');
  assert.deepEqual(json(request), { what: event.message, who: 'A銀行', code: 7, none: '' });
  const [, seconds = '', hex = ''] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request?.headers['x-nezuban-signature'])) ?? [];
  assert.equal(
    hex,
    createHmac('sha256', 'geheim-und-lang')
      .update(`${seconds}.${request?.body ?? ''}`)
      .digest('hex'),
  );
});

test('channels: HTTP: 429 says when to come again; a gateway without an answer does not know', async (t) => {
  const busy = await startReceiver(t, { status: 429, headers: { 'retry-after': '2.3' } });
  assert.deepEqual(await send({ type: 'discord', url: busy.url }), {
    type: 'refused',
    error: 'The receiver answered 429 Too Many Requests',
    retryAfterS: 3,
  });
  const gateway = await startReceiver(t, { status: 504 });
  assert.equal((await send({ type: 'slack', url: gateway.url })).type, 'unknown');
});

test('channels: mail: the next server where one refuses; none where nobody knows', async (t) => {
  const refusing = await startMailServer({ behaviour: () => 'refuse' });
  const taking = await startMailServer();
  const dying = await startMailServer({ behaviour: () => 'die' });
  t.after(async () => void (await Promise.all([refusing.stop(), taking.stop(), dying.stop()])));
  const smtp = ({ port }: { readonly port: number }) => ({ host: '127.0.0.1', port, security: 'none' });
  const mail = { type: 'mail', from: 'nezuban@example.com', to: ['a@example.com'], cc: ['b@example.com'] };
  const second = await send({
    ...mail,
    smtp: smtp(refusing),
    more_smtp: [smtp(taking)],
    language: 'ja',
    subject: '障害 {{node}}\r\nBcc: evil@example.com {{priority}}',
    text: '{{message}}\n顧客: {{field.customer}}\n',
  });
  assert.equal(second.type, 'accepted');
  assert.match((second as { note: string }).note, /The mailbox is full/);
  const [taken] = taking.mails;
  assert.deepEqual(taken?.to, ['a@example.com', 'b@example.com']);
  assert.doesNotMatch(taken?.raw.split('\r\n\r\n')[0] ?? '', /^Bcc:/im);
  const lost = await send({ ...mail, smtp: smtp(dying), more_smtp: [smtp(taking)] });
  assert.equal(lost.type, 'unknown');
  assert.equal(taking.mails.length, 1, 'it may have arrived already');
});

test('channels: mail: OAuth2: a token is fetched once and shown to the mail server', async (t) => {
  const tokens = await startReceiver(t, {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ access_token: 'tok-1', expires_in: 3600 }),
  });
  const said: string[] = [];
  const server = net.createServer((socket) => {
    socket.write('220 mail ESMTP\r\n');
    let data = false;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      for (const line of bytes.toString().split('\r\n')) {
        if (line === '' && !data) continue;
        if (data) {
          if (line !== '.') continue;
          data = false;
          socket.write('250 taken\r\n');
        } else if (/^EHLO/i.test(line)) socket.write('250-mail\r\n250 AUTH XOAUTH2\r\n');
        else if (/^AUTH/i.test(line)) {
          said.push(Buffer.from(line.split(' ')[2] ?? '', 'base64').toString());
          socket.write('235 in\r\n');
        } else if (/^DATA/i.test(line)) {
          data = true;
          socket.write('354 go on\r\n');
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const channel = {
    type: 'mail',
    smtp: {
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      security: 'none',
      user: 'ops@example.com',
      oauth2: { token_url: `${tokens.url}/token`, client_id: 'id', client_secret: 'geheim', scope: 'mail' },
    },
    from: 'ops@example.com',
    to: ['a@example.com'],
  };
  assert.deepEqual(await send(channel), { type: 'accepted', note: null });
  assert.deepEqual(await send(channel), { type: 'accepted', note: null });
  assert.equal(tokens.seen.length, 1);
  assert.equal(
    new URLSearchParams(tokens.seen[0]?.body).toString(),
    'grant_type=client_credentials&client_id=id&client_secret=geheim&scope=mail',
  );
  assert.ok(said[0]?.startsWith(`user=ops@example.com${String.fromCharCode(1)}auth=Bearer tok-1`));
});

const startDatagrams = async (t: TestContext, answer: (datagram: Buffer) => Buffer | null = () => null) => {
  const seen: Buffer[] = [];
  const socket = dgram.createSocket('udp4');
  socket.on('message', (datagram, from) => {
    seen.push(datagram);
    const reply = answer(datagram);
    if (reply !== null) socket.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  t.after(() => socket.close());
  return { port: socket.address().port, seen };
};

test('channels: syslog: one line, whatever the event holds; by UDP and by TCP', async (t) => {
  const { port, seen } = await startDatagrams(t);
  assert.equal((await send({ type: 'syslog', host: '127.0.0.1', port })).type, 'accepted');
  await waitFor(() => seen.length === 1, { message: 'the datagram' });
  const line = seen[0]?.toString('utf8') ?? '';
  assert.match(
    line,
    /^<130>1 2026-11-26T01:02:03\.000Z core-1 nezuban - trap_received \[nezuban@0 event="42" /,
  );
  assert.match(line, /link 3 "down" <!channel> & more second line$/);
  const received: Buffer[] = [];
  const server = net.createServer((socket) => {
    socket.on('data', (bytes: Buffer) => received.push(bytes));
    socket.on('end', () => socket.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const tcp = {
    type: 'syslog',
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    transport: 'tcp',
  };
  assert.equal((await send({ ...tcp, format: 'rfc3164', text: '{{text}}' })).type, 'accepted');
  const [, length = '', rest = ''] = /^(\d+) (.*)$/s.exec(Buffer.concat(received).toString('utf8')) ?? [];
  assert.equal(Buffer.byteLength(rest), Number(length));
  assert.doesNotMatch(rest, /\n/);
  server.close();
  const closed = await send({ ...tcp, port: 1 });
  assert.equal(closed.type, 'refused');
});

test('channels: SNMP: a trap that our own reader understands; an inform is accepted when it is answered', async (t) => {
  const answering = await startDatagrams(t, (datagram) => {
    const read = readTrapMessage(datagram);
    if (!read.ok) return null;
    const response = Buffer.from(datagram);
    response[read.message.pduStart] = pduTags.response;
    return response;
  });
  const channel = {
    type: 'snmp_trap',
    host: '127.0.0.1',
    port: answering.port,
    community: 'geheim',
    inform: true,
  };
  assert.deepEqual(await send(channel), { type: 'accepted', note: null });
  const read = readTrapMessage(answering.seen[0] ?? Buffer.alloc(0));
  assert.ok(read.ok && read.message.kind === 'inform');
  assert.equal(Buffer.from(read.message.name).toString(), 'geheim');
  assert.ok(answering.seen[0]?.includes('link 3 "down"'));
  const mute = await startDatagrams(t);
  const signal = AbortSignal.timeout(300);
  assert.equal((await send({ ...channel, port: mute.port }, { signal })).type, 'unknown');
  assert.deepEqual(await send({ ...channel, port: mute.port, inform: false }), {
    type: 'accepted',
    note: null,
  });
});

test('channels: job net and command: foreign words are parameters and environment; a test starts nothing', async () => {
  const orders: unknown[] = [];
  const hands: ChannelHands = {
    startNet: (order) => {
      orders.push(order);
      return Promise.resolve({ type: 'accepted', note: null, session: 7 });
    },
    runCommand: (order) => {
      orders.push(order);
      return Promise.resolve({ type: 'accepted', note: null });
    },
  };
  const started = await send(
    { type: 'job_net', net: 'night/repair', parameters: { WHAT: '{{message}}', NODE: '{{node}}' } },
    { hands },
  );
  assert.deepEqual(started, { type: 'accepted', note: null, session: 7 });
  await send({ type: 'command', command: '/opt/alarm "$NEZUBAN_MESSAGE"' }, { hands });
  assert.deepEqual(orders[0], {
    net: 'night/repair',
    key: 'm-1',
    parameters: { WHAT: event.message, NODE: 'core-1' },
  });
  const { environment, ...order } = orders[1] as { environment: Record<string, string> };
  assert.deepEqual(order, {
    node: 'core-1',
    command: '/opt/alarm "$NEZUBAN_MESSAGE"',
    user: undefined,
    timeoutS: 60,
    key: 'm-1',
  });
  assert.equal(environment['NEZUBAN_MESSAGE'], event.message);
  assert.equal(environment['NEZUBAN_DETAILS'], '{"exitCode":7}');
  const count = orders.length;
  await send({ type: 'job_net', net: 'night/repair' }, { hands, message: { ...message, test: true } });
  await send({ type: 'command', command: 'true' }, { hands, message: { ...message, test: true } });
  assert.equal(orders.length, count);
  const nowhere = { ...message, event: { ...event, node: null } };
  assert.equal(
    (await send({ type: 'command', command: 'true' }, { hands, message: nowhere })).type,
    'refused',
  );
});

test('channels: command: values hold no zero bytes', () => {
  const odd = { ...message, event: { ...event, message: 'x\0y' } };
  assert.equal(environmentOf(odd)['NEZUBAN_MESSAGE'], 'xy');
});

const withSecrets: readonly unknown[] = [
  { type: 'slack', url: 'https://hooks.example/geheim' },
  { type: 'teams', url: 'https://hooks.example/geheim' },
  { type: 'google_chat', url: 'https://chat.example/geheim' },
  { type: 'discord', url: 'https://discord.example/geheim' },
  { type: 'pagerduty', routing_key: 'geheim' },
  { type: 'snmp_trap', host: 'h', community: 'geheim' },
  {
    type: 'webhook',
    url: 'https://hook.example/',
    headers: { Authorization: 'geheim' },
    signing_secret: 'geheim-lang',
  },
  {
    type: 'mail',
    smtp: { host: 'h', user: 'u', password: 'geheim' },
    more_smtp: [
      {
        host: 'i',
        user: 'u',
        oauth2: {
          token_url: 'https://t.example/',
          client_id: 'c',
          client_secret: 'geheim',
          refresh_token: 'geheim',
        },
      },
    ],
    from: 'a@b.example',
    to: ['c@d.example'],
  },
];

test('channels: secrets: taken out, put back, masked; masked ones keep what is stored', () => {
  for (const value of withSecrets) {
    const channel: Channel = anyChannelSchema.parse(value);
    const kind = kindOf(channel);
    const { channel: bare, secrets, issues } = kind.splitSecrets(channel, null);
    assert.deepEqual(issues, [], channel.type);
    assert.ok(Object.keys(secrets).length > 0, channel.type);
    assert.doesNotMatch(JSON.stringify(bare), /geheim/, channel.type);
    assert.doesNotThrow(() => anyChannelSchema.parse(bare), channel.type);
    assert.deepEqual(kind.joinSecrets(bare, secrets), channel, channel.type);
    const masked = anyChannelSchema.parse(kind.mask(channel));
    assert.doesNotMatch(JSON.stringify(masked), /geheim/, channel.type);
    assert.doesNotMatch(kind.describe(channel), /geheim/, channel.type);
    const again = kind.splitSecrets(masked, channel);
    assert.deepEqual(again.issues, [], channel.type);
    assert.deepEqual(again.secrets, secrets, channel.type);
    // A file applied where nothing is stored.
    const required = JSON.stringify(masked).includes(maskedSecret);
    assert.equal(kind.splitSecrets(masked, null).issues.length > 0, required, channel.type);
  }
});

test('channels: secrets: never sent elsewhere: another host has to be given the secret again', () => {
  const before: Channel = anyChannelSchema.parse({ type: 'snmp_trap', host: 'h', community: 'geheim' });
  const moved: Channel = anyChannelSchema.parse({ type: 'snmp_trap', host: 'evil', community: maskedSecret });
  assert.deepEqual(kindOf(moved).splitSecrets(moved, before).issues, [
    { path: 'channel.community', message: 'must be given again: host or port has changed' },
  ]);
});

test('channels: every type: has a kind that describes itself', () => {
  assert.equal(new Set(channelTypes).size, channelTypes.length);
  for (const value of [
    ...withSecrets,
    { type: 'syslog', host: 'h' },
    { type: 'job_net', net: 'n' },
    { type: 'command', command: 'x' },
  ]) {
    const channel: Channel = anyChannelSchema.parse(value);
    assert.ok(kindOf(channel).describe(channel).length > 0);
  }
});

test('template: unknown names are told; what an event holds is filled once', () => {
  assert.deepEqual(unknownNames('{{message}} {{ mesage }} {{field.a}} {{detail.b}} {{x.y}}'), [
    'mesage',
    'x.y',
  ]);
  const sly = { ...message, event: { ...event, message: '{{rule}}' } };
  assert.equal(fillTemplate('{{message}}-{{count}}', sly, { escaping: 'plain' }), '{{rule}}-1');
});
