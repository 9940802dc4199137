import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleEvent } from '../../testing/samples.ts';
import { createNewEvents } from './new-events.ts';

const page = (...ids: number[]) => ids.map((id) => sampleEvent(id));
const idsOf = (events: readonly { id: number }[]) => events.map(({ id }) => id);

test('new events: the first page: its newest only, oldest first', () => {
  const newEvents = createNewEvents(2);
  assert.deepEqual(idsOf(newEvents(page(9, 8, 7, 6))), [8, 9]);
  assert.deepEqual(idsOf(newEvents(page(9, 8, 7, 6))), []);
});

test('new events: a lower number that appears after a higher one: is printed too', () => {
  const newEvents = createNewEvents(10);
  newEvents(page(9, 7));
  assert.deepEqual(idsOf(newEvents(page(10, 9, 8, 7))), [8, 10]);
});

test('new events: what lies before the first page: is never printed', () => {
  const newEvents = createNewEvents(10);
  newEvents(page(9, 8));
  assert.deepEqual(idsOf(newEvents(page(9, 8, 5, 4))), []);
});

test('new events: nothing at first: everything that comes is new', () => {
  const newEvents = createNewEvents(10);
  assert.deepEqual(idsOf(newEvents([])), []);
  assert.deepEqual(idsOf(newEvents(page(1))), [1]);
});

test('new events: for days: what is remembered stays bounded, and nothing is printed twice', () => {
  const newEvents = createNewEvents(10);
  let printed = 0;
  for (let newest = 500; newest <= 20_000; newest += 250) {
    printed += newEvents(page(...Array.from({ length: 500 }, (_, index) => newest - index))).length;
  }
  assert.equal(printed, 10 + 20_000 - 500);
});
