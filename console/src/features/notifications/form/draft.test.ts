// Tests of drafts: paths, what is taken out, faults by place; and that every sentence of the schemas has its Japanese.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { notificationRuleSchema } from '@nezuban/protocol/notifications/rule';
import { en } from '../../../i18n/en.ts';
import { createI18n } from '../../../i18n/i18n.ts';
import { ja } from '../../../i18n/ja.ts';
import { faultsOf, faultWithin, hasAny, valueAt, withValueAt, type Draft } from './draft.ts';
import { faultText, sentencesJa } from './fault-text.ts';

test('draft: a value by its path: set, read, and taken out with the object that held it alone', () => {
  const before: Draft = { name: 'r', channels: ['a'] };
  const set = withValueAt(before, 'text.contains', 'disk');
  assert.deepEqual(valueAt(set, 'text'), { contains: 'disk' });
  const out = withValueAt(set, 'text.contains', '');
  assert.equal(valueAt(out, 'text'), undefined);
  assert.equal(hasAny(out, ['text']), false);
  assert.equal(JSON.stringify(out), JSON.stringify(before));
});

test('draft: a value that is taken out and put back: no change, also in the order of keys', () => {
  const before: Draft = { url: 'x', language: 'ja' };
  const back = withValueAt(withValueAt(before, 'url', undefined), 'url', 'x');
  assert.equal(JSON.stringify(back), JSON.stringify(before));
});

test('draft: an item of a list: changed in its place, and stays when it is empty', () => {
  const before: Draft = { steps: [{ after_min: 5 }, { after_min: 10 }] };
  const after = withValueAt(before, 'steps.1.after_min', '');
  assert.equal(JSON.stringify(after), JSON.stringify({ steps: [{ after_min: 5 }, {}] }));
});

test('draft: faults: the first of each place, found from the field that holds the place', () => {
  const faults = faultsOf(notificationRuleSchema, {
    kind: 'notification',
    name: 'r',
    channels: ['ok', '-no'],
    after: { times: 1 },
  });
  assert.deepEqual([...faults.keys()].toSorted(), ['after.times', 'after.within_min', 'channels.1']);
  assert.equal(faultWithin(faults, 'channels'), faults.get('channels.1'));
  assert.equal(faultWithin(faults, 'nodes'), undefined);
});

test('draft: faults in words: what is missing, what is too small, and what a schema says itself, in both languages', () => {
  const faults = faultsOf(notificationRuleSchema, { kind: 'notification', name: '-x', after: { times: 1 } });
  const said = (language: 'en' | 'ja', at: string) => {
    const fault = faults.get(at);
    assert.ok(fault !== undefined, at);
    return faultText(createI18n(language, language === 'ja' ? ja : en).t, language, fault);
  };
  assert.equal(said('en', 'after.times'), 'At least 2');
  assert.equal(said('ja', 'after.times'), '2 以上にしてください');
  assert.equal(said('ja', 'after.within_min'), '入力してください');
  assert.match(said('en', 'name'), /^Must start with a letter or digit/);
  assert.match(said('ja', 'name'), /^先頭は文字か数字に/);
});

test('draft: sentences of the schemas: each has its Japanese, and none is left over', () => {
  const folder = path.resolve(import.meta.dirname, '../../../../../protocol/src');
  const files = [
    'ids',
    ...['channel', 'rule', 'event-match', 'inhibition', 'escalation'].map((name) => `notifications/${name}`),
  ];
  const source = files.map((file) => readFileSync(`${folder}/${file}.ts`, 'utf8')).join('\n');
  const sentences = new Set([...source.matchAll(/'(must [^'\n]+)'/g)].map(([, sentence = '']) => sentence));
  // Of instants, which no form of notifications types.
  sentences.delete('must not be in the year 0');
  const missing = [...sentences].filter((sentence) => sentencesJa[sentence] === undefined);
  assert.deepEqual(missing, []);
});
