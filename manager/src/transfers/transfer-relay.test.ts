// Who is let in, who waits for what, and what goes from one connection to the other.
import assert from 'node:assert/strict';
import { duplexPair, type Duplex } from 'node:stream';
import { test } from 'node:test';
import type { ManagerMessage } from '@nezuban/protocol/agent/link';
import { createTransferFrameReader, dataHead, encodeMessage } from '@nezuban/protocol/agent/transfer-frames';
import type { AttemptId, Term } from '@nezuban/protocol/ids';
import { transferSettingsSchema } from '@nezuban/protocol/settings/settings';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import type { EventDraft } from '../ports.ts';
import { transferLimits } from './transfer-limits.ts';
import { createTransferRelay, type TransferOrder } from './transfer-relay.ts';

type ReadFiles = Extract<ManagerMessage, { type: 'readFiles' }>;

const orderFor = (node: string, from = 'core01', bytesPerSecond?: number): TransferOrder => ({
  sessionId: 7 as never,
  net: 'night',
  unit: 'send',
  node,
  input: {
    from: { node: from, path: '/out/a', filesMax: 1 },
    path: '/in/',
    ifExists: 'replace',
    keepTimes: false,
    noProgressMs: 1000,
    name: 'x',
    takeUp: false,
    resume: false,
    keepPart: false,
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
  },
});

function setup(orders: Record<string, TransferOrder>, settings: object = {}) {
  const clock = createFakeClock();
  const asked: { readonly node: string; readonly order: ReadFiles }[] = [];
  const events: EventDraft[] = [];
  const connected = new Map<string, readonly string[]>([
    ['core01', ['file-transfer']],
    ['web1', ['file-transfer']],
  ]);
  const frozen = new Map<string, string>();
  const removed = new Set(['nowhere']);
  const relay = createTransferRelay(
    {
      findOrder: async (id) => orders[id] ?? null,
      hub: {
        features: (node) => connected.get(node) ?? null,
        send(node, message) {
          asked.push({ node, order: message as ReadFiles });
          return true;
        },
      },
      isNode: (name) => !removed.has(name),
      frozen: () => frozen,
      settings: () => transferSettingsSchema.parse(settings),
      events: { appendNow: async (drafts: readonly EventDraft[]) => void events.push(...drafts) },
      clock,
      timers: clock,
      logger: createMemoryLogger(),
    },
    { term: 3 as Term },
  );
  relay.start();
  const enter = (attemptId: string, side: 'read' | 'write', more: { node?: string; key?: string } = {}) => {
    const [own, socket] = duplexPair();
    own.on('error', () => undefined);
    const heard = listen(own);
    relay.enter({
      node: more.node ?? (side === 'read' ? 'core01' : 'web1'),
      attemptId: attemptId as AttemptId,
      side,
      key: more.key ?? '',
      socket,
    });
    return { own, ...heard };
  };
  return { clock, relay, enter, asked, events, connected, frozen, removed };
}

function listen(own: Duplex) {
  const reader = createTransferFrameReader();
  const messages: { type: string; says?: string; bytes?: number; isMeant?: boolean }[] = [];
  const bytes: Buffer[] = [];
  let ended = false;
  own.on('data', (chunk: Buffer) => {
    for (const frame of reader.push(chunk))
      if (frame.type === 'data') bytes.push(Buffer.from(frame.bytes));
      else messages.push(frame.message as never);
  });
  own.on('end', () => (ended = true));
  own.on('close', () => (ended = true));
  return { messages, data: () => Buffer.concat(bytes).toString(), isEnded: () => ended };
}

const turn = async (): Promise<void> => {
  for (let step = 0; step < 5; step += 1) await new Promise(setImmediate);
};
const send = (own: Duplex, message: object): void => void own.write(encodeMessage(message as never));

test('relay: the reading side is asked for what the order says, and both are joined', async () => {
  const { enter, asked, relay } = setup({ a: orderFor('web1') });
  const writer = enter('a', 'write');
  send(writer.own, { type: 'credit', bytes: 1000 });
  await turn();
  const [{ node, order } = { node: '', order: null }] = asked;
  assert.deepEqual(
    [node, order?.source.path, order?.source.bytesMax],
    ['core01', '/out/a', 1_000_000_000_000],
  );
  const reader = enter('a', 'read', { key: order?.key ?? '' });
  send(writer.own, { type: 'read', file: 0, offset: 0 });
  await turn();
  assert.deepEqual(
    reader.messages.map(({ type }) => type),
    ['credit', 'read'],
  );
  reader.own.write(dataHead(5));
  reader.own.write('hello');
  send(writer.own, { type: 'progress', file: 'a', files: 1, filesDone: 0, bytes: 5, bytesTotal: 9 });
  await turn();
  assert.equal(writer.data(), 'hello');
  const [view] = relay.list();
  assert.deepEqual([view?.state, view?.bytes, view?.bytesTotal, view?.file], ['runs', 5, 9, 'a']);
  send(writer.own, { type: 'done' });
  await turn();
  assert.deepEqual([reader.isEnded(), writer.isEnded(), relay.list()], [true, true, []]);
});

test('relay: strangers: another node, another key, an attempt that is none, bytes from the writing side', async () => {
  const { enter, asked, relay } = setup({ a: orderFor('web1') });
  const other = enter('a', 'write', { node: 'web2' });
  const none = enter('b', 'write');
  await turn();
  assert.match(other.messages[0]?.says ?? '', /no open transfer a for web2/);
  assert.match(none.messages[0]?.says ?? '', /no open transfer b for web1/);
  assert.deepEqual([asked.length, relay.list().length], [0, 0]);
  const early = enter('a', 'read', { key: '' });
  const writer = enter('a', 'write');
  await turn();
  const wrong = enter('a', 'read', { key: 'guessed' });
  const elsewhere = enter('a', 'read', { key: asked[0]?.order.key ?? '', node: 'web1' });
  await turn();
  for (const stranger of [early, wrong, elsewhere]) assert.equal(stranger.isEnded(), true);
  assert.equal(writer.isEnded(), false);
  writer.own.write(dataHead(3));
  writer.own.write('abc');
  await turn();
  assert.equal(writer.isEnded(), true);
  assert.equal(relay.list()[0]?.state, 'broken');
});

test('relay: a side that ends takes the other with it; who comes again is joined anew, and the old key opens nothing', async () => {
  const { enter, asked, relay } = setup({ a: orderFor('web1') });
  const writer = enter('a', 'write');
  await turn();
  const reader = enter('a', 'read', { key: asked[0]?.order.key ?? '' });
  await turn();
  reader.own.destroy();
  await turn();
  assert.equal(writer.isEnded(), true);
  // It hears the end after what was said before, and closes.
  writer.own.destroy();
  await turn();
  assert.deepEqual([writer.isEnded(), relay.list()[0]?.state], [true, 'broken']);
  enter('a', 'write');
  await turn();
  assert.equal(asked.length, 2);
  assert.equal(
    (enter('a', 'read', { key: asked[0]?.order.key ?? '' }), await turn(), relay.list()[0]?.state),
    'waits',
  );
  enter('a', 'read', { key: asked[1]?.order.key ?? '' });
  await turn();
  assert.equal(relay.list()[0]?.state, 'runs');
});

test('relay: turns: as many as the settings allow, by node and in all; the next one when one ends', async () => {
  const orders = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map((name, index) => [name, orderFor(`w${index}`, index < 3 ? 'core01' : 'core02')]),
  );
  const { enter, asked, relay, clock, connected } = setup(orders, {
    parallel_max: 3,
    parallel_per_node_max: 2,
  });
  connected.set('core02', ['file-transfer']);
  const sides = ['a', 'b', 'c', 'd'].map((name, index) => enter(name, 'write', { node: `w${index}` }));
  await turn();
  assert.deepEqual(
    asked.map(({ order }) => String(order.attemptId)),
    ['a', 'b', 'd'],
  );
  const told = sides[2]?.messages[0];
  assert.deepEqual([told?.type, told?.isMeant], ['waiting', true]);
  assert.match(told?.says ?? '', /Waits for its turn/);
  assert.deepEqual(relay.list()[2]?.reasonSaid, {
    code: 'transfer_waits_for_turn_on_node',
    values: { count: 2, node: 'core01' },
  });
  send(sides[0]?.own as Duplex, { type: 'done' });
  await turn();
  await clock.advance(1000);
  await turn();
  assert.equal(String(asked.at(-1)?.order.attemptId), 'c');
  assert.equal(relay.list().length, 3);
});

test('relay: the source is away, frozen, of an old release, none: each is said; away for long is an event, once', async () => {
  const { enter, asked, events, clock, connected, frozen } = setup({
    a: orderFor('web1'),
    b: orderFor('web1', 'nowhere'),
    c: orderFor('web1', 'old'),
  });
  connected.delete('core01');
  connected.set('old', []);
  const [a, b, c] = ['a', 'b', 'c'].map((name) => enter(name, 'write'));
  await turn();
  assert.match(a?.messages[0]?.says ?? '', /Waits for core01, whose agent is not connected/);
  assert.match(b?.messages[0]?.says ?? '', /no node "nowhere"/);
  assert.match(c?.messages[0]?.says ?? '', /upgrade it/);
  for (let second = 0; second < 70; second += 1) {
    send(a?.own as Duplex, { type: 'alive' });
    await turn();
    await clock.advance(1000);
  }
  await turn();
  assert.deepEqual(
    events.map(({ code, node }) => [code, node]),
    [['transfer_waits', 'core01']],
  );
  connected.set('core01', ['file-transfer']);
  frozen.set('core01', 'node "core01" is frozen by bob');
  await clock.advance(1000);
  await turn();
  assert.match(a?.messages.at(-1)?.says ?? '', /frozen by bob/);
  frozen.clear();
  await clock.advance(1000);
  await turn();
  assert.deepEqual(
    asked.map(({ node }) => node),
    ['core01'],
  );
});

test('relay: a freeze that is waited for: its facts are told, too', async () => {
  const { enter, relay, frozen } = setup({ a: orderFor('web1') });
  frozen.set('core01', 'node "core01" is frozen by bob since 2026-11-26T02:00:00.000Z: disk.');
  enter('a', 'write');
  await turn();
  const [view] = relay.list();
  assert.match(view?.reason ?? '', /^Waits: node "core01" is frozen by bob/);
  assert.deepEqual([view?.waits?.by, view?.waits?.reason, view?.reasonSaid], ['bob', 'disk', undefined]);
});

test('relay: more than it takes: told to wait, which is no lack of progress, and let in when there is room', async () => {
  const count = transferLimits.knownMax;
  const orders = Object.fromEntries(
    Array.from({ length: count + 1 }, (_, index) => [`a${index}`, orderFor('web1')]),
  );
  const { enter, relay } = setup(orders);
  const sides = Array.from({ length: count }, (_, index) => enter(`a${index}`, 'write'));
  await turn();
  const late = enter(`a${count}`, 'write');
  await turn();
  assert.deepEqual([late.messages[0]?.type, late.messages[0]?.isMeant], ['waiting', true]);
  assert.match(late.messages[0]?.says ?? '', /2000 transfers run or wait, and the manager takes no more/);
  assert.deepEqual([late.isEnded(), relay.list().length], [true, count]);
  send(sides[7]?.own as Duplex, { type: 'done' });
  await turn();
  const again = enter(`a${count}`, 'write');
  await turn();
  assert.deepEqual([again.isEnded(), relay.list().length], [false, count]);
});

test('relay: a node that is removed neither sends nor gets another byte', async () => {
  for (const name of ['core01', 'web1']) {
    const { enter, asked, clock, relay, removed } = setup({ a: orderFor('web1') });
    const writer = enter('a', 'write');
    await turn();
    const reader = enter('a', 'read', { key: asked[0]?.order.key ?? '' });
    await turn();
    assert.equal(relay.list()[0]?.state, 'runs');
    removed.add(name);
    await clock.advance(1000);
    await turn();
    assert.deepEqual([writer.isEnded(), reader.isEnded()], [true, true], name);
  }
  const { enter, clock, removed } = setup({ a: orderFor('web1') });
  const waits = enter('a', 'write');
  await turn();
  removed.add('web1');
  await clock.advance(1000);
  await turn();
  assert.equal(waits.isEnded(), true);
});

test('relay: a limit of bytes a second: credit is let go at that pace', async () => {
  const { enter, asked, clock } = setup({ a: orderFor('web1', 'core01', 1_000_000) });
  const writer = enter('a', 'write');
  await turn();
  const reader = enter('a', 'read', { key: asked[0]?.order.key ?? '' });
  for (let each = 0; each < 3; each += 1) send(writer.own, { type: 'credit', bytes: 500_000 });
  await turn();
  const granted = (): number => reader.messages.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  assert.equal(granted(), 500_000);
  await clock.advance(500);
  await turn();
  assert.equal(granted(), 1_000_000);
  await clock.advance(500);
  await turn();
  assert.equal(granted(), 1_500_000);
});

test('relay: silence of a side ends both', async () => {
  const { enter, asked, clock, relay } = setup({ a: orderFor('web1') });
  const writer = enter('a', 'write');
  await turn();
  enter('a', 'read', { key: asked[0]?.order.key ?? '' });
  await turn();
  for (let second = 0; second < 22; second += 1) {
    send(writer.own, { type: 'alive' });
    await turn();
    await clock.advance(1000);
  }
  await turn();
  assert.deepEqual([writer.isEnded(), relay.list()[0]?.state], [true, 'broken']);
});

test('relay: broken, and its attempt has ended: forgotten', async () => {
  const orders: Record<string, TransferOrder> = { a: orderFor('web1') };
  const { enter, clock, relay } = setup(orders);
  enter('a', 'write').own.destroy();
  await turn();
  delete orders['a'];
  await clock.advance(1000);
  await turn();
  assert.deepEqual(relay.list(), []);
});
