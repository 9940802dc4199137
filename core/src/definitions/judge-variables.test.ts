// Tests of what is refused of variables in a definition: places where they must not be, units that need not have ended, outputs that nobody
// declares, secrets in texts that people read; and that the canonical text reads as the same definition.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { formatJobNet } from './format-job-net.ts';
import { judgeJobNet } from './judge-job-net.ts';
import { parseDefinitionFile } from './parse-definition-file.ts';

const net = (units: readonly object[], more: object = {}) =>
  jobNetSchema.parse({ kind: 'jobnet', name: 'n', target: { node: 'a' }, units, ...more });
const issuesOf = (units: readonly object[], more: object = {}): string[] =>
  judgeJobNet(net(units, more)).map(({ path, message }) => `${path}: ${message}`);
const first = (units: readonly object[], more: object = {}): string => issuesOf(units, more)[0] ?? '';

const parameters = [{ name: 'DAY' }, { name: 'PW', type: 'secret' }];
const load = { name: 'load', command: 'load', outputs: [{ name: 'FILE', regex: 'file=(.*)' }] };

test('variables: of a unit before: by name, by path into a net, from inside a net: right', () => {
  const use = { environment: { F: '{{unit.load.output.FILE}}', C: '{{unit.load.exit_code}}' }, command: 'x' };
  assert.deepEqual(issuesOf([load, { name: 'b', after: ['load'], ...use }]), []);
  assert.deepEqual(
    issuesOf([load, { name: 'm', command: 'm', after: ['load'] }, { name: 'b', after: ['m'], ...use }]),
    [],
  );
  assert.deepEqual(issuesOf([load, { name: 'n', after: ['load'], units: [{ name: 'inner', ...use }] }]), []);
  const byPath = { name: 'b', after: ['n'], command: ['x', '{{unit.n/load.output.FILE}}'] };
  assert.deepEqual(issuesOf([{ name: 'n', units: [load] }, byPath]), []);
});

test('variables: of a unit that is not there, need not have ended, or gives no such output: refused', () => {
  const use = (text: string, after = ['load']) => ({ name: 'b', after, command: ['x', text] });
  assert.match(
    first([load, use('{{unit.lod.output.FILE}}')]),
    /units\[1\]\.command\[1\]: names the unit "lod".*did you mean "load"/,
  );
  assert.match(
    first([load, { ...use('{{unit.load.exit_code}}'), after: [] }]),
    /need not have ended by then; name "load" under "after"/,
  );
  assert.match(
    first([load, use('{{unit.load.output.FIL}}')]),
    /"load" does not declare under "outputs"; did you mean "FILE"/,
  );
  assert.match(
    first([{ name: 'load', type: 'wait', for_s: 1 }, use('{{unit.load.output.FILE}}')]),
    /of type wait, which has no outputs/,
  );
});

test('variables: in a shell line or a script: refused, with what to write instead', () => {
  const more = { parameters };
  assert.match(
    first([{ name: 'a', command: 'echo {{parameter.DAY}}' }], more),
    /units\[0\]\.command: holds a place;.*write "\$DAY"/,
  );
  assert.match(
    first([{ name: 'a', script: 'echo {{secret.x}}' }], more),
    /units\[0\]\.script: .*give it a name under "environment"/,
  );
  assert.match(
    first([load, { name: 'b', after: ['load'], command: 'cat {{unit.load.output.FILE}}' }]),
    /write "\$NEZUBAN_OUTPUT_LOAD_FILE"/,
  );
  assert.deepEqual(issuesOf([{ name: 'a', command: "docker ps --format '{{.Names}}'" }]), []);
});

test('variables: secrets: in environment, stdin and files alone', () => {
  const more = { parameters };
  assert.deepEqual(
    issuesOf(
      [
        {
          name: 'a',
          command: 'x',
          environment: { A: '{{parameter.PW}}' },
          stdin: '{{secret.db}}',
          files: { F: '{{secret.db}}' },
        },
      ],
      more,
    ),
    [],
  );
  for (const unit of [
    { name: 'a', command: ['x', '{{parameter.PW}}'] },
    { name: 'a', command: 'x', working_directory: '/{{secret.db}}' },
    { name: 'a', type: 'event_send', message: 'it is {{secret.db}}' },
  ])
    assert.match(first([unit], more), /would show a secret/);
  const secretLoad = { ...load, outputs: [{ name: 'FILE', regex: 'x', secret: true }] };
  assert.match(
    first([secretLoad, { name: 'b', after: ['load'], command: ['x', '{{unit.load.output.FILE}}'] }]),
    /would show a secret/,
  );
  const question = {
    name: 'j',
    type: 'judgment',
    after: ['load'],
    if: { unit: 'load', output: 'FILE', equals: 'x' },
  };
  assert.match(first([secretLoad, question]), /is secret: an answer would tell of it/);
  assert.deepEqual(issuesOf([load, question]), []);
  const ofSecret = { name: 'j', type: 'judgment', if: { parameter: 'PW', equals: 'x' } };
  assert.match(first([ofSecret], more), /if\.parameter: is secret/);
});

test('variables: parameters: keys of another type, bad bounds and defaults: refused', () => {
  const unit = [{ name: 'a', command: 'x' }];
  for (const [parameter, wanted] of [
    [{ min: 1 }, /parameters\[0\]\.min: belongs to the type number, and this is a text/],
    [{ type: 'choice' }, /parameters\[0\]\.type: a choice needs "choices"/],
    [{ type: 'choice', choices: ['a', 'b'], default: 'c' }, /default: must be one of a, b/],
    [{ type: 'number', min: 2, max: 1 }, /max: is below "min"/],
    [{ pattern: '(' }, /pattern: lacks a closing/],
    [{ type: 'date', format: 'YYYYWW' }, /format: is made of YYYY/],
    [{ type: 'date', default: 'tomorrow' }, /default: must be a day/],
    [{ type: 'secret', default: 'hunter2' }, /default: a definition holds no secret/],
  ] as const)
    assert.match(first(unit, { parameters: [{ name: 'P', ...parameter }] }), wanted);
  const schedules = [{ name: 's', times: ['22:00'], parameters: { P: 'x' } }];
  assert.match(
    first(unit, { parameters: [{ name: 'P', type: 'number' }], schedules }),
    /schedules\[0\]\.parameters\.P: must be a number/,
  );
  assert.match(
    first(unit, { parameters: [{ name: 'P', type: 'secret' }], schedules }),
    /name a kept one as \{\{secret\.NAME\}\}/,
  );
});

test('variables: commands and outputs: what does not go together: refused', () => {
  for (const [unit, wanted] of [
    [{}, /command: is missing: a command has "command" or "script"/],
    [{ command: 'x', script: 'y' }, /must not be there beside "script"/],
    [{ command: 'x', arguments: ['y'] }, /arguments: belongs to "script"/],
    [{ command: 'x', stdin: 'a', stdin_file: '/b' }, /stdin: must not be there beside "stdin_file"/],
    [
      { command: 'x', environment: { F: 'a' }, files: { F: 'b' } },
      /files\.F: is a variable under "environment" already/,
    ],
    [{ command: 'x', outputs: [{ name: 'A' }] }, /outputs\[0\]: must have either "regex" or "json"/],
    [{ command: 'x', outputs: [{ name: 'A', regex: '(a)(b)' }] }, /has 2 groups/],
    [{ command: 'x', outputs: [{ name: 'A', json: 'a.b' }] }, /json: must be a path/],
    [
      {
        command: 'x',
        outputs: [
          { name: 'A', regex: 'a' },
          { name: 'A', regex: 'b' },
        ],
      },
      /outputs/,
    ],
  ] as const)
    assert.match(first([{ name: 'a', ...unit }]), wanted);
});

test('variables: as text and back: the same definition', () => {
  const definition = net(
    [
      {
        ...load,
        command: undefined,
        script: '#!/bin/bash\necho 1\n',
        arguments: ['{{parameter.DAY}}'],
        stdin: 'a\n',
        files: { F: 'b' },
        outputs: [{ name: 'FILE', from: 'stderr', regex: 'x', take: 'last', required: false, join: ',' }],
      },
      {
        name: 'r',
        type: 'net_ref',
        net: 'parts/x',
        after: ['load'],
        parameters: { A: '{{unit.load.output.FILE}}' },
        target: { node: 'b' },
      },
    ],
    {
      parameters: [
        { name: 'DAY', type: 'date', label: 'Day', default: 'today', format: 'YYYYMMDD', required: true },
        { name: 'MODE', type: 'choice', choices: ['a', { value: 'b', label: 'B' }] },
        { name: 'N', type: 'number', min: 1, max: 2, default: 1 },
      ],
    },
  );
  const parsed = parseDefinitionFile(formatJobNet(definition), { file: 'n.yaml' });
  assert.deepEqual(parsed.ok && parsed.documents[0]?.value, JSON.parse(JSON.stringify(definition)));
});
