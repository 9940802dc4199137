// Duty connections between voters, over real sockets on loopback.
import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';
import { test } from 'node:test';
import { systemClock } from '@nezuban/platform/clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { pairAlpn, pairServerName, type AddressBook } from '@nezuban/protocol/pair/pair-link';
import { messageOf, startVoter } from '../../testing/duty-link-fixture.ts';
import { createNetworkStandIn } from '../../testing/network-stand-in.ts';
import { createPairAuthority } from '../../testing/pair-authority.ts';
import { createDutyLink } from './duty-link.ts';
import type { LinkError } from './link-error.ts';

const authority = createPairAuthority();
const voter = (id: string, wish: Partial<Parameters<typeof startVoter>[1]> = {}) =>
  startVoter(id, { credentials: authority.certify(id), ...wish });

/** Until the other side is connected, in both directions. */
const connected = (from: Awaited<ReturnType<typeof voter>>, id: string) =>
  waitFor(() => from.link.connections().find((connection) => connection.id === id), {
    message: () => `${id} to be connected: ${JSON.stringify([...from.link.troubles()])}`,
  });

test('duty link: two members: greet, and messages go both ways', async () => {
  await using a = await voter('a');
  await using b = await voter('b');
  a.link.setPeers([{ id: 'b', address: b.address }]);
  b.link.setPeers([{ id: 'a', address: a.address }]);
  const ofB = await connected(a, 'b');
  await connected(b, 'a');
  assert.equal(ofB.kind, 'member');
  assert.equal(ofB.name, 'host-b');
  assert.equal(ofB.release, '0.1.0');
  a.say('b', 1);
  b.say('a', 2);
  await waitFor(() => b.messages.length === 1 && a.messages.length === 1);
  assert.deepEqual(b.messages[0], messageOf({ from: 'a', to: 'b', n: 1 }));
  assert.deepEqual(a.messages[0], messageOf({ from: 'b', to: 'a', n: 2 }));
  const { roundTripMs } = await waitFor(() =>
    a.link.connections().find((connection) => connection.roundTripMs !== null),
  );
  assert.ok(roundTripMs !== null && roundTripMs >= 0 && roundTripMs < 5_000);
  assert.equal(a.link.troubles().size, 0);
});

test('duty link: a witness: only dials, and is spoken to on its own connection', async () => {
  await using a = await voter('a');
  await using w = await voter('w', { listens: false });
  assert.equal(w.port, 0);
  w.link.setPeers([{ id: 'a', address: a.address }]);
  assert.equal((await connected(a, 'w')).kind, 'witness');
  a.say('w', 7);
  await waitFor(() => w.messages.length === 1);
  assert.equal(w.messages[0]?.term, 7);
});

test('duty link: a connection at rest: is kept, and stays heard', async () => {
  await using a = await voter('a');
  await using b = await voter('b');
  await using network = await createNetworkStandIn(() => a.port);
  b.link.setPeers([{ id: 'a', address: `127.0.0.1:${network.port}` }]);
  await connected(b, 'a');
  const until = performance.now() + 1_500;
  let longest = 0;
  await waitFor(() => {
    longest = Math.max(longest, b.link.connections()[0]?.heardAgoMs ?? Number.POSITIVE_INFINITY);
    return performance.now() > until;
  });
  assert.ok(longest < 1_500, `silent for ${longest} ms although both sides ping`);
});

test('duty link: addresses: are told to who is connected and to who connects', async () => {
  const book = (revision: number): AddressBook => ({
    revision,
    members: [{ id: 'a', name: 'host-a', address: '192.0.2.1:7382', agentAddress: null, consoleUrl: null }],
  });
  await using a = await voter('a');
  a.link.setAddressBook(book(1));
  await using w = await voter('w', { listens: false });
  w.link.setPeers([{ id: 'a', address: a.address }]);
  await waitFor(() => w.books.length === 1);
  a.link.setAddressBook(book(2));
  await waitFor(() => w.books.length === 2);
  assert.deepEqual(
    w.books.map(({ revision }) => revision),
    [1, 2],
  );
});

test('duty link: questions: are answered, refused, or end with their time', async () => {
  await using a = await voter('a', {
    async onQuestion(from, question) {
      if (question.ask === 'echo') return { to: 'echo', text: `${from} ${question.text}` };
      if (question.ask === 'view') return new Promise(() => undefined);
      throw new Error('no');
    },
  });
  await using b = await voter('b');
  b.link.setPeers([{ id: 'a', address: a.address }]);
  await connected(b, 'a');
  assert.deepEqual(await b.link.ask('a', { ask: 'echo', text: 'hello' }), { to: 'echo', text: 'b hello' });
  assert.deepEqual(await b.link.ask('a', { ask: 'agent-token' }), { to: 'refused', says: 'no' });
  await assert.rejects(
    b.link.ask('a', { ask: 'view' }, 50),
    (error: LinkError) => error.code === 'no-answer',
  );
  await assert.rejects(
    b.link.ask('nobody', { ask: 'view' }),
    (error: LinkError) => error.code === 'not-connected',
  );
});

test('duty link: a question whose connection is lost: ends at once', async () => {
  await using a = await voter('a', { onQuestion: () => new Promise(() => undefined) });
  await using b = await voter('b');
  await using network = await createNetworkStandIn(() => a.port);
  b.link.setPeers([{ id: 'a', address: `127.0.0.1:${network.port}` }]);
  await connected(b, 'a');
  const asked = b.link.ask('a', { ask: 'view' }, 600_000);
  network.reset();
  await assert.rejects(asked, /was lost before it answered/);
});

test('duty link: more questions than the bound: are refused', async () => {
  await using a = await voter('a', { onQuestion: () => new Promise(() => undefined) });
  await using b = await voter('b');
  b.link.setPeers([{ id: 'a', address: a.address }]);
  await connected(b, 'a');
  const asked = Array.from({ length: 100 }, () =>
    b.link.ask('a', { ask: 'view' }, 500).then(
      (answer) => (answer.to === 'refused' ? 'refused' : 'answered'),
      (error: LinkError) => error.code,
    ),
  );
  const ends = await Promise.all(asked);
  assert.equal(ends.filter((end) => end === 'refused').length, 24, 'the other side works on eight');
  assert.equal(ends.filter((end) => end === 'not-connected').length, 68, 'this side asks 32 at most');
  assert.equal(ends.filter((end) => end === 'no-answer').length, 8);
});

const trouble = (from: Awaited<ReturnType<typeof voter>>, id: string, pattern: RegExp) =>
  waitFor(() => pattern.test(from.link.troubles().get(id) ?? ''), {
    message: () => `${pattern} in ${JSON.stringify([...from.link.troubles()])}`,
  });

test('duty link: certificates of strangers: are refused with a sentence', async (t) => {
  await using a = await voter('a');
  const other = createPairAuthority();
  const cases: readonly [string, Parameters<typeof startVoter>[1], RegExp][] = [
    ['of another CA', { credentials: other.certify('b') }, /certificate of another cluster/],
    [
      'of an agent',
      { credentials: authority.certify('b', { commonName: 'agt_01234567890123456789', dnsName: null }) },
      /refused this host: .*of an agent/,
    ],
    [
      'that has expired',
      { credentials: authority.certify('b', { notAfter: new Date(Date.now() - 1_000) }) },
      /refused this host: .*has expired/,
    ],
    [
      'of another voter',
      { credentials: authority.certify('c') },
      /calls itself b, but its certificate is that of c/,
    ],
  ];
  for (const [name, wish, pattern] of cases)
    await t.test(name, async () => {
      await using b = await startVoter('b', wish);
      b.link.setPeers([{ id: 'a', address: a.address }]);
      await trouble(b, 'a', pattern);
      assert.deepEqual(b.link.connections(), []);
      assert.deepEqual(a.link.connections(), []);
    });
});

test('duty link: the wrong host at an address: is not taken for the right one', async (t) => {
  await using a = await voter('a');
  await using agents = await voter('x', {
    credentials: authority.certify('x', { commonName: 'manager', dnsName: 'nezuban-manager' }),
  });
  await using b = await voter('b');
  const at = async (id: string, address: string, pattern: RegExp) => {
    b.link.setPeers([{ id, address }]);
    await trouble(b, id, pattern);
    assert.deepEqual(b.link.connections(), []);
  };
  await t.test('another voter', () => at('c', a.address, /has the certificate of a, but c was looked for/));
  await t.test('no host of a pair', () =>
    at('c', agents.address, /no host of the pair: is it the port of the agents/),
  );
  await t.test('nobody', () => at('c', '127.0.0.1:1', /Nobody listens at 127.0.0.1:1/));
});

test('duty link: its own address given for the other host: says so', async () => {
  await using a = await voter('a');
  a.link.setPeers([{ id: 'b', address: a.address }]);
  await trouble(a, 'b', /has the certificate of a, but b was looked for/);
});

test('duty link: another cluster under the same CA: is refused on both sides', async () => {
  await using a = await voter('a');
  await using b = await voter('b', { self: { cluster: 'cluster-2' } });
  b.link.setPeers([{ id: 'a', address: a.address }]);
  await trouble(b, 'a', /is of the cluster cluster-[12]/);
  assert.deepEqual(b.connected, []);
  assert.deepEqual(a.connected, []);
});

test('duty link: releases: one minor version apart works, more is refused with a sentence', async () => {
  await using a = await voter('a', { self: { release: '0.3.0' } });
  await using near = await voter('n', { listens: false, self: { release: '0.2.7' } });
  await using far = await voter('f', { listens: false, self: { release: '0.1.9' } });
  near.link.setPeers([{ id: 'a', address: a.address }]);
  far.link.setPeers([{ id: 'a', address: a.address }]);
  await connected(near, 'a');
  await trouble(far, 'a', /one minor version apart.* 0\.[13]\.\d.* 0\.[13]\.\d/);
  assert.deepEqual(far.connected, []);
});

test('duty link: the port is taken: says which and what to do', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  const link = createDutyLink(
    {
      clock: systemClock,
      timers: systemTimers,
      logger: createMemoryLogger(),
      bulk: null,
      events: {} as never,
    },
    {
      self: { id: 'a', cluster: 'c', startId: 's', kind: 'member', name: 'a', release: '0.1.0' },
      credentials: authority.certify('a'),
      listen: { host: '127.0.0.1', port },
    },
  );
  await assert.rejects(link.start(), (error: LinkError) => {
    assert.equal(error.code, 'port');
    assert.match(
      error.message,
      new RegExp(`127.0.0.1:${port}, is taken by another program: .* choose another port`),
    );
    return true;
  });
  await link.stop();
  server.close();
});

test('duty link: a connection is reset: lost is told at once, and it is made anew', async () => {
  await using a = await voter('a');
  await using b = await voter('b');
  await using network = await createNetworkStandIn(() => a.port);
  b.link.setPeers([{ id: 'a', address: `127.0.0.1:${network.port}` }]);
  await connected(b, 'a');
  network.reset();
  await waitFor(() => b.lost.length === 1 && a.lost.length === 1);
  await connected(b, 'a');
  b.say('a', 1);
  await waitFor(() => a.messages.length === 1);
});

test('duty link: a network cut without a word: another connection is dialled beside it, and works as soon as it can', async () => {
  await using a = await voter('a');
  await using b = await voter('b');
  await using network = await createNetworkStandIn(() => a.port);
  b.link.setPeers([{ id: 'a', address: `127.0.0.1:${network.port}` }]);
  await connected(b, 'a');
  const before = network.made();
  network.cut();
  await waitFor(() => network.made() >= before + 3, { message: 'dials beside the silent connection' });
  assert.deepEqual(b.lost, [], 'silence alone is no loss: nobody has said so');
  network.heal();
  let tries = 0;
  // At the pace of heartbeats. The old connections stay dead: only a new one can carry it.
  await waitFor(
    () => {
      tries += 1;
      b.say('a', tries);
      return a.messages.length > 0;
    },
    { intervalMs: 250 },
  );
  assert.ok(tries <= 12, `${tries} heartbeats were lost after the network was healed`);
});

test('duty link: a peer that is away for long: is dialled within a bound', async () => {
  await using b = await voter('b');
  let dials = 0;
  const server = net.createServer((socket) => {
    dials += 1;
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  b.link.setPeers([{ id: 'a', address: `127.0.0.1:${port}` }]);
  const began = performance.now();
  await waitFor(() => performance.now() - began > 2_600);
  const most = Math.ceil((performance.now() - began) / 500) + 1;
  assert.ok(dials >= 2 && dials <= most, `${dials} dials`);
  await trouble(b, 'a', /Nothing answers at/);
  b.link.setPeers([]);
  server.close();
});

test('duty link: new certificates: are used from the next connection on', async () => {
  const renewed = createPairAuthority();
  await using a = await voter('a');
  await using b = await voter('b');
  a.link.setIdentity(renewed.certify('a'));
  b.link.setPeers([{ id: 'a', address: a.address }]);
  await trouble(b, 'a', /certificate of another cluster/);
  b.link.setIdentity(renewed.certify('b'));
  await connected(b, 'a');
});

/** A connection of somebody with a good certificate who does what he wants. */
async function rogue(port: number, id: string): Promise<tls.TLSSocket> {
  const { certificate, privateKey, ca } = authority.certify(id);
  const socket = tls.connect({
    host: '127.0.0.1',
    port,
    cert: certificate,
    key: privateKey,
    ca,
    servername: pairServerName,
    ALPNProtocols: [pairAlpn.duty],
  });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  // Else its end would not be noticed.
  socket.resume();
  return socket;
}

const hello = (id: string) =>
  `${JSON.stringify({ type: 'hello', protocol: 1, release: '0.1.0', cluster: 'cluster-1', id, startId: 's', kind: 'member', name: id, clock: '2026-01-01T00:00:00.000Z' })}\n`;

const readAll = (socket: tls.TLSSocket) => {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (part: string) => (text += part));
  return () => text;
};

test('duty link: frames that are none: close the connection with a reason', async (t) => {
  await using a = await voter('a');
  const cases: readonly [string, string, RegExp][] = [
    ['no greeting', `${JSON.stringify({ type: 'ping', n: 1 })}\n`, /no greeting of a pair/],
    ['no JSON', `${hello('m')}nonsense\n`, /no frame of a pair/],
    ['an unknown frame', `${hello('m')}{"type":"shout"}\n`, /no frame of a pair/],
    ['a frame that is too long', `${hello('m')}${'x'.repeat(300 * 1024)}`, /longer than the 262144 bytes/],
    [
      'a message of somebody else',
      `${hello('m')}${JSON.stringify({ type: 'message', message: messageOf({ from: 'b', to: 'a', n: 1 }) })}\n`,
      /not from m to a/,
    ],
    [
      'a flood',
      `${hello('m')}${`${JSON.stringify({ type: 'pong', n: 1 })}\n`.repeat(3_000)}`,
      /frames came within a second/,
    ],
  ];
  for (const [name, bytes, pattern] of cases)
    await t.test(name, async () => {
      const socket = await rogue(a.port, 'm');
      const said = readAll(socket);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(bytes);
      await closed;
      assert.match(said(), pattern);
    });
  assert.deepEqual(a.messages, []);
});

test('duty link: a peer that does not read: messages are dropped, memory does not grow', async () => {
  await using a = await voter('a');
  const socket = await rogue(a.port, 'm');
  socket.write(hello('m'));
  await connected(a, 'm');
  socket.pause();
  // It still speaks, so that its connection counts as heard.
  const speaking = setInterval(() => socket.write(`${JSON.stringify({ type: 'pong', n: 1 })}\n`), 100);
  const before = process.memoryUsage().rss;
  for (let round = 0; round < 20; round += 1) {
    for (let n = 0; n < 10_000; n += 1) a.say('m', n);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const grown = (process.memoryUsage().rss - before) / 1e6;
  clearInterval(speaking);
  socket.destroy();
  // 200,000 messages are 48 MB; the kernel takes some on both sides.
  assert.ok(grown < 150, `${grown.toFixed(0)} MB more`);
});

test('duty link: a restarted peer: its old connections give way to the new ones', async () => {
  await using a = await voter('a');
  const old = await rogue(a.port, 'b');
  old.write(hello('b'));
  await connected(a, 'b');
  const closed = new Promise((resolve) => old.once('close', resolve));
  await using b = await voter('b');
  b.link.setPeers([{ id: 'a', address: a.address }]);
  await closed;
  assert.equal(a.connected.at(-1)?.startId, 'start-of-b');
});

test('duty link: one voter with many connections: only so many are kept', async () => {
  await using a = await voter('a');
  const sockets: tls.TLSSocket[] = [];
  for (let n = 0; n < 8; n += 1) {
    const socket = await rogue(a.port, 'b');
    socket.write(hello('b'));
    sockets.push(socket);
    await waitFor(() => a.connected.length === n + 1);
  }
  await waitFor(() => sockets.filter((socket) => socket.closed).length === 4);
  for (const socket of sockets) socket.destroy();
});

test('duty link: strangers that only connect: are closed, and keep no voter out', async () => {
  await using a = await voter('a');
  const sockets = Array.from({ length: 60 }, () => net.connect({ port: a.port, host: '127.0.0.1' }));
  for (const socket of sockets) socket.on('error', () => undefined).resume();
  await waitFor(() => sockets.filter((socket) => socket.closed).length >= 60 - 24);
  await using b = await voter('b');
  b.link.setPeers([{ id: 'a', address: a.address }]);
  await connected(b, 'a');
  await waitFor(() => sockets.every((socket) => socket.closed), { message: 'the rest to be closed, too' });
});

test('duty link: this process itself stood still: its connections are not taken for silent', async () => {
  await using a = await voter('a');
  await using b = await voter('b');
  await using network = await createNetworkStandIn(() => a.port);
  b.link.setPeers([{ id: 'a', address: `127.0.0.1:${network.port}` }]);
  await connected(b, 'a');
  const until = performance.now() + 2_500;
  while (performance.now() < until);
  await waitFor(() => (b.link.connections()[0]?.heardAgoMs ?? 9_999) < 100);
  b.say('a', 1);
  await waitFor(() => a.messages.length === 1);
  assert.equal(network.made(), 1);
  assert.deepEqual([...a.lost, ...b.lost], []);
});

test('duty link: addresses that are none: are a trouble, not an error', async () => {
  await using a = await voter('a');
  a.link.setPeers([{ id: 'b', address: 'nonsense' }]);
  await trouble(a, 'b', /"nonsense" is not the address of a host of the pair/);
});
