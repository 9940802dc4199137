// Tests of the sentences of events in both languages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventCodes } from './event.ts';
import { eventSentencesJa } from './event-sentences-ja.ts';
import { eventText } from './event-text.ts';

const event = (
  code: (typeof eventCodes)[number],
  details: Record<string, string | number>,
  node: string | null = null,
) => ({ code, details, node, message: 'As the manager says it.' });

test("event text: English: the manager's own sentence", () => {
  assert.equal(
    eventText(event('session_ended', { session: 7, net: 'night', endStatus: 'abnormal' }), 'en'),
    'As the manager says it.',
  );
});

test('event text: Japanese with all facts: translated, end status too', () => {
  assert.equal(
    eventText(event('session_ended', { session: 7, net: 'night', endStatus: 'abnormal' }), 'ja'),
    'night のセッション 7 が終了しました(異常)',
  );
  assert.equal(eventText(event('agent_connected', {}, 'web-1'), 'ja'), 'web-1 のエージェントが接続しました');
});

test('event text: a fact is missing: the next sentence, and without one the English', () => {
  assert.equal(
    eventText(event('session_started', { session: 7, net: 'night' }), 'ja'),
    'night のセッション 7 を開始しました',
  );
  assert.equal(eventText(event('unit_held', { session: 7 }), 'ja'), 'As the manager says it.');
});

test('event text: every code: has a Japanese sentence', () => {
  for (const code of eventCodes) assert.ok(eventSentencesJa[code].length > 0, code);
});

test('event text: a change of master: with and without the host before', () => {
  const details = { kind: 'failover', from: 'host-a', to: 'host-b', term: 4, totalMs: 2200 };
  assert.equal(
    eventText(event('duty_taken', details), 'ja'),
    'host-b が host-a からマスタを引き継ぎました(障害時の引き継ぎ、任期 4)',
  );
  assert.equal(
    eventText(event('duty_taken', { ...details, kind: 'first-start', from: '' }), 'ja'),
    'host-b がマスタになりました(初回起動、任期 4)',
  );
  assert.equal(
    eventText(event('redundancy_lost', { row: 'alone' }), 'ja'),
    'ペアの冗長性が失われました(スタンバイが外れ、マスタだけで続行しています)',
  );
});
