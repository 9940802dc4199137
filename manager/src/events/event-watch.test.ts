// Tests of following events while nobody is to be told any more, on a database that answers when the test says so.
// What a follower hears over kills and late commits is tried with units that wait (jobs/unit-works).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { plainEvent, toNewView } from './event-rows.ts';
import { createEventWatch } from './event-watch.ts';

const seen = {
  ...toNewView(
    plainEvent(3, {
      at: new Date(),
      priority: 'info',
      code: 'job_event',
      node: null,
      message: 'm',
      details: {},
    }),
  ),
  at: new Date(),
};

test('event watch: paused while it looks back: tells nobody until it goes on, for nobody would take an answer', async () => {
  let answer: ((rows: object[]) => void) | undefined;
  const rows: Readonly<Record<string, object[]>> = {
    event_numbers_drawn: [{ id: 5 }],
    begin_after_events: [{ xid: '1' }],
    oldest_under_way: [{ xmin: '10' }],
  };
  const query = async ({ name = '' }: { name?: string }): Promise<object[]> =>
    name === 'look_back_at_events'
      ? await new Promise<object[]>((resolve) => (answer = resolve))
      : (rows[name] ?? []);
  const watch = createEventWatch({
    database: { query: query as never },
    scopesOf: () => new Set(),
    timers: systemTimers,
    logger: createMemoryLogger(),
  });
  let told = 0;
  watch.follow({
    matches: [{ codes: ['job_event'] }],
    afterId: 5,
    sinceMs: 0,
    take: (events) => {
      told += events.length;
      return Promise.resolve(true);
    },
  });
  watch.start();
  const first = await waitFor(() => answer);
  const paused = watch.pause();
  answer = undefined;
  first([seen]);
  await paused;
  assert.equal(told, 0);
  watch.resume();
  (await waitFor(() => answer))([seen]);
  await waitFor(() => told === 1);
  await watch.stop();
});

test('event watch: many that wait for the same event: told beside each other, not one after the answer of the other', async () => {
  const rows: Readonly<Record<string, object[]>> = {
    event_numbers_drawn: [{ id: 5 }],
    begin_after_events: [{ xid: '1' }],
    oldest_under_way: [{ xmin: '10' }],
    follow_events: [seen],
  };
  const watch = createEventWatch({
    database: { query: (async ({ name = '' }: { name?: string }) => rows[name] ?? []) as never },
    scopesOf: () => new Set(),
    timers: systemTimers,
    logger: createMemoryLogger(),
  });
  const answers: (() => void)[] = [];
  for (let count = 0; count < 3; count += 1)
    watch.follow({
      matches: [{ codes: ['job_event'] }],
      afterId: 0,
      sinceMs: null,
      take: async () => await new Promise((resolve) => answers.push(() => resolve(true))),
    });
  watch.start();
  await waitFor(() => answers.length === 3);
  for (const answer of answers) answer();
  await watch.stop();
});

test('event watch: many that look back, each from another time and place: read together, each told what is his', async () => {
  const reads: Record<string, number> = {};
  const at = (id: number): Date => new Date(1_000_000 + id * 1_000);
  const events = Array.from({ length: 500 }, (_, index) => ({ ...seen, id: index + 1, at: at(index + 1) }));
  const query = async ({
    name = '',
    values = [],
  }: {
    name?: string;
    values?: unknown[];
  }): Promise<object[]> => {
    reads[name] = (reads[name] ?? 0) + 1;
    if (name === 'event_numbers_drawn') return [{ id: 500 }];
    if (name === 'begin_after_events') return [{ xid: '1' }];
    if (name === 'oldest_under_way') return [{ xmin: '10' }];
    const [after, upTo, since] = values as [number, number, Date | undefined];
    return events.filter(
      ({ id, at: then }) => id > after && id <= upTo && (since === undefined || then >= since),
    );
  };
  const watch = createEventWatch({
    database: { query: query as never },
    scopesOf: () => new Set(),
    timers: systemTimers,
    logger: createMemoryLogger(),
  });
  const told = new Map<number, number[]>();
  const count = 250;
  for (let place = 1; place <= count; place += 1)
    watch.follow({
      matches: [{ codes: ['job_event'] }],
      afterId: place,
      sinceMs: at(place - 10).getTime(),
      take: (found) => {
        told.set(place, [...(told.get(place) ?? []), ...found.map(({ event }) => event.id)]);
        return Promise.resolve(false);
      },
    });
  watch.start();
  await waitFor(() => told.size === count && [...told.values()].every((ids) => ids.at(-1) === 500));
  await watch.stop();
  for (const [place, ids] of told) {
    const first = Math.max(1, place - 10);
    assert.deepEqual(
      ids,
      Array.from({ length: 500 - first + 1 }, (_, index) => first + index),
    );
  }
  assert.equal(reads['look_back_at_events'], 3);
  assert.equal(reads['follow_events'], 3);
});
