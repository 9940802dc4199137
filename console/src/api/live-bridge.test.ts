// Tests of what live messages do to what the pages have loaded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import type { EventView } from '@nezuban/protocol/events/event';
import { eventOf } from '@nezuban/tests/browser/fake-manager/fake-data';
import { pairOf, switchedPair } from '@nezuban/tests/browser/fake-manager/fake-pair';
import { createLiveBridge, eventsMovedKey } from './live-bridge.ts';
import type { Pages } from './live-patch.ts';
import { eventStreamPageSize } from './queries.ts';

const key = ['listEvents', {}, 100];
const listOf = (...ids: number[]): Pages<EventView> => ({
  pages: [{ items: ids.map((id) => eventOf(id)), nextCursor: null }],
  pageParams: [null],
});
const idsIn = (client: QueryClient) =>
  client.getQueryData<Pages<EventView>>(key)?.pages[0]?.items.map(({ id }) => id);

test('live bridge: a message during a load: not undone by the answer that is older than it', async () => {
  const client = new QueryClient();
  const bridge = createLiveBridge(client);
  client.setQueryData(key, listOf(1));
  const answer = Promise.withResolvers<Pages<EventView>>();
  const loading = client.fetchQuery({ queryKey: key, queryFn: () => answer.promise, staleTime: 0 });
  bridge({ kind: 'message', message: { type: 'event', event: eventOf(2) } });
  assert.deepEqual(idsIn(client), [2, 1]);
  answer.resolve(listOf(1));
  await loading;
  assert.deepEqual(idsIn(client), [2, 1]);
  client.clear();
});

test('live bridge: a message before the first load is done: in the list afterwards', async () => {
  const client = new QueryClient();
  const bridge = createLiveBridge(client);
  const answer = Promise.withResolvers<Pages<EventView>>();
  const loading = client.fetchQuery({ queryKey: key, queryFn: () => answer.promise });
  bridge({ kind: 'message', message: { type: 'event', event: eventOf(2) } });
  answer.resolve(listOf(1));
  await loading;
  assert.deepEqual(idsIn(client), [2, 1]);
  client.clear();
});

test('live bridge: a gap: everything is to be loaded anew', () => {
  const client = new QueryClient();
  const bridge = createLiveBridge(client);
  client.setQueryData(key, listOf(1));
  bridge({ kind: 'opened', gap: true, restarted: false, version: '1' });
  assert.equal(client.getQueryState(key)?.isInvalidated, true);
  client.clear();
});

test('live bridge: more events than are told one by one: the stream that is read stands and is told, other lists are loaded', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const client = new QueryClient();
  const bridge = createLiveBridge(client);
  const stream = ['listEvents', {}, eventStreamPageSize];
  client.setQueryData(key, listOf(1));
  client.setQueryData(stream, listOf(1));
  const stop = new QueryObserver(client, { queryKey: stream, enabled: false }).subscribe(() => {});
  bridge({ kind: 'message', message: { type: 'eventsChanged' } });
  bridge({ kind: 'message', message: { type: 'eventsChanged' } });
  assert.equal(client.getQueryData(eventsMovedKey), undefined);
  context.mock.timers.tick(1_000);
  assert.equal(client.getQueryData(eventsMovedKey), 1);
  assert.equal(client.getQueryState(key)?.isInvalidated, true);
  assert.equal(client.getQueryState(stream)?.isInvalidated, false);
  stop();
  client.clear();
});

test('live bridge: an event for a list whose filter only the manager can judge: replaced where it stands, never put in', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const client = new QueryClient();
  const bridge = createLiveBridge(client);
  const going = ['listEvents', { cleared: 'no' }, 100];
  client.setQueryData(going, listOf(1));
  bridge({ kind: 'message', message: { type: 'event', event: eventOf(2) } });
  bridge({ kind: 'message', message: { type: 'event', event: eventOf(1, { count: 7 }) } });
  const items = client.getQueryData<Pages<EventView>>(going)?.pages[0]?.items ?? [];
  assert.deepEqual(
    items.map(({ id, count }) => [id, count]),
    [[1, 7]],
  );
  context.mock.timers.tick(1_000);
  assert.equal(client.getQueryState(going)?.isInvalidated, true);
  client.clear();
});

test('live bridge: how the pair is: replaces what is known, whatever the clocks of its hosts say', () => {
  const client = new QueryClient();
  const bridge = createLiveBridge(client);
  client.setQueryData(['pair'], pairOf('redundant'));
  const status = { ...switchedPair(), at: '2020-01-01T00:00:00.000Z' };
  bridge({ kind: 'message', message: { type: 'pair', status } });
  assert.deepEqual(client.getQueryData(['pair']), status);
  client.clear();
});
