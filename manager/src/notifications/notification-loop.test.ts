// The deciding loop on PostgreSQL: what is written with an event is decided once, whoever dies when, and a storm stays bounded.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import {
  compileConfiguration,
  type NotificationDefinitions,
} from '@nezuban/core/notifications/configuration';
import { applyChanges, emptyState } from '@nezuban/core/notifications/state';
import { configurationOf, type TestDefinitions } from '@nezuban/core/testing/notification-world';
import type { Timers } from '@nezuban/platform/timers';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { newEvent, type EventView } from '@nezuban/protocol/events/event';
import { testDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createDatabase, type Database } from '../database/database.ts';
import { loadMigrations } from '../database/migrations.ts';
import type { EventDraft } from '../ports.ts';
import { noNamedChannels } from './channels/channel.ts';
import { createDeliveryPlanner } from './delivery-planner.ts';
import { loadState, type InputEvent } from './input-store.ts';
import { createNotificationLoop, type NotificationLoopPorts } from './notification-loop.ts';

const none: NotificationDefinitions = {
  rules: [],
  inhibitions: [],
  escalations: [],
  silences: [],
  calendars: { find: () => null },
};

describe('deciding what is notified', () => {
  let server: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let nowMs = Date.UTC(2026, 5, 1);
  let lastId = 0;
  let definitions: TestDefinitions = {};
  const loops: ReturnType<typeof createNotificationLoop>[] = [];
  const appended: EventDraft[] = [];

  before(async () => {
    server = await testDatabase({ migrations: (await loadMigrations()).map(({ sql }) => sql) });
    database = createDatabase({ address: server.config, logger: createMemoryLogger(), name: 'test' });
  });
  after(async () => {
    await database.stop();
    await server.drop();
  });
  beforeEach(() => {
    definitions = {};
    appended.length = 0;
  });
  afterEach(async () => {
    for (const loop of loops.splice(0)) await loop.stop();
    await database.query({
      text: 'TRUNCATE notification_input, notification_state, delivery, escalation_run',
    });
  });

  /** Timers never ring: a test wakes the loop when it has moved the clock. */
  const timers: Timers = { after: () => () => undefined, sleep: () => new Promise(() => undefined) } as never;
  const configurations = {
    compiled: new Map<TestDefinitions, ReturnType<typeof configurationOf>>(),
    now() {
      const known = this.compiled.get(definitions) ?? configurationOf(definitions);
      this.compiled.set(definitions, known);
      return known;
    },
  };
  const startLoop = (change: Partial<NotificationLoopPorts> = {}) => {
    const loop = createNotificationLoop({
      database,
      configurations: { now: () => configurations.now() },
      channels: noNamedChannels,
      scopesOf: () => () => new Set(['all']),
      events: {
        append: (_transaction, drafts) => {
          appended.push(...drafts);
          return Promise.resolve(() => undefined);
        },
      },
      wakeOutbox: () => undefined,
      clock: { epochMs: () => nowMs, monotonicMs: () => nowMs } as never,
      timers,
      logger: createMemoryLogger(),
      ...change,
    });
    loops.push(loop);
    loop.start();
    return loop;
  };
  const eventOf = (change: Partial<InputEvent> = {}): InputEvent => {
    lastId += 1;
    return {
      ...newEvent,
      id: lastId,
      at: new Date(nowMs).toISOString(),
      priority: 'critical',
      code: 'trap_received',
      node: 'a-1',
      message: `event ${lastId}`,
      details: {},
      ...change,
    };
  };
  const planner = createDeliveryPlanner({
    configurations: { now: () => configurations.now() },
    scopesOf: () => () => new Set(['all']),
    wake: () => undefined,
  });
  const say = async (events: readonly InputEvent[]): Promise<boolean> =>
    await database.inTransaction((transaction) => planner.plan(transaction, events, []));
  const waiting = async (): Promise<number> => {
    const [row] = await database.query<{ count: number }>({
      text: 'SELECT count(*)::int AS count FROM notification_input',
    });
    return row?.count ?? -1;
  };
  const settled = () => waitFor(async () => (await waiting()) === 0, { message: 'the input to be decided' });
  const deliveries = () =>
    database.query<{ event_count: number; state: string; payload: EventView; target: string | null }>({
      text: 'SELECT event_count, state, payload, target FROM delivery ORDER BY id',
    });

  test('deciding: what no rule wants: not written down', async () => {
    definitions = { rules: [{ monitors: ['other'] }] };
    assert.equal(await say([eventOf(), eventOf()]), false);
    assert.equal(await waiting(), 0);
  });

  test('deciding: an event whose message cannot be stored: put aside and told, all others are decided in their order', async () => {
    definitions = { rules: [{ monitors: [] }] };
    await database.query({
      text: `ALTER TABLE delivery ADD CONSTRAINT no_poison CHECK (payload ->> 'message' <> 'poison')`,
    });
    try {
      const events = Array.from({ length: 40 }, (_, n) => eventOf(n === 23 ? { message: 'poison' } : {}));
      await say(events.slice(0, 30));
      await say(events.slice(30));
      startLoop();
      await settled();
      assert.deepEqual(
        (await deliveries()).map(({ payload }) => payload.id),
        events.filter(({ message }) => message !== 'poison').map(({ id }) => id),
      );
      assert.deepEqual(
        appended.map(({ code, details }) => [code, details['event']]),
        [['notification_failed', events[23]?.id]],
      );
      assert.match(appended[0]?.message ?? '', /no_poison/);
    } finally {
      await database.query({ text: 'ALTER TABLE delivery DROP CONSTRAINT no_poison' });
    }
  });

  test('deciding: a rule that fails at events: they are stored all the same, each failure is told once, and no failure of a failure', async () => {
    const broken = {
      ...configurationOf({ rules: [{ monitors: [] }] }),
      wants: () => {
        throw new TypeError('a fault of a rule');
      },
      rulesFor: () => {
        throw new TypeError('a fault of a rule');
      },
    };
    const planning = createDeliveryPlanner({
      configurations: { now: () => broken },
      scopesOf: () => () => new Set(['all']),
      wake: () => undefined,
    });
    const plan = (events: readonly InputEvent[]) =>
      database.inTransaction((transaction) => planning.plan(transaction, events, []));
    assert.equal(await plan([eventOf(), eventOf()]), true);
    assert.equal(await plan([eventOf({ code: 'notification_failed' })]), false);
    startLoop({ configurations: { now: () => broken } });
    await settled();
    assert.deepEqual(
      appended.map(({ code }) => code),
      ['notification_failed', 'notification_failed'],
    );
  });

  test('deciding: the transaction of the event is rolled back: nobody is told', async () => {
    startLoop();
    await assert.rejects(
      database.inTransaction(async (transaction) => {
        await planner.plan(transaction, [eventOf()], []);
        throw new Error('rolled back');
      }),
    );
    assert.equal(await waiting(), 0);
  });

  test('deciding: counted before a restart, reached after it: told once', async () => {
    definitions = { rules: [{ after: { times: 3, within_min: 60 } }] };
    const first = startLoop();
    await say([eventOf({ key: 'k' }), eventOf({ key: 'k' })]);
    first.wake();
    await settled();
    await first.stop();
    await say([eventOf({ key: 'k' })]);
    startLoop();
    await settled();
    assert.equal((await deliveries()).length, 1);
  });

  test('deciding: the answer to the commit is lost: read again, nothing told twice, nothing counted twice', async () => {
    definitions = {
      rules: [
        { name: 'r', repeat: 'on_change' },
        { name: 'plain', group: { wait_s: 1 } },
      ],
    };
    let lose = 2;
    const losing: Database = {
      ...database,
      inTransaction: async (work) => {
        const result = await database.inTransaction(work);
        if (lose > 0) {
          lose -= 1;
          throw new Error('the answer was lost');
        }
        return result;
      },
    };
    const loop = startLoop({ database: losing });
    await say([eventOf({ key: 'k' }), eventOf({ key: 'k' })]);
    loop.wake();
    await settled();
    await waitFor(() => {
      loop.wake();
      return lose === 0;
    });
    nowMs += 2_000;
    await waitFor(async () => {
      loop.wake();
      return (await deliveries()).length === 2;
    });
    assert.deepEqual(
      (await deliveries()).map(({ event_count: count }) => count),
      [1, 2],
    );
    // Applied a moment after the commit.
    const stored = await loadState(database);
    await waitFor(() => isDeepStrictEqual(loop.state(), stored));
  });

  test('deciding: a death before the commit: decided by the next one', async () => {
    const broken: Database = {
      ...database,
      inTransaction: async (work) =>
        await database.inTransaction(async (transaction) => {
          await work(transaction);
          throw new Error('killed');
        }),
    };
    const dying = startLoop({ database: broken });
    await say([eventOf()]);
    dying.wake();
    await waitFor(() => dying.state() === null);
    await dying.stop();
    assert.equal((await deliveries()).length, 0);
    startLoop();
    await settled();
    assert.equal((await deliveries()).length, 1);
  });

  test('deciding: a storm of 5,000 that a rule wants: bounded rows, every event in some message', async () => {
    definitions = { rules: [{ limit_per_min: 10 }] };
    const loop = startLoop();
    await say(Array.from({ length: 5_000 }, () => eventOf({ key: `k${lastId}` })));
    loop.wake();
    await settled();
    nowMs += 60_000;
    await waitFor(async () => {
      loop.wake();
      return (await deliveries()).length === 11;
    });
    const rows = await deliveries();
    assert.equal(
      rows.reduce((sum, { event_count: count }) => sum + count, 0),
      5_000,
    );
  });

  test('deciding: kept back: one row for the batch, with the reason and the number', async () => {
    definitions = {
      silences: [{ id: 7, match: {}, fromMs: 0, untilMs: nowMs + 3_600_000 }],
    };
    const loop = startLoop();
    await say([eventOf({ key: '1' }), eventOf({ key: '2' })]);
    loop.wake();
    await settled();
    const rows = await database.query({
      text: 'SELECT state, suppressed_kind, suppressed_by, event_count, next_try_at FROM delivery',
    });
    assert.deepEqual(rows, [
      {
        state: 'suppressed',
        suppressed_kind: 'silence',
        suppressed_by: '7',
        event_count: 2,
        next_try_at: null,
      },
    ]);
    // Applied a moment after the commit.
    await waitFor(() => loop.state()?.kept.size === 2);
  });

  test('deciding: an escalation: each step by its channels, and an event when nobody comes', async () => {
    definitions = {
      rules: [{ escalation: 'chain' }],
      escalations: [
        {
          steps: [
            { after_min: 5, channels: ['team'] },
            { after_min: 5, channels: ['boss', 'phone'] },
          ],
        },
      ],
    };
    const loop = startLoop();
    await say([eventOf()]);
    loop.wake();
    await settled();
    for (const expected of [2, 4]) {
      nowMs += 300_000;
      await waitFor(async () => {
        loop.wake();
        return (await deliveries()).length === expected;
      });
    }
    assert.deepEqual(
      (await deliveries()).map(({ target }) => target),
      [null, 'team', 'boss', 'phone'],
    );
    assert.deepEqual(
      appended.map(({ code }) => code),
      ['escalation_exhausted'],
    );
    const [run] = await database.query<{ state: string }>({ text: 'SELECT state FROM escalation_run' });
    assert.equal(run?.state, 'exhausted');
  });

  test('deciding: a state that somebody has ended: over for those who were told, and new when it comes again', async () => {
    definitions = { rules: [{ repeat: 'on_change', recovered: true }] };
    const loop = startLoop();
    const raise = () => say([eventOf({ monitor: 'm', key: 'k' })]);
    await raise();
    await database.inTransaction((transaction) =>
      planner.end(transaction, [{ node: 'a-1', monitor: 'm', key: 'k' }]),
    );
    await raise();
    loop.wake();
    await settled();
    const rows = await database.query<{ recovered: boolean }>({
      text: `SELECT (body->>'recovered')::bool AS recovered FROM delivery ORDER BY id`,
    });
    assert.equal(rows.length, 3);
    assert.equal(rows.filter(({ recovered }) => recovered).length, 1);
  });

  test('deciding: nothing is defined: an event costs no row', async () => {
    const idle = createDeliveryPlanner({
      configurations: { now: () => compileConfiguration(none) },
      scopesOf: () => null,
      wake: () => undefined,
    });
    assert.equal(
      await database.inTransaction((transaction) => idle.plan(transaction, [eventOf()], [])),
      false,
    );
  });

  test('deciding: a state of a later release: kinds that are unknown here are left alone', async () => {
    await database.query({ text: `INSERT INTO notification_state VALUES ('later', 'x', '{}')` });
    const state = emptyState();
    applyChanges(state, []);
    assert.deepEqual(await loadState(database), state);
  });
});
