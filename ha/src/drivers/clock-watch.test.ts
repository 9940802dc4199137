/** When two clocks are said to have jumped apart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClockWatch, JUMP_MS } from './clock-watch.ts';
import { hostClock } from './host-clock.ts';

function createClocks() {
  const at = { monotonic: 5_000, boot: 905_000, pauseMs: 0, pauses: 0 };
  const clock = {
    monotonicMs: () => at.monotonic,
    bootMs() {
      if (at.pauses > 0) {
        at.pauses -= 1;
        at.monotonic += at.pauseMs;
        at.boot += at.pauseMs;
      }
      return Math.floor(at.boot / 10) * 10;
    },
  };
  const pass = (ms: number) => {
    at.monotonic += ms;
    at.boot += ms;
  };
  return { at, clock, pass, watch: createClockWatch(clock) };
}

test('clock watch: time passes for both: no jump', () => {
  const { pass, watch } = createClocks();
  for (let hour = 0; hour < 100; hour += 1) {
    pass(3_600_003);
    assert.equal(watch.hasJumped(), false);
  }
});

test('clock watch: the host was suspended: told once; a little less than the bound: not told', () => {
  const { at, watch } = createClocks();
  at.boot += JUMP_MS - 10;
  assert.equal(watch.hasJumped(), false);
  at.boot += 20;
  assert.equal(watch.hasJumped(), true);
  assert.equal(watch.hasJumped(), false);
});

test('clock watch: the process is paused between the two readings: it reads again', () => {
  const { at, watch } = createClocks();
  Object.assign(at, { pauseMs: 5_000, pauses: 1 });
  assert.equal(watch.hasJumped(), false);
  Object.assign(at, { pauseMs: 5_000, pauses: 100 });
  assert.equal(watch.hasJumped(), false, 'paused at each reading: it says nothing');
  at.pauses = 0;
  assert.equal(watch.hasJumped(), false);
});

test('clock watch: a system without a boot clock: never a jump', () => {
  const watch = createClockWatch({ monotonicMs: () => 0, bootMs: () => null });
  assert.equal(watch.hasJumped(), false);
});

test('host clock: monotonic time is that of all processes: it rises, and the boot clock goes with it', () => {
  const first = hostClock.monotonicMs();
  assert.ok(hostClock.monotonicMs() >= first);
  assert.ok(Math.abs(Number(process.hrtime.bigint()) / 1e6 - first) < 1_000);
  if (process.platform !== 'linux') return;
  const apart = (hostClock.bootMs() ?? 0) - hostClock.monotonicMs();
  assert.ok(apart >= -1_000, `${apart} ms`);
});
