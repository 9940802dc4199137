// Every sentence in both languages with the same places, no code twice, and that what is said, sent and said again stays the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  say,
  saidBySchema,
  sentenceAreas,
  sentenceIn,
  sentenceText,
  wordedIn,
  type SentenceCode,
} from './sentence.ts';
import { schemaSentences } from './schema-sentences.ts';

const placesOf = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
const pairs = Object.values(sentenceAreas).flatMap((area) => Object.entries(area));

test('sentences: every one: English and Japanese with the same places', () => {
  for (const [code, { en, ja }] of pairs) {
    assert.deepEqual(new Set(placesOf(ja)), new Set(placesOf(en)), code);
    assert.ok(en.trim() !== '' && ja.trim() !== '', code);
  }
});

test('sentences: Japanese: written in Japanese, without a full stop at the end or full-width brackets, as the console writes it', () => {
  // What is put together from other sentences has no word of its own.
  const joined = new Set([
    'says_but_is',
    'take_unit',
    'as_told',
    'name_quoted',
    'first_then',
    'and_also',
    'outcome_is',
    'event_part',
    'attempt_end_file',
    'attempt_on',
    'reason_attempts',
    'problem_of_thing',
  ]);
  for (const [code, { ja }] of pairs) {
    if (!joined.has(code) && code !== 'type_true_or_false')
      assert.match(ja, /[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u, code);
    assert.doesNotMatch(ja, /[（）]|。$/u, code);
  }
});

test('sentences: codes: none stands in two areas', () => {
  const codes = pairs.map(([code]) => code);
  assert.equal(new Set(codes).size, codes.length);
});

test('sentences: the texts of schemas: each names one sentence, and has no places', () => {
  const texts = Object.values(schemaSentences).map(({ en }) => en);
  assert.equal(new Set(texts).size, texts.length);
  for (const text of texts) assert.deepEqual(placesOf(text), []);
  assert.equal(saidBySchema('must be an absolute path')?.code, 'absolute_path');
  assert.equal(saidBySchema('Invalid input'), null);
});

test('sentences: one with a sentence inside: both languages, also after it went over the network', () => {
  const said = say('edge_no_unit', { unit: 'lod', hint: { code: 'did_you_mean', values: { name: 'load' } } });
  assert.equal(said.message, 'there is no unit "lod" in this net; did you mean "load"?');
  const received = JSON.parse(JSON.stringify(said)) as typeof said;
  assert.equal(
    sentenceIn(received, 'ja'),
    'このネットにユニット「lod」はありません(「load」の間違いではありませんか)',
  );
  assert.equal(sentenceIn(received, 'en'), said.message);
});

test('sentences: a list: joined as the language does', () => {
  const said = say('kind_missing', { known: ['jobnet', 'scope'] });
  assert.match(said.message, /jobnet, scope$/);
  assert.match(sentenceText(said, 'ja'), /jobnet、scope$/u);
});

test('sentences: one of a newer manager, or one that was made by no judge: as it came', () => {
  assert.equal(sentenceIn({ message: 'is new', code: 'never_heard_of' }, 'ja'), 'is new');
  assert.equal(sentenceIn({ message: 'is plain' }, 'ja'), 'is plain');
});

test('sentences: a word inside it, or a place, of a newer release: the whole as it came, without a hole', () => {
  const message = 'stopped (newly said)';
  const unknown = { code: 'never_heard_of' };
  for (const values of [
    { why: unknown },
    { why: [unknown] },
    { why: { code: 'attempt_unknown', values: { why: unknown } } },
  ])
    assert.equal(sentenceIn({ message, code: 'attempt_unknown', values }, 'ja'), message);
  assert.equal(sentenceIn({ message, code: 'attempt_unknown', values: {} }, 'ja'), message);
  assert.equal(sentenceIn({ message, code: 'attempt_unknown' }, 'ja'), message);
  assert.equal(sentenceIn({ message, code: 'attempt_unknown', values: { why: null } }, 'ja'), message);
});

test('sentences: hostile values: bounded, and nothing of an object but its own', () => {
  let deep: unknown = { code: 'must_be', values: { wanted: 'x' } };
  for (let level = 0; level < 100; level += 1) deep = { code: 'must_be', values: { wanted: deep } };
  assert.ok(sentenceIn({ message: '', code: 'must_be', values: { wanted: deep } }, 'ja').length < 1_000);
  const code: SentenceCode = 'name_twice';
  assert.match(
    sentenceIn({ message: '', code, values: { name: 'constructor', what: 'x', number: 1 } }, 'ja'),
    /constructor/,
  );
});

test('sentences: what waits: found by its English text alone, each by its own; every other text as it came', () => {
  const filled = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => `${name}-1.x`);
  for (const [code, { en, ja }] of Object.entries(sentenceAreas.wait)) {
    assert.equal(wordedIn(filled(en), 'ja'), filled(ja), code);
    assert.equal(wordedIn(filled(en), 'en'), filled(en), code);
  }
  for (const text of ['', 'Waits.', 'The agent of "a" is not connected. More.', 'x'.repeat(10_000)])
    assert.equal(wordedIn(text, 'ja'), text);
});

test('sentences: why an order was not sent: found as it is, and in the reason of a unit; every other reason as it came', () => {
  const as = say('run_as_user_group', { user: 'batch', group: 'dba' });
  const why = say('run_as_refused', { net: 'pay/night', as, node: 'db1.example' });
  const { message } = say('not_sent_by_rules', { why });
  assert.equal(wordedIn(message, 'ja'), sentenceText({ code: 'not_sent_by_rules', values: { why } }, 'ja'));
  assert.match(
    wordedIn(`Refused (${message}) on db1.example.`, 'ja'),
    /^ノード「db1.example」で拒否されました\(/u,
  );
  assert.match(wordedIn(why.message, 'ja'), /ユーザ「batch」\(グループ「dba」\)として/u);
  const gone = say('start_not_allowed', { author: 'bob', net: 'a', other: 'b/c' }).message;
  assert.match(wordedIn(`b/c was not started: ${gone}`, 'ja'), /^b\/c を起動しませんでした。/u);
  for (const text of ['Refused (no such user) on db1.', 'b was not started: There is no job net "b".'])
    assert.equal(wordedIn(text, 'ja'), text);
});
