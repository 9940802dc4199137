// Tests of group commit: what is gathered, what fails together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createGroupCommit } from './group-commit.ts';

/** A commit that the test finishes by hand. */
const heldCommit = () => {
  const groups: { readonly jobs: readonly string[]; readonly finish: (error?: Error) => void }[] = [];
  const commit = (jobs: readonly string[]) =>
    new Promise<readonly string[]>((resolve, reject) => {
      groups.push({
        jobs,
        finish: (error) =>
          error === undefined ? resolve(jobs.map((job) => job.toUpperCase())) : reject(error),
      });
    });
  const group = (index: number) => waitFor(() => groups[index], { message: `group ${index}` });
  return { groups, group, commit };
};

test('group commit: idle: the first job is committed at once; those that come meanwhile go together', async () => {
  const { groups, group, commit } = heldCommit();
  const gather = createGroupCommit({ name: 'test', commit, groupMax: 10, waitingMax: 10 });
  const first = gather.submit('a');
  const others = [gather.submit('b'), gather.submit('c')];
  assert.deepEqual(
    groups.map(({ jobs }) => jobs),
    [['a']],
  );
  (await group(0)).finish();
  assert.equal(await first, 'A');
  assert.deepEqual((await group(1)).jobs, ['b', 'c']);
  (await group(1)).finish();
  assert.deepEqual(await Promise.all(others), ['B', 'C']);
});

test('group commit: a group fails: each of its jobs hears it, the next group goes on', async () => {
  const { group, commit } = heldCommit();
  const gather = createGroupCommit({ name: 'test', commit, groupMax: 10, waitingMax: 10 });
  const first = gather.submit('a');
  const second = gather.submit('b');
  (await group(0)).finish(new Error('disk full'));
  await assert.rejects(first, /disk full/);
  (await group(1)).finish();
  assert.equal(await second, 'B');
});

test('group commit: bounds: groups are cut, a full queue refuses', async () => {
  const { group, commit } = heldCommit();
  const gather = createGroupCommit({ name: 'the test', commit, groupMax: 2, waitingMax: 3 });
  const jobs = ['a', 'b', 'c', 'd'].map((job) => gather.submit(job));
  await assert.rejects(gather.submit('e'), { code: 'too_many_requests', message: /the test/ });
  (await group(0)).finish();
  await jobs[0];
  assert.deepEqual((await group(1)).jobs, ['b', 'c']);
  (await group(1)).finish();
  await jobs[1];
  (await group(2)).finish();
  assert.equal(await jobs[3], 'D');
});

test('group commit: stop: takes nothing more, finishes what it has', async () => {
  const { group, commit } = heldCommit();
  const gather = createGroupCommit({ name: 'test', commit, groupMax: 10, waitingMax: 10 });
  const job = gather.submit('a');
  const stopped = gather.stop();
  await assert.rejects(gather.submit('b'), { code: 'shutting_down' });
  (await group(0)).finish();
  await stopped;
  assert.equal(await job, 'A');
});
