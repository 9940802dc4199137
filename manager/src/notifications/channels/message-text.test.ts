// Tests of the words of a notification: where it leads who reads it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newEvent, type EventView } from '@nezuban/protocol/events/event';
import type { DeliveryMessage } from './channel.ts';
import { messageOfEvent, textOf } from './message-text.ts';

const event: EventView = {
  ...newEvent,
  id: 42,
  at: '2026-11-26T01:02:03.000Z',
  priority: 'info',
  code: 'trap_received',
  node: 'core-1',
  message: 'link 3 is down',
  details: {},
};
const message: DeliveryMessage = { ...messageOfEvent(event), key: 'm-1', rule: 'night' };

test('messages: addresses of the console are known: each leads to the approval, the session or the event', () => {
  const links = (about: Partial<typeof event>, language: 'en' | 'ja' = 'en') => {
    const told = { ...event, ...about };
    const consoleUrls = ['https://ops-a.example:8443/', 'https://ops-b.example/nezuban'];
    const text = textOf({ ...message, event: told, events: [told], consoleUrls }, language);
    return text.split('\n').filter((line) => /https:|コンソール/.test(line));
  };
  const details = { session: 12, unit: 'pay/ok?' };
  assert.deepEqual(links({ code: 'approval_asked', details }, 'ja'), [
    'コンソールで開く:',
    'https://ops-a.example:8443/approvals?session=12&unit=pay%2Fok%3F',
    'https://ops-b.example/nezuban/approvals?session=12&unit=pay%2Fok%3F',
  ]);
  assert.equal(
    links({ code: 'unit_ended', details })[0],
    'https://ops-a.example:8443/sessions/12?unit=pay%2Fok%3F',
  );
  assert.equal(
    links({ code: 'session_ended', details: { session: 12 } })[0],
    'https://ops-a.example:8443/sessions/12',
  );
  assert.equal(links({ details: {} })[0], `https://ops-a.example:8443/events/${event.id}`);
  assert.doesNotMatch(textOf(message), /Open in the console/);
});
