// Bulk connections from a local socket of one host to a service of the other, through real link processes on one port with duty.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import pg from 'pg';
import { testDatabase } from '@nezuban/tests/support/postgres';
import { createScratchHome } from '@nezuban/tests/support/scratch-home';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { pairAlpn } from '@nezuban/protocol/pair/pair-link';
import { createNetworkStandIn } from '../../testing/network-stand-in.ts';
import { createPairAuthority } from '../../testing/pair-authority.ts';
import { startMember, type Member } from '../../testing/pair-member-fixture.ts';
import type { LinkTargets } from './link-messages.ts';
import { dialContext, dialOptions } from './pair-tls.ts';

const authority = createPairAuthority();

type Service = Disposable & { readonly path: string; readonly sockets: net.Socket[] };

/** A local service on a Unix socket. */
async function serveAt(file: string, onConnection: (socket: net.Socket) => void): Promise<Service> {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(file);
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    path: file,
    sockets,
    [Symbol.dispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

type Pair = AsyncDisposable & {
  /** Has the services. */
  readonly a: Member;
  /** Has the door. */
  readonly b: Member;
  readonly door: string;
  readonly folder: string;
  readonly ofB: (more?: Partial<LinkTargets>) => LinkTargets;
};

/** `b` reaches the service `postgres` of `a` by a local socket. */
async function startPair(target: string, through?: (port: number) => number): Promise<Pair> {
  const home = createScratchHome();
  const a = await startMember('a', { credentials: authority.certify('a') });
  const b = await startMember('b', { credentials: authority.certify('b') });
  const door = path.join(home.path, 'up', '.s.PGSQL.5432');
  const port = through?.(a.voter.port) ?? a.voter.port;
  const ofB = (more: Partial<LinkTargets> = {}): LinkTargets => ({
    allowed: ['a'],
    services: {},
    doors: [{ service: 'postgres', path: door, owner: null }],
    peer: { id: 'a', address: `127.0.0.1:${port}` },
    ...more,
  });
  a.bulk.setTargets({ allowed: ['b'], services: { postgres: target }, doors: [], peer: null });
  b.bulk.setTargets(ofB());
  await waitFor(() => fs.existsSync(door));
  return {
    a,
    b,
    door,
    folder: home.path,
    ofB,
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
      await home.remove();
    },
  };
}

/** Tries again while nobody listens: the file of a socket is there a moment before, and may be left over from an earlier life. */
async function knock(door: string): Promise<net.Socket> {
  return await waitFor(async () => {
    const socket = net.connect(door);
    socket.on('error', () => undefined);
    return await new Promise<net.Socket | null>((resolve) => {
      socket.once('connect', () => resolve(socket));
      socket.once('close', () => resolve(null));
    });
  });
}

/** What comes back for `text`; null if the connection ends without it. */
async function echoThrough(door: string, text: string): Promise<string | null> {
  const socket = await knock(door);
  let got = '';
  const { promise, resolve } = Promise.withResolvers<string | null>();
  socket.on('data', (part: Buffer) => {
    got += part.toString();
    if (got.length >= text.length) resolve(got);
  });
  socket.once('close', () => resolve(null));
  socket.write(text);
  const result = await promise;
  socket.destroy();
  return result;
}

const scratch = createScratchHome();
test.after(() => scratch.remove());
const echo = await serveAt(path.join(scratch.path, 'echo'), (socket) => void socket.pipe(socket));
test.after(() => echo[Symbol.dispose]());

const closing = (socket: net.Socket) => new Promise((resolve) => socket.once('close', resolve));

test('bulk: a connection to the local socket: reaches the service of the other host, beside duty on one port', async () => {
  await using pair = await startPair(echo.path);
  pair.b.voter.link.setPeers([{ id: 'a', address: pair.a.voter.address }]);
  assert.equal(await echoThrough(pair.door, 'hello there'), 'hello there');
  await waitFor(() => pair.a.voter.connected.length === 1);
  assert.equal((fs.statSync(pair.door).mode & 0o777).toString(8), '660');
  assert.equal((fs.statSync(path.dirname(pair.door)).mode & 0o777).toString(8), '700');
});

test('bulk: a ClientHello that comes in single bytes: is handed over whole', async () => {
  await using network = await createDribble(() => target);
  let target = 0;
  await using pair = await startPair(echo.path, (port) => {
    target = port;
    return network.port;
  });
  const text = 'x'.repeat(100_000);
  assert.equal(await echoThrough(pair.door, text), text);
  pair.b.voter.link.setPeers([{ id: 'a', address: `127.0.0.1:${network.port}` }]);
  await waitFor(() => pair.a.voter.connected.length === 1, { message: 'duty through the same network' });
});

/** Passes the first bytes of a client one by one. */
async function createDribble(target: () => number): Promise<AsyncDisposable & { readonly port: number }> {
  const open = new Set<net.Socket>();
  const server = net.createServer((near) => {
    const far = net.connect({ port: target(), host: '127.0.0.1', noDelay: true });
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    far.pipe(near);
    near.once('data', (first: Buffer) => {
      near.pause();
      void (async () => {
        for (const byte of first) {
          far.write(Buffer.from([byte]));
          await new Promise((resolve) => setImmediate(resolve));
        }
        near.pipe(far);
      })();
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('bulk: either side closes: the other end is closed too, after the last bytes', async () => {
  const said: Promise<string>[] = [];
  using service = await serveAt(path.join(scratch.path, 'ends'), (socket) => {
    said.push(
      new Promise((resolve) => {
        let text = '';
        socket.on('data', (part: Buffer) => {
          text += part.toString();
          if (text.endsWith('bye')) socket.end('last words');
        });
        socket.once('close', () => resolve(text));
      }),
    );
  });
  await using pair = await startPair(service.path);
  const first = await knock(pair.door);
  let heard = '';
  first.on('data', (part: Buffer) => (heard += part.toString()));
  first.write('bye');
  await closing(first);
  assert.equal(heard, 'last words', 'the service closed');
  const second = await knock(pair.door);
  second.end('y'.repeat(300_000));
  await closing(second);
  await waitFor(() => said.length === 2);
  assert.equal((await said[1])?.length, 300_000, 'the user closed');
});

test('bulk: certificates of others: witness, agent, another CA: are let to no service', async (t) => {
  await using pair = await startPair(echo.path);
  const before = echo.sockets.length;
  const cases = {
    'a witness': authority.certify('w'),
    'an agent': authority.certify('b', { commonName: 'agt_01234567890123456789', dnsName: null }),
    'another CA': { ...createPairAuthority().certify('b'), ca: authority.ca },
  };
  for (const [name, credentials] of Object.entries(cases))
    await t.test(name, async () => {
      const socket = tls.connect({
        ...dialOptions(dialContext(credentials), pairAlpn.bulk),
        host: '127.0.0.1',
        port: pair.a.voter.port,
      });
      socket.on('error', () => undefined);
      socket.resume();
      socket.write('{"service":"postgres"}\nhello');
      await closing(socket);
    });
  assert.equal(echo.sockets.length, before);
});

test('bulk: a head that is none, and a service that is not offered: are closed', async (t) => {
  await using pair = await startPair(echo.path);
  for (const head of ['{"service":"console"}\n', '{"service":"root"}\n', 'x\n', 'x'.repeat(5_000)])
    await t.test(JSON.stringify(head.slice(0, 30)), async () => {
      const socket = tls.connect({
        ...dialOptions(dialContext(authority.certify('b')), pairAlpn.bulk),
        host: '127.0.0.1',
        port: pair.a.voter.port,
      });
      socket.on('error', () => undefined);
      socket.resume();
      socket.write(head);
      await closing(socket);
    });
});

test('bulk: nobody to reach: whoever knocks is closed, and the reason is told', async () => {
  await using pair = await startPair(echo.path);
  pair.b.bulk.setTargets(pair.ofB({ peer: null }));
  await waitFor(async () => (await echoThrough(pair.door, 'x')) === null);
  pair.b.bulk.setTargets(pair.ofB({ peer: { id: 'a', address: '127.0.0.1:1' } }));
  await waitFor(async () => {
    await echoThrough(pair.door, 'x');
    return /Nobody listens at 127.0.0.1:1/.test(pair.b.troubles.get('postgres') ?? '');
  });
  pair.b.bulk.setTargets(pair.ofB({ peer: { id: 'c', address: pair.a.voter.address } }));
  await waitFor(async () => {
    await echoThrough(pair.door, 'x');
    return /but c was looked for/.test(pair.b.troubles.get('postgres') ?? '');
  });
  pair.b.bulk.setTargets(pair.ofB());
  await waitFor(async () => (await echoThrough(pair.door, 'x')) === 'x');
  assert.equal(pair.b.troubles.get('postgres'), null);
});

test('bulk: another peer: connections to the one before are closed', async () => {
  await using pair = await startPair(echo.path);
  const socket = await knock(pair.door);
  socket.write('x');
  await new Promise((resolve) => socket.once('data', resolve));
  pair.b.bulk.setTargets(pair.ofB({ peer: null }));
  await closing(socket);
});

test('bulk: the other host is cut off without a word: its connections are closed within seconds, on both sides', async () => {
  await using network = await createNetworkStandIn(() => target);
  let target = 0;
  await using pair = await startPair(echo.path, (port) => {
    target = port;
    return network.port;
  });
  pair.b.voter.link.setPeers([{ id: 'a', address: `127.0.0.1:${network.port}` }]);
  await waitFor(() => pair.b.voter.connected.length === 1);
  const socket = await knock(pair.door);
  socket.write('x');
  await new Promise((resolve) => socket.once('data', resolve));
  const service = echo.sockets.at(-1);
  assert.ok(service);
  network.cut();
  await Promise.all([closing(socket), closing(service)]);
});

test('bulk: the link process dies: another one is started and told everything again', async () => {
  await using pair = await startPair(echo.path);
  assert.equal(await echoThrough(pair.door, 'before'), 'before');
  for (const member of [pair.a, pair.b]) {
    const pid = member.bulk.pid();
    assert.ok(pid !== null);
    process.kill(pid, 'SIGKILL');
    await waitFor(() => member.died.length === 1 && member.started.length === 2);
  }
  assert.match(pair.a.died[0] ?? '', /was killed by SIGKILL/);
  await waitFor(async () => fs.existsSync(pair.door) && (await echoThrough(pair.door, 'after')) === 'after');
});

test('bulk: the other link process dies over bytes it has not read: this one lives on, and the local connection is closed', async () => {
  const scratchHome = createScratchHome();
  using deaf = await serveAt(path.join(scratchHome.path, 'deaf'), (socket) => void socket.pause());
  await using pair = await startPair(deaf.path);
  const socket = await knock(pair.door);
  // More than all buffers on the way hold: the kernel answers the death with a reset, not with an end.
  const flood = Buffer.alloc(1_000_000, 'x');
  await waitFor(() => {
    if (socket.writableLength === 0) socket.write(flood);
    return socket.writableLength > 0 && deaf.sockets.length === 1;
  });
  const pid = pair.a.bulk.pid();
  assert.ok(pid !== null);
  const closed = closing(socket);
  process.kill(pid, 'SIGKILL');
  await closed;
  await waitFor(() => pair.b.died.length > 0 || pair.b.log().includes('a bulk connection broke'));
  assert.deepEqual(pair.b.died, []);
  await scratchHome.remove();
});

test('bulk: the link process stands still: it is killed and another one carries on', async () => {
  await using pair = await startPair(echo.path);
  assert.equal(await echoThrough(pair.door, 'before'), 'before');
  const pid = pair.b.bulk.pid();
  assert.ok(pid !== null);
  process.kill(pid, 'SIGSTOP');
  await waitFor(() => pair.b.died.length === 1);
  await waitFor(async () => (await echoThrough(pair.door, 'after')) === 'after');
});

test('bulk: new certificates: are used from the next connection on', async () => {
  await using pair = await startPair(echo.path);
  const renewed = createPairAuthority();
  pair.a.bulk.setCredentials(renewed.certify('a'));
  pair.b.bulk.setCredentials(renewed.certify('b'));
  pair.a.voter.link.setIdentity(renewed.certify('a'));
  await waitFor(async () => (await echoThrough(pair.door, 'x')) === 'x');
});

/** The most memory that a process has had, in bytes. */
function peakOf(pid: number | null): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

test('bulk: 200 MB to a slow reader: arrive whole, and memory stays bounded', async () => {
  const total = 200_000_000;
  using service = await serveAt(path.join(scratch.path, 'source'), (socket) => {
    const chunk = Buffer.alloc(100_000, 7);
    let left = total / chunk.length;
    const more = (): void => {
      while (left > 0) {
        left -= 1;
        if (!socket.write(chunk)) return void socket.once('drain', more);
      }
      socket.end();
    };
    more();
  });
  await using pair = await startPair(service.path);
  const before = [peakOf(pair.a.bulk.pid()), peakOf(pair.b.bulk.pid())];
  const socket = await knock(pair.door);
  let got = 0;
  socket.on('data', (part: Buffer) => {
    const tenth = Math.floor(got / 2e7);
    got += part.length;
    // Ten rests, each long enough for the others to fill whatever they have.
    if (Math.floor(got / 2e7) > tenth) {
      socket.pause();
      setTimeout(() => socket.resume(), 100);
    }
  });
  await closing(socket);
  assert.equal(got, total);
  const grown = [peakOf(pair.a.bulk.pid()), peakOf(pair.b.bulk.pid())].map(
    (peak, index) => (peak - (before[index] ?? 0)) / 1e6,
  );
  assert.ok(
    Math.max(...grown) < 100,
    `link processes grew by ${grown.map((mb) => mb.toFixed(0)).join(' and ')} MB`,
  );
});

test('bulk: a replication connection of a real PostgreSQL: goes through', async (t) => {
  const database = await testDatabase();
  t.after(() => database.drop());
  const { host, user } = database.config;
  await using pair = await startPair(path.join(host, '.s.PGSQL.5432'));
  const client = new pg.Client({
    host: path.dirname(pair.door),
    user,
    database: 'postgres',
    replication: 'true',
  } as pg.ClientConfig);
  await client.connect();
  const { rows } = await client.query('IDENTIFY_SYSTEM');
  assert.match(rows[0].systemid, /^\d+$/);
  await client.end();
});
