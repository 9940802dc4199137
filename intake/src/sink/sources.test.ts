// Tests of the accounting by source: who may send, what is above the limit, and that memory stays bounded whoever sends.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { createSources } from './sources.ts';

const said = (text: string) => ({ protocol: 'syslog' as const, payload: Buffer.from(text) });
const open = { perSecondMax: 10, allowed: [], denied: [] };

test('sources: one above its limit: the excess is counted and told with a sample, the others have theirs', async () => {
  const clock = createFakeClock();
  const sources = createSources(open, clock);
  const loud = sources.of('192.0.2.1');
  const kept = Array.from({ length: 25 }, (_, n) => sources.mayKeep(loud, said(`line ${n}`))).filter(Boolean);
  assert.equal(kept.length, 10);
  assert.equal(sources.mayKeep(sources.of('192.0.2.2'), said('quiet')), true);
  await clock.advance(1_000);
  const [summary, ...more] = sources.tick();
  assert.deepEqual(more, []);
  assert.equal(summary?.text, '192.0.2.1');
  assert.equal(summary?.over.count, 15);
  assert.equal(Buffer.from(summary?.over.sample ?? []).toString(), 'line 10');
  assert.equal(sources.mayKeep(loud, said('again')), true, 'a second later it may speak again');
  assert.deepEqual(sources.tick(), [], 'told once');
});

test('sources: silent for long: no more than one second of credit', async () => {
  const clock = createFakeClock();
  const sources = createSources(open, clock);
  const source = sources.of('192.0.2.1');
  await clock.advance(60_000);
  sources.tick();
  const kept = Array.from({ length: 100 }, () => sources.mayKeep(source, said('x'))).filter(Boolean);
  assert.equal(kept.length, 10);
});

test('sources: address lists: denied wins, an empty list of the allowed is everybody, changes count at once', () => {
  const sources = createSources({ ...open, denied: ['192.0.2.0/24'] }, createFakeClock());
  assert.equal(sources.of('192.0.2.7').isAllowed, false);
  assert.equal(sources.of('::ffff:192.0.2.7').isAllowed, false);
  assert.equal(sources.of('198.51.100.1').isAllowed, true);
  sources.setLimits({ ...open, allowed: ['192.0.2.0/24', '2001:db8::/32'], denied: ['192.0.2.9'] });
  assert.equal(sources.of('192.0.2.7').isAllowed, true);
  assert.equal(sources.of('192.0.2.9').isAllowed, false);
  assert.equal(sources.of('198.51.100.1').isAllowed, false);
  assert.equal(sources.of('2001:db8::1').isAllowed, true);
});

test('sources: hundreds of thousands of forged addresses: memory is bounded, one that goes on keeps its account', () => {
  const sources = createSources({ ...open, perSecondMax: 1 }, createFakeClock());
  const steady = sources.of('192.0.2.1');
  assert.equal(sources.mayKeep(steady, said('first')), true);
  for (let n = 0; n < 300_000; n += 1) {
    sources.of(`10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`);
    if (n % 5_000 === 0) assert.equal(sources.mayKeep(sources.of('192.0.2.1'), said('more')), false);
  }
  assert.equal(sources.of('192.0.2.1'), steady);
  assert.ok(sources.size() <= 20_000);
  const [only] = sources.tick();
  assert.equal(only?.over.count, 60);
});

test('sources: thousands of loud ones: each message is counted, and what is told stays readable', () => {
  const sources = createSources({ ...open, perSecondMax: 1 }, createFakeClock());
  for (let n = 0; n < 1_000; n += 1) {
    const source = sources.of(`10.0.${n >> 8}.${n & 255}`);
    for (let m = 0; m < 3; m += 1) sources.mayKeep(source, said('x'));
  }
  const told = sources.tick();
  assert.ok(told.length <= 201, `${told.length}`);
  assert.equal(
    told.reduce((sum, { over }) => sum + over.count, 0),
    2_000,
  );
  assert.equal(told.at(-1)?.text, '::');
});
