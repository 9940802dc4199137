// Tests that both languages say the same things.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { en } from './en.ts';
import { createI18n, pickLanguage } from './i18n.ts';
import { ja } from './ja.ts';

type Tree = { readonly [key: string]: string | Tree };
const leaves = (tree: Tree, prefix = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : leaves(value, `${prefix}${key}.`),
  );
const variables = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

test('texts: English and Japanese: the same keys', () => {
  assert.deepEqual(
    leaves(ja)
      .map(([key]) => key)
      .sort(),
    leaves(en)
      .map(([key]) => key)
      .sort(),
  );
});

test('texts: English and Japanese: the same variables in each, and none empty', () => {
  const japanese = new Map(leaves(ja));
  for (const [key, text] of leaves(en)) {
    assert.deepEqual(variables(japanese.get(key) ?? ''), variables(text), key);
    assert.notEqual(text, '', key);
    assert.notEqual(japanese.get(key), '', key);
  }
});

test('texts: Japanese: really translated wherever English has words', () => {
  const sameOnPurpose =
    /^(net\.tabs\.yaml|editor\.view\.yaml|frame\.version|notify\.kind\.\w+|nets\.noSchedule|calendars\.field\.utc|unit\.type\.or|traps\.protocol\.snmp|traps\.fact\.oid)$/;
  const english = new Map(leaves(en));
  const untranslated = leaves(ja).filter(
    ([key, text]) => text === english.get(key) && !sameOnPurpose.test(key),
  );
  assert.deepEqual(untranslated, []);
});

test('texts: a sentence with a variable: filled, not escaped', () => {
  assert.equal(createI18n('en', en).t('run.title', { net: 'a/<b>' }), 'Run a/<b> now');
  assert.equal(createI18n('ja', ja).t('run.title', { net: 'a/<b>' }), 'a/<b> を今すぐ実行');
});

test('language: what the browser prefers: the first that is spoken, else English', () => {
  assert.equal(pickLanguage(['fr', 'ja-JP', 'en']), 'ja');
  assert.equal(pickLanguage(['en-GB', 'ja']), 'en');
  assert.equal(pickLanguage(['de']), 'en');
});
