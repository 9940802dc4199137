// An agent between two managers: which one it follows, what an old master can no longer do, and where it finds them after a restart.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { readIdentity } from './identity/identity.ts';
import { AgentFixture } from './testing/agent-fixture.ts';
import { FakeManager, newAttemptId } from './testing/fake-manager.ts';
import { waitUntil } from './testing/wait-until.ts';

describe('agent of a pair', () => {
  let a: FakeManager;
  let b: FakeManager;
  let fixture: AgentFixture;

  beforeEach(async () => {
    a = await FakeManager.start({ term: 5 });
    b = await FakeManager.start({ authority: a.authority, onDuty: false });
    a.managers = b.managers = [a.address, b.address];
    fixture = new AgentFixture();
    await fixture.join(a);
  });
  afterEach(async () => {
    await fixture.clean();
    for (const manager of [a, b]) await manager.stop();
  });

  const startWithBoth = async () => {
    const agent = fixture.start();
    await Promise.all([a.connected(), b.connected()]);
    await waitUntil(() => b.heartbeats.length > 0, 'the standby to have been answered');
    return agent;
  };
  const file = () => fixture.file('ledger');
  const stored = () => readIdentity(fixture.home)?.managers;
  const closedAsStale = (manager: FakeManager, known: number) =>
    waitUntil(
      () =>
        manager.closes.some(
          ({ code, reason }) => code === 1008 && reason === `stale term, ${known} is known`,
        ),
      'the close',
    );
  /** A command that ends when `go` is there. */
  const untilGo = (rest: string) => `until [ -e ${fixture.file('go')} ]; do sleep 0.02; done; ${rest}`;
  const go = () => fs.writeFileSync(fixture.file('go'), '');

  test('managers: the welcome names both: connected to both, kept over a restart', async () => {
    const agent = await startWithBoth();
    assert.deepEqual(stored(), [a.address, b.address]);
    assert.deepEqual([a.connections, b.connections], [1, 1]);
    await fixture.stop(agent);
    // The one that it joined at is away for good; the other one has taken over meanwhile.
    await a.goAway();
    b.takeOver(6);
    fixture.start();
    await waitUntil(() => b.hellos.length === 2, 'the next agent');
    assert.equal((await b.ended(b.dispatchOne({ command: 'exit 3' }))).exitCode, 3);
  });

  test('managers: the list lacks the address that led there: that one stays until a master is reached by the list', async () => {
    const closed = await freePort();
    a.managers = [`127.0.0.1:${closed}`];
    const agent = fixture.start();
    await a.connected();
    await waitUntil(() => stored()?.length === 2, 'the list to be stored');
    assert.deepEqual(stored(), [`127.0.0.1:${closed}`, a.address]);
    assert.equal(a.connections, 1);
    await fixture.stop(agent);
    // By its list now: the master that took over names two others than `a`.
    const c = await FakeManager.start({ authority: a.authority, term: 6 });
    try {
      c.managers = [b.address, c.address];
      b.managers = c.managers;
      a.onDuty = false;
      a.managers = [b.address, c.address];
      fixture.start();
      await c.connected();
      await waitUntil(() => a.connections === 0, 'the link to the host that is no manager to go');
      assert.deepEqual(stored(), [b.address, c.address]);
      assert.ok(a.closes.some(({ reason }) => reason === 'no longer one of the managers'));
    } finally {
      await c.stop();
    }
  });

  test('managers: a standby only adds, and its list does not count after a master has told', async () => {
    a.managers = [a.address, b.address];
    b.managers = ['127.0.0.1:9', b.address];
    await startWithBoth();
    const hellos = b.hellos.length;
    b.kick();
    await waitUntil(() => b.hellos.length > hellos, 'the agent to come back');
    assert.deepEqual(stored(), [a.address, b.address]);
  });

  test('managers: the list cannot be written: used all the same, the identity stays whole', async () => {
    fs.mkdirSync(path.join(fixture.home, 'identity.json.draft'));
    await startWithBoth();
    assert.deepEqual(stored(), [a.address]);
    fs.rmdirSync(path.join(fixture.home, 'identity.json.draft'));
  });

  test('standby: gets heartbeats that say how lately the master was heard, and nothing else', async () => {
    await startWithBoth();
    const ago = b.heartbeats.at(-1)?.otherMasterHeardAgoMs;
    assert.ok(typeof ago === 'number' && ago < 20_000, String(ago));
    assert.equal((await a.ended(a.dispatchOne({ command: 'echo out' }))).exitCode, 0);
    assert.equal(b.receipts.length, 0);
    assert.equal(b.hellos.length, 1);
    assert.equal(b.closes.length, 0);
  });

  test('standby: both are: connected to both, and no master has been heard', async () => {
    a.onDuty = false;
    fixture.start();
    for (const manager of [a, b]) {
      await waitUntil(() => manager.heartbeats.length > 0, 'the first heartbeat');
      assert.equal(manager.heartbeats[0]?.otherMasterHeardAgoMs, null);
    }
    a.takeOver(6);
    assert.equal((await a.ended(a.dispatchOne({ command: 'exit 1' }))).exitCode, 1);
    assert.deepEqual([a.hellos.length, b.hellos.length], [1, 1]);
  });

  test('standby: work from it: refused, the connection ends, the attempt never runs', async () => {
    await startWithBoth();
    b.dispatch({ command: `echo x >> ${file()}` });
    await waitUntil(
      () => b.closes.some(({ reason }) => reason === 'a message before the welcome'),
      'the close',
    );
    await waitUntil(() => b.hellos.length === 2, 'the agent to come back');
    assert.equal((await a.ended(a.dispatchOne({ command: 'true' }))).exitCode, 0);
    assert.deepEqual(fixture.lines('ledger'), []);
  });

  test('takeover: the old master is cut off, its connection looks alive: the new one has everything at once', async () => {
    await startWithBoth();
    a.acknowledging = false;
    const id = a.dispatchOne({ command: `echo early; ${untilGo('echo late; exit 4')}` });
    await a.running(id);
    await waitUntil(() => a.output(id).toString() === 'early\n', 'the first output');
    const ended = a.dispatchOne({ command: 'exit 2' });
    await a.ended(ended);
    a.cutOff();
    b.takeOver(6);
    // Not acknowledged by the old one: sent again.
    assert.equal((await b.ended(ended)).exitCode, 2);
    assert.equal((await b.running(id)).attemptId, id);
    go();
    assert.equal((await b.ended(id)).exitCode, 4);
    assert.equal(await b.wholeOutput(id), 'early\nlate\n');
    assert.equal(b.hellos.length, 1, 'on the connection that was there');
  });

  test('takeover: output goes on from what the new master has', async () => {
    await startWithBoth();
    const id = a.dispatchOne({ command: `echo one; ${untilGo('echo two')}` });
    await waitUntil(() => a.output(id).toString() === 'one\n', 'the first output');
    // What was acknowledged is committed on both hosts.
    b.copyOutput(a);
    await waitUntil(() => a.acknowledged > 1, 'the acknowledgement');
    b.takeOver(6);
    go();
    assert.equal(await b.wholeOutput(id), 'one\ntwo\n');
    assert.equal(a.output(id).toString(), 'one\n');
  });

  test('zombie: the old master still sends after the new welcome: told the newer term, nothing of it runs', async () => {
    await startWithBoth();
    b.takeOver(6);
    await closedAsStale(a, 6);
    // It takes itself for the master: each welcome of it is refused, and its hello knows better.
    await waitUntil(() => a.hellos.length > 2, 'the agent to try again');
    assert.equal(a.hellos.at(-1)?.highestTerm, 6);
    if (a.connections > 0) a.dispatch({ command: `echo zombie >> ${file()}` });
    assert.equal((await b.ended(b.dispatchOne({ command: `echo true >> ${file()}` }))).exitCode, 0);
    assert.deepEqual(fixture.lines('ledger'), ['true']);
    assert.equal(a.receipts.length, 0);
    // When it knows its place, it is a standby like any other.
    a.onDuty = false;
    await waitUntil(() => a.connections > 0 && a.heartbeats.length > 0, 'a heartbeat to the former master');
    assert.equal(typeof a.heartbeats.at(-1)?.otherMasterHeardAgoMs, 'number');
  });

  test('zombie: order, cancel, query and acknowledgement arrive after the new welcome: without effect', async () => {
    const door = await openDoor(a);
    try {
      a.managers = [door.address, b.address];
      await fixture.join(a, door.address);
      await startWithBoth();
      a.acknowledging = false;
      const done = a.dispatchOne({ command: 'exit 6' });
      const { seq } = await a.ended(done);
      const running = a.dispatchOne({ command: untilGo('exit 0') });
      await a.running(running);
      // Sent while it was the master for all it knew, and under way when the other one took over.
      door.hold();
      const [order = ''] = a.dispatch({ command: `echo zombie >> ${file()}` });
      a.cancel(running, 0);
      a.send({ type: 'query', term: a.term, attemptIds: ['1-neverseen0-0.0.0.0'] });
      a.send({ type: 'receiptsAck', seq });
      b.acknowledging = false;
      b.takeOver(6);
      await b.ended(done);
      door.release();
      await closedAsStale(a, 6);
      go();
      assert.equal((await b.ended(running)).cancelled, false);
      b.dispatch({ attemptId: '1-neverseen0-0.0.0.0', command: 'exit 5' });
      assert.equal((await b.ended('1-neverseen0-0.0.0.0')).exitCode, 5, 'no tombstone of the zombie');
      b.receipts.length = 0;
      b.kick();
      assert.equal((await b.ended(done)).exitCode, 6, 'still owed');
      b.send({ type: 'query', term: b.term, attemptIds: [order] });
      const outcome = await b.outcome(order);
      assert.equal(outcome.state === 'unknown' && outcome.reason, 'no record at the agent');
      assert.deepEqual(fixture.lines('ledger'), []);
    } finally {
      await door.close();
    }
  });

  test('zombie: its orders arrive in the same breath as the new welcome: run once, whichever comes first', async () => {
    await startWithBoth();
    // Both in the agent's receive buffers when it looks: whichever comes first, the order is run once or never.
    const order = { attemptId: newAttemptId(), command: `echo x >> ${file()}` };
    b.takeOver(6);
    a.dispatch(order);
    b.dispatch(order);
    assert.equal((await b.ended(order.attemptId)).exitCode, 0);
    assert.equal(fixture.lines('ledger').length, 1);
    await closedAsStale(a, 6);
  });

  test('same attempt from both masters: runs once, its receipts go to the new one', async () => {
    await startWithBoth();
    const order = { attemptId: newAttemptId(), command: `echo x >> ${file()}; ${untilGo('exit 8')}` };
    a.dispatch(order);
    await a.running(order.attemptId);
    b.takeOver(6);
    b.dispatch(order);
    await b.running(order.attemptId);
    const known = a.receipts.length;
    go();
    assert.equal((await b.ended(order.attemptId)).exitCode, 8);
    assert.equal(a.receipts.length, known);
    assert.deepEqual(fixture.lines('ledger'), ['x']);
  });

  test('restart: the highest term is known to the next agent before any welcome', async () => {
    const agent = await startWithBoth();
    b.takeOver(6);
    await closedAsStale(a, 6);
    await fixture.stop(agent);
    await b.goAway();
    const closes = a.closes.length;
    fixture.start();
    await waitUntil(() => a.closes.length > closes, 'the old master to be refused');
    assert.equal(a.hellos.at(-1)?.highestTerm, 6);
    assert.equal(a.closes.at(-1)?.reason, 'stale term, 6 is known');
    await b.listen();
  });

  test('master killed: the standby is welcomed over its connection, and the old host is a standby when it is back', async () => {
    await startWithBoth();
    await a.goAway();
    b.takeOver(6);
    assert.equal((await b.ended(b.dispatchOne({ command: 'exit 1' }))).exitCode, 1);
    a.onDuty = false;
    const hellos = a.hellos.length;
    await a.listen();
    await waitUntil(() => a.hellos.length > hellos, 'the agent to come back');
    assert.equal((await b.ended(b.dispatchOne({ command: 'exit 2' }))).exitCode, 2);
  });

  test('one address hangs: the other manager is served without delay', async () => {
    // Takes the connection and never says a word, as a host does whose processes hang.
    const silent = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const sockets = new Set<net.Socket>();
    silent.on('connection', (socket) => sockets.add(socket));
    try {
      a.managers = [`127.0.0.1:${(silent.address() as net.AddressInfo).port}`, a.address];
      fixture.start();
      await a.connected();
      await waitUntil(() => sockets.size > 0, 'the try at the silent one');
      assert.equal((await a.ended(a.dispatchOne({ command: 'exit 7' }))).exitCode, 7);
      await a.goAway();
      const hellos = a.hellos.length;
      await a.listen();
      await waitUntil(() => a.hellos.length > hellos, 'the agent to come back', 5_000);
      assert.equal((await a.ended(a.dispatchOne({ command: 'exit 9' }))).exitCode, 9);
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => silent.close(resolve));
    }
  });

  test('two addresses of one manager: its newest connection stays, they do not replace each other for ever', async () => {
    const door = await openDoor(a);
    try {
      a.managers = [a.address, door.address];
      a.replacing = true;
      fixture.start();
      await waitUntil(() => a.hellos.length === 2 && a.connections === 1, 'one connection in the end');
      assert.equal((await a.ended(a.dispatchOne({ command: 'exit 7' }))).exitCode, 7);
      assert.equal(a.hellos.length, 2);
      // The address that waits takes over when the other one is lost.
      a.kick();
      await waitUntil(() => a.hellos.length >= 3 && a.connections === 1, 'the agent to come back');
      assert.equal((await a.ended(a.dispatchOne({ command: 'exit 3' }))).exitCode, 3);
    } finally {
      await door.close();
    }
  });
});

type Door = {
  readonly address: string;
  /** What the manager sends from now on stays under way. */
  readonly hold: () => void;
  readonly release: () => void;
  readonly close: () => Promise<void>;
};

/** Another port that leads to the same manager. */
async function openDoor(manager: FakeManager): Promise<Door> {
  const port = Number(manager.address.split(':')[1]);
  const open = new Set<net.Socket>();
  const fromManager = new Set<net.Socket>();
  const server = net.createServer((incoming) => {
    const outgoing = net.connect(port, '127.0.0.1');
    fromManager.add(outgoing);
    for (const socket of [incoming, outgoing]) {
      open.add(socket);
      socket.on('error', () => undefined);
    }
    incoming.pipe(outgoing).pipe(incoming);
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    address: `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    hold: () => fromManager.forEach((socket) => socket.pause()),
    release: () => fromManager.forEach((socket) => socket.resume()),
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
