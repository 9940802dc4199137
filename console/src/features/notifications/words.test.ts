// Tests of the words: what conditions and inhibitions mean in both languages, until when a silence lasts, what the address asks for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { en } from '../../i18n/en.ts';
import { createI18n } from '../../i18n/i18n.ts';
import { ja } from '../../i18n/ja.ts';
import { inhibitionWords } from './inhibition-words.ts';
import { createWording, matchWords, timesWords } from './match-words.ts';
import { parseNotificationsSearch } from './notifications-search.ts';
import { toTrial } from './trial-rule.ts';
import { toLocalText, untilOf } from './silence-until.ts';

const wordingOf = (language: 'en' | 'ja') =>
  createWording(createI18n(language, language === 'ja' ? ja : en).t, language);

test('notification words: a condition: every part in a sentence, none means all', () => {
  const match = {
    priorities: ['critical', 'warning'],
    nodes: ['web-*'],
    text: { contains: 'disk' },
    state: 'raised',
  } as const;
  assert.equal(
    matchWords(wordingOf('en'), { ...match, priorities: [...match.priorities], nodes: [...match.nodes] }),
    'Critical or Warning, on node web-*, message contains "disk", only what begins',
  );
  assert.equal(
    matchWords(wordingOf('ja'), { ...match, priorities: [...match.priorities], nodes: [...match.nodes] }),
    '重要度 危険または警告、ノード web-*、メッセージが「disk」を含む、発生のみ',
  );
  assert.equal(matchWords(wordingOf('en'), {}), 'all events');
  assert.equal(matchWords(wordingOf('en'), { nodes: [] }), 'all events');
});

test('notification words: many names: the first ones, and how many more', () => {
  assert.equal(
    matchWords(wordingOf('en'), { nodes: ['a', 'b', 'c', 'd', 'e', 'f'] }),
    'on node a, b, c, d and 2 more',
  );
});

test('notification words: times: bands with their weekdays and zone', () => {
  const times = {
    timezone: 'Asia/Tokyo',
    only: [{ weekdays: ['mon', 'fri'] as ('mon' | 'fri')[], from: '08:00', to: '20:00' }],
  };
  assert.equal(timesWords(wordingOf('en'), times), 'only Mon Fri 08:00–20:00 (Asia/Tokyo)');
  assert.equal(timesWords(wordingOf('ja'), times), '月・金 08:00–20:00 のみ (Asia/Tokyo)');
});

test('notification words: an inhibition: cause, what waits, how they belong together, and its end', () => {
  const part = {
    while: { monitors: ['ping'] },
    keep_back: { priorities: ['critical'] },
    equal: ['node', 'field:rack'],
    behind: 'behind-{{node}}',
    at_most_min: 90,
  };
  assert.equal(
    inhibitionWords(wordingOf('en'), part),
    'While this stands – of monitor ping – nothing is told of these: Critical, on nodes of the scope behind-{{node}}, with the same node, rack. It ends after 90 min at the latest.',
  );
  assert.match(
    inhibitionWords(wordingOf('ja'), part),
    /^「監視 ping」の状態が続いている間、「重要度 危険」の通知を抑えます/,
  );
});

test('silence: until when: hours from now, the next morning, a time that is typed and lies ahead', () => {
  const now = new Date(2026, 10, 26, 22, 30).getTime();
  assert.equal(untilOf('4h', '', now), now + 4 * 3_600_000);
  assert.equal(untilOf('morning', '', now), new Date(2026, 10, 27, 9).getTime());
  assert.equal(
    untilOf('morning', '', new Date(2026, 10, 27, 3).getTime()),
    new Date(2026, 10, 27, 9).getTime(),
  );
  assert.equal(untilOf('own', '2026-11-26T23:00', now), new Date(2026, 10, 26, 23).getTime());
  assert.equal(untilOf('own', '2026-11-26T22:00', now), null);
  assert.equal(untilOf('own', '', now), null);
  assert.equal(toLocalText(now), '2026-11-26T22:30');
});

test('notification address: what it asks for: kept where it is known, dropped where it is not', () => {
  assert.deepEqual(parseNotificationsSearch({ state: 'failed', rule: 'r', event: '7', x: 1, channel: '' }), {
    state: 'failed',
    rule: 'r',
    event: 7,
  });
  assert.deepEqual(parseNotificationsSearch({ state: 'lost', event: '-1', node: 12 }), { node: '12' });
});

test('trial rule: no name and nobody to tell yet: it can be tried all the same; a fault elsewhere cannot', () => {
  const trial = toTrial({
    kind: 'notification',
    name: '',
    priorities: ['critical'],
    channel: { type: 'mail' },
  });
  assert.deepEqual([trial?.name, trial?.channels, trial?.channel], ['trial', ['trial'], undefined]);
  assert.equal(toTrial({ kind: 'notification', name: 'r', after: { times: 1 } }), null);
});
