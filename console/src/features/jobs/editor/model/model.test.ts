// Tests of what surrounds the draft: clipboard, merge, text, forms, cells of a spreadsheet, the judge's places.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDefinitionValue } from '@nezuban/core/definitions/parse-definition-value';
import { unitTypeNames } from '@nezuban/protocol/jobs/definition';
import { textOfUnits, unitsOfText } from './clipboard.ts';
import { applyCommand, unitsToCopy } from './commands.ts';
import { draftOf, unitAt, type DraftNet, type DraftUnit } from './draft-net.ts';
import { draftIssueOf, judgeDraft } from './judge-draft.ts';
import { mergeNets } from './merge-nets.ts';
import { draftOfText, textOfDraft } from './net-text.ts';
import { cellText, columnKeys } from './table-columns.ts';
import { planPaste, readCells } from './table-paste.ts';
import { askedOf, readNetForm, readUnitForms, type FieldForm } from './unit-fields.ts';

const yaml = `kind: jobnet
name: night
target:
  node: local
units:
  - name: a
    command: echo a
  - name: inner
    after:
      - a
    units:
      - name: x
        command: echo x
      - name: y
        after:
          - unit: x
            on:
              - abnormal
        command: echo y
`;
const night = (): DraftNet => draftOfText(yaml).net ?? assert.fail('no draft');

test('text: canonical both ways; what has no form of a net yet is written as it is', () => {
  assert.equal(textOfDraft(night()), yaml);
  const unfinished = { ...night(), units: [{ name: 'a', type: 'wait', for_s: 'soon' }] };
  assert.match(textOfDraft(unfinished), /for_s: soon/);
});

test('text: judged wrong but well formed: a draft with issues at their lines; two units of a name: none', () => {
  const noTarget = draftOfText(yaml.replace('target:\n  node: local\n', ''));
  assert.ok(noTarget.net !== null);
  assert.equal(noTarget.issues[0]?.line, 4);
  assert.equal(draftOfText(yaml.replace('name: y', 'name: x')).net, null);
  assert.equal(draftOfText(yaml.replace('- a\n', '- nowhere\n')).net, null);
  assert.equal(draftOfText('kind: scope\nname: s\n').net, null);
});

test('clipboard: copied and read again: the same units; a whole net and a list are taken, too', () => {
  const units = unitsToCopy(night(), ['inner', 'inner/x']);
  assert.deepEqual(
    units.map(({ name }) => name),
    ['inner'],
  );
  const read = unitsOfText(textOfUnits(units)) ?? assert.fail('not read');
  assert.equal(read[0]?.units?.length, 2);
  assert.equal(unitsOfText(yaml)?.length, 2);
  assert.equal(unitsOfText('- name: q\n  command: "true"\n')?.[0]?.name, 'q');
  assert.equal(unitsOfText('just words'), null);
  assert.equal(unitsOfText('a: ['), null);
});

test('clipboard: an unfinished unit is pasted unfinished; a circle in foreign text loses its edges', () => {
  assert.equal(unitsOfText('units: [{ name: a, type: command, command: "" }]')?.[0]?.['command'], '');
  const circle = unitsOfText(
    'units: [{ name: a, command: x, after: [b] }, { name: b, command: x, after: [a] }]',
  );
  assert.ok(circle?.every(({ after }) => after === undefined));
});

test('clipboard: from several nets: names that stand twice are changed', () => {
  const net = night();
  const more = applyCommand(net, [], { type: 'add', parent: 'inner', unit: { name: 'a', type: 'command' } });
  assert.ok(more.ok);
  const units = unitsToCopy(more.net, ['a', 'inner/a']);
  assert.deepEqual(
    units.map(({ name }) => name),
    ['a', 'a-2'],
  );
});

test('merge: both changes are in it; the same field: mine, and named; taken away and changed: named', () => {
  const base = night();
  const change = (net: DraftNet, path: string, [field, value]: readonly [string, unknown]): DraftNet => {
    const applied = applyCommand(net, [], { type: 'set', paths: [path], field, value });
    return applied.ok ? applied.net : assert.fail(applied.refusal);
  };
  const mine = change(change(base, 'inner/x', ['command', 'mine']), 'a', ['title', 'A']);
  const theirs = change(change(base, 'inner/x', ['command', 'theirs']), 'a', ['hold', true]);
  const merged = mergeNets({ base, mine, theirs });
  assert.equal(unitAt(merged.net, 'inner/x')?.['command'], 'mine');
  assert.equal(unitAt(merged.net, 'a')?.['title'], 'A');
  assert.equal(unitAt(merged.net, 'a')?.['hold'], true);
  assert.deepEqual(merged.clashes, [{ path: 'inner/x', field: 'command' }]);
  const removed = applyCommand(theirs, [], { type: 'delete', paths: ['inner/x'] });
  assert.ok(removed.ok);
  assert.deepEqual(mergeNets({ base, mine, theirs: removed.net }).clashes, [
    { path: 'inner/x', field: null },
  ]);
  const byMe = applyCommand(base, [], { type: 'delete', paths: ['a'] });
  assert.ok(byMe.ok);
  const withoutA = mergeNets({ base, mine: byMe.net, theirs: base }).net;
  assert.deepEqual(
    withoutA.units.map(({ name, after }) => [name, after]),
    [['inner', undefined]],
  );
});

test('judge: the unit and the field of an issue, from the judge and from an answer of the manager', () => {
  const net = night();
  const broken = applyCommand(net, [], { type: 'set', paths: ['inner/y'], field: 'timeout_s', value: -1 });
  assert.ok(broken.ok);
  const [issue] = judgeDraft(broken.net);
  assert.equal(issue?.unit, 'inner/y');
  assert.equal(issue?.field, 'timeout_s');
  assert.deepEqual(judgeDraft(net), []);
  assert.deepEqual(draftIssueOf(net, { path: 'units[1].units[0].retry.count', message: 'm' }), {
    unit: 'inner/x',
    field: 'retry.count',
    message: 'm',
  });
});

test('forms: every type of unit has one, derived from its schema', () => {
  const forms = readUnitForms();
  for (const type of unitTypeNames) assert.ok((forms.get(type)?.length ?? 0) > 2, type);
  const kindOf = (type: string, key: string) => forms.get(type)?.find((field) => field.key === key)?.kind;
  assert.equal(kindOf('command', 'command'), 'textOrTexts');
  assert.equal(kindOf('command', 'environment'), 'map');
  assert.equal(kindOf('command', 'retry'), 'group');
  assert.equal(kindOf('command', 'target'), 'variants');
  assert.equal(kindOf('command', 'recovery'), 'flagOrChoices');
  assert.equal(kindOf('judgment', 'if'), 'variants');
  assert.equal(kindOf('event_send', 'priority'), 'choice');
  assert.equal(kindOf('wait', 'for_s'), 'number');
  const net = readNetForm().map(({ key }: FieldForm) => key);
  assert.ok(net.includes('timezone') && !net.includes('units'));
});

const headings = new Map([['name', 'name' as const], ...columnKeys.map((key) => [key, key] as const)]);

test('spreadsheet: quoted cells, line ends of Windows, empty rows', () => {
  assert.deepEqual(readCells('a\t"x ""y""\nz"\r\n\r\nb\tc\r\n'), [
    ['a', 'x "y"\nz'],
    ['b', 'c'],
  ]);
});

test('spreadsheet: known units are changed, new ones added, what cannot be read is named', () => {
  const cells = readCells(
    'name\ttarget\ttimeout_s\tretry\tzone\ninner/x\t@dbs any\t60\t3 / 10\tq\nnew\tweb1\tsoon\t\t\nno/such\t\t\t\t\ninner\t\t5\t\t\n',
  );
  const plan = planPaste({ net: night(), cells, headings });
  assert.deepEqual([plan.changed, plan.added, plan.unknownColumns], [['inner/x'], ['new'], ['zone']]);
  assert.deepEqual(
    plan.problems.map(({ row, reason }) => [row, reason]),
    [
      [3, 'not_read'],
      [4, 'no_net'],
      [5, 'no_field'],
    ],
  );
  let net = night();
  for (const command of plan.commands) {
    const applied = applyCommand(net, [], command);
    net = applied.ok ? applied.net : assert.fail(applied.refusal);
  }
  const x: DraftUnit = unitAt(net, 'inner/x') ?? assert.fail();
  assert.deepEqual(x['target'], { scope: 'dbs', mode: 'any' });
  assert.equal(cellText(x, 'retry'), '3 / 10');
  assert.deepEqual(unitAt(net, 'new')?.['target'], { node: 'web1' });
});

test('spreadsheet: what the table shows, pasted over it: nothing changes', () => {
  const given = parseDefinitionValue({
    ...night(),
    units: [
      {
        name: 'c',
        command: ['a', 'b'],
        target: { scope: 's', mode: 'least_loaded' },
        hold: 'if_previous_abnormal',
        retry: { count: 2 },
        exit_codes: { normal: '0-3', warning: '4' },
        timeout_s: 5,
      },
    ],
  });
  assert.ok(given.ok && given.definition.kind === 'jobnet');
  const net = draftOf(given.definition.value);
  const unit = unitAt(net, 'c') ?? assert.fail();
  const cells = [
    ['name', ...columnKeys],
    ['c', ...columnKeys.map((key) => cellText(unit, key))],
  ];
  assert.deepEqual(planPaste({ net, cells, headings }).commands, []);
});

test('forms: a group that may be left out: asks for what it must have once it has begun', () => {
  const group = readNetForm().find(({ key }) => key === 'business_date');
  assert.ok(group?.kind === 'group' && !group.required);
  const asked = (value: unknown) =>
    askedOf(group, group.fields, value).flatMap(({ key, required }) => (required ? [key] : []));
  assert.deepEqual(asked(undefined), []);
  assert.deepEqual(asked({ if_closed: 'before' }), ['calendar']);
});
