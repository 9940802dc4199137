/** The queue's order, the lives of processes, and what a pause holds back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventQueue } from './event-queue.ts';
import { Process } from './process.ts';
import { Random } from './random.ts';

function drain(queue: EventQueue, until = Infinity): void {
  while (queue.step(until));
}

test('event queue: many events in any order: run by time, of two at once the first scheduled first', () => {
  const queue = new EventQueue();
  const process = new Process(1);
  const random = new Random(1, 1);
  const seen: { at: number; order: number }[] = [];
  for (let order = 0; order < 2000; order += 1) {
    const at = random.below(50);
    queue.after(at, process, () => seen.push({ at: queue.now, order }));
  }
  drain(queue);
  const sorted = seen.toSorted((a, b) => a.at - b.at || a.order - b.order);
  assert.deepEqual(seen, sorted);
  assert.equal(seen.length, 2000);
});

test('event queue: a bound: nothing later runs, and the time is the bound', () => {
  const queue = new EventQueue();
  let ran = 0;
  queue.after(10, new Process(1), () => (ran += 1));
  queue.after(30, new Process(1), () => (ran += 1));
  drain(queue, 20);
  assert.equal(ran, 1);
  assert.equal(queue.now, 20);
});

test('process: ended: what was scheduled before never runs', () => {
  const queue = new EventQueue();
  const process = new Process(1);
  const seen: string[] = [];
  queue.after(5, process, () => seen.push('old'));
  process.end();
  queue.after(6, process, () => seen.push('new'));
  drain(queue);
  assert.deepEqual(seen, ['new']);
});

test('process: paused: events run at the end of the pause, in their order', () => {
  const queue = new EventQueue();
  const process = new Process(1);
  const seen: string[] = [];
  process.paused = true;
  queue.after(1, process, () => seen.push(`one at ${queue.now}`));
  queue.after(2, process, () => seen.push(`two at ${queue.now}`));
  queue.after(9, new Process(2), () => process.resume());
  drain(queue);
  assert.deepEqual(seen, ['one at 9', 'two at 9']);
});

test('process: ended during its pause: nothing held back runs', () => {
  const queue = new EventQueue();
  const process = new Process(1);
  let ran = 0;
  process.paused = true;
  queue.after(1, process, () => (ran += 1));
  drain(queue);
  process.end();
  process.resume();
  assert.equal(ran, 0);
});
