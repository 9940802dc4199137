// Tests of the live stream: opening, reconnecting, giving up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveClient, liveLimits, type EventStream, type LiveNotice } from './live-client.ts';

/** Streams that the test speaks for, and timers that it lets run. */
const createStage = () => {
  const streams: (EventStream & {
    readonly url: string;
    closed: boolean;
    readonly say: (type: string, data?: object) => void;
  })[] = [];
  const timers: { readonly run: () => void; readonly delayMs: number; cancelled: boolean }[] = [];
  const live = new LiveClient({
    openStream: (url) => {
      const listeners = new Map<string, (event: { readonly data?: unknown }) => void>();
      const stream = {
        url,
        closed: false,
        addEventListener: (type: string, listener: (event: { readonly data?: unknown }) => void) =>
          void listeners.set(type, listener),
        close: () => {
          stream.closed = true;
        },
        say: (type: string, data?: object) =>
          listeners.get(type)?.(data === undefined ? {} : { data: JSON.stringify(data) }),
      };
      streams.push(stream);
      return stream;
    },
    now: () => 1000,
    setTimer: (run, delayMs) => {
      const timer = { run, delayMs, cancelled: false };
      timers.push(timer);
      return () => {
        timer.cancelled = true;
      };
    },
    random: () => 1,
  });
  const notices: LiveNotice[] = [];
  live.subscribe((notice) => notices.push(notice));
  const stream = (index: number) => streams[index] ?? assert.fail(`no stream ${index}`);
  const fire = (delayMs: number) => {
    const timer =
      timers.findLast((each) => each.delayMs === delayMs && !each.cancelled) ??
      assert.fail(`no timer of ${delayMs} ms`);
    timer.cancelled = true;
    timer.run();
  };
  const hello = (index: number, startId = 's1') =>
    stream(index).say('hello', { type: 'hello', startId, version: '1' });
  return { live, streams, stream, notices, hello, fire };
};

test('live: the first hello: open, and everything shown is to be loaded', () => {
  const { live, notices, hello } = createStage();
  live.start();
  assert.equal(live.getState().phase, 'connecting');
  hello(0);
  assert.equal(live.getState().phase, 'open');
  assert.deepEqual(notices, [{ kind: 'opened', gap: true, restarted: false, version: '1' }]);
});

test('live: every kind of message of the protocol: is heard', () => {
  const { live, notices, stream, hello } = createStage();
  live.start();
  hello(0);
  for (const type of ['eventsChanged', 'statusChanged', 'operationsChanged', 'reload'])
    stream(0).say(type, { type });
  assert.deepEqual(
    notices.flatMap((notice) => (notice.kind === 'message' ? [notice.message.type] : [])),
    ['eventsChanged', 'statusChanged', 'operationsChanged', 'reload'],
  );
});

test('live: the stream breaks: said at once, tried again with a growing pause', () => {
  const { live, stream, streams, hello, fire } = createStage();
  live.start();
  hello(0);
  stream(0).say('error');
  assert.deepEqual(live.getState(), { phase: 'lost', lostAt: 1000, retryAt: 1000 + liveLimits.retryMinMs });
  assert.equal(stream(0).closed, true);
  fire(liveLimits.retryMinMs);
  stream(1).say('error');
  assert.equal(live.getState().retryAt, 1000 + 2 * liveLimits.retryMinMs);
  assert.equal(streams.length, 2);
  live.retryNow();
  hello(2);
  assert.equal(live.getState().phase, 'open');
});

test('live: another start of the manager: said as a restart', () => {
  const { live, stream, notices, hello, fire } = createStage();
  live.start();
  hello(0, 's1');
  stream(0).say('error');
  fire(liveLimits.retryMinMs);
  hello(1, 's2');
  assert.deepEqual(notices.at(-1), { kind: 'opened', gap: true, restarted: true, version: '1' });
});

test('live: another session is watched: the new stream opens beside the old one, no message is missed', () => {
  const { live, stream, notices, hello, fire } = createStage();
  live.start();
  hello(0);
  const release = live.watch(42);
  fire(liveLimits.switchDelayMs);
  assert.match(stream(1).url, /session=42/);
  assert.equal(stream(0).closed, false);
  stream(0).say('nodeRemoved', { type: 'nodeRemoved', name: 'a' });
  assert.deepEqual(notices.at(-1), { kind: 'message', message: { type: 'nodeRemoved', name: 'a' } });
  hello(1);
  assert.equal(stream(0).closed, true);
  assert.deepEqual(notices.at(-1), { kind: 'opened', gap: false, restarted: false, version: '1' });
  release();
  fire(liveLimits.switchDelayMs);
  assert.doesNotMatch(stream(2).url, /session=/);
});

test('live: a stream that never says hello: given up', () => {
  const { live, stream, fire } = createStage();
  live.start();
  fire(liveLimits.helloTimeoutMs);
  assert.equal(stream(0).closed, true);
  assert.equal(live.getState().phase, 'lost');
});

test('live: a call found the manager away: the open stream is not trusted', () => {
  const { live, stream, hello } = createStage();
  live.start();
  hello(0);
  live.suspect();
  assert.equal(stream(0).closed, true);
  assert.equal(live.getState().phase, 'lost');
});

test('live: the tab is hidden for long: the connection is given back, and taken again when it is seen', () => {
  const { live, stream, streams, hello, fire } = createStage();
  live.start();
  hello(0);
  live.setHidden(true);
  fire(liveLimits.hiddenMs);
  assert.equal(live.getState().phase, 'paused');
  assert.equal(stream(0).closed, true);
  live.setHidden(false);
  hello(1);
  assert.equal(live.getState().phase, 'open');
  assert.equal(streams.length, 2);
});

test('live: messages of another form: dropped, the stream goes on', () => {
  const { live, stream, notices, hello } = createStage();
  live.start();
  hello(0);
  stream(0).say('node', { type: 'node', node: { nonsense: true } });
  stream(0).say('reload', { type: 'reload' });
  assert.deepEqual(notices.slice(1), [{ kind: 'message', message: { type: 'reload' } }]);
});

test('live: stopped: streams closed, late words of them change nothing', () => {
  const { live, stream, notices, hello } = createStage();
  live.start();
  hello(0);
  live.stop();
  stream(0).say('reload', { type: 'reload' });
  stream(0).say('error');
  assert.equal(stream(0).closed, true);
  assert.equal(notices.length, 1);
});
