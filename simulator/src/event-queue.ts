/**
 * The events of a run in the order of true time; of two at the same time the one that was scheduled first comes first.
 *
 * A binary heap whose items are used again, since a run of some seconds has thousands of them. It also keeps the hash of all that happened:
 * two runs of one seed must have the same.
 */
import type { Process } from './process.ts';

interface Item {
  at: number;
  order: number;
  process: Process | null;
  life: number;
  action: (() => void) | null;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Times enter the hash in microseconds. */
const HASH_TICKS_PER_MS = 1000;

export class EventQueue {
  now = 0;
  events = 0;
  #hash = FNV_OFFSET;
  #order = 0;
  readonly #heap: Item[] = [];
  readonly #free: Item[] = [];

  get hash(): number {
    return this.#hash >>> 0;
  }

  get size(): number {
    return this.#heap.length;
  }

  mix(value: number): void {
    this.#hash = Math.imul(this.#hash ^ value, FNV_PRIME);
  }

  /** `action` runs `delay` ms from now in the present life of `process`. */
  after(delay: number, process: Process, action: () => void): void {
    const item = this.#free.pop() ?? { at: 0, order: 0, process: null, life: 0, action: null };
    item.at = this.now + Math.max(0, delay);
    item.order = this.#order;
    item.process = process;
    item.life = process.life;
    item.action = action;
    this.#order += 1;
    this.#up(item);
  }

  /** Runs the next event. False when there is none before `until`; then `until` is the present. */
  step(until: number): boolean {
    const first = this.#heap[0];
    if (first === undefined || first.at > until) {
      this.now = until;
      return false;
    }
    this.#removeFirst();
    this.now = first.at;
    this.events += 1;
    const { process, life, action } = first;
    first.process = null;
    first.action = null;
    this.#free.push(first);
    if (process === null || action === null) return true;
    this.mix(process.code);
    this.mix(Math.floor(this.now * HASH_TICKS_PER_MS));
    process.run(life, action);
    return true;
  }

  #up(item: Item): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(item);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, item)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = item;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const item = heap.pop();
    if (item === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      if (left === undefined) break;
      const right = heap[2 * index + 2];
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (isBefore(item, child)) break;
      heap[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    heap[index] = item;
  }
}

function isBefore(one: Item, other: Item): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
