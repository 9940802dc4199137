// Canonical text: reading it gives the same definition again, whatever the definition holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { formatJobNet } from './format-job-net.ts';
import { parseDefinitionFile } from './parse-definition-file.ts';

const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.constantFrom(
      '',
      ' ',
      'yes',
      'null',
      '~',
      '007',
      '1e3',
      '0x1F',
      '- a',
      '# x',
      'a: b',
      '"',
      "'",
      'line 1\nline 2\n',
      '\n\nx',
      'x\n\n',
      '  lead\n tab\t',
      '日本語の題',
      '*a',
      '&a',
      '!b',
      '<<',
      '%x',
      'a #b',
      '2026-01-01',
      '😀',
      '\u0085',
      '\u2028',
      '\r\n',
    ),
  )
  .filter((value) => !/[\p{Cc}\p{Cs}]/u.test(value.replaceAll(/[\t\n\r\u0085]/g, '')));
const variables = fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/), text, { maxKeys: 4 });
const target = fc.oneof(
  fc.record({ node: fc.constant('web1') }),
  fc.record({ scope: fc.constant('日本'), mode: fc.constantFrom('all', 'any') }),
);
const optional = <T>(values: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(values, { requiredKeys: [] });
const position = fc.record({
  x: fc.integer({ min: -1000, max: 1000 }),
  y: fc.double({ min: -1, max: 1, noNaN: true }),
});
const base = optional({ title: text, description: text, hold: fc.boolean(), position, target });
const command = fc.tuple(
  base,
  fc.oneof(
    fc.array(text, { minLength: 1, maxLength: 3 }),
    text.filter((value) => value !== ''),
  ),
  optional({
    environment: variables,
    user: fc.constant('batch'),
    supplementary_groups: fc.constant(['a', 'b']),
    umask: fc.constantFrom('022', '0077'),
    timeout_s: fc.constantFrom(0.5, 3600),
    kill_after_s: fc.constantFrom(0, 10, 2.5),
    exit_codes: fc.constantFrom({ normal: '0' }, { normal: '0-3', warning: '7' }, { normal: 5 }),
    retry: fc.constantFrom({ count: 2 }, { count: 1, delay_s: 0.5, on: ['warning', 'abnormal'] }),
    output_encoding: fc.constantFrom('auto', 'shift_jis'),
    output_bytes_max: fc.constantFrom(0, 1024 * 1024),
    working_directory: text.filter((value) => value !== ''),
  }),
);
const unit = fc.tuple(
  command,
  fc.boolean(),
  fc.array(fc.tuple(fc.nat({ max: 5 }), fc.constantFrom(['normal', 'warning'], ['abnormal'], ['normal'])), {
    maxLength: 2,
  }),
  fc.boolean(),
);
const netArbitrary = fc.record({
  head: optional({ title: text, description: text, timezone: fc.constantFrom('UTC', 'Asia/Tokyo') }),
  parameters: fc.uniqueArray(optional({ description: text }), { maxLength: 3 }),
  units: fc.array(unit, { minLength: 1, maxLength: 6 }),
  schedule: optional({
    enabled: fc.boolean(),
    missed: fc.constantFrom('skip', 'run_once'),
    timezone: fc.constant('Europe/Berlin'),
  }),
});

test('canonical text: any job net: reading it gives the same definition', () => {
  fc.assert(
    fc.property(netArbitrary, ({ head, parameters, units, schedule }) => {
      const definition = jobNetSchema.parse({
        kind: 'jobnet',
        name: 'folder/ネット',
        target: { node: 'a' },
        ...head,
        parameters: parameters.map((parameter, index) => ({
          name: `P${index}`,
          default: `${index}`,
          ...parameter,
        })),
        schedules: [{ name: 's', times: ['22:00', '06:30:15'], ...schedule }],
        units: units.map(([[common, line, more], isNet, after, any], index) => {
          const edges =
            index === 0
              ? []
              : [...new Map(after.map(([from, on]) => [from % index, on]))].map(([from, on]) => ({
                  unit: `u${from}`,
                  on,
                }));
          const head2 = {
            ...common,
            name: `u${index}`,
            ...(edges.length === 0 ? {} : { after: any ? { any: edges } : edges }),
          };
          return isNet
            ? { ...head2, units: [{ name: 'inner', command: line, ...more }] }
            : { ...head2, command: line, ...more };
        }),
      });
      const yaml = formatJobNet(definition);
      const parsed = parseDefinitionFile(yaml, { file: 'x' });
      assert.ok(parsed.ok, yaml);
      const [again] = parsed.documents;
      assert.ok(again?.kind === 'jobnet');
      assert.deepEqual(again.value, definition);
      assert.equal(formatJobNet(again.value), yaml);
    }),
    { numRuns: 150 },
  );
});

test('canonical text: a small net: keys in order, defaults left out', () => {
  const definition = jobNetSchema.parse({
    kind: 'jobnet',
    name: 'night',
    target: { scope: 'web', mode: 'all' },
    units: [
      { command: 'echo 1\necho 2\n', name: 'a' },
      { type: 'command', name: 'b', command: ['x'], after: { all: ['a'] }, hold: false },
    ],
  });
  assert.equal(
    formatJobNet(definition),
    'kind: jobnet\nname: night\ntarget:\n  scope: web\nunits:\n  - name: a\n    command: |\n      echo 1\n      echo 2\n  - name: b\n    after:\n      - a\n    command:\n      - x\n',
  );
});

test('canonical text: units of every type: read again as they were', () => {
  const definition = jobNetSchema.parse({
    kind: 'jobnet',
    name: 'night',
    parameters: [{ name: 'DAY' }],
    units: [
      { name: 'pause', type: 'wait', for_s: 90 },
      { name: 'evening', type: 'wait', until: '22:00', hold: true },
      { name: 'monday', type: 'judgment', after: ['pause'], if: { parameter: 'DAY', equals: 'mon' } },
      {
        name: 'say',
        type: 'event_send',
        after: [{ unit: 'monday', on: [true] }],
        message: 'It is {{parameter.DAY}}',
        key: 'day',
        clears: true,
        priority: 'warning',
      },
      { name: 'mend', type: 'wait', for_s: 1, after: ['evening'], recovery: true },
      { name: 'ask', type: 'wait', for_s: 1, after: ['evening'], recovery: ['abnormal', 'unknown'] },
    ],
  });
  const yaml = formatJobNet(definition);
  const parsed = parseDefinitionFile(yaml, { file: 'x' });
  assert.ok(parsed.ok, yaml);
  assert.deepEqual(parsed.documents[0]?.value, definition);
  assert.match(
    yaml,
    /- name: monday\n {4}type: judgment\n {4}after:\n {6}- pause\n {4}if:\n {6}parameter: DAY\n/,
  );
});
