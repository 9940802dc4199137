/** Cuts, blocks, weather and clocks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOCK_RATE_ERROR } from '@nezuban/ha/decision/timing';
import { drawClock } from './clock.ts';
import { EventQueue } from './event-queue.ts';
import { CALM, Network } from './network.ts';
import { Process } from './process.ts';
import { Random } from './random.ts';

function createNetwork(): {
  queue: EventQueue;
  network: Network;
  arrivals: (from: number, to: number) => number;
} {
  const queue = new EventQueue();
  const network = new Network({ queue, random: new Random(7, 1), nature: new Process(0) }, 3);
  const arrivals = (from: number, to: number): number => {
    let count = 0;
    network.carry({ from, to, extraMs: 0 }, () => (count += 1));
    while (queue.step(queue.now + 10_000));
    return count;
  };
  return { queue, network, arrivals };
}

test('network: one direction cut: the other one carries', () => {
  const { network, arrivals } = createNetwork();
  network.cut(0, 1);
  assert.equal(arrivals(0, 1), 0);
  assert.equal(arrivals(1, 0), 1);
  assert.ok(network.streamDelay(0, 1) < 0);
  assert.equal(network.connects(0, 1), false);
  network.heal();
  assert.equal(arrivals(0, 1), 1);
});

test('network: cut twice: open again after both have ended', () => {
  const { network } = createNetwork();
  network.cut(0, 1);
  network.cut(0, 1);
  network.mend(0, 1);
  assert.equal(network.isCut(0, 1), true);
  network.mend(0, 1);
  assert.equal(network.isCut(0, 1), false);
});

test('network: blocked by an operator: healing the faults changes nothing', () => {
  const { network, arrivals } = createNetwork();
  network.setBlock(0, 2, true);
  network.heal();
  assert.equal(arrivals(0, 2) + arrivals(2, 0), 0);
  network.setBlock(0, 2, false);
  assert.equal(arrivals(0, 2), 1);
});

test('network: bad weather: messages are lost, doubled and late in about the drawn shares', () => {
  const { network, arrivals } = createNetwork();
  network.weather = { ...CALM, loss: 0.2, double: 0.3 };
  const counts = Array.from({ length: 2000 }, () => arrivals(0, 1));
  const share = (wanted: number): number => counts.filter((count) => count === wanted).length / counts.length;
  assert.ok(Math.abs(share(0) - 0.2) < 0.05, String(share(0)));
  assert.ok(Math.abs(share(2) - 0.24) < 0.05, String(share(2)));
});

test('network: in flight when a cut begins: still arrives', () => {
  const { queue, network } = createNetwork();
  let arrived = 0;
  network.carry({ from: 0, to: 1, extraMs: 100 }, () => (arrived += 1));
  network.cut(0, 1);
  while (queue.step(1000));
  assert.equal(arrived, 1);
});

test('clock: any skew: within the error that the protocol allows for, and there and back is the same', () => {
  const random = new Random(3, 1);
  for (const skew of ['none', 'drawn', 'extreme'] as const) {
    for (let index = 0; index < 100; index += 1) {
      const clock = drawClock(random, skew);
      assert.ok(Math.abs(clock.rate - 1) <= CLOCK_RATE_ERROR + 1e-12);
      assert.ok(Math.abs(clock.trueAt(clock.localAt(12_345)) - 12_345) < 1e-6);
    }
  }
});
