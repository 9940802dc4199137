// Tests of waits for other nets by their cost: after a restart, and while the nets that are waited for go on. What they mean is tried in unit-works.test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { net, SessionDriver } from '@nezuban/core/testing/session-driver';
import type { WorkAnswer } from '@nezuban/core/jobs/unit-work';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { CodedError } from '@nezuban/protocol/errors';
import type { SessionId, UnitPath } from '@nezuban/protocol/ids';
import type { DefinitionCache } from '../definition-cache.ts';
import { createNetWaitHand } from './net-wait-hand.ts';
import { createOtherSessions, type OtherSessions } from './other-sessions.ts';
import type { OpenWork, WorkOf } from './unit-works.ts';
import { createWaitingCircles } from './waiting-circle.ts';

type Waiting = OpenWork<WorkOf<'net_wait'>>;
const on = ['normal', 'warning'] as const;
const wait = (
  sessionId: number,
  target: { net: string; unit?: UnitPath },
  reads: () => void = () => undefined,
): Waiting => ({
  sessionId: sessionId as SessionId,
  net: `waiter${sessionId}`,
  unit: 1,
  path: 'w',
  title: null,
  starter: null,
  people: [],
  definedIn: { net: 'night', revision: null },
  run: 1,
  get work() {
    reads();
    return {
      kind: 'net_wait' as const,
      targets: [{ ...target, on: [...on] }],
      met: [false],
      sinceMs: 0,
      ifAbsent: 'wait' as const,
      startedAt: 0,
    };
  },
  isOver: () => false,
});

test('waits for nets: a session changes: only those are looked at that wait for what has changed', () => {
  const running: OtherSessions = {
    look: () => Promise.resolve({ type: 'running', session: 7 }),
    ended: () => Promise.resolve(null),
  };
  const answers: [number, WorkAnswer][] = [];
  const hand = createNetWaitHand({
    others: running,
    answer: async ({ sessionId }, answer) => void answers.push([sessionId, answer]),
    timers: systemTimers,
    logger: createMemoryLogger(),
  });
  const driver = new SessionDriver(
    net([
      { name: 'a', command: 'x' },
      { name: 'b', command: 'x', after: ['a'] },
    ]),
  );
  const { name } = driver.session.plan.definition;
  let reads = 0;
  const count = (): void => void (reads += 1);
  for (let id = 1; id <= 500; id += 1) hand.begin(wait(id, { net: name }, count));
  for (let id = 501; id <= 1_000; id += 1) hand.begin(wait(id, { net: name, unit: 'b' as UnitPath }, count));
  hand.begin(wait(1_001, { net: name, unit: 'a' as UnitPath }, count));
  const commit = (): void => {
    const changes = driver.session.units.map(({ unit }) => unit.index);
    hand.sessionChanged?.(driver.session, {
      row: {} as never,
      units: changes.slice(1, 2),
      attempts: [],
      removed: [],
      redefined: false,
    });
  };
  reads = 0;
  for (let round = 0; round < 100; round += 1) commit();
  assert.ok(reads <= 300, `one waits for "a", and the works of others were read, too: ${reads} reads`);
  driver.end('a');
  commit();
  assert.deepEqual(
    answers.map(([id, answer]) => [id, answer.kind]),
    [[1_001, 'net_wait']],
  );
  hand.stop();
});

test('looks at other nets: thousands at once: read together, and one that fails holds up nobody', async () => {
  let statements = 0;
  const query = async ({ name, values }: { name: string; values: unknown[] }): Promise<object[]> => {
    statements += 1;
    assert.equal(name, 'sessions_of_nets_since');
    const nets = values[0] as string[];
    if (nets.includes('broken')) throw new Error('no such plan');
    return nets.flatMap((each, index) =>
      each === 'none'
        ? []
        : [
            {
              place: index + 1,
              id: 5,
              state: 'ended',
              end_status: 'normal',
              net_revision: 1,
              net_references: null,
            },
          ],
    );
  };
  const others = createOtherSessions({
    database: { query: query as never },
    definitions: {} as DefinitionCache,
  });
  const look = async (name: string) => await others.look({ net: name, on: [...on] }, 0);
  const seen = await Promise.all(
    Array.from({ length: 2_000 }, async (_, index) => await look(`net${index % 50}`)),
  );
  assert.ok(seen.every(({ type }) => type === 'met'));
  assert.equal(statements, 10);
  const [broken, none, there] = await Promise.allSettled([look('broken'), look('none'), look('net')]);
  assert.deepEqual(
    [
      broken.status,
      none.status === 'fulfilled' && none.value.type,
      there.status === 'fulfilled' && there.value.type,
    ],
    ['rejected', 'absent', 'met'],
  );
});

test('looks at other nets: the database is away: all hear it, and none is tried alone', async () => {
  let statements = 0;
  const others = createOtherSessions({
    database: {
      query: async () => {
        statements += 1;
        throw new CodedError('database_unavailable', 'away');
      },
    },
    definitions: {} as DefinitionCache,
  });
  const looks = Array.from({ length: 50 }, async () => await others.look({ net: 'a', on: [...on] }, 0));
  const outcomes = await Promise.allSettled(looks);
  assert.ok(outcomes.every(({ status }) => status === 'rejected'));
  assert.equal(statements, 1);
});

test('waiting circles: found while it is there, and not any more', () => {
  const circles = createWaitingCircles();
  circles.add('a', 'b');
  circles.add('b', 'c');
  circles.add('b', 'c');
  assert.equal(circles.find('a'), null);
  circles.add('c', 'a');
  assert.deepEqual(circles.find('b'), ['b', 'c', 'a', 'b']);
  circles.remove('b', 'c');
  assert.deepEqual(circles.find('a'), ['a', 'b', 'c', 'a']);
  circles.remove('b', 'c');
  assert.equal(circles.find('a'), null);
});
