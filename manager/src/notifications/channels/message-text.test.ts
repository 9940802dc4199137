// Tests of the words of a notification: where it leads who reads it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newEvent, type EventView } from '@nezuban/protocol/events/event';
import type { DeliveryMessage } from './channel.ts';
import { factPairsOf, messageOfEvent, textOf, untilOf } from './message-text.ts';

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
    'コンソールで判断する:',
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

test('messages: an approval: what is asked and until when come first, with labels in the language of the channel', () => {
  const details = {
    net: 'pay/night',
    session: 12,
    unit: 'ok',
    run: 1,
    question: 'Go?',
    until: '2026-11-27T03:00:00.000Z',
  };
  const asked = { ...event, code: 'approval_asked' as const, details };
  const labels = (language: 'en' | 'ja') =>
    factPairsOf({ ...asked, node: null, monitor: null, count: 1, fields: {} }, language).map(
      ([name]) => name,
    );
  assert.deepEqual(labels('ja').slice(3), [
    '確認事項',
    '判断期限',
    'ジョブネット',
    'セッション',
    'ユニット',
    'ユニットの実行回',
  ]);
  assert.deepEqual(labels('en').slice(3), [
    'Question',
    'Decide until',
    'Job net',
    'Session',
    'Unit',
    'Run of the unit',
  ]);
  // Of other events they are the names that templates use.
  assert.ok(factPairsOf({ ...asked, code: 'unit_ended' }, 'ja').some(([name]) => name === 'session'));
  assert.equal(untilOf(asked), details.until);
  assert.equal(untilOf({ ...asked, code: 'unit_ended' }), null);
});
