// The UDP receiver of syslog with real sockets: what it hears, what it is told, ports that it cannot have.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { sayListenFailure } from './listening.ts';
import { createSyslogUdpReceiver } from './syslog-udp.ts';
import { createFakeSink, fakePorts, ordersOf } from '../testing/fake-sink.ts';

const PORT = 18_301;
const OTHER_PORT = 18_302;

async function receiving(t: TestContext, port = PORT) {
  const sink = createFakeSink();
  const ports = fakePorts(sink);
  const receiver = createSyslogUdpReceiver(ports);
  t.after(receiver.stop);
  await receiver.obey(ordersOf({ syslog_udp: { enabled: true, port } }));
  const client = dgram.createSocket('udp4');
  t.after(() => client.close());
  const send = (payload: string | Uint8Array, to = port): void => client.send(payload, to, '127.0.0.1');
  return { sink, receiver, send, logger: ports.logger };
}

test('syslog over UDP: datagrams: each is heard as it is, with its sender', async (t) => {
  const { sink, receiver, send } = await receiving(t);
  send('<13>a\n');
  send(Buffer.from([0xff, 0x00, 0x3c]));
  send('');
  await waitFor(() => sink.heard.length === 3, { message: 'three datagrams' });
  const [first, ...others] = sink.heard.toSorted((a, b) => b.payload.length - a.payload.length);
  assert.equal(first?.text, '<13>a\n');
  assert.equal(first?.address, '127.0.0.1');
  assert.equal(first?.protocol, 'syslog');
  assert.deepEqual(
    others.map(({ payload }) => [...payload]),
    [[0xff, 0x00, 0x3c], []],
  );
  assert.equal(receiver.status().received, 3);
  assert.equal(receiver.status().listen, `127.0.0.1:${PORT}`);
});

test('syslog over UDP: refused by the sink: counted', async (t) => {
  const { sink, receiver, send } = await receiving(t);
  sink.says = ({ payload }) => (payload.length === 1 ? 'denied' : payload.length === 2 ? 'full' : 'counted');
  for (const text of ['a', 'bb', 'ccc']) send(text);
  await waitFor(() => receiver.status().received === 3, { message: 'three datagrams' });
  assert.equal(receiver.status().refused, 2);
});

test('syslog over UDP: orders to move, to stop and to start again: obeyed', async (t) => {
  const { sink, receiver, send } = await receiving(t);
  await receiver.obey(ordersOf({ syslog_udp: { enabled: true, port: OTHER_PORT } }));
  send('moved', OTHER_PORT);
  await waitFor(() => sink.heard.some(({ text }) => text === 'moved'), { message: 'the moved one' });
  await receiver.obey(ordersOf({}));
  assert.equal(receiver.status().state, 'off');
  await receiver.obey(ordersOf({ syslog_udp: { enabled: true, port: PORT } }));
  send('back');
  await waitFor(() => sink.heard.some(({ text }) => text === 'back'), { message: 'the one after' });
  await receiver.stop();
  await receiver.stop();
});

test('syslog over UDP: IPv6: heard', async (t) => {
  const sink = createFakeSink();
  const receiver = createSyslogUdpReceiver(fakePorts(sink));
  t.after(receiver.stop);
  await receiver.obey(ordersOf({ syslog_udp: { enabled: true, host: '::1', port: PORT } }));
  if (receiver.status().state !== 'listening') return t.diagnostic('no IPv6 on this host');
  assert.equal(receiver.status().listen, `[::1]:${PORT}`);
  const client = dgram.createSocket('udp6');
  t.after(() => client.close());
  client.send('six', PORT, '::1');
  await waitFor(() => sink.heard.length === 1, { message: 'the datagram' });
  assert.equal(sink.heard[0]?.address, '::1');
});

test('syslog over UDP: another program has the port, sharing or not: said in one sentence, and never shared', async (t) => {
  for (const reusePort of [false, true]) {
    const other = dgram.createSocket({ type: 'udp4', reusePort });
    other.bind({ port: OTHER_PORT, address: '127.0.0.1', exclusive: true });
    await once(other, 'listening');
    const receiver = createSyslogUdpReceiver(fakePorts(createFakeSink()));
    t.after(receiver.stop);
    await receiver.obey(ordersOf({ syslog_udp: { enabled: true, port: OTHER_PORT } }));
    const status = receiver.status();
    assert.equal(status.state, 'failed');
    assert.match(
      status.says ?? '',
      /^UDP port 18302 of 127\.0\.0\.1 is taken by another program \(often rsyslogd\)/,
    );
    other.close();
    await once(other, 'close');
    await receiver.stop();
  }
});

test('listening: a port that cannot be had: had when it is free again', async (t) => {
  const other = dgram.createSocket('udp4');
  other.bind({ port: OTHER_PORT, address: '127.0.0.1', exclusive: true });
  await once(other, 'listening');
  const sink = createFakeSink();
  const retries: (() => void)[] = [];
  const ports = fakePorts(sink);
  const timers = {
    ...ports.timers,
    after: (_ms: number, action: () => void) => (retries.push(action), () => undefined),
  };
  const receiver = createSyslogUdpReceiver({ ...ports, timers });
  t.after(receiver.stop);
  await receiver.obey(ordersOf({ syslog_udp: { enabled: true, port: OTHER_PORT } }));
  assert.equal(receiver.status().state, 'failed');
  other.close();
  await once(other, 'close');
  assert.equal(retries.length, 1);
  retries[0]?.();
  await waitFor(() => receiver.status().state === 'listening', { message: 'the port' });
  assert.equal(receiver.status().says, null);
});

test('listening: what the system refuses: what to do about it, in one sentence', () => {
  const sentence = (code: string, port: number): string =>
    sayListenFailure(Object.assign(new Error(code), { code }), {
      transport: 'UDP',
      standardPort: 514,
      place: { host: '0.0.0.0', port },
    });
  assert.equal(
    sentence('EACCES', 514),
    'UDP port 514 of 0.0.0.0 needs a privilege: give the service the capability CAP_NET_BIND_SERVICE, or let it listen on 5514 and redirect 514 to it in the firewall.',
  );
  assert.match(sentence('EADDRNOTAVAIL', 514), /no address of this host/);
  assert.match(sentence('EAI_AGAIN', 514), /cannot be resolved/);
  assert.match(sentence('EMFILE', 514), /cannot be listened to: EMFILE\.$/);
});
