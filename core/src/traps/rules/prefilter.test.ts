// What is looked at before a pattern runs never changes the answer: random patterns, rules and traps beside an evaluation without any of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';
import { syslogFacilities, syslogSeverities } from '@nezuban/protocol/traps/trap-monitor';
import { RE2JS } from 're2js';
import type { PlacedTrap } from '../parsed-trap.ts';
import { compilePattern } from './bounded-pattern.ts';
import { compileMonitors, unmatchedRule } from './compile-monitors.ts';
import { foldCase, requiredLiterals } from './required-literals.ts';
import { monitorOf, someNames, trapOf } from './testing/trap-of.ts';

const PATTERNS = 20_000;
const RULE_SETS = 1_000;

/** Few characters, so that patterns and texts meet; among them all that folding is odd about. */
const letter = fc.constantFrom(
  'a', 'A', 'b', 'k', 'K', '\u212a', 's', 'S', '\u017f', 'i', 'I', 'İ', 'ı', 'ß', 'ẞ', 'σ', 'ς', 'Σ',
  'é', 'É', '障', 'ア', 'ｅ', 'Ｅ', '𠮷', '𝒜', '1', ' ', '-', '\n',
); // prettier-ignore
const textArbitrary = fc.array(letter, { maxLength: 30 }).map((letters) => letters.join(''));

/** A pattern and a text that it very likely fits. */
type Sample = { readonly source: string; readonly text: string };
const sampleOf = (source: string, text: string): Sample => ({ source, text });
const joined = (samples: readonly Sample[], between = ''): Sample => ({
  source: samples.map(({ source }) => source).join(between),
  text: samples.map(({ text }) => text).join(''),
});

const escaped = fc
  .tuple(letter, fc.constantFrom('same', 'same', 'toUpperCase', 'toLowerCase'))
  .map(([text, how]) => sampleOf(RE2JS.quote(text), how === 'same' ? text : text[how as 'toUpperCase']()));
const atom = fc.oneof(
  { weight: 4, arbitrary: escaped },
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom('Link', 'disk', '障害', 'ＥＲＲ', 'k-s', 'a.b'), fc.constantFrom('', 'x'))
      .map(([text, more]) => sampleOf(RE2JS.quote(text + more), text + more)),
  },
  { weight: 2, arbitrary: fc.array(escaped, { minLength: 2, maxLength: 5 }).map((parts) => joined(parts)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...(
        [
          ['.', 'x'], ['\\d', '1'], ['\\w', 'a'], ['\\pL', '障'], ['\\p{Han}', '障'], ['\\b', ''], ['^', ''], ['$', ''], ['[ab]', 'b'],
          ['[^a]', '-'], ['[]a]', ']'], ['[a\\]b]', ']'], ['[[:alpha:]b]', 'z'], ['\\x41', 'A'], ['\\x{969c}', '障'], ['\\t', '\t'],
          ['{', '{'], ['a{,2}', 'a{,2}'], ['(?i)', ''], ['(?s)', ''], ['(?:)', ''], ['\\Qa.b\\E', 'a.b'], ['\\101', 'A'], ['(?-i)', ''],
          ['\\.', '.'], ['\\-', '-'],
        ] as const
      ).map(([source, text]) => sampleOf(source, text)),
    ),
  },
); // prettier-ignore
const repeat = fc.constantFrom(
  ...(
    [
      ['', 1], ['', 1], ['', 1], ['', 1], ['*', 0], ['*', 2], ['+', 1], ['+', 3], ['?', 0], ['?', 1], ['{2}', 2], ['{0,2}', 0], ['{1,}', 1],
      ['*?', 1], ['{0}', 0], ['+?', 2],
    ] as const
  ).map(([suffix, times]) => ({ suffix, times })),
); // prettier-ignore
const { pattern: sampleArbitrary } = fc.letrec<{ pattern: Sample; sequence: Sample }>((tie) => ({
  sequence: fc
    .array(
      fc.tuple(
        fc.oneof(
          { depthSize: 'small', withCrossShrink: true },
          atom,
          fc
            .tuple(fc.constantFrom('(', '(?:', '(?i:', '(?P<n>', '(?s-i:'), tie('pattern'))
            .map(([open, { source, text }]) => sampleOf(`${open}${source})`, text)),
        ),
        repeat,
      ),
      { maxLength: 5 },
    )
    .map((parts) =>
      joined(
        parts.map(([{ source, text }, { suffix, times }]) => sampleOf(source + suffix, text.repeat(times))),
      ),
    ),
  pattern: fc
    .tuple(fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }), fc.nat(2))
    .map(([alternatives, chosen]) =>
      sampleOf(joined(alternatives, '|').source, alternatives[chosen % alternatives.length]?.text ?? ''),
    ),
}));
const patternArbitrary = sampleArbitrary.map(({ source }) => source);

test('required literals: a random pattern fits a random text: one of its literals stands there', () => {
  let fitted = 0;
  fc.assert(
    fc.property(
      sampleArbitrary,
      fc.boolean(),
      fc.array(textArbitrary, { maxLength: 3 }),
      (sample, fold, texts) => {
        const { source, text: likely } = sample;
        const compiled = compilePattern(source, fold);
        const required = compiled.ok ? requiredLiterals(source, fold) : null;
        if (!compiled.ok || required === null) return;
        for (const text of [likely, `x${likely}\ny`, likely.toUpperCase(), likely.toLowerCase(), ...texts]) {
          if (!compiled.pattern.test(text)) continue;
          fitted += 1;
          const looked: string = required.folded ? foldCase(text) : text;
          assert.ok(
            required.anyOf.some((literal) => looked.includes(literal)),
            `${source} fits ${JSON.stringify(text)} without ${JSON.stringify(required)}`,
          );
        }
      },
    ),
    { numRuns: PATTERNS },
  );
  assert.ok(fitted > PATTERNS / 20, `patterns and texts met ${fitted} times`);
});

test('required literals: of usual patterns: the longest that is certain', () => {
  const literals = (source: string, ignoreCase = false) =>
    requiredLiterals(source, ignoreCase)?.anyOf ?? null;
  assert.deepEqual(literals('Failed password for (\\S+) from'), ['Failed password for ']);
  assert.deepEqual(literals('LINK (up|down)', true), ['link ']);
  assert.deepEqual(literals('error|warn(ing)?'), ['error', 'warn']);
  assert.deepEqual(literals('x(error|warning)+y'), ['error', 'warning']);
  assert.deepEqual(literals('障害が発生.*復旧'), ['障害が発生']);
  assert.deepEqual(literals('(error)?'), null);
  assert.deepEqual(literals('error|.*'), null);
  assert.deepEqual(literals('[abc]+'), null);
});

const textCondition = fc.record(
  {
    matches: patternArbitrary.filter((source) => source !== '' && compilePattern(source, false).ok),
    contains: textArbitrary.filter((text) => text !== ''),
    ignore_case: fc.boolean(),
  },
  { requiredKeys: [] },
);
const ruleArbitrary = fc.record({
  when: fc.record(
    {
      text: textCondition.filter(({ matches, contains }) => matches !== undefined || contains !== undefined),
      facilities: fc.subarray(['kern', 'auth', 'local7'], { minLength: 1 }),
      severities: fc.subarray(['emerg', 'crit', 'debug'], { minLength: 1 }),
      apps: fc.subarray(['sshd', 'ss*', 'cron'], { minLength: 1 }),
      hosts: fc.subarray(['a', 'A*', '10.0.0.0/8', '2001:db8::1'], { minLength: 1 }),
    },
    { requiredKeys: [] },
  ),
  enabled: fc.constantFrom(true, true, true, false),
  do: fc.constantFrom('event', 'ignore'),
});
const monitorsArbitrary = fc
  .array(
    fc.record({
      rules: fc.array(ruleArbitrary, { minLength: 1, maxLength: 6 }),
      enabled: fc.constantFrom(true, true, false),
      unmatched: fc.constantFrom('ignore', 'info'),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((monitors) =>
    monitors.map(({ rules, ...rest }, index) =>
      monitorOf({
        ...rest,
        name: `m${index}`,
        rules: rules.map((rule, at) => ({ name: `r${at}`, ...rule })),
      }),
    ),
  );
const trapArbitrary = fc
  .record({
    text: textArbitrary,
    facility: fc.option(fc.constantFrom(0, 4, 23)),
    severity: fc.option(fc.constantFrom(0, 2, 7)),
    app: fc.option(fc.constantFrom('sshd', 'cron', 'x')),
    address: fc.constantFrom('10.1.2.3', '192.0.2.1', '2001:db8::1'),
    claimedHost: fc.option(fc.constantFrom('a', 'abc', 'b')),
  })
  .map(({ text, address, claimedHost, ...syslog }) => trapOf({ text, address, claimedHost, syslog }));

/** The meaning of rules, written as plainly as it can be. */
const naive = (monitors: readonly TrapMonitor[], trap: PlacedTrap): readonly string[] =>
  monitors
    .filter(({ enabled }) => enabled)
    .flatMap((monitor) => {
      const rule = monitor.rules.find(({ enabled, when }) => enabled && holds(when, trap));
      if (rule !== undefined) return [`${monitor.name}/${rule.name}/${rule.do}`];
      return monitor.unmatched === 'ignore' ? [] : [`${monitor.name}/${unmatchedRule}/event`];
    });

const holds = (
  when: TrapMonitor['rules'][number]['when'],
  { text, syslog, ...sender }: PlacedTrap,
): boolean => {
  const like = (patterns: readonly string[], value: string | null | undefined): boolean =>
    typeof value === 'string' &&
    patterns.some((pattern) =>
      pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : value === pattern,
    );
  if (when.facilities?.includes(syslogFacilities[syslog?.facility ?? -1] ?? ('none' as never)) === false)
    return false;
  if (when.severities?.includes(syslogSeverities[syslog?.severity ?? -1] ?? ('none' as never)) === false)
    return false;
  if (when.apps !== undefined && !like(when.apps, syslog?.app)) return false;
  if (when.hosts !== undefined) {
    const isIn10 = when.hosts.includes('10.0.0.0/8') && sender.address.startsWith('10.');
    const hosts = when.hosts.map((host) => host.toLowerCase());
    if (!isIn10 && !like(hosts, sender.address) && !like(hosts, sender.claimedHost)) return false;
  }
  const { matches, contains, ignore_case: ignoreCase = false } = when.text ?? {};
  if (contains !== undefined)
    if (!(ignoreCase ? foldCase(text).includes(foldCase(contains)) : text.includes(contains))) return false;
  if (matches === undefined) return true;
  // The machine that follows every thread, without the engine's own short cuts.
  return RE2JS.compile(matches, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
    .matcher(text)
    .find();
};

test('trap monitors: random monitors and traps: the same as a plain evaluation, with the prefilter and without', () => {
  let spoke = 0;
  fc.assert(
    fc.property(
      monitorsArbitrary,
      fc.array(trapArbitrary, { minLength: 1, maxLength: 20 }),
      (monitors, traps) => {
        const fast = compileMonitors(monitors, { names: someNames });
        const plain = compileMonitors(monitors, { names: someNames, prefilter: false });
        for (const trap of traps) {
          const told = fast
            .judge(trap)
            .map(
              ({ monitor, rule, type }) => `${monitor}/${rule}/${type === 'ignored' ? 'ignore' : 'event'}`,
            );
          spoke += told.length;
          assert.deepEqual(told, naive(monitors, trap));
          assert.deepEqual(fast.judge(trap), plain.judge(trap));
          assert.deepEqual(
            fast.explain(trap).flatMap(({ verdict }) => verdict ?? []),
            fast.judge(trap),
          );
        }
      },
    ),
    { numRuns: RULE_SETS },
  );
  assert.ok(spoke > RULE_SETS, `rules and traps met ${spoke} times`);
});
