// Messages about watched sessions: nothing is kept of one that has ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applySession } from '@nezuban/core/jobs/apply-session';
import { planSession } from '@nezuban/core/jobs/plan-session';
import type { EngineContext, SessionInput } from '@nezuban/core/jobs/session-inputs';
import { createFakeClock } from '@nezuban/platform/testing/fake-clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import type { LiveMessage } from '@nezuban/protocol/api/live';
import type { SessionId } from '@nezuban/protocol/ids';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { collectChanges, newLiveSession } from './live-session.ts';
import { createSessionPublisher } from './session-publisher.ts';
import { noWrites } from './session-store.ts';

test('live session: ended while watched, then rerun: forgotten in between, so all units are sent again', async () => {
  const clock = createFakeClock();
  const messages: LiveMessage[] = [];
  const publisher = createSessionPublisher({
    nodes: () => ({ nodes: new Map() }),
    live: { publish: (message) => void messages.push(message), watches: () => true },
    clock,
    timers: clock,
    logger: createMemoryLogger(),
    inspect: () => Promise.resolve(null),
  });
  const context: EngineContext = {
    now: clock.epochMs(),
    inventory: { nodes: new Map([['host', { connected: true }]]), scopes: new Map() },
  };
  const definition = jobNetSchema.parse({
    kind: 'jobnet',
    name: 'three',
    target: { node: 'host' },
    units: ['a', 'b', 'c'].map((name) => ({ name, command: name })),
  });
  const planned = planSession(
    {
      definition,
      sessionId: 1 as SessionId,
      nonce: 'abcdefgh',
      parameters: {},
      trigger: { type: 'manual', user: 'tester' },
    },
    context,
  );
  assert.ok(planned.ok);
  const live = newLiveSession(planned.session, 1);
  const publish = async (): Promise<readonly string[]> => {
    messages.length = 0;
    const changes = collectChanges(live, noWrites());
    assert.ok(changes !== null);
    publisher.changed(live.session, changes);
    await clock.advance(1_000);
    const units = messages.find((message) => message.type === 'units');
    return units?.type === 'units' ? units.units.map(({ path }) => path) : [];
  };
  const apply = (input: SessionInput) => assert.ok(applySession(live.session, input, context).ok);
  const end = () => {
    for (const { id, endStatus } of live.session.attempts.values()) {
      if (endStatus === null) apply({ type: 'attemptUnknown', attemptId: id, reason: 'test' });
    }
  };

  assert.deepEqual(await publish(), ['a', 'b', 'c']);
  end();
  assert.deepEqual(await publish(), ['a', 'b', 'c']);
  apply({ type: 'operation', operation: 'rerun', unit: 'b', actor: 'tester' });
  assert.deepEqual(await publish(), ['a', 'b', 'c']);
  publisher.stop();
  assert.equal(clock.timerCount(), 0);
});
