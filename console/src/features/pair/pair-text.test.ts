// Tests of the keeper's sentences in Japanese.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { adviceCodes, type Advice } from '@nezuban/protocol/pair/status';
import { createFormat } from '../../components/format.ts';
import { adviceSentencesJa } from './advice-sentences-ja.ts';
import { adviceText, reasonText } from './pair-text.ts';
import { reasonSentencesJa } from './reason-sentences-ja.ts';

const format = createFormat('ja', 'Asia/Tokyo');
const advice = (code: Advice['code'], facts: Advice['facts']): Advice => ({
  code,
  priority: 'warning',
  says: 'As the keeper says it.',
  facts,
  command: null,
});
const japanese = (code: Advice['code'], facts: Advice['facts']) =>
  adviceText(advice(code, facts), { language: 'ja', format });

test("advice: English: the keeper's own sentence", () => {
  assert.deepEqual(adviceText(advice('no_witness', {}), { language: 'en', format }), {
    text: 'As the keeper says it.',
    lang: 'en',
  });
});

test('advice: every code: has a Japanese sentence', () => {
  for (const code of adviceCodes) assert.ok(adviceSentencesJa[code].length > 0, code);
});

test('advice: facts: filled in, sizes as sizes; one is missing: the next sentence, else English', () => {
  assert.equal(
    japanese('disk_low', { host: 'host-b', freeBytes: 512_000_000 }).text,
    'host-b のディスクの空きが残り 512 MB です。',
  );
  assert.equal(japanese('disk_low', {}).text, 'ディスクの空きが少なくなっています。');
  assert.equal(
    japanese('standby_unreachable', { host: 'host-b', why: '' }).text,
    'host-b に届きません。起動するか、ネットワークを直してください。自動で戻ります。',
  );
  assert.match(japanese('standby_unreachable', { host: 'host-b', why: 'no answer.' }).text, /\(no answer\)/);
  assert.deepEqual(japanese('standby_failed', {}), { text: 'As the keeper says it.', lang: 'en' });
});

test('reason: a fixed sentence with its facts: in Japanese; another one: as it is', () => {
  assert.deepEqual(reasonText('host-b is in sync: the pair is redundant.', 'ja'), {
    text: 'host-b が同期済みになり、ペアは冗長です。',
    lang: 'ja',
  });
  assert.equal(
    reasonText('This host stops acting as master of term 7: no majority has answered. It waits.', 'ja').text,
    '任期 7 のマスタとしての動作を止めています(no majority has answered. It waits)。',
  );
  assert.deepEqual(reasonText('The moon is full.', 'ja'), { text: 'The moon is full.', lang: 'en' });
  assert.equal(reasonText('host-b is out. This host goes on alone.', 'en').lang, 'en');
});

test('reason: every sentence: is found by itself and says all its facts', () => {
  for (const [english] of reasonSentencesJa) {
    const said = english
      .replaceAll('{who}', 'host-b')
      .replaceAll('{term}', '12')
      .replaceAll('{why}', 'so it is');
    const { text, lang } = reasonText(said, 'ja');
    assert.equal(lang, 'ja', english);
    assert.ok(!text.includes('{'), text);
  }
});

test('reason: every sentence: is one that hosts say', () => {
  const said = ['transitions', '../keeper/own-view', '../keeper/take-overs']
    .map((name) => readFileSync(new URL(`../../../../ha/src/decision/${name}.ts`, import.meta.url), 'utf8'))
    .join('');
  assert.deepEqual(
    reasonSentencesJa.map(([english]) => english).filter((english) => !said.includes(english)),
    [],
  );
});
