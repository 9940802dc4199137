// Tests what the overview shows as failed and not dealt with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newEvent, type EventView } from '@nezuban/protocol/events/event';
import { groupFailures, withoutSession } from './failure-groups.ts';

const event = (id: number, details: EventView['details']): EventView => ({
  id,
  at: '2026-11-26T03:00:00.000Z',
  priority: 'critical',
  code: 'unit_ended',
  node: null,
  message: '',
  details,
  ...newEvent,
});

test('failures: events of one session: one entry, with the unit that failed first', () => {
  const events = [
    event(9, { session: 8, net: 'night', endStatus: 'abnormal' }),
    event(8, { session: 8, net: 'night', unit: 'report', exitCode: 1 }),
    event(7, { session: 8, net: 'night', unit: 'check', exitCode: 3 }),
    event(6, {}),
    event(5, { session: 4, net: 'day' }),
  ];
  assert.deepEqual(
    groupFailures(events).map(({ session, net, unit, exitCode, events: its }) => [
      session,
      net,
      unit,
      exitCode,
      its.length,
    ]),
    [
      [8, 'night', 'check', 3, 3],
      [4, 'day', null, null, 1],
    ],
  );
  assert.deepEqual(
    withoutSession(events).map(({ id }) => id),
    [6],
  );
});
