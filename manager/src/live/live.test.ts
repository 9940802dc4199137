// Tests of live streams: who gets what, folding, slow readers, ends. Over real HTTP where the transport matters.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import type { LiveMessage } from '@nezuban/protocol/api/live';
import type { SessionSummary } from '@nezuban/protocol/jobs/session';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { allPermissions } from '../access/actor-permissions.ts';
import type { Principal } from '../http/http-ports.ts';
import type { Identity } from '../ports.ts';
import { startManagerHarness } from '../testing/manager-harness.ts';
import { createLiveBus } from './live-bus.ts';
import type { LiveInterest } from './live-client.ts';
import { liveLimits } from './live-limits.ts';

const identity = { managerId: 'm', term: 1, startId: 's1', version: '0' } as unknown as Identity;
const principal = (key = 'token:1', expiresAt: Date | null = null): Principal => ({
  user: 'admin',
  by: 'token',
  mustChangePassword: false,
  roles: ['administrator'],
  permissions: allPermissions,
  key,
  expiresAt,
});
const interest = (topics: readonly string[], session: number | null = null): LiveInterest => ({
  topics: new Set(topics) as LiveInterest['topics'],
  session,
  net: session === null ? null : 'a',
});
const summary = (id: number, revision: number): LiveMessage => ({
  type: 'session',
  session: { id, net: 'a', revision } as unknown as SessionSummary,
});
const units = (sessionId: number, revision: number, names: readonly string[] = []): LiveMessage => ({
  type: 'units',
  sessionId: sessionId as never,
  revision,
  units: names as never,
});

const startBus = () => {
  const clock = createFakeClock();
  const bus = createLiveBus({ clock, timers: clock }, identity);
  const open = (wish: LiveInterest, who = principal()) => {
    const stream = bus.open(wish, who);
    let text = '';
    let ended = false;
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => (text += part));
    stream.on('end', () => (ended = true));
    const messages = (): LiveMessage[] =>
      [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? '') as LiveMessage);
    return { stream, text: () => text, ended: () => ended, messages };
  };
  return { clock, bus, open };
};

test('live: a stream: hello first, then only what was asked for', async () => {
  const { bus, open, clock } = startBus();
  const sessions = open(interest(['sessions']));
  const watcher = open(interest(['nodes'], 7));
  assert.equal(bus.watches(7), true);
  assert.equal(bus.watches(8), false);
  bus.publish(summary(7, 1));
  bus.publish(summary(8, 1));
  bus.publish(units(7, 1));
  bus.publish(units(8, 1));
  bus.publish({ type: 'nodeRemoved', name: 'web-1' });
  await clock.advance(0);
  assert.deepEqual(
    sessions.messages().map(({ type }) => type),
    ['hello', 'session', 'session'],
  );
  assert.deepEqual(
    watcher.messages().map(({ type }) => type),
    ['hello', 'session', 'units', 'nodeRemoved'],
  );
  assert.match(sessions.text(), /^retry: 2000\nevent: hello\ndata: \{"type":"hello","startId":"s1"/);
  watcher.stream.destroy();
  await waitFor(() => !bus.watches(7));
  bus.stop();
});

test('live: a burst of summaries: the first at once, then the newest of each window', async () => {
  const { bus, open, clock } = startBus();
  const { messages } = open(interest(['sessions']));
  for (let revision = 1; revision <= 1_000; revision += 1) bus.publish(summary(1, revision));
  bus.publish(summary(2, 1));
  const revisions = () =>
    messages().flatMap((message) =>
      message.type === 'session' ? [`${message.session.id}:${message.session.revision}`] : [],
    );
  await clock.advance(0);
  assert.deepEqual(revisions(), ['1:1', '2:1']);
  await clock.advance(liveLimits.foldMs);
  assert.deepEqual(revisions(), ['1:1', '2:1', '1:1000']);
  await clock.advance(10 * liveLimits.foldMs);
  bus.publish(summary(1, 1_001));
  await clock.advance(0);
  assert.deepEqual(revisions(), ['1:1', '2:1', '1:1000', '1:1001']);
  bus.stop();
  assert.equal(clock.timerCount(), 0);
});

test('live: a slow reader: bounded memory, then a reload message, then it goes on', async () => {
  const { bus, clock } = startBus();
  const stream = bus.open(interest([], 1), principal());
  const names = Array.from({ length: 100 }, (_, index) => `unit-${index}`.padEnd(1_000));
  for (let revision = 0; revision < 50; revision += 1) bus.publish(units(1, revision, names));
  assert.ok(stream.readableLength <= liveLimits.bufferBytesMax);
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (part: string) => (text += part));
  await clock.advance(0);
  await waitFor(() => text.includes('event: reload'), { message: 'the reload message' });
  bus.publish(units(1, 999));
  await waitFor(() => text.includes('"revision":999'));
  assert.equal(text.includes('"revision":49,'), false, 'what did not fit was dropped');
  bus.stop();
});

test('live: a reader that takes nothing for a minute: cut off', async () => {
  const { bus, clock } = startBus();
  const stream = bus.open(interest([], 1), principal());
  for (let revision = 0; revision < 20; revision += 1) bus.publish(units(1, revision, ['x'.repeat(100_000)]));
  await clock.advance(liveLimits.stuckMs + liveLimits.heartbeatMs);
  assert.equal(stream.destroyed, true);
  await waitFor(() => bus.clientCount() === 0);
  bus.stop();
});

test('live: heartbeats while quiet; the end of the sign-in ends the stream', async () => {
  const { bus, clock, open } = startBus();
  const staying = open(interest([]), principal('token:2'));
  const expiring = open(interest([]), principal('token:3', new Date(clock.epochMs() + 20_000)));
  const signedOut = open(interest([]), principal('sign-in:x'));
  bus.endOf(({ key }) => key === 'sign-in:x');
  await clock.advance(liveLimits.heartbeatMs);
  assert.match(staying.text(), /: still here\n\n$/);
  assert.equal(signedOut.ended(), true);
  assert.equal(expiring.ended(), false);
  await clock.advance(liveLimits.heartbeatMs);
  assert.equal(expiring.ended(), true);
  assert.equal(staying.ended(), false);
  bus.stop();
  assert.equal(clock.timerCount(), 0);
});

test('live: more streams than allowed: refused with a code', () => {
  const { bus } = startBus();
  for (let index = 0; index < liveLimits.clientsMax; index += 1) bus.open(interest([]), principal());
  assert.throws(() => bus.open(interest([]), principal()), { code: 'too_many_requests' });
  bus.stop();
  assert.throws(() => bus.open(interest([]), principal()), { code: 'shutting_down' });
});

test('live: over HTTP: an event arrives after its commit; sign-out and stop end the stream', async () => {
  const manager = await startManagerHarness();
  const cookie = await manager.signIn(manager.adminPassword ?? '');
  const openStream = async (headers: Record<string, string>, query: string) => {
    const answer = await fetch(`${manager.url}/api/v1/live?${query}`, { headers });
    let text = '';
    const done = (async () => {
      if (answer.body !== null)
        for await (const part of answer.body.pipeThrough(new TextDecoderStream())) text += part;
    })();
    return { answer, text: () => text, done };
  };
  const bearer = { authorization: `Bearer ${manager.localToken}` };
  assert.equal(
    (await openStream({ cookie }, 'topic=events')).answer.status,
    403,
    'the one-time password comes first',
  );
  await manager.call(
    'changePassword',
    { body: { current: manager.adminPassword ?? '', next: 'a new password' } },
    { cookie },
  );

  const byToken = await openStream(bearer, 'topic=events&topic=nodes');
  const byCookie = await openStream({ cookie }, 'topic=events');
  assert.equal(byToken.answer.headers.get('content-type'), 'text/event-stream');
  assert.equal((await openStream(bearer, 'session=5000')).answer.status, 404);
  assert.equal((await openStream(bearer, 'topic=nonsense')).answer.status, 400);
  await manager.events.appendNow([
    {
      at: new Date(),
      priority: 'info',
      code: 'manager_started',
      node: null,
      message: 'hello there',
      details: {},
    },
  ]);
  await waitFor(() => byToken.text().includes('hello there') && byCookie.text().includes('hello there'), {
    message: 'the event',
  });

  await manager.call('signOut', {}, { cookie });
  await byCookie.done;
  assert.equal(manager.live.clientCount(), 1);
  await manager.stop();
  await byToken.done;
});
