// Which events are printed while following.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleEvent } from '../../testing/samples.ts';
import { createNewEvents } from './new-events.ts';

const page = (...ids: number[]) => ids.map((id) => sampleEvent(id));
const idsOf = (events: readonly { id: number }[]) => events.map(({ id }) => id);

test('new events: the first page: its newest only, oldest first', () => {
  const newEvents = createNewEvents(2).take;
  assert.deepEqual(idsOf(newEvents(page(9, 8, 7, 6))), [8, 9]);
  assert.deepEqual(idsOf(newEvents(page(9, 8, 7, 6))), []);
});

test('new events: a lower number that appears after a higher one: is printed too', () => {
  const newEvents = createNewEvents(10).take;
  newEvents(page(9, 7));
  assert.deepEqual(idsOf(newEvents(page(10, 9, 8, 7))), [8, 10]);
});

test('new events: what lies before the first page: is never printed', () => {
  const newEvents = createNewEvents(10).take;
  newEvents(page(9, 8));
  assert.deepEqual(idsOf(newEvents(page(9, 8, 5, 4))), []);
});

test('new events: nothing at first: everything that comes is new', () => {
  const newEvents = createNewEvents(10).take;
  assert.deepEqual(idsOf(newEvents([])), []);
  assert.deepEqual(idsOf(newEvents(page(1))), [1]);
});

test('new events: for days: what is remembered stays bounded, and nothing is printed twice', () => {
  const newEvents = createNewEvents(10).take;
  let printed = 0;
  for (let newest = 500; newest <= 60_000; newest += 250) {
    printed += newEvents(page(...Array.from({ length: 500 }, (_, index) => newest - index))).length;
  }
  assert.equal(printed, 10 + 60_000 - 500);
});

test('new events: joins what is known: only if some of it is known, or nothing was ever looked at', () => {
  const newEvents = createNewEvents(10);
  assert.equal(newEvents.joins(page(9, 8)), true);
  newEvents.take(page(9, 8));
  assert.equal(newEvents.joins(page(12, 11, 10)), false);
  assert.equal(newEvents.joins(page(11, 10, 9)), true);
  assert.equal(newEvents.joins(page(11, 10, 7)), true);
});
