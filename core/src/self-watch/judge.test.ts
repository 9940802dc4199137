// When something that is watched is told: once when it gets bad, once when worse, once when good again; never for a value beside its threshold.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WatchKind } from '@nezuban/protocol/self-watch/self-watch';
import { judge, quiet, watchRules, type WatchState } from './judge.ts';

const thresholds = { warning: 15, critical: 5 };
const disk = { rule: watchRules.disk_free_percent, thresholds };
const queue = { rule: watchRules.queue_percent, thresholds: { warning: 50, critical: 90 } };

const follow = (
  values: readonly (number | null)[],
  how: Parameters<typeof judge>[2] = disk,
  from: WatchState = quiet,
) => {
  let state = from;
  const changes = values.map((value) => {
    const step = judge(state, value, how);
    state = step.state;
    return step.change;
  });
  return { level: state.level, changes };
};

test('self-watch: a disk that fills: raised, raised again when critical, cleared once', () => {
  const { changes, level } = follow([20, 14, 14, 14, 4, 4, 4, 30, 30, 30]);
  assert.deepEqual(changes, [null, null, 'raised', null, null, 'raised', null, null, 'cleared', null]);
  assert.equal(level, 'ok');
});

test('self-watch: a value that swings around its threshold: told once', () => {
  const swinging = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 14.9 : 15.6));
  const told = follow([14, 14, ...swinging]).changes.filter((change) => change !== null);
  assert.deepEqual(told, ['raised']);
});

test('self-watch: single bad looks: nothing is told', () => {
  assert.deepEqual(follow([99, 0, 0, 99, 99, 99, 0, 95, 0], queue).changes.filter(Boolean), []);
});

test('self-watch: straight to critical by way of warnings: one event, critical', () => {
  const { changes, level } = follow([60, 60, 60, 95], queue);
  assert.deepEqual(changes, [null, null, null, 'raised']);
  assert.equal(level, 'critical');
});

test('self-watch: critical that eases to warning: nothing is told; worse again is', () => {
  assert.deepEqual(follow([4, 4, 10, 10, 4, 4]).changes, [null, 'raised', null, 'eased', null, 'raised']);
});

test('self-watch: raised before a restart: goes on from there, not told again', () => {
  const before = { level: 'warning', leaning: null } as const;
  assert.deepEqual(follow([14, 14, 14], disk, before).changes, [null, null, null]);
  assert.deepEqual(follow([40, 40], disk, before).changes, [null, 'cleared']);
});

test('self-watch: nothing is known, or no threshold: as good as can be', () => {
  assert.equal(follow([null, null, null]).level, 'ok');
  const none = { rule: watchRules.database_bytes, thresholds: { warning: null, critical: null } };
  assert.equal(follow([1e15, 1e15, 1e15], none).level, 'ok');
  const criticalOnly = { rule: watchRules.clock_difference_s, thresholds: { warning: null, critical: 60 } };
  assert.deepEqual(follow([30, 30, 61, 61], criticalOnly).changes, [null, null, null, 'raised']);
});

test('self-watch: every kind: one that stays bad is raised within its looks, one that stays good is cleared', () => {
  for (const kind of Object.keys(watchRules) as WatchKind[]) {
    const rule = watchRules[kind];
    const how = {
      rule,
      thresholds: rule.worse === 'low' ? { warning: 10, critical: 1 } : { warning: 10, critical: 100 },
    };
    const bad = rule.worse === 'low' ? 0 : 1000;
    const good = rule.worse === 'low' ? 1000 : 0;
    const { changes } = follow(
      [...Array<number>(rule.raiseAfter).fill(bad), ...Array<number>(rule.clearAfter).fill(good)],
      how,
    );
    assert.deepEqual(changes.filter(Boolean), ['raised', 'cleared'], kind);
  }
});
