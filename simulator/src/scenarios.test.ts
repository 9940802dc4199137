/** Every situation of `ha/scenarios`: plays as its transcript says, meets its expectations, and together they take every row of the core. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rows } from '@nezuban/ha/decision/transitions';
import { listScenarios, playScenario } from './scenario-files.ts';

/** What comments may be: enough for what an operator sees and why it is right. */
const SENTENCES_MAX = 3;

const files = listScenarios();
const taken = new Set<string>();

for (const file of files) {
  test(`scenario: ${file.name}: as its transcript says`, () => {
    const { text, rowsTaken, failure } = playScenario(file);
    for (const row of rowsTaken) taken.add(row);
    assert.equal(failure, null);
    assert.equal(text, file.content, 'look at: npm run scenarios; take over: npm run scenarios -- --write');
  });
}

test('scenarios: all together: each row of the transition table is taken', () => {
  const missing = Object.keys(rows).filter((row) => !taken.has(row));
  assert.deepEqual(missing, []);
});

test('scenarios: comments: say in one to three sentences what is seen', () => {
  for (const { name, content } of files) {
    const lines = content.split('\n');
    const end = lines.findIndex((line) => !line.startsWith('#'));
    const comment = lines.slice(0, end).join(' ');
    const sentences = comment.match(/[.](?=\s|$)/g) ?? [];
    assert.ok(sentences.length >= 1 && sentences.length <= SENTENCES_MAX, name);
  }
});
