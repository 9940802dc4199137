/** The drill's report: promises and their evidence, the text, and the HTML file in both languages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drillFaults } from './faults.ts';
import { plain, widthOf } from './narrator.ts';
import { renderHtml } from './report-html.ts';
import { renderText } from './report-text.ts';
import { hasPassed, promisesOf, totalsOf } from './report.ts';
import { sampleCounts, sampleLine, sampleReport } from './samples.ts';

const states = (report: Parameters<typeof promisesOf>[0]) =>
  Object.fromEntries(promisesOf(report).map(({ key, state }) => [key, state]));
const textOf = (report: Parameters<typeof renderText>[0], language: 'en' | 'ja' = 'en') =>
  renderText(report, { language, paint: plain }).join('\n');

const skipped = sampleLine({
  key: 'disk-full',
  began: false,
  verdict: 'skipped',
  skipped: 'needs root',
  counts: null,
  outageMs: null,
  steps: null,
  redundantMs: null,
  happened: { what: 'nothing' },
});

test('drill report: all is well: every promise kept, with counts as evidence', () => {
  const report = sampleReport([sampleLine(), sampleLine({ key: 'host-killed', outageMs: 2_400 }), skipped]);
  assert.ok(hasPassed(report));
  assert.deepEqual(states(report), {
    'nothing-lost': 'kept',
    'nothing-twice': 'kept',
    'one-master': 'kept',
    'by-itself': 'kept',
  });
  const text = textOf(report);
  assert.match(text, /3,972 acknowledged writes and 226 acknowledged sessions .* 0 and 0 lost, 0 wrong/);
  assert.match(text, /318 commands .* 0 doubled/);
  assert.match(text, /2 of 2 times .* 2\.40 s\./);
  assert.match(text, /The master's disk fills up +needs root +not played/);
  assert.match(text, /detect 1\.56 s, elect 0\.04 s, promote 0\.11 s, open 0\.33 s/);
  assert.match(text, /\n2 faults, nothing lost, nothing run twice, never two masters\.$/);
});

for (const [what, counts, broken] of [
  ['a lost write', { writesLost: 1 }, 'nothing-lost'],
  ['a write in the wrong order', { writesWrong: 1 }, 'nothing-lost'],
  ['a lost session', { sessionsLost: 1 }, 'nothing-lost'],
  ['a doubled command', { commandsDoubled: 1 }, 'nothing-twice'],
  ['two masters', { twoMasters: 1 }, 'one-master'],
] as const)
  test(`drill report: ${what}: that promise is broken and no other`, () => {
    const report = sampleReport([sampleLine({ verdict: 'failed', counts: sampleCounts(counts) })]);
    assert.ok(!hasPassed(report));
    for (const [key, state] of Object.entries(states(report)))
      assert.equal(state, key === broken ? 'broken' : 'kept', key);
  });

test('drill report: it never became redundant again: it did not go on by itself', () => {
  const report = sampleReport([sampleLine({ verdict: 'failed', redundantMs: null })]);
  assert.equal(states(report)['by-itself'], 'broken');
});

test('drill report: no pair could be made: failed, and no promise is judged', () => {
  const line = {
    ...skipped,
    verdict: 'failed',
    skipped: null,
    problems: ['no pair'],
    logs: '/tmp/x',
  } as const;
  const report = sampleReport([line]);
  assert.ok(!hasPassed(report));
  assert.deepEqual(new Set(Object.values(states(report))), new Set(['not-checked']));
  assert.match(textOf(report), /! no pair\n {4}Homes and logs: \/tmp\/x/);
  assert.match(textOf(report), /1 of 1 failed\.$/);
});

test('drill report: nothing could be played: that is no pass', () => {
  assert.ok(!hasPassed(sampleReport([skipped])));
  assert.match(textOf(sampleReport([skipped])), /Nothing could be played\.$/);
});

test('drill report: slower than promised: shown as slow, and nothing is broken', () => {
  const report = sampleReport([sampleLine({ verdict: 'slow', outageMs: 6_300, problems: ['6.30 s'] })]);
  assert.ok(hasPassed(report));
  assert.equal(totalsOf(report).slow, 1);
  assert.match(textOf(report), /1 of them was slower than promised\.$/);
});

test('drill report: an outage that no host could spare: it is not held against the promised time', () => {
  const report = sampleReport([
    sampleLine(),
    sampleLine({ key: 'both-down-a', outageMs: 9_000, limitMs: null }),
  ]);
  assert.equal(totalsOf(report).longestMs, 2_180);
});

test('drill report: a switch of the real pair: what it did not count it does not claim', () => {
  const nothing = { writesAcked: 0, writesUnknown: 0, sessions: 0, commands: 0 };
  const line = sampleLine({ key: 'switch', counts: sampleCounts(nothing) });
  const report = sampleReport([line], {
    kind: 'switch',
    place: 'real',
    looks: 4_321,
    newAdvice: ['disk low'],
  });
  assert.deepEqual(states(report), {
    'nothing-lost': 'not-checked',
    'nothing-twice': 'not-checked',
    'one-master': 'kept',
    'by-itself': 'kept',
  });
  const text = textOf(report);
  assert.match(text, /asked 4,321 times: at 0 moments both said yes/);
  assert.match(text, /did not before:\n {2}disk low/);
  assert.match(textOf({ ...report, newAdvice: [] }), /No new advice and no alarm/);
});

test('drill report: Japanese text: the columns hold though its letters are wide', () => {
  const lines = textOf(sampleReport(drillFaults.map(({ key }) => sampleLine({ key }))), 'ja').split('\n');
  const rows = lines.filter((line) => line.endsWith('合格'));
  assert.equal(rows.length, drillFaults.length);
  assert.equal(new Set(rows.map(widthOf)).size, 1);
});

for (const language of ['en', 'ja'] as const)
  test(`drill report: HTML (${language}): one file that needs nothing else, and every word of it escaped`, () => {
    const line = sampleLine({
      verdict: 'failed',
      problems: ['<script>alert("x")</script>'],
      logs: "/tmp/it's & here",
    });
    const html = renderHtml(
      sampleReport([line, skipped], { command: 'nezuban drill --report "a<b"' }),
      language,
    );
    assert.match(html, new RegExp(`<html lang="${language}">`));
    assert.doesNotMatch(html, /<script|<link|<img|src=|url\(|https?:/);
    assert.match(html, /&lt;script&gt;alert\(&quot;x&quot;\)/);
    assert.match(html, /it&#39;s &amp; here/);
    assert.match(html, /a&lt;b/);
    assert.doesNotMatch(html, /undefined|NaN|\[object/);
  });
