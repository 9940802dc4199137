/** What is typed behind `nezuban drill`: what it means, and what is said about a mistake. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drillFaults, faultKeys, scenarioOf } from './faults.ts';
import { parseDrill } from './options.ts';

const order = (line: string, environment: NodeJS.ProcessEnv = {}) => {
  const parsed = parseDrill(line === '' ? [] : line.split(' '), environment);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.says);
  return parsed.order;
};

test('drill options: nothing typed: every fault, no report, English', () => {
  assert.deepEqual(order(''), {
    do: 'scratch',
    language: 'en',
    faults: drillFaults,
    report: null,
    keep: false,
  });
});

test('drill options: faults in any order, twice and in two lists: each once, in the order of the drill', () => {
  const chosen = order('--faults witness-lost,cut-off --faults cut-off, --keep --report x.html');
  assert.ok(chosen.do === 'scratch');
  assert.deepEqual(
    chosen.faults.map(({ key }) => key),
    ['cut-off', 'witness-lost'],
  );
  assert.equal(chosen.report, 'x.html');
  assert.ok(chosen.keep);
});

test('drill options: switch with all its options', () => {
  assert.deepEqual(order('switch --home /srv/n --back --yes --report r.html --language ja'), {
    do: 'switch',
    language: 'ja',
    home: '/srv/n',
    back: true,
    yes: true,
    report: 'r.html',
  });
});

test('drill options: the language: typed, else LC_ALL, LC_MESSAGES, LANG', () => {
  assert.equal(order('', { LANG: 'ja_JP.UTF-8' }).language, 'ja');
  assert.equal(order('', { LANG: 'ja_JP.UTF-8', LC_ALL: 'C' }).language, 'en');
  assert.equal(order('', { LANG: 'C', LC_MESSAGES: 'ja' }).language, 'ja');
  assert.equal(order('', { LANG: 'jam_JM' }).language, 'en');
  assert.equal(order('--language en', { LANG: 'ja_JP.UTF-8' }).language, 'en');
});

test('drill options: help and list, and help wins', () => {
  assert.equal(order('--list').do, 'list');
  assert.equal(order('switch -h').do, 'help');
});

for (const [line, says] of [
  ['--faults sharks', /No fault is called "sharks"\. There are: host-killed, .*disk-full\.$/],
  ['--faults ,', /names none\. There are: host-killed/],
  ['--language de', /--language is "de"; it must be one of: en, ja\./],
  ['--bogus', /^Unknown option '--bogus'\. All options: nezuban drill --help$/],
  ['--report', /--report.*All options: nezuban drill --help$/],
  ['--report=', /--report is empty/],
  ['switch --home=', /--home is empty/],
  ['swich', /"swich" is not known here: there is "nezuban drill" and "nezuban drill switch"/],
  ['switch back', /"switch back" is not known here/],
  ['--back', /--back belongs to "nezuban drill switch"/],
  ['switch --faults cut-off', /--faults belongs to "nezuban drill"\./],
] as const)
  test(`drill options: ${line}: refused in one sentence`, () => {
    const parsed = parseDrill(line.split(' '), {});
    assert.ok(!parsed.ok);
    assert.match(parsed.says, says);
    assert.doesNotMatch(parsed.says, /\n/);
  });

test('drill faults: each is a scenario of the harness, has a key of its own, and words in both languages', () => {
  assert.equal(new Set(faultKeys).size, drillFaults.length);
  for (const fault of drillFaults) {
    assert.equal(scenarioOf(fault).name, fault.scenario);
    assert.match(fault.key, /^[a-z-]+$/);
    for (const said of [fault.title, fault.does]) assert.ok(said.en.length > 5 && said.ja.length > 3);
  }
});
