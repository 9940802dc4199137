// Tests of watches of files against agents that are made up: whatever becomes of a stream or of the agent's disk, no find is lost and none taken twice.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { toolExitCodes, type FileMonitorInput } from '@nezuban/protocol/agent/tool-inputs';
import type { AttemptId, Term } from '@nezuban/protocol/ids';
import { startWatcherSchema, type FileWatcher } from '@nezuban/protocol/jobs/start-conditions';
import { eventText } from '@nezuban/protocol/events/event-text';
import { sentenceIn, type Said } from '@nezuban/protocol/sentences/sentence';
import type { AgentHubListener, EventDraft } from '../../ports.ts';
import { createFakeAgentHub } from '../../testing/fake-agent-hub.ts';
import { createFileWatches } from './file-watches.ts';

const node = 'web1';
const watcher = startWatcherSchema.parse({ name: 'in', files: { node, path: '/in/*' } }) as FileWatcher;
const find = (seq: number): string =>
  `{"seq":${seq},"path":"/in/${seq}","change":"created","size":1,"modified":1,"at":1}\n`;
const begunLine = (memory: 'new' | 'kept' | 'lost'): string => `{"begun":1,"memory":"${memory}"}\n`;

const setUp = (rule: { refusal: Said | null } = { refusal: null }) => {
  const clock = createFakeClock();
  const hub = createFakeAgentHub({ nodes: [node], endingOf: () => 'never' });
  const taken: number[] = [];
  const told: EventDraft[] = [];
  const cancelled: AttemptId[] = [];
  const watches = createFileWatches(
    {
      hub: {
        ...hub,
        cancel(name, items) {
          cancelled.push(...items.map(({ attemptId }) => attemptId));
          hub.cancel(name, items);
        },
      },
      inventory: hub.inventory,
      freezes: { nodes: () => new Map() },
      runAs: { refusalOf: () => rule.refusal },
      tellOnce: (draft) => Promise.resolve(void told.push(draft)),
      silentAfterMs: () => 600_000,
      clock,
      timers: clock,
      logger: createMemoryLogger(),
    },
    {
      term: 1 as Term,
      begun: () => Promise.resolve(),
      take(_place, finds) {
        taken.push(...finds.map(({ seq }) => seq).filter((seq) => !taken.includes(seq)));
        return Promise.resolve(finds.length);
      },
    },
  );
  const listener: AgentHubListener = {
    disconnected: () => undefined,
    removed: () => undefined,
    openAttempts: () => 0,
    connected: watches.connected,
    receipts: (name, receipts) => Promise.resolve(void watches.receipts(name, receipts)),
    output: (name, chunks) => Promise.resolve(watches.output(name, chunks)),
    reported: (name, report) => void watches.reported(name, report),
  };
  hub.setListener(listener);
  watches.set('load', [{ net: 'load', since: 1, watcher, state: undefined }]);
  watches.start();

  const newest = (): AttemptId => [...hub.orders.keys()].at(-1) as AttemptId;
  const offsets = new Map<AttemptId, number>();
  return {
    hub,
    clock,
    watches,
    cancelled,
    taken,
    told,
    newest,
    orders: () => hub.orders.size,
    input: (): FileMonitorInput => hub.orders.get(newest())?.tool?.input as FileMonitorInput,
    /** At the end of what it has said, or there. */
    async say(text: string, at?: number): Promise<void> {
      const attemptId = newest();
      const offset = at ?? offsets.get(attemptId) ?? 0;
      offsets.set(attemptId, offset + Buffer.byteLength(text));
      await hub.sendOutput(node, {
        attemptId,
        stream: 'stdout',
        offset,
        data: Buffer.from(text).toString('base64'),
      });
      await clock.advance(0);
    },
  };
};

describe('watches of files', () => {
  test('an order that came before the first find: the next one knows since when and how far', async () => {
    const { watches, clock, hub, newest, input, say, taken } = setUp();
    await say(begunLine('new') + find(1) + find(2));
    assert.deepEqual(taken, [1, 2]);
    const state = { seq: 2, begun: clock.epochMs(), seenAt: clock.epochMs() + 5 };
    watches.set('load', [{ net: 'load', since: 1, watcher, state }]);
    const before = newest();
    hub.end(before, toolExitCodes.trouble);
    await clock.advance(30_000);
    assert.notEqual(newest(), before);
    assert.equal(input().afterSeq, 2);
    assert.ok((input().sinceMs ?? 0) >= state.seenAt);
  });

  test('the disk of the agent is lost: the same attempt runs anew, and its stream from the begin is heard', async () => {
    const { hub, newest, say, taken, told, clock } = setUp();
    await say(begunLine('new') + find(1) + find(2));
    hub.disconnect(node);
    hub.lose(newest());
    hub.connect(node);
    await clock.advance(0);
    await say(begunLine('lost') + find(3), 0);
    assert.deepEqual(taken, [1, 2, 3]);
    const lost = told.find(({ message }) => /has lost what it knew/.test(message));
    assert.ok(lost);
    assert.match(
      eventText(lost, 'ja', sentenceIn),
      /^load の起動条件「in」によるノード「.+」のファイル監視ができません\(エージェントの保存データが失われたため/u,
    );
  });

  test('a rule that is taken away: what runs is ended and told once, on a node that comes back, too; by a new rule it goes on where it was', async () => {
    const rule: { refusal: Said | null } = { refusal: null };
    const { hub, watches, newest, say, taken, told, clock, orders, input, cancelled } = setUp(rule);
    await say(begunLine('new') + find(1));
    const running = newest();
    rule.refusal = { code: 'as_told', values: { text: 'no rule allows it' }, message: 'no rule allows it' };
    watches.rulesChanged();
    assert.deepEqual(cancelled, [running]);
    await say(find(2));
    assert.deepEqual(taken, [1], 'what it says afterwards is not heard');
    await clock.advance(100_000);
    assert.equal(orders(), 1);
    assert.deepEqual(
      told.map(({ code }) => code),
      ['file_watch_failed'],
    );
    assert.match(watches.stand({ net: 'load', condition: 'in' }, undefined).says ?? '', /no rule allows it/);
    rule.refusal = null;
    await clock.advance(30_000);
    assert.equal(input().afterSeq, 1);
    await say(begunLine('kept') + find(2));
    assert.deepEqual(taken, [1, 2]);
    // Without a word of a change, as when a node is moved out of a scope, and while the agent is away.
    const second = newest();
    hub.disconnect(node);
    rule.refusal = { code: 'as_told', values: { text: 'no rule allows it' }, message: 'no rule allows it' };
    await clock.advance(5_000);
    hub.connect(node);
    await clock.advance(0);
    assert.equal(newest(), second);
    assert.deepEqual(
      [orders(), hub.repeats()],
      [2, 0],
      'it is not asked for again, but ended when it is found',
    );
  });

  test('a first piece that comes twice: nothing is taken twice, nothing is lost', async () => {
    const { say, taken, orders, clock, input } = setUp();
    const first = begunLine('new') + find(1);
    await say(first + find(2));
    await say(first, 0);
    await say(find(3), Buffer.byteLength(first + find(2)));
    await clock.advance(1_000);
    assert.equal(orders(), 2);
    assert.equal(input().afterSeq, 2);
    await say(begunLine('kept') + find(3));
    assert.deepEqual(taken, [1, 2, 3]);
  });

  test('numbers with a gap, or a piece that is missing: begun anew from what is stored', async () => {
    for (const broken of [find(3), '{"seq":2,"pa\n' + find(3), null]) {
      const { say, taken, orders, clock, input } = setUp();
      await say(begunLine('new') + find(1));
      if (broken === null) await say(find(3), 5_000);
      else await say(broken);
      assert.deepEqual(taken, [1]);
      await clock.advance(1_000);
      assert.equal(orders(), 2);
      assert.equal(input().afterSeq, 1);
      await say(begunLine('kept') + find(2) + find(3));
      assert.deepEqual(taken, [1, 2, 3]);
    }
  });

  test('the same gap again: what cannot be had is told, and the others are taken', async () => {
    const { say, taken, orders, clock, told } = setUp();
    await say(begunLine('new') + find(1) + find(5));
    await clock.advance(1_000);
    await say(begunLine('kept') + find(5) + find(6));
    assert.deepEqual(taken, [1, 5, 6]);
    assert.equal(orders(), 2);
    assert.ok(told.some(({ message }) => /finds 2 to 4/.test(message)));
  });

  test('nothing is heard any more: begun anew, ever more rarely, told once', async () => {
    const { say, orders, clock, told, taken } = setUp();
    await say(begunLine('new') + find(1));
    await clock.advance(3_600_000);
    const inAnHour = orders();
    assert.ok(inAnHour >= 3 && inAnHour <= 12, String(inAnHour));
    assert.deepEqual(
      told.map(({ code }) => code),
      ['file_watch_silent'],
    );
    await say(begunLine('kept') + find(2));
    assert.deepEqual(taken, [1, 2]);
  });

  test('an attempt that fails for ever: ever more rarely, and at once again after one that was well', async () => {
    const { hub, newest, orders, clock, say } = setUp();
    const failFor = async (ms: number): Promise<void> => {
      for (let over = 0; over < ms; over += 10_000) {
        hub.end(newest(), toolExitCodes.permission);
        await clock.advance(10_000);
      }
    };
    await failFor(86_400_000);
    assert.ok(orders() < 170, String(orders()));
    await clock.advance(600_000);
    for (let beat = 0; beat < 20; beat += 1) {
      await say('{"beat":1}\n');
      await clock.advance(20_000);
    }
    const before = orders();
    await failFor(40_000);
    assert.equal(orders(), before + 1);
  });
});
