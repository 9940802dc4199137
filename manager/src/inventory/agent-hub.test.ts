// Tests of agents' links over real TLS WebSockets: order, acknowledgement, back pressure, bad frames, presence.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { agentLinkVersions, agentLinkLimits } from '@nezuban/protocol/agent/link';
import type { AttemptOrder, Receipt } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import { waitFor } from '@nezuban/tests/support/wait-for';
import type { AgentHubListener } from '../ports.ts';
import { startManagerHarness } from '../testing/manager-harness.ts';
import type { ManagerHarness } from '../testing/manager-harness.ts';
import { connectAgent, enrolAgent, helloOf, openLink } from '../testing/test-agent.ts';
import type { AgentIdentity } from '../testing/test-agent.ts';
import { parseAgentFrame } from './agent-connection.ts';
import { packDispatch } from './outgoing-frames.ts';

const attemptId = (number: number): AttemptId => `1-abcdef-${number}.1.0.1` as AttemptId;
const accepted = (seq: number): Receipt => ({
  seq,
  attemptId: attemptId(seq),
  at: '2026-01-01T00:00:00.000Z',
  state: 'accepted',
});
const order = (number: number, command = 'true'): AttemptOrder => ({
  attemptId: attemptId(number),
  command,
  environment: {},
  killAfterMs: 0,
  outputBytesMax: 0,
});

describe('agent hub', () => {
  let manager: ManagerHarness;
  let identity: AgentIdentity;
  const calls: string[] = [];
  const batches: number[][] = [];
  let gate: Promise<void> = Promise.resolve();
  let failNext = false;
  let open = 0;
  const listener: AgentHubListener = {
    connected: (node) => void calls.push(`connected ${node}`),
    disconnected: (node) => void calls.push(`disconnected ${node}`),
    removed: (node) => void calls.push(`removed ${node}`),
    reported: () => undefined,
    receipts: async (_node, receipts) => {
      await gate;
      if (failNext) {
        failNext = false;
        throw new Error('the database is away');
      }
      batches.push(receipts.map(({ seq }) => seq));
    },
    output: async (_node, chunks) =>
      chunks.map(({ attemptId: id, stream, offset, data }) => ({
        attemptId: id,
        stream,
        offset: offset + Buffer.from(data, 'base64').length,
      })),
    openAttempts: () => open,
  };
  before(async () => {
    manager = await startManagerHarness({ listener });
    identity = await enrolAgent(manager, 'web-1');
  });
  after(() => manager.stop());
  beforeEach(() => {
    calls.length = 0;
    batches.length = 0;
    gate = Promise.resolve();
    open = 0;
  });

  test('agent hub: welcomed: the term, the node is connected, the jobs domain hears of it', async () => {
    const agent = await connectAgent(manager, identity);
    const welcome = await agent.received('welcome');
    assert.equal(welcome.term, 1);
    assert.equal(welcome.managerId, 'test');
    assert.deepEqual(calls, ['connected web-1']);
    assert.equal(manager.inventory.hub.isConnected('web-1'), true);
    assert.deepEqual(manager.inventory.inventory.snapshot().nodes.get('web-1'), { connected: true });
    const node = await manager.call('getNode', { params: { name: 'web-1' } });
    assert.equal(node.body.connection, 'connected');
    agent.stop();
    await waitFor(() => calls.includes('disconnected web-1'), { message: 'the loss to be noticed' });
    assert.equal(
      (await manager.call('getNode', { params: { name: 'web-1' } })).body.connection,
      'disconnected',
    );
  });

  test('agent hub: the same certificate twice: the newest connection wins', async () => {
    const first = await connectAgent(manager, identity);
    const second = await connectAgent(manager, identity);
    assert.equal((await first.whenClosed()).code, 4001);
    assert.deepEqual(calls, ['connected web-1', 'disconnected web-1', 'connected web-1']);
    manager.inventory.hub.dispatch('web-1', [order(1)]);
    assert.equal((await second.received('dispatch')).attempts.length, 1);
    second.stop();
    await waitFor(() => !manager.inventory.hub.isConnected('web-1'));
  });

  test('agent hub: receipts while a commit is under way: in order, together, acknowledged only after it', async () => {
    const agent = await connectAgent(manager, identity);
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    for (let seq = 1; seq <= 6; seq += 1) agent.send({ type: 'receipts', items: [accepted(seq)] });
    // A round trip: what was sent before it has been read.
    agent.socket.ping();
    await new Promise((done) => agent.socket.once('pong', done));
    assert.equal(
      agent.messages.some(({ type }) => type === 'receiptsAck'),
      false,
    );
    resolve();
    await waitFor(
      () => agent.messages.some((message) => message.type === 'receiptsAck' && message.seq === 6),
      { message: 'the last acknowledgement' },
    );
    assert.deepEqual(batches.flat(), [1, 2, 3, 4, 5, 6]);
    assert.ok(batches.length <= 3, `${batches.length} commits`);
    agent.stop();
  });

  test('agent hub: receipts that are not stored: no acknowledgement, the link is closed, the agent sends again', async () => {
    const agent = await connectAgent(manager, identity);
    failNext = true;
    agent.send({ type: 'receipts', items: [accepted(7)] });
    assert.deepEqual(await agent.whenClosed(), { code: 1011, reason: 'not stored, send it again' });
    assert.equal(
      agent.messages.some(({ type }) => type === 'receiptsAck'),
      false,
    );
    const again = await connectAgent(manager, identity);
    again.send({ type: 'receipts', items: [accepted(7)] });
    assert.equal((await again.received('receiptsAck')).seq, 7);
    again.stop();
  });

  test('agent hub: a database that does not answer: the socket is not read on, nothing is lost', async () => {
    const agent = await connectAgent(manager, identity);
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    // More than sockets and kernel buffer on their way: the sender feels it.
    const padding = 'x'.repeat(200_000);
    const frames = 400;
    for (let seq = 1; seq <= frames; seq += 1)
      agent.send({
        type: 'receipts',
        items: [{ ...accepted(seq), state: 'unknown', reason: padding, leftovers: [] }],
      });
    await waitFor(() => agent.socket.bufferedAmount > 10_000_000, { message: 'the agent to be held back' });
    resolve();
    await waitFor(
      () => agent.messages.some((message) => message.type === 'receiptsAck' && message.seq === frames),
      { message: 'the last acknowledgement' },
    );
    assert.deepEqual(
      batches.flat(),
      Array.from({ length: frames }, (_, index) => index + 1),
    );
    agent.stop();
  });

  test('agent hub: output: acknowledged up to what is stored', async () => {
    const agent = await connectAgent(manager, identity);
    agent.send({
      type: 'output',
      items: [
        {
          attemptId: attemptId(1),
          stream: 'stdout',
          offset: 10,
          data: Buffer.from('abc').toString('base64'),
        },
      ],
    });
    assert.deepEqual((await agent.received('outputAck')).items, [
      { attemptId: attemptId(1), stream: 'stdout', offset: 13 },
    ]);
    agent.stop();
  });

  test('agent hub: dispatches of one turn: one frame; more than a frame holds: several', async () => {
    const agent = await connectAgent(manager, identity);
    for (let index = 0; index < 3; index += 1) manager.inventory.hub.dispatch('web-1', [order(index)]);
    assert.equal((await agent.received('dispatch')).attempts.length, 3);
    manager.inventory.hub.dispatch(
      'web-1',
      Array.from({ length: 450 }, (_, index) => order(100 + index)),
    );
    await waitFor(() => agent.messages.filter(({ type }) => type === 'dispatch').length === 4, {
      message: 'three more frames',
    });
    manager.inventory.hub.cancel('web-1', [{ attemptId: attemptId(1), killAfterMs: 5 }]);
    assert.deepEqual((await agent.received('cancel')).items, [{ attemptId: attemptId(1), killAfterMs: 5 }]);
    manager.inventory.hub.query('web-1', [attemptId(1)]);
    assert.deepEqual((await agent.received('query')).attemptIds, [attemptId(1)]);
    agent.stop();
  });

  test("agent hub: an order larger than any frame: refused in the agent's place", async () => {
    const agent = await connectAgent(manager, identity);
    manager.inventory.hub.dispatch('web-1', [
      { ...order(9), environment: { LARGE: 'x'.repeat(agentLinkLimits.frameBytesMax) } },
      order(10),
    ]);
    assert.deepEqual(
      (await agent.received('dispatch')).attempts.map((attempt) => attempt.attemptId),
      [attemptId(10)],
    );
    await waitFor(() => batches.length === 1, { message: 'the refusal' });
    agent.stop();
  });

  const badFrames = [
    ['not JSON', '{"type"', /bad frame: not JSON/],
    ['an unknown type', '{"type":"shutdown"}', /bad frame/],
    ['a field of a wrong type', '{"type":"receipts","items":[{"seq":"1"}]}', /bad frame: items\.0/],
    [
      'more items than allowed',
      JSON.stringify({
        type: 'receipts',
        items: Array.from({ length: 501 }, (_, index) => accepted(index + 1)),
      }),
      /bad frame: items/,
    ],
  ] as const;
  test('agent hub: frames that are no JSON, unknown, of wrong types or too long: closed with 1008, nothing handed on', async () => {
    for (const [what, frame, reason] of badFrames) {
      const agent = await connectAgent(manager, identity);
      agent.send(frame);
      const { code, reason: said } = await agent.whenClosed();
      assert.equal(code, 1008, what);
      assert.match(said, reason);
    }
    assert.deepEqual(batches, []);
  });

  test('agent hub: a frame beyond the limit, a binary frame, a second hello, a message before hello: closed', async () => {
    const large = await connectAgent(manager, identity);
    large.send(`"${'x'.repeat(agentLinkLimits.frameBytesMax)}"`);
    assert.equal((await large.whenClosed()).code, 1009);
    const binary = await connectAgent(manager, identity);
    binary.socket.send(Buffer.from('{}'), { binary: true });
    assert.equal((await binary.whenClosed()).code, 1008);
    const twice = await connectAgent(manager, identity);
    twice.send(helloOf(identity));
    assert.equal((await twice.whenClosed()).code, 1008);
    const early = openLink(manager, identity);
    early.socket.on('open', () =>
      early.send({ type: 'heartbeat', clock: new Date().toISOString(), runningAttempts: 0 }),
    );
    assert.deepEqual(await early.whenClosed(), { code: 1008, reason: 'a message before the welcome' });
  });

  test('agent hub: a protocol that this manager does not speak: sent away with who must be upgraded', async () => {
    const link = openLink(manager, identity);
    const { min, max } = agentLinkVersions;
    const next = { min: max + 1, max: max + 2 };
    link.socket.on('open', () => link.send(helloOf(identity, { protocol: next })));
    const words = `speaks protocol ${next.min}-${next.max}, manager \\S+ ${min}-${max}: upgrade the manager`;
    assert.match((await link.whenClosed()).reason, new RegExp(words));
  });

  test('agent hub: a node on which attempts run: not removed while its agent is connected; away, it is, and that is told', async () => {
    const busy = await enrolAgent(manager, 'busy-1');
    const agent = await connectAgent(manager, busy);
    open = 2;
    const answer = await manager.call('removeNode', { params: { name: 'busy-1' } });
    assert.equal(answer.status, 409);
    assert.equal(answer.body.code, 'operation_refused');
    assert.match(answer.body.detail, /2 attempts run/);
    agent.stop();
    await waitFor(() => calls.includes('disconnected busy-1'));
    assert.equal((await manager.call('removeNode', { params: { name: 'busy-1' } })).status, 204);
    assert.deepEqual(calls.at(-1), 'removed busy-1');
  });

  test('agent hub: a clock that is wrong: told once', async () => {
    const other = await enrolAgent(manager, 'clock-1');
    const link = openLink(manager, other);
    const wrong = new Date(Date.now() - 60_000).toISOString();
    link.socket.on('open', () => link.send(helloOf(other, { clock: wrong })));
    await link.received('welcome');
    for (let index = 0; index < 3; index += 1)
      link.send({ type: 'heartbeat', clock: wrong, runningAttempts: 0 });
    const list = () => manager.call('listEvents', { query: { code: ['agent_clock_differs'] } });
    await waitFor(async () => (await list()).body.items.length > 0, { message: 'the event' });
    const { items } = (await list()).body;
    assert.equal(items.length, 1);
    assert.match(items[0]?.message ?? '', /"clock-1" is (59|60|61) s behind/);
    link.stop();
  });

  test('agent hub: lists of nodes: by name, with a search, page by page', async () => {
    await enrolAgent(manager, 'db-1');
    const names = async (query: { limit?: number; q?: string; cursor?: string }) => {
      const { body } = await manager.call('listNodes', { query });
      return { names: body.items.map(({ name }) => name), cursor: body.nextCursor };
    };
    assert.deepEqual((await names({ q: 'DB-' })).names, ['db-1']);
    const first = await names({ limit: 2 });
    assert.deepEqual(first.names, ['clock-1', 'db-1']);
    assert.deepEqual((await names({ limit: 2, cursor: first.cursor ?? '' })).names, ['web-1']);
  });
});

test('agent presence: a short cut and a restart of the manager: no event; a long absence: one', async () => {
  const first = await startManagerHarness();
  const identity = await enrolAgent(first, 'web-1');
  const eventsOf = async (manager: ManagerHarness) =>
    (
      await manager.call('listEvents', { query: { code: ['agent_connected', 'agent_disconnected'] } })
    ).body.items.map(({ code }) => code);
  (await connectAgent(first, identity)).stop();
  await connectAgent(first, identity);
  await waitFor(async () => (await eventsOf(first)).length > 0, {
    message: 'the event of the first connection',
  });
  const left = await first.halt();

  const second = await startManagerHarness({ on: left });
  const agent = await connectAgent(second, identity);
  assert.deepEqual(await eventsOf(second), ['agent_connected']);
  agent.stop();
  await waitFor(async () => (await eventsOf(second)).length === 2, {
    message: 'the event of its absence',
    intervalMs: 200,
  });
  assert.deepEqual(await eventsOf(second), ['agent_disconnected', 'agent_connected']);
  await second.stop();
});

test('agent frames: texts that the database cannot hold: mended, so that the report can be stored', () => {
  const report = { ...accepted(1), state: 'refused', code: 'bad_order', reason: 'a\0b\ud800' };
  const parsed = parseAgentFrame(Buffer.from(JSON.stringify({ type: 'receipts', items: [report] })), false);
  assert.ok(parsed.ok && parsed.message.type === 'receipts');
  const [item] = parsed.message.items;
  assert.equal(item?.state === 'refused' && item.reason, 'a\u{fffd}b\u{fffd}');
});

test('agent frames: a hello with a host name of a megabyte: does not fit', () => {
  const hello = {
    ...helloOf({ agentId: 'agt_00000000000000000000', nodeName: 'x' } as AgentIdentity),
    hostname: 'x'.repeat(1024 * 1024),
  };
  assert.equal(parseAgentFrame(Buffer.from(JSON.stringify(hello)), false).ok, false);
});

test('dispatch frames: long commands: each frame stays within the protocol', () => {
  const { frames, tooLarge } = packDispatch(
    Array.from({ length: 100 }, (_, index) => order(index, '夜'.repeat(100_000))),
    3,
  );
  assert.equal(tooLarge.length, 0);
  assert.ok(frames.length > 1);
  for (const frame of frames) assert.ok(Buffer.byteLength(frame) <= agentLinkLimits.frameBytesMax);
  assert.equal(
    frames.flatMap((frame) => (JSON.parse(frame) as { attempts: unknown[] }).attempts).length,
    100,
  );
});
