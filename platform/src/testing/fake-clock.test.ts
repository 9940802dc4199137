// Tests of the fake clock: what every test on it relies on. The same waits run on the real timers too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemTimers, type Timers } from '../timers.ts';
import { createFakeClock } from './fake-clock.ts';

test('fake clock: timers due on the way: fire in the order of their times, each at its time', async () => {
  const clock = createFakeClock('2026-03-01T00:00:00Z');
  const fired: string[] = [];
  const note = (name: string) => fired.push(`${name}@${clock.monotonicMs()}`);
  clock.after(20, () => {
    note('b');
    clock.after(5, () => note('nested'));
  });
  clock.after(10, () => note('a'));
  const cancel = clock.every(15, () => note('every'));
  clock.after(20, () => note('c'));
  await clock.advance(30);
  cancel();
  assert.deepEqual(fired, ['a@10', 'every@15', 'b@20', 'c@20', 'nested@25', 'every@30']);
  assert.equal(clock.now().toString(), '2026-03-01T00:00:00.03Z');
  assert.equal(clock.timerCount(), 0);
});

test('fake clock: the calendar is set: monotonic time and timers stand', async () => {
  const clock = createFakeClock();
  let fired = false;
  clock.after(1_000, () => (fired = true));
  clock.setCalendar('2030-01-01T00:00:00Z');
  await clock.advance(999);
  assert.equal(fired, false);
  assert.equal(clock.now().toString(), '2030-01-01T00:00:00.999Z');
});

const fake = createFakeClock();
const implementations: readonly (readonly [string, Timers, () => Promise<void>])[] = [
  ['system', systemTimers, () => systemTimers.sleep(5)],
  ['fake', fake, () => fake.advance(5)],
];
for (const [name, timers, pass] of implementations) {
  test(`timers: ${name}: sleep ends by time, rejects with the reason when aborted before and during`, async () => {
    const reason = new Error('enough');
    const done = timers.sleep(1);
    const aborter = new AbortController();
    const cut = timers.sleep(60_000, aborter.signal);
    const judged = assert.rejects(cut, reason);
    await pass();
    await done;
    aborter.abort(reason);
    await judged;
    await assert.rejects(timers.sleep(60_000, aborter.signal), reason);
  });
}
