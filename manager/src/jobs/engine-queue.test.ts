// Tests of what waits for the engine: what is refused when it is full, and what never is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitsOf } from '@nezuban/core/jobs/admission/limits';
import type { SessionId } from '@nezuban/protocol/ids';
import type { EngineJob } from './engine-jobs.ts';
import { createEngineQueue } from './engine-queue.ts';

const receipts: EngineJob = { type: 'receipts', node: 'n', receipts: [] };
const input: EngineJob = { type: 'input', sessionId: 1 as SessionId, input: { type: 'timeReached' } };
const full = () => {
  const queue = createEngineQueue({ lengthMax: 1, batchInputsMax: 100 });
  void queue.add(input);
  return queue;
};

test('engine queue: full: agents and callers are refused, what the engine tells itself and changed limits are not', async () => {
  const queue = full();
  await assert.rejects(queue.add(receipts), { code: 'database_unavailable' });
  const own: EngineJob[] = [
    input,
    { type: 'nodesChanged' },
    { type: 'placesChanged' },
    { type: 'placesChanged', limits: limitsOf([]) },
  ];
  for (const job of own) void queue.add(job);
  assert.deepEqual(
    queue.take().map(({ job }) => job),
    [input, ...own],
  );
});

test('engine queue: looks: one that waits speaks for all, one that was taken does not', async () => {
  const queue = full();
  const asked = [queue.add({ type: 'placesChanged' }), queue.add({ type: 'placesChanged' })];
  const taken = queue.take();
  assert.equal(taken.length, 2);
  void queue.add({ type: 'placesChanged' });
  assert.equal(queue.length(), 1, 'what has changed since then is looked at again');
  for (const { resolve } of taken) resolve('done');
  assert.deepEqual(await Promise.all(asked), ['done', 'done']);
});

test('engine queue: put off: all that is about the session waits and then comes first, alone; the others go on, callers are refused', async () => {
  const queue = full();
  const [failed] = queue.take();
  assert.ok(failed !== undefined);
  const other: EngineJob = { type: 'input', sessionId: 2 as SessionId, input: { type: 'timeReached' } };
  void queue.add(input);
  void queue.add(other);
  queue.putOff(1 as SessionId, failed);
  void queue.add(input);
  const wish = { type: 'answer', sessionId: 1 as SessionId } as EngineJob;
  await assert.rejects(queue.add(wish), { code: 'database_unavailable' });
  assert.equal(queue.length(), 1);
  assert.deepEqual(
    queue.take().map(({ job }) => job),
    [other],
  );
  void queue.add(other);
  queue.letGo(1 as SessionId);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => queue.take().map(({ job }) => (job === input ? 1 : 2))),
    [[1], [1], [1], [2]],
  );
});

test('engine queue: put off again and again: those that come later go together', () => {
  const queue = full();
  for (let waiting = 0; waiting < 3; waiting += 1) void queue.add(input);
  for (const job of queue.take()) queue.putOff(1 as SessionId, job);
  for (let round = 0; round < 5; round += 1) {
    queue.letGo(1 as SessionId);
    const [failed] = queue.take();
    assert.ok(failed !== undefined);
    queue.putOff(1 as SessionId, failed);
  }
  for (let waiting = 0; waiting < 3; waiting += 1)
    void queue.add({ type: 'input', sessionId: 2 as SessionId, input: { type: 'timeReached' } });
  assert.equal(queue.take().length, 3);
});

test('engine queue: put off: limits: newer ones, there already or not, take their place and answer for both', async () => {
  for (const isThere of [true, false]) {
    const queue = full();
    queue.take();
    const newer: EngineJob = { type: 'placesChanged', limits: limitsOf([]) };
    const asked = [queue.add({ type: 'placesChanged', limits: limitsOf([]) })];
    const [older] = queue.take();
    assert.ok(older !== undefined);
    if (isThere) asked.push(queue.add(newer));
    queue.putOff(null, older);
    if (!isThere) asked.push(queue.add(newer));
    const [taken, ...more] = queue.take();
    assert.deepEqual([taken?.job, more], [newer, []]);
    queue.letGo(null);
    assert.equal(queue.length(), 0);
    taken?.resolve('done');
    assert.deepEqual(await Promise.all(asked), ['done', 'done']);
  }
});

test('engine queue: after a failure: each goes alone, before all others', () => {
  const queue = full();
  void queue.add(input);
  const jobs = queue.take();
  void queue.add({ type: 'nodesChanged' });
  queue.putBack(jobs, { alone: true });
  assert.deepEqual(
    [queue.take(), queue.take(), queue.take()].map((taken) => taken.map(({ job }) => job.type)),
    [['input'], ['input'], ['nodesChanged']],
  );
});
