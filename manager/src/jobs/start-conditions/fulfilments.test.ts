// Tests of what fulfils a start condition: who stands behind what starts by an event. Loops and starts are start-conditions.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventView } from '@nezuban/protocol/events/event';
import { fulfilledBy, type EventWatcher } from './fulfilments.ts';

test('fulfilments: an event: who stands behind the session that sent it or ended; of other events nobody, whatever they say', () => {
  const behind = (code: string) => {
    const event = {
      id: 1,
      at: '2026-03-01T12:00:00.000Z',
      code,
      priority: 'info',
      message: 'go',
      node: null,
    };
    const details = { startedBy: 'bob, eve' };
    const seen = {
      ...event,
      key: null,
      monitor: null,
      facts: {},
      labels: {},
      fields: {},
      details,
    } as unknown as EventView;
    return fulfilledBy({ name: 'e', event: { codes: [code] } } as unknown as EventWatcher, seen).startedBy;
  };
  assert.deepEqual(behind('job_event'), ['bob', 'eve']);
  assert.deepEqual(behind('session_ended'), ['bob', 'eve']);
  assert.deepEqual(behind('unit_ended'), ['bob', 'eve']);
  assert.deepEqual(behind('trap_received'), []);
});
