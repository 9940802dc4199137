// Tests of places in texts: what is one, what is a mistake, what stays as it is, and what comes of filling.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fillText, readPlaces, type PlaceValues } from './places.ts';

const values: PlaceValues = {
  parameter: (name) => `<${name}>`,
  secret: (name) => `\0secret/${name}\0`,
  event: (field) => `event ${field}`,
  unitExitCode: (unit) => `code of ${unit}`,
  unitStatus: (unit) => `status of ${unit}`,
  unitOutput: (unit, name) => `${name} of ${unit}`,
  previousExitCode: () => '3',
  previousStatus: () => 'warning',
  net: 'night/run',
  session: '7',
  unit: 'load/a',
  startedAt: Date.UTC(2026, 11, 31, 20, 30, 5),
  zone: 'Asia/Tokyo',
  businessDate: (offset) => `business${offset}`,
};
const fill = (text: string, reading: 'people' | 'program' = 'program', charsMax = 1000) =>
  fillText(text, values, { charsMax, reading });

describe('places', () => {
  for (const [text, filled] of [
    ['plain', 'plain'],
    ['{{parameter.DAY}} and {{ parameter.DAY }}', '<DAY> and <DAY>'],
    ['{{net}} {{session}} {{unit}}', 'night/run 7 load/a'],
    ['{{unit.a.b.exit_code}}/{{unit.a.status}}', 'code of a.b/status of a'],
    ['{{unit.夜間/取込.output.FILE}}', 'FILE of 夜間/取込'],
    ['{{previous.exit_code}} {{previous.status}}', '3 warning'],
    // The new year has begun in Tokyo.
    ['{{date}} {{time}}', '2027-01-01 05:30:05'],
    ['{{date-1:YYYYMMDD}} {{date+31:MM/DD}}', '20261231 02/01'],
    ['{{event.message}}', 'event message'],
  ] as const)
    test(`fill: ${text}: its value`, () => {
      assert.deepEqual(fill(text), { text: filled, cut: false });
      assert.deepEqual(readPlaces(text, 'people').problems, []);
    });

  for (const text of [
    'docker ps --format {{.Names}}',
    '{{ json . }}',
    '{{item}}',
    '{{ range .Items }}',
    '{{nets}}',
    '{{{}}}',
    '{{date formats}}',
  ])
    test(`text for programs: ${text}: stays as it is`, () => {
      assert.deepEqual(readPlaces(text, 'program'), { parts: [text], problems: [] });
      assert.equal(fill(text).text, text);
    });

  for (const text of [
    '{{parametr.DAY}}',
    '{{parameter.}}',
    '{{unit.a}}',
    '{{date:YYYYWW}}',
    '{{previous.x}}',
    '{{date+99999}}',
  ])
    test(`text for programs: ${text}: a mistake`, () => {
      assert.equal(readPlaces(text, 'program').problems.length, text === '{{date+99999}}' ? 1 : 1);
    });

  test('text for people: whatever stands in braces and is no place: a mistake that names what is known', () => {
    assert.match(
      readPlaces('Hello {{name}}', 'people').problems[0]?.message ?? '',
      /has the place \{\{name\}\}.*\{\{parameter\.NAME\}\}/,
    );
  });

  test('fill: too long: cut, and said', () => {
    assert.deepEqual(fill('{{net}}{{net}}', 'program', 12), { text: 'night/runnig', cut: true });
    // Not through the middle of a character.
    assert.equal(fill('ab\u{1F600}', 'program', 3).text, 'ab\u{FFFD}');
  });

  test('fill: a value that holds a place: not filled again', () => {
    const filled = fillText(
      '{{parameter.X}}',
      { ...values, parameter: () => '{{secret.db}}' },
      { charsMax: 100, reading: 'program' },
    );
    assert.equal(filled.text, '{{secret.db}}');
  });
});
