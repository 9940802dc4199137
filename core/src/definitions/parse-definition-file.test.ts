// Definition files: what is wrong, where, and what would be right. Nothing of a wrong file is taken.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import { say } from '@nezuban/protocol/sentences/sentence';
import { kinds } from './known-keys.ts';
import { parseDefinitionFile } from './parse-definition-file.ts';
import { parseDefinitionValue } from './parse-definition-value.ts';

/** The issues as `line:column path: message`. */
function issues(source: string | Uint8Array): string[] {
  const result = parseDefinitionFile(source, { file: 'net.yaml' });
  if (result.ok) return [];
  assert.ok(
    result.issues.every(
      (issue) => issue.file === 'net.yaml' && issue.line !== undefined && issue.column !== undefined,
    ),
  );
  return result.issues.map(({ path, line, column, message }) => `${line}:${column} ${path}: ${message}`);
}

const head = 'kind: jobnet\nname: n\ntarget: { node: a }\nunits:\n';

test('definition file: several documents: each with its kind, value and line', () => {
  const result = parseDefinitionFile(
    `# nets\n${head}  - { name: a, command: "true" }\n---\nkind: scope\nname: s\nnodes: [a]\n---\n`,
    { file: 'x' },
  );
  assert.ok(result.ok);
  assert.deepEqual(
    result.documents.map(({ kind, line, value }) => [kind, line, value.name]),
    [
      ['jobnet', 2, 'n'],
      ['scope', 8, 's'],
    ],
  );
});

test('definition file: shape: each mistake once, with place and remedy', () => {
  const text = `kind: jobnet
name: n/x
target: {nod: a}
unknown: 1
schedules:
  - name: a
  - name: b
    times: ["1"]
units:
  - name: a
    comand: "true"
  - name: b
    after: [-x]
    command: x
  - name: c
    after: {all: [{unit: x, onn: 1}]}
    command: 7
  - {name: d, type: foo}
  - {name: e, command: x, environment: {A: 1, 1b: x}}
  - {name: f, command: x, retry: {count: 0}, exit_codes: {normal: a}, after: 5}
  - name: g
    units:
      - name: h
        command: [a, 1]
        target: 5
  - 5
  - {name: i, command: x, exit_codes: {normal: [1]}, after: {any: [], all: []}}
  - {name: j, command: x, after: [{unit: a, on: [norml]}]}
  - {name: k}
  - {name: l, hold: yes, command: x}
`;
  assert.deepEqual(issues(text), [
    '3:10 target.nod: the key "nod" is not known here; did you mean "node"?',
    '4:1 unknown: the key "unknown" is not known here; known are kind, name, title, description, timezone, business_date, target, limits, priority, queue, locks, overlap, overlap_max, exclusive_with, delays, end_status, parameters, schedules, start_conditions, units',
    '6:5 schedules[0]: must have either "cron" or "times"',
    '8:13 schedules[1].times[0]: must be a time of day such as "22:00"; with a calendar up to "47:59", but is "1"',
    '11:5 units[0].comand: the key "comand" is not known here; did you mean "command"?',
    '13:13 units[1].after[0]: must start with a letter or digit and hold only letters, digits, "_", "-" and ".", but is "-x"',
    '16:29 units[2].after.all[0].onn: the key "onn" is not known here; did you mean "on"?',
    '17:14 units[2].command: must be a shell line or a list of arguments, but is a number',
    '18:21 units[3].type: must be command, file_watch, http, ssh, container, file_transfer, net, net_ref, wait, judgment, event_send, or, event_wait, net_wait, net_start, approval or mail_send, but is "foo"',
    '19:44 units[4].environment.A: must be text, but is a number (1); write it in quotes: "1"',
    '19:47 units[4].environment["1b"]: the key "1b" must be a name of an environment variable',
    '20:42 units[5].retry.count: must be at least 1, but is 0',
    '20:67 units[5].exit_codes.normal: must be exit codes or ranges such as "0", "1-9" or "1-9,20", but is "a"',
    '20:78 units[5].after: must be a list of units, { all: [...] } or { any: [...] }, but is a number',
    '24:22 units[6].units[0].command[1]: must be text, but is a number (1); write it in quotes: "1"',
    '25:17 units[6].units[0].target: must be { node: NAME } or { scope: NAME, mode: all | any | least_loaded | by_priority }, but is a number',
    '26:5 units[7]: must be keys with values, but is a number (5)',
    '27:40 units[8].exit_codes.normal: must be a number or text, but is a list',
    '27:54 units[8].after: must be a list of units, { all: [...] } or { any: [...] }, and not several of these',
    '28:50 units[9].after[0].on[0]: must be normal, warning, abnormal, unknown, true or false, but is "norml"; did you mean "normal"?',
    '30:21 units[11].hold: must be true, false, if_previous_warning or if_previous_abnormal, but is "yes"',
  ]);
});

test('definition file: sense: names, edges, circles, zones, cron, exit codes, parameters', () => {
  const text = `kind: jobnet
name: n/x
timezone: Asia/Tokio
parameters: [{name: DAY}, {name: DAY, default: x}]
schedules:
  - {name: a, cron: "61 * * * *"}
  - {name: b, cron: "0 0 30 2 *", parameters: {DAYS: x, DAY: x}}
  - {name: b, cron: "0 0 * FOO *", parameters: {DAY: x}, timezone: Mars/Olympus}
  - {name: c, cron: "0 0 *", parameters: {DAY: x}}
units:
  - name: a
    command: x
    after: [c]
  - name: b
    command: x
    after: [a]
  - name: c
    command: x
    after: {any: [b, loadd, {unit: a}, {unit: a, on: [abnormal]}]}
  - {name: c, command: y, after: [c], exit_codes: {normal: "0-3", warning: "2,300,7-5"}}
  - {name: load, command: y}
`;
  assert.deepEqual(issues(text), [
    '3:11 timezone: there is no time zone "Asia/Tokio"; write an IANA name such as "Asia/Tokyo"',
    '4:34 parameters[1].name: there is another parameter named "DAY" here (number 1 of the list); names must be unique',
    '6:5 schedules[0].parameters: gives no value for the parameter "DAY", which has no default',
    '6:21 schedules[0].cron: the minute "61" is wrong: minutes go from 0 to 59',
    '7:21 schedules[1].cron: never fires: there is no such day',
    '7:48 schedules[1].parameters.DAYS: the net declares no parameter "DAYS"; did you mean "DAY"?',
    '8:12 schedules[2].name: there is another schedule named "b" here (number 2 of the list); names must be unique',
    '8:21 schedules[2].cron: the month "FOO" is wrong: months go from 1 to 12, or JAN to DEC',
    '8:68 schedules[2].timezone: there is no time zone "Mars/Olympus"; write an IANA name such as "Asia/Tokyo"',
    '9:21 schedules[3].cron: has 3 fields; it must have 5 (minute, hour, day of month, month, day of week) or 6 with seconds first',
    '11:5 units[0]: has no target: give { node: NAME } or { scope: NAME } here, at a net around it, or at the top of the file; the same goes for 4 more',
    '16:13 units[1].after.all[0].unit: the units wait for each other in a circle: a -> b -> c -> a',
    '19:22 units[2].after.any[1].unit: there is no unit "loadd" in this net; did you mean "load"?',
    '19:47 units[2].after.any[3].unit: "a" is named twice here; write one edge with all its end statuses under "on"',
    '20:12 units[3].name: there is another unit named "c" here (number 3 of the list); names must be unique',
    '20:35 units[3].after.all[0].unit: "c" waits for itself; remove this edge',
    '20:76 units[3].exit_codes.warning: "2" overlaps with "0-3" of "normal"; each exit code may stand once',
    '20:76 units[3].exit_codes.warning: exit codes go from 0 to 255; "300" does not fit',
    '20:76 units[3].exit_codes.warning: the range "7-5" is upside down; write "5-7"',
  ]);
});

test('definition file: not YAML as it is read here: one clear issue', () => {
  const cases: [string, string][] = [
    ['', '1:1 : the file holds no definition; one begins with "kind: jobnet"'],
    ['- a', '1:1 : a definition must be keys with values, beginning with "kind: jobnet"'],
    ['a: 1', `1:1 kind: is missing; a definition begins with its kind, one of ${kinds.join(', ')}`],
    [
      'kind: jobnt',
      `1:7 kind: there is no kind "jobnt"; known are ${kinds.join(', ')}; did you mean "jobnet"?`,
    ],
    [
      'kind: scope\nname: a\nname: b',
      '3:1 : the key "name" stands here a second time; each key may stand once',
    ],
    ['kind: scope\n\tname: x', '2:1 : a tab is used for indentation; YAML allows only spaces there'],
    ['kind: !str scope\nname: a', '1:12 : the tag "!str" is not allowed; write the plain value'],
    [
      'kind: scope\nname: a\nnodes: !!set {x, y}',
      '3:14 : the tag "tag:yaml.org,2002:set" is not allowed; write the plain value',
    ],
    ['kind: scope\n<<: { name: a }', '2:1 : merge keys ("<<") are not read; write the keys out'],
    ['kind: scope\nname: &a [*a]', '2:11 : the alias "*a" has no anchor "&a" before it'],
    ['kind: scope\n? [a]\n: b', '2:3 : a key must be plain text'],
    [
      'kind: scope\nname: a: b',
      '2:7 : the line does not fit: it is indented deeper than the key it should stand beside, or a value that holds ": " needs quotes',
    ],
    [
      '%YAML 1.1\n---\nkind: scope',
      '1:1 : the file asks for YAML 1.1; remove the %YAML line, YAML 1.2 is read',
    ],
    ['kind: "a\0b"', '1:9 : the control character U+0000 is not allowed in a text file'],
    [
      'kind: scope\nname: a\n---\nkind: scope\nname: a',
      '5:7 name: the file already holds a scope of this name, on line 1',
    ],
  ];
  for (const [text, issue] of cases) assert.deepEqual(issues(text), [issue]);
});

test('definition file: notification rules: judged too', () => {
  assert.deepEqual(
    issues('kind: notification\nname: a\nnets: ["a*b"]\nchannel: { type: webhook, url: "http://h/" }\n'),
    ['3:8 nets[0]: "*" may stand only once, at the end of "a*b"'],
  );
  assert.match(
    issues('kind: notification\nname: a\nchannel: { type: mial }\n').join(),
    /^3:18 channel\.type: must be mail, .*, but is "mial"; did you mean "mail"\?$/,
  );
  assert.match(
    issues('kind: notification\nname: a\nchannels: [c]\ntext: { matches: "(a" }\n').join(),
    /^4:18 text\.matches: /,
  );
  assert.match(
    issues('kind: notification\nname: a\nchannels: [c]\ntimes: { timezone: Mars/Olympus }\n').join(),
    /^4:20 times\.timezone: there is no time zone "Mars\/Olympus"/,
  );
  assert.match(issues('kind: notification\nname: a\n').join(), /must say where to/);
});

test('definition file: inhibitions and escalations: judged too', () => {
  assert.deepEqual(
    issues('kind: inhibition\nname: a\nwhile: { nodes: [a] }\nkeep_back: { nodes: ["a*b"] }\n'),
    ['4:22 keep_back.nodes[0]: "*" may stand only once, at the end of "a*b"'],
  );
  assert.match(
    issues('kind: escalation\nname: a\nrounds: 2\nsteps: [{ after_min: 0, channels: [c] }]\n').join(),
    /steps\[0\]\.after_min: must be at least 1/,
  );
  assert.deepEqual(
    issues('kind: notification\nname: a\nchannel: { type: mail, smtp: { hst: h }, from: a@b, to: [a@b] }\n'),
    ['3:32 channel.smtp.hst: the key "hst" is not known here; did you mean "host"?'],
  );
});

test('definition file: invalid UTF-8: refused with byte and line', () => {
  const bytes = new TextEncoder().encode('kind: scope\nname: 日本x\n');
  bytes[bytes.length - 2] = 0xff;
  assert.deepEqual(issues(bytes), ['2:9 : byte 24 (0xFF) is not valid UTF-8; save the file as UTF-8']);
  assert.deepEqual(issues(new Uint8Array([0xff, 0xfe, 0x6b, 0])), [
    '1:1 : the file is UTF-16; save it as UTF-8',
  ]);
  for (const bad of [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe3, 0x81], [0x80]])
    assert.match(issues(new Uint8Array(bad))[0] ?? '', /byte 0 .* is not valid UTF-8/);
});

test('definition file: a byte order mark: read as if it were not there', () => {
  assert.ok(
    parseDefinitionFile(new TextEncoder().encode('\u{FEFF}kind: scope\nname: a\n'), { file: 'x' }).ok,
  );
});

test('definition file: too large, in bytes: refused before it is read', () => {
  for (const source of [
    'x'.repeat(10 * 1024 * 1024),
    '日'.repeat(800_000),
    new Uint8Array(definitionLimits.fileBytesMax + 1),
  ]) {
    assert.match(issues(source)[0] ?? '', /the file has \d+ bytes; at most 2097152 are read/);
  }
});

test('definition file: alias bombs: refused before they grow', () => {
  const levels = 'abcdefghij';
  const bomb = Array.from(levels)
    .map(
      (name, index) =>
        `${name}: &${name} [${index === 0 ? '1,1,1,1,1,1,1,1,1' : Array.from({ length: 9 }, () => `*${levels[index - 1]}`).join(',')}]`,
    )
    .join('\n');
  assert.match(issues(bomb).at(-1) ?? '', /with its aliases expanded the file has more than 1000000 values/);
  assert.match(
    issues(`a: &a x\nb: [${Array.from({ length: 101 }, () => '*a').join(', ')}]`).at(-1) ?? '',
    /uses more than 100 aliases/,
  );
});

test('definition file: a few anchors and aliases: read like the values themselves', () => {
  const result = parseDefinitionFile(
    `${head}  - { name: a, command: &c "true", target: &t { node: web1 } }\n  - { name: b, command: *c, target: *t }\n`,
    { file: 'x' },
  );
  assert.ok(result.ok && result.documents[0]?.kind === 'jobnet');
  assert.deepEqual(
    result.documents[0].value.units.map((unit) => unit.type === 'command' && unit.target),
    [{ node: 'web1' }, { node: 'web1' }],
  );
});

test('definition file: nested without end: refused without exhausting the stack', () => {
  assert.match(issues('['.repeat(50_000))[0] ?? '', /nested too deeply/);
  assert.match(
    issues(`kind: scope\nname: a\nnodes: ${'['.repeat(150)}${']'.repeat(150)}`)[0] ?? '',
    /nested more than 100 levels/,
  );
  const nets = (depth: number): string =>
    depth === 0 ? '{ name: a, command: x }' : `{ name: n, units: [${nets(depth - 1)}] }`;
  assert.match(issues(`${head}  - ${nets(17)}`)[0] ?? '', /nets are nested 17 deep here; at most 16/);
  assert.deepEqual(issues(`${head}  - ${nets(15)}`), []);
});

test('definition file: keys like those of every object: are data, nothing more', () => {
  assert.deepEqual(issues('kind: scope\nname: a\n__proto__: { nodes: [x] }\nconstructor: 1\n'), [
    '3:1 __proto__: the key "__proto__" is not known here; known are kind, name, title, parent, nodes',
    '4:1 constructor: the key "constructor" is not known here; known are kind, name, title, parent, nodes',
  ]);
});

test('definition file: 4,000 wrong units: a hundred issues, not 4,000', () => {
  const text = `${head}${Array.from({ length: 4_000 }, (_, index) => `  - { name: u${index}, comand: x }\n`).join('')}`;
  assert.equal(issues(text).length, 100);
  assert.equal(
    issues(
      `${head}${Array.from({ length: 4_000 }, (_, index) => `  - { name: u${index}, command: x, after: [nobody] }\n`).join('')}`,
    ).length,
    100,
  );
});

test('definition file: a great many keys: refused, each compared with no other', () => {
  const keys = Array.from({ length: 40_000 }, (_, index) => `K${index}: ''`).join('\n      ');
  assert.match(
    issues(`${head}  - name: a\n    command: x\n    environment:\n      ${keys}\n`)[0] ?? '',
    /has 40000 variables; at most 500/,
  );
});

test('definition value: more units than a net may have, nested ones included: refused', () => {
  const units = (count: number): object[] =>
    Array.from({ length: count }, (_, index) => ({ name: `u${index}`, command: 'x' }));
  const value = {
    kind: 'jobnet',
    name: 'n',
    target: { node: 'a' },
    units: [
      { name: 'half', units: units(10_000) },
      { name: 'rest', units: units(9_999) },
    ],
  };
  const result = parseDefinitionValue(value);
  assert.deepEqual(result, {
    ok: false,
    issues: [{ path: 'units', ...say('net_too_many_units', { units: 20_001, max: 20_000 }) }],
  });
});

test('definition value: from JSON: the same issues with paths, without lines', () => {
  const result = parseDefinitionValue({
    kind: 'jobnet',
    name: 'n',
    target: { node: 'a' },
    units: [{ name: 'a', command: 'x', after: { all: [{ unit: 'nobody' }] } }],
  });
  assert.deepEqual(result, {
    ok: false,
    issues: [{ path: 'units[0].after.all[0].unit', ...say('edge_no_unit', { unit: 'nobody', hint: '' }) }],
  });
  let deep: unknown = [];
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  assert.deepEqual(parseDefinitionValue({ kind: 'scope', name: 'a', nodes: deep }), {
    ok: false,
    issues: [{ path: '', ...say('nested_too_deep', { max: 100 }) }],
  });
});

test('definition file: a trap monitor: an unknown key, a wrong pattern, and what rules lack: each with its line', () => {
  const monitor = (rules: string) =>
    parseDefinitionFile(`kind: trap_monitor\nname: m\nsource: syslog\nrules:\n${rules}`, { file: 'm.yaml' });
  const issuesOf = (rules: string) => {
    const parsed = monitor(rules);
    return parsed.ok ? [] : parsed.issues.map(({ line, path, message }) => `${line} ${path}: ${message}`);
  };
  assert.deepEqual(issuesOf('  - name: a\n    when:\n      text: { matchs: "x" }\n'), [
    '7 rules[0].when.text.matchs: the key "matchs" is not known here; did you mean "matches"?',
  ]);
  assert.deepEqual(issuesOf('  - name: a\n    wen: {}\n'), [
    '6 rules[0].wen: the key "wen" is not known here; did you mean "when"?',
  ]);
  assert.deepEqual(issuesOf('  - name: a\n    when:\n      text: { matches: "x)" }\n  - name: a\n'), [
    '7 rules[0].when.text.matches: has a ")" that nothing opened; write "\\)" for the character itself',
    '8 rules[1].name: there is another rule named "a" here (number 1 of the list); names must be unique',
  ]);
  assert.match(
    issuesOf('  - name: a\n    when:\n      fields: [{ name: x }]\n')[0] ?? '',
    /^7 rules\[0\]\.when\.fields\[0\]: must say "equals", "matches", "at_least" or "at_most"/,
  );
});

test('definition file: a trap alias: what is no address is named', () => {
  const parsed = parseDefinitionFile('kind: trap_alias\nname: a\naddresses: [10.0.0]\nnode: n\n', {
    file: 'a.yaml',
  });
  assert.equal(parsed.ok, false);
  assert.match(parsed.ok ? '' : (parsed.issues[0]?.message ?? ''), /must be an address .* but is "10\.0\.0"/);
});
