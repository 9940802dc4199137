// Days of a schedule as fields of a form and back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayRuleOfKind, formOfDayRule, textOfDayRule, type DayRuleKind } from './day-rule-text.ts';

test('days of a schedule: each form of the definition: read into fields and written the same again', () => {
  const cases: readonly [unknown, string][] = [
    [15, 'of_month'],
    ['15', 'of_month'],
    ['-1', 'of_month'],
    ['open 1', 'open'],
    ['open -3', 'open'],
    ['closed 1', 'closed'],
    ['fri', 'weekday'],
    ['fri 2', 'nth_weekday'],
    ['fri -1', 'nth_weekday'],
    ['12-25', 'of_year'],
    ['2026-12-25', 'date'],
    ['2026-12-25/14', 'every'],
    ['frei', 'text'],
    ['', 'text'],
  ];
  for (const [value, kind] of cases) {
    const form = formOfDayRule(value);
    assert.equal(form.kind, kind, String(value));
    assert.equal(textOfDayRule(form), String(value));
  }
});

test('days of a schedule: half typed: stays what is being typed', () => {
  for (const text of ['open ', 'fri ', '2026-12-25/', '-'])
    assert.equal(textOfDayRule(formOfDayRule(text)), text);
  assert.equal(formOfDayRule('open ').kind, 'open');
});

test('days of a schedule: another kind: keeps count, weekday and date where both have them', () => {
  const today = '2026-11-26';
  const of = (value: string, kind: DayRuleKind) =>
    textOfDayRule(dayRuleOfKind(kind, formOfDayRule(value), today));
  assert.equal(of('-2', 'open'), 'open -2');
  assert.equal(of('fri', 'nth_weekday'), 'fri 1');
  assert.equal(of('2026-12-25', 'every'), '2026-12-25/14');
  assert.equal(of('2026-12-25/14', 'of_year'), '12-25');
  assert.equal(of('fri', 'date'), today);
  assert.equal(of('fri 2', 'text'), 'fri 2');
});
